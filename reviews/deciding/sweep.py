"""What each sweep does for decisions: watch proposals, publish on time, tell of vacancies."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from applications import telling
from applications.closing import SETTLING
from applications.models import Call, MessageKind
from applications.roles import CHAIR, OFFICER
from applications.sweeping import each
from reviews.deciding.promoting import Vacancy, vacancies
from reviews.deciding.publishing import publish_due, watch
from reviews.models import DecisionList


def void_changed_proposals(*, at: datetime) -> int:
    """Take the force from proposals that something changed under; return how many."""
    waiting = DecisionList.objects.awaiting_publication().select_related("call")
    return sum(each(watch, [one], at=at, link=page_of(one.call)) for one in waiting.order_by("pk"))


def publish_due_lists(*, at: datetime) -> int:
    """Publish the lists whose time has come; a changed one has lost its force before."""
    return each(publish_due, DecisionList.objects.due_to_publish(at).select_related("call"), at=at)


def tell_of_vacancies(*, at: datetime) -> int:
    """Tell officers of places that were declined or stayed unanswered, once for each."""
    calls = Call.objects.filter(announced_at__isnull=False, decisions__place__isnull=False)
    return each(tell_of_call, calls.distinct(), at=at)


def tell_of_call(call: Call, *, at: datetime) -> int:
    """An answer that arrived in time and still waits for its turn is let in first."""
    with transaction.atomic():
        return sum(tell(vacancy, call, at=at) for vacancy in vacancies(call, at=at - SETTLING))


def tell(vacancy: Vacancy, call: Call, *, at: datetime) -> int:
    application = vacancy.decision.application
    return telling.tell(
        OFFICER,
        CHAIR,
        kind=MessageKind.PLACE_FREED,
        key=f"place_freed/{application.number}",
        at=at,
        call=call,
        application=application,
        next=vacancy.next[0].application if vacancy.next else None,
        link=page_of(call),
    )


def page_of(call: Call) -> str:
    """Return the address of the call's decision list on the staff's side."""
    return f"{settings.SITE_URL}{reverse('admin:reviews_decisions', args=[call.slug])}"
