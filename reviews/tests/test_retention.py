"""Erasing by age: what was never handed in, and what was decided."""

from datetime import timedelta

import pytest

from applications import (
    closing,
    retention,
)
from applications.models import (
    Application,
    AuditEntry,
    Status,
)
from applications.tests.builders import CLOSES, a_call, a_complete_draft, an_application
from reviews import erasing

pytestmark = pytest.mark.django_db


def what_points_to_a_person(application):
    application.refresh_from_db()
    messages = application.messages.values_list("recipient", "subject", "text", "html")
    return {
        "sections": application.sections.count(),
        "answers": [v.answers for v in application.versions.all() if v.answers],
        "outlet": application.outlet.name + application.outlet.search_key.strip(),
        "email": application.contact_email,
        "links": application.links.valid().count(),
        "letters": [m for m in messages if any(m[1:])],
        "link_emails": list(application.links.exclude(email="").values_list("email", flat=True)),
    }


def test_a_draft_is_erased_when_the_calls_days_are_over_and_not_a_day_sooner():
    call = a_call(drafts_kept_days=30)
    draft, submitted = a_complete_draft(call), an_application(call)
    closing.lapse_overdue_drafts(at=CLOSES + closing.SETTLING)
    over = CLOSES + timedelta(days=30)
    assert erasing.erase_overdue(at=over - timedelta(milliseconds=1)) == 0
    assert erasing.erase_overdue(at=over) == 1
    assert erasing.erase_overdue(at=over) == 0
    assert what_points_to_a_person(draft) == {
        "sections": 0,
        "answers": [],
        "outlet": "",
        "email": retention.NOBODY,
        "links": 0,
        "letters": [],
        "link_emails": [],
    }
    assert (draft.number != "", draft.outlet.country, draft.status) == (True, "KZ", Status.LAPSED)
    kept = what_points_to_a_person(submitted)
    assert kept["sections"] > 0
    assert kept["email"] == submitted.contact_email


def test_what_was_decided_is_kept_as_long_as_its_result_asks():
    call = a_call(not_selected_kept_days=100, selected_kept_days=1000)
    announced = CLOSES + timedelta(days=10)
    told = {}
    for result in ("selected", "not_selected", "reserve"):
        told[result] = an_application(call)
        Application.objects.filter(pk=told[result].pk).update(result=result, announced_at=announced)
    never_told = an_application(call)
    assert erasing.erase_overdue(at=announced + timedelta(days=100, milliseconds=-1)) == 0
    assert erasing.erase_overdue(at=announced + timedelta(days=100)) == 2
    assert erasing.erase_overdue(at=announced + timedelta(days=1000)) == 1
    never_told.refresh_from_db()
    assert never_told.erased_at is None
    assert AuditEntry.objects.filter(event="application.erased").count() == 3
