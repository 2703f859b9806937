"""The demonstration city: read from `demo/`, loaded through the same actions as any city. Formats: demo/README.md."""
