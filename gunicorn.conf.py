"""How gunicorn serves the portal, in `make run` and in production."""

import gc
import os

bind = f"{os.environ.get('BIND') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"
workers = int(os.environ.get("WEB_WORKERS") or 2)
threads = int(os.environ.get("WEB_THREADS") or 4)
worker_class = "gthread"
timeout = 60  # seconds a worker may be silent; an upload on a slow phone is not silent
graceful_timeout = 30  # seconds to finish the requests in hand when told to stop
keepalive = 5
max_requests = 5000  # a worker starts afresh now and then, so that a leak stays small
max_requests_jitter = 500
preload_app = False  # `systemctl reload` must load the new code
control_socket_disable = True
logconfig_dict = {  # by the portal's own log, which tells no private link
    "loggers": {"gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True}}
}


def post_worker_init(worker):
    """Spare the collector what the application brought along.

    Without it every few hundred objects set off a walk through all of them, a sixth of the time
    of a page.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
