"""PostgreSQL stopped and started again around the deadline: what people see, what holds."""

import signal
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications import access, pressing, sweeping, tasks
from applications.models import Application, Message, MessageKind, MessageStatus, Status
from applications.tests.builders import a_call, a_complete_draft, a_draft
from applications.views import patience
from citizenjournalists.verifying import verify
from launching import servers

SECOND = timedelta(seconds=1)
PRESSES = 30


@pytest.fixture(autouse=True)
def _a_folder_of_its_own(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def holder(application) -> Client:
    client = Client(raise_request_exception=False)
    client.post(f"/z/{access.token_of(application.links.get())}")
    return client


def press(client, application):
    return client.post(reverse("applications:submit", args=[application.number]))
