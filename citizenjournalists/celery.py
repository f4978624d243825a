"""The Celery application: the legs that walk the rows the database says are due."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "citizenjournalists.settings")

app = Celery("citizenjournalists")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
