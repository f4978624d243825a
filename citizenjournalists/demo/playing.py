"""Play the demo's applications and reviews by the portal's own verbs, each at its instant."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F

from applications import attaching, closing, drafting, reminding, submitting
from applications.models import Application, Attachment, Call, Message, MessageStatus
from citizenjournalists.demo import writing
from reviews import assigning, scoring, screening
from reviews.models import Outcome
from reviews.models.assignment import ConflictKind

WRITING_TAKES = timedelta(hours=2)
HALF = ("outlet", "coordinator", "network", "letter")
TO_THE_LAST_DAY = 0.6  # of those who submit; in a comparable call it was four of five
ODD_JUDGEMENTS = 0.1  # of the reviews are a point milder or stricter throughout
IN_CONFLICT, HALF_DONE, UNSTARTED = 1, 2, 3  # reviews left for whoever plays

DOUBTS = {  # what an officer's check found, by the outlet's domain
    "tochka-pvl": (
        Outcome.INELIGIBLE,
        {"is_only_one": False},
        "Та же редакция подала и другую заявку, более полную; её и рассматриваем.",
    ),
    "sosedi-pk": (
        Outcome.UNSURE,
        {"is_independent": None},
        "Кто ведёт канал, из заявки не понять. Нужен второй взгляд.",
    ),
}


def apply_to(call: Call, which: str, *, until: datetime) -> dict[int, dict]:
    """Let the outlets of `which` call apply before `until`; return the outlet of each by key."""
    played = {}
    for outlet in writing.outlets():
        if outlet["call"] == which:
            started, sent = instants(outlet, call, until)
            application = start(outlet, call, at=started)
            played[application.pk] = outlet
            write(application, outlet, started=started, sent=sent)
    return played


def instants(outlet: dict, call: Call, until: datetime) -> tuple[datetime, datetime]:
    """Return when an outlet starts and when it is done: many on the last day."""
    luck = writing.luck_of(outlet, "instants")
    end = min(until, call.closes_at) - timedelta(minutes=luck.randint(4, 700))
    if luck.random() > TO_THE_LAST_DAY:
        end -= (end - call.opens_at) * luck.uniform(0.1, 0.8)
    earliest = call.opens_at + timedelta(hours=1)
    start_at = max(earliest, end - WRITING_TAKES - timedelta(hours=luck.uniform(0, 120)))
    return start_at, max(end, start_at + WRITING_TAKES)


def start(outlet: dict, call: Call, *, at: datetime) -> Application:
    link = drafting.start(
        call,
        country=outlet["country"],
        name=outlet["name"],
        email=f"editor@{outlet['domain']}.example",
        language=outlet["language"],
        at=at,
    )
    return link.application


def write(application: Application, outlet: dict, *, started: datetime, sent: datetime) -> None:
    """Fill in as much as the outlet's fate says, and hand it in where it does."""
    fate, answers = outlet["fate"], writing.answers(outlet, application.call)
    if fate == "started":
        return
    if fate in ("half", "lapsed"):
        answers = {key: answers[key] for key in HALF}
        answers["letter"] = {"letter": answers["letter"]["letter"][:900]}
    if fate == "nearly":
        del answers["consents"]
    if fate == "slips":
        answers["outlet"]["registration_number"] = "12345"
        answers["coordinator"]["coordinator_email"] = "coordinator@"
    save(application, answers, started, sent)
    if fate in ("submitted", "withdrawn", "twice", "changed"):
        add_cv(application, outlet, at=sent - timedelta(minutes=2))
        submitting.submit(application, at=sent)
        afterwards(application, answers, fate, at=sent)


def save(application: Application, answers: dict, started: datetime, sent: datetime) -> None:
    step = (sent - timedelta(minutes=5) - started) / (len(answers) + 1)
    for n, (section, typed) in enumerate(answers.items(), 1):
        drafting.save_section(application, section, typed, revision=None, at=started + n * step)


def add_cv(application: Application, outlet: dict, *, at: datetime) -> None:
    """Attach a CV where the outlet is one of those that have it at hand."""
    if writing.luck_of(outlet, "cv").random() < 0.3:
        attaching.attach(
            application,
            SimpleUploadedFile("cv.pdf", BLANK_PDF % outlet["domain"].encode()),
            kind=Attachment.Kind.CV,
            name=f"CV {outlet['coordinator']}.pdf",
            at=at,
        )


def afterwards(application: Application, answers: dict, fate: str, *, at: datetime) -> None:
    """Withdraw, change once more, or change and hand in again, within the next minutes."""
    later = at + timedelta(minutes=2)
    if fate == "withdrawn":
        submitting.withdraw(application, at=later)
    if fate in ("twice", "changed"):
        typed = {**answers["network"], "target": "24"}
        drafting.save_section(application, "network", typed, revision=None, at=later)
    if fate == "twice":
        submitting.submit(application, at=later + timedelta(minutes=1))


def close(call: Call) -> None:
    """Open, remind, close and lapse, as the sweeps do, each at its time."""
    closing.note_opening(call, at=call.opens_at + timedelta(seconds=20))
    for days in (3, 1):
        reminding.remind_draft_holders(at=call.closes_at - timedelta(days=days))
    after = call.closes_at + closing.SETTLING + timedelta(seconds=20)
    closing.close(call, at=after)
    closing.lapse_overdue_drafts(at=after)


def check_eligibility(call: Call, outlets: dict[int, dict], officer: User) -> None:
    """Let an officer check what was handed in: one is the same outlet's second, one is unclear."""
    at = call.closes_at + timedelta(hours=10)
    for application in Application.objects.of_call(call).submitted().order_by("pk"):
        domain, at = outlets[application.pk]["domain"], at + timedelta(minutes=9)
        outcome, doubt, reason = DOUBTS.get(domain, (Outcome.ELIGIBLE, {}, ""))
        answers = dict.fromkeys(screening.QUESTIONS, True) | doubt
        screening.screen(
            application, outcome=outcome, answers=answers, by=officer, at=at, reason=reason
        )


def review(call: Call, outlets: dict[int, dict], staff: dict[str, User], due_at: datetime) -> None:
    """Assign two jurors to each application and let most of them finish."""
    begin = call.closes_at + timedelta(days=1)
    officer, seed = staff["officer"], "demo"
    plan = assigning.plan_for(call, seed=seed)
    made = assigning.apply(
        call, seed=seed, fingerprint=plan.fingerprint, due_at=due_at, by=officer, at=begin
    )
    left = {"juror1": UNSTARTED, "juror2": HALF_DONE, "juror3": IN_CONFLICT}
    for n, assignment in enumerate(sorted(made, key=lambda a: (a.juror_id, -a.order))):
        name, at = assignment.juror.username, begin + timedelta(hours=5 * n % 200 + 1)
        if left.get(name):
            left[name] -= 1
            BEGINNINGS[name](assignment, outlets[assignment.application_id])
        else:
            finish_review(assignment, outlets[assignment.application_id], at=at)


def half_write(assignment, outlet: dict) -> None:
    """Score half of the criteria and leave it there."""
    at = assignment.assigned_at + timedelta(days=2)
    scoring.declare(assignment, conflict=False, at=at)
    half = dict(list(entries_of(assignment, outlet).items())[:3])
    scoring.save_review(assignment, entries=half, revision=None, at=at + timedelta(minutes=20))


def declare_conflict(assignment, outlet: dict) -> None:
    """Say that one can't judge this newsroom; an officer is to find another reader."""
    scoring.declare(
        assignment,
        conflict=True,
        kinds=[ConflictKind.WORK],
        reason=f"{outlet['editor']}: работали вместе в прошлом году.",
        at=assignment.assigned_at + timedelta(days=1),
    )


def leave_alone(assignment, outlet: dict) -> None:
    """Leave it on the desk, unopened."""


BEGINNINGS = {"juror1": leave_alone, "juror2": half_write, "juror3": declare_conflict}


def finish_review(assignment, outlet: dict, *, at: datetime) -> None:
    scoring.declare(assignment, conflict=False, at=at)
    luck = writing.luck_of(outlet, f"review {assignment.juror.username}")
    words = writing.phrases(outlet["language"])
    review = scoring.save_review(
        assignment,
        entries=entries_of(assignment, outlet),
        revision=None,
        at=at + timedelta(minutes=25),
        strength=luck.choice(words["strength"]),
        improvement=luck.choice(words["improvement"]),
    )
    scoring.submit_review(review, at=at + timedelta(minutes=40))


def entries_of(assignment, outlet: dict) -> dict[int, scoring.Entry]:
    """Return points around how good the application is, each juror a little different."""
    luck = writing.luck_of(outlet, f"points {assignment.juror.username}")
    lenient = luck.choice((-1, 1)) if luck.random() < ODD_JUDGEMENTS else 0
    entries = {}
    for criterion in assignment.application.call.criteria.all():
        points = outlet["quality"] + lenient + luck.choice((-1, 0, 0, 0, 1))
        entries[criterion.pk] = scoring.Entry(points=min(5, max(0, points)))
    if luck.random() < 0.1:
        entries[max(entries)] = scoring.Entry(cant_judge=True)
    return entries


def deliver_letters() -> None:
    """Mark what was queued as sent a few seconds later; leave two for a person to settle."""
    queued = Message.objects.filter(status=MessageStatus.QUEUED)
    refused, lost = queued.filter(kind="submitted").order_by("pk")[:2]
    queued.filter(pk=refused.pk).update(
        status=MessageStatus.FAILED, attempts=1, last_error="550 5.1.1 No such mailbox"
    )
    queued.filter(pk=lost.pk).update(
        status=MessageStatus.STALLED, attempts=1, claimed_at=F("queued_at")
    )
    queued.update(
        status=MessageStatus.SENT,
        attempts=1,
        claimed_at=F("queued_at") + timedelta(seconds=2),
        sent_at=F("queued_at") + timedelta(seconds=4),
    )


BLANK_PDF = (
    b"%%PDF-1.4\n%% %s\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
    b"trailer<</Size 4/Root 1 0 R>>\n%%%%EOF\n"
)
