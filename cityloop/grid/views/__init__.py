"""Pages of base data."""
