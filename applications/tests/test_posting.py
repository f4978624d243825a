"""Letters by a mail service's API: the same outcomes as by SMTP, whatever the service answers."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest
from django.conf import settings as portal
from django.utils import timezone

from applications import outbox
from applications.models import MailSwitch, Message, MessageStatus
from applications.tests.mailservice import HANG, HANG_UP, Service, configure
from applications.tests.test_outbox import a_letter, statuses

now = timezone.now


@pytest.fixture
def service(settings, request):
    """Run the stand-in of the provider named by the test, Mailgun by default."""
    standin = Service(getattr(request, "param", "mailgun"))
    configure(settings, standin.provider, standin.url)
    try:
        yield standin
    finally:
        standin.stop()


each_provider = pytest.mark.parametrize(
    "service", ["mailgun", "postmark", "sparkpost"], indirect=True
)


def told_to(service: Service) -> dict:
    """Return what the service was told of its only letter, in one shape for all services."""
    (posted,) = service.posted
    if service.provider == "mailgun":
        return {
            "to": posted["to"],
            "headers": {n[2:].title(): v for n, v in posted.items() if n.startswith("h:")},
            "text": posted["text"],
            "html": posted["html"],
            "metadata": {n[2:]: v for n, v in posted.items() if n.startswith("v:")},
            "tracked": {posted["o:tracking-clicks"], posted["o:tracking-opens"]} - {"no"},
        }
    if service.provider == "postmark":
        return {
            "to": posted["To"],
            "headers": {h["Name"].title(): h["Value"] for h in posted["Headers"]},
            "text": posted["TextBody"],
            "html": posted["HtmlBody"],
            "metadata": posted["Metadata"],
            "tracked": {posted["TrackLinks"], posted["TrackOpens"]} - {"None", False},
        }
    content, options = posted["content"], posted["options"]
    return {
        "to": posted["recipients"][0]["address"]["email"],
        "headers": {name.title(): value for name, value in content["headers"].items()},
        "text": content["text"],
        "html": content["html"],
        "metadata": posted["metadata"],
        "tracked": {options["click_tracking"], options["open_tracking"]} - {False},
    }


@each_provider
@pytest.mark.django_db
def test_a_letter_goes_with_its_message_id_its_key_and_untracked(service):
    letter = a_letter()
    assert outbox.deliver_due(at=now()) == 1
    told = told_to(service)
    headers = told.pop("headers")
    assert headers["Message-Id"] == letter.message_id
    assert headers["Auto-Submitted"] == "auto-generated"
    assert ("X-Pm-Keepid" in headers) == (service.provider == "postmark")
    assert told == {
        "to": "editor1@outlet.example",
        "text": "Получено.\n",
        "html": "<p>Получено.</p>",
        "metadata": {"message_id": letter.message_id[1:-1], "key": "test/1"},
        "tracked": set(),
    }
    assert statuses() == {MessageStatus.SENT: 1}
    assert outbox.deliver_due(at=now() + timedelta(days=1)) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("status", [429, 503])
def test_not_now_is_tried_again_later(service, status):
    letter = a_letter()
    service.answers += [(status, {"message": "Too many requests"})]
    assert outbox.deliver_due(at=now()) == 0
    letter.refresh_from_db()
    assert (letter.status, letter.attempts) == (MessageStatus.QUEUED, 1)
    assert letter.due_at > now() + timedelta(seconds=30)
    assert "Too many requests" in letter.last_error
    assert outbox.deliver_due(at=letter.due_at) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("status", [400, 404, 413, 422])
def test_a_refusal_for_good_is_not_tried_again_and_others_go_through(service, status):
    a_letter(1)
    service.answers += [(status, {"message": "'to' parameter is not a valid address"})]
    outbox.deliver_due(at=now())
    a_letter(2)
    assert outbox.deliver_due(at=now() + timedelta(days=1)) == 1
    assert statuses() == {MessageStatus.FAILED: 1, MessageStatus.SENT: 1}
    failed = Message.objects.get(status=MessageStatus.FAILED)
    assert "not a valid address" in failed.last_error


@pytest.mark.django_db
@pytest.mark.parametrize("service", ["postmark"], indirect=True)
@pytest.mark.parametrize(
    "words",
    [
        "Found inactive addresses: editor1@outlet.example. Inactive recipients are ones that …",
        "This is an inactive recipient, in words that nobody foresaw.",
    ],
)
def test_an_address_the_service_will_not_write_to_is_refused_for_good(service, words):
    letter = a_letter()
    service.answers += [(422, {"ErrorCode": 406, "Message": words})]
    outbox.deliver_due(at=now())
    letter.refresh_from_db()
    assert letter.status == MessageStatus.FAILED
    assert "nactive recipient" in letter.last_error


@pytest.mark.django_db
@pytest.mark.parametrize(
    "answer",
    [
        (500, "Internal Server Error"),
        (502, "<html>Bad gateway</html>"),
        (504, ""),
        (200, "<html>Welcome</html>"),
        (200, {"message": "Perhaps."}),
        HANG_UP,
    ],
)
def test_a_letter_handed_over_without_a_clear_answer_stalls(service, answer):
    a_letter()
    service.answers += [answer]
    assert outbox.deliver_due(at=now()) == 0
    assert statuses() == {MessageStatus.STALLED: 1}
    assert outbox.deliver_due(at=now() + timedelta(days=1)) == 0
    assert len(service.posted) == 1


@pytest.mark.django_db
def test_a_service_that_takes_the_letter_and_says_nothing_stalls_it(service, settings):
    settings.ANYMAIL = {**settings.ANYMAIL, "REQUESTS_TIMEOUT": 0.3}
    a_letter()
    service.answers += [HANG]
    outbox.deliver_due(at=now())
    assert statuses() == {MessageStatus.STALLED: 1}
    a_letter(2)
    assert outbox.deliver_due(at=now()) == 1


@pytest.mark.django_db
def test_a_service_that_cannot_be_reached_costs_no_letter_an_attempt(service):
    for n in range(3):
        a_letter(n)
    service.stop()
    assert outbox.deliver_due(at=now()) == 0
    assert set(Message.objects.values_list("status", "attempts")) == {(MessageStatus.QUEUED, 0)}
    assert "refused" in MailSwitch.now().trouble


@pytest.mark.django_db
@pytest.mark.parametrize("status", [401, 403])
def test_a_wrong_key_stops_the_batch_and_fails_no_letter(service, status):
    for n in range(3):
        a_letter(n)
    service.answers += [(status, "Forbidden")]
    assert outbox.deliver_due(at=now()) == 0
    assert len(service.posted) == 1
    assert set(Message.objects.values_list("status", "attempts")) == {(MessageStatus.QUEUED, 0)}
    assert "Forbidden" in MailSwitch.now().trouble
    assert outbox.deliver_due(at=now()) == 3
    assert MailSwitch.now().trouble == ""


@each_provider
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", "Ответ\nBcc: b@outlet.example"),
        ("reply_to", "kz@portal.example\r\nBcc: b@outlet.example"),
        ("recipient", "a@outlet.example, b@outlet.example"),
    ],
)
def test_nothing_a_person_wrote_becomes_a_header_of_the_service(service, field, value):
    letter = a_letter()
    Message.objects.filter(pk=letter.pk).update(**{field: value})
    outbox.deliver_due(at=now())
    assert statuses() == {MessageStatus.FAILED: 1}
    assert service.posted == []


@pytest.mark.django_db
def test_many_letters_and_a_moody_service_end_with_none_posted_twice(service):
    for n in range(40):
        a_letter(n)
    service.answers += [(429, "Slow down"), (400, "No"), (503, "Later"), (500, "Oh")] * 3
    for _ in range(outbox.ATTEMPTS):
        outbox.deliver_due(at=now() + timedelta(days=1))
    assert statuses() == {
        MessageStatus.SENT: 34,
        MessageStatus.FAILED: 3,
        MessageStatus.STALLED: 3,
    }
    times = Counter(posted["h:Message-Id"] for posted in service.posted)
    assert sum(times.values()) == 40 + 6  # each “not now” cost one more post, nothing else did


WORKS = {"MAIL_PROVIDER": "mailgun", "ANYMAIL_MAILGUN_API_KEY": "key"}
HOOKED = {**WORKS, "ANYMAIL_WEBHOOK_SECRET": "hooks:a-long-password-indeed"}


def settings_say(tmp_path, environment: dict[str, str]) -> str:
    """Read the settings in a process of their own; return the backend, or why they refuse."""
    ours = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            "from citizenjournalists import settings as s; print(s.EMAIL_BACKEND)",
        ],
        cwd=portal.BASE_DIR,
        env={**ours, "VAR_DIR": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return (ended.stdout or ended.stderr).strip().splitlines()[-1]


def in_production(**changes: str) -> dict[str, str]:
    return {
        "DEPLOYMENT": "production",
        "SECRET_KEY": "".join(map(chr, range(40, 110))),
        "ALLOWED_HOSTS": "portal.example",
        "SITE_URL": "https://portal.example",
        "DATABASE_URL": "postgres://portal@/portal",
        "REDIS_URL": "redis://localhost:6379/0",
        "FROM_EMAIL": "portal@portal.example",
        **changes,
    }


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        (in_production(**WORKS), "anymail.backends.mailgun.EmailBackend"),
        (WORKS, "Only DEPLOYMENT=production may mail people."),
        (
            {**WORKS, "ANYMAIL_MAILGUN_API_URL": "https://api.eu.mailgun.net/v3"},
            "Only DEPLOYMENT=production may mail people.",
        ),
        (
            {**WORKS, "ANYMAIL_MAILGUN_API_URL": "http://127.0.0.1:9/v3"},
            "anymail.backends.mailgun.EmailBackend",
        ),
        (in_production(MAIL_PROVIDER="pigeon"), "must be one of: mailgun, postmark, sparkpost."),
        (in_production(MAIL_PROVIDER="postmark"), "ANYMAIL_POSTMARK_SERVER_TOKEN is not set"),
        (in_production(**HOOKED), "ANYMAIL_MAILGUN_WEBHOOK_SIGNING_KEY is not set"),
        (
            in_production(**WORKS, ANYMAIL_WEBHOOK_SECRET="hooks:short"),
            "ANYMAIL_WEBHOOK_SECRET must be",
        ),
        (in_production(), "EMAIL_URL is not set"),
    ],
)
def test_a_mail_service_is_used_whole_and_in_production_alone(tmp_path, environment, said):
    assert said in settings_say(tmp_path, environment)
