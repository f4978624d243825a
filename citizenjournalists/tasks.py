"""Celery's entrance of the top floor: what the sign-in leaves behind."""

from celery import shared_task
from django.utils import timezone

from citizenjournalists.signin import sessions


@shared_task
def sweep() -> None:
    sessions.forget_ended(at=timezone.now())
