#!/usr/bin/env python3
"""Run a management command from a checkout; `cityloop` is the installed name of the same thing."""

from cityloop.config.manage import main

if __name__ == "__main__":
    main()
