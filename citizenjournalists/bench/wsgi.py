"""What gunicorn serves during a benchmark: the portal, a bare view, and a count of queries.

Queries are counted only for a request that asks for it, so that timing pays nothing.
"""

import os
from contextlib import ExitStack

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "citizenjournalists.settings")
settings.ROOT_URLCONF = "citizenjournalists.bench.urls"
django.setup(set_prefix=False)
portal = WSGIHandler()


class QueryCount:
    def __init__(self):
        self.count = 0

    def __call__(self, execute, sql, params, many, context):
        self.count += 1
        return execute(sql, params, many, context)


def application(environ, start_response):
    counter = QueryCount()

    def start(status, headers, exc_info=None):
        return start_response(status, [*headers, ("X-Queries", str(counter.count))], exc_info)

    with ExitStack() as stack:
        if environ.get("HTTP_X_COUNT_QUERIES"):
            stack.enter_context(connection.execute_wrapper(counter))
        return portal(environ, start)
