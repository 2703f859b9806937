"""Cells and duty grids: made by an engine, drawn by hand, checked alike, published from a day."""
