"""The web server: processes for the cores, threads for waiting on the database, one connection a thread."""

import os

bind = f"{os.environ.get('CITYLOOP_BIND') or '127.0.0.1'}:{os.environ.get('CITYLOOP_PORT') or '8000'}"
workers = int(os.environ.get("CITYLOOP_PROCESSES") or 2)
threads = int(os.environ.get("CITYLOOP_THREADS") or 8)
worker_class = "gthread"
timeout = 60
graceful_timeout = 10
keepalive = 15
# Heartbeats go to memory; on a slow disk they would stall a healthy process.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
