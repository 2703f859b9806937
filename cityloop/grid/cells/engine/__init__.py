"""The pure part: from outlines and lines to cells, from cells to duty grids. It knows neither Django nor the database.

Shapes come and go as shapely geometries in degrees (EPSG:4326). In between, every corner is a whole number of
ten-millionths of a degree, about a centimetre: neighbours share corners exactly, also
once stored.
"""
