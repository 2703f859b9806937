"""Django's PostGIS backend, with a health check of kept connections that costs no message to the server."""
