"""The web server: processes for the cores, threads for waiting on the database, one connection a thread."""

import os

from cityloop.config import environment as env

bind = f"{env.text('CITYLOOP_BIND', '') or '127.0.0.1'}:{env.number('CITYLOOP_PORT', 8000, least=1)}"
workers = env.number("CITYLOOP_PROCESSES", 2, least=1)
threads = env.number("CITYLOOP_THREADS", 8, least=1)
worker_class = "gthread"
timeout = 60
graceful_timeout = 10
keepalive = 15
# Heartbeats go to memory; on a slow disk they would stall a healthy process.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
