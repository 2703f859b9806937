"""The grid atlas (单元网格图集) as PDF: an index map, then one page for every duty grid."""
