"""Pages: the desk, the case, its actions, search, prints."""
