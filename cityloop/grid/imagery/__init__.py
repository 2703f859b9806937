"""Imagery: a GeoTIFF is cut into tiles once, and served from our own disk."""
