"""Geocoding (地理编码): from words to places and from a place to words."""
