"""Import and export of base data: foreign files in, checked row by row, applied whole; our layers out."""
