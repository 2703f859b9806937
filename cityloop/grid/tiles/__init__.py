"""Base data on the map: layers, their tiles, what lies where."""
