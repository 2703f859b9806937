"""Pages: the door (sign-in), the workbook (import and export), units, people."""
