"""The child process that alone opens foreign files.

It knows nothing of Django, the database or our secrets: it gets one instruction as JSON, locks itself in, reads one
file and prints lines of JSON. A last line says that it came to the end; without it nothing that it printed counts.
"""
