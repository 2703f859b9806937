"""Settings and the commands that look after an installation."""
