"""How gunicorn serves Kết Luận: process workers and no threads (threads share one core).

`make run` hands over a listening socket of its own; in production `KL_BIND` says where to listen, behind a
reverse proxy that ends TLS.
"""

import os

wsgi_app = "wsgi:app"
bind = os.environ.get("KL_BIND", "127.0.0.1:8000")
worker_class = "sync"
workers = int(os.environ.get("KL_WORKERS") or min(4, max(2, os.cpu_count() or 1)))

# Each worker loads the application by itself: nothing opened before the fork is shared.
preload_app = False

# The longest honest request is the preview of a long notice (a 91-page PDF takes 6 s) or a large upload.
timeout = 60
graceful_timeout = 20

# A worker is renewed now and then, not all at the same moment, so that no leak ever adds up.
max_requests = 5000
max_requests_jitter = 500

# The proxy logs requests; the record of who did what is the product's own event chain.
accesslog = os.environ.get("KL_ACCESS_LOG") or None
errorlog = "-"
loglevel = os.environ.get("KL_LOG_LEVEL", "warning")
proc_name = "ket-luan"


def post_worker_init(worker: object) -> None:
    """What is loaded once stays: the collector need not go through it again after every page."""
    from app.collector import settle

    settle()


# Heartbeat files belong in memory: on a slow disk a worker would be taken for dead.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
control_socket_disable = True  # nobody steers a running server through a socket in the home folder
