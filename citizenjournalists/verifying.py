"""What must hold in the whole database whatever happened before; load and fault tests end here.

Each rule yields what it looked at, and for each why it breaks the rule, or "" where it holds.
The database's own constraints keep much of this already: a rule that repeats one shows that
the constraint is there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.core.files.storage import default_storage
from django.db.models import Count, Max, Min, Q, Sum

from applications import proving, questions
from applications.models import (
    Application,
    Attachment,
    AuditEntry,
    Call,
    Message,
    MessageKind,
    MessageStatus,
)
from applications.models.message import FIRST_RESULTS
from reviews.deciding import country_places
from reviews.models import Decision, DecisionList
from reviews.models.decision import DecisionListStatus
from reviews.models.rubric import WEIGHTS_SUM_TO

NUMBER = re.compile(r"\d{3}-\d{3}")
Looked = Iterator[tuple[str, str]]  # what was looked at, and why it breaks the rule or ""
RULES: list[tuple[str, Callable[[], Looked]]] = []


@dataclass
class Finding:
    """A rule with how many things it concerns and which of them break it."""

    rule: str
    looked_at: int = 0
    broken: list[str] = field(default_factory=list)


def rule(sentence: str):
    def register(check):
        RULES.append((sentence, check))
        return check

    return register


def verify() -> Iterator[Finding]:
    """Check every rule against the database and the files as they are now."""
    for sentence, check in RULES:
        finding = Finding(sentence)
        for subject, why in check():
            finding.looked_at += 1
            if why:
                finding.broken.append(f"{subject}: {why}")
        yield finding


def handed_in():
    return Application.objects.exclude(submitted_at=None)


@rule("What was handed in has a number and arrived before its deadline")
def numbered_and_in_time() -> Looked:
    for number, submitted_at, closes_at in handed_in().values_list(
        "number", "submitted_at", "closes_at"
    ):
        wrong = "" if submitted_at < closes_at else f"{submitted_at} is not before {closes_at}"
        yield number, wrong if NUMBER.fullmatch(number) else "is not a number like 417-208"


@rule("What was handed in has its versions, numbered from 1, the last as old as the application")
def versions_in_a_row() -> Looked:
    counted = Application.objects.annotate(
        n=Count("versions"), last=Max("versions__number"), latest=Max("versions__submitted_at")
    )
    for one in counted.filter(Q(version__gt=0) | Q(n__gt=0)):
        whole = one.n == one.last == one.version
        right = whole and one.latest == one.submitted_at
        yield one.number, "" if right else f"{one.n} versions, last {one.last}, of {one.version}"


@rule("Every version handed in has exactly one receipt")
def one_receipt_each() -> Looked:
    receipts = Count("messages", Q(messages__kind=MessageKind.SUBMITTED, messages__replaces=None))
    for one in Application.objects.annotate(receipts=receipts).filter(
        Q(version__gt=0) | Q(receipts__gt=0)
    ):
        right = one.receipts == one.version
        yield one.number, "" if right else f"{one.receipts} receipts for {one.version} versions"


@rule("What was handed in answers all that the call asks")
def complete_answers() -> Looked:
    kept = handed_in().filter(erased_at=None).select_related("call", "outlet")
    for application in kept.prefetch_related("versions"):
        latest = max(application.versions.all(), key=lambda one: one.number, default=None)
        missing = problems_of(application, latest) if latest else ["everything"]
        yield application.number, ", ".join(missing)


def problems_of(application: Application, version) -> list[str]:
    """Return the questions a version leaves open, as section/question."""
    files: dict[str, list[str]] = {}
    for file in version.files:
        files.setdefault(file["kind"], []).append(file["name"])
    call, country = application.call, application.outlet.country
    return [
        f"{problem.section}/{problem.key}"
        for section in questions.sections_of(call, country)
        for problem in questions.problems_in(
            section, version.answers.get(section.key, {}), call=call, country=country, files=files
        )
    ]


@rule("A result that is announced stands on a list two people published")
def announced_by_two() -> Looked:
    published = (
        DecisionList.objects.published().exclude(proposed_by=None).exclude(published_by=None)
    )
    by_two = {
        call
        for call, proposed, publisher in published.values_list(
            "call", "proposed_by", "published_by"
        )
        if proposed != publisher
    }
    for number, call in Application.objects.announced().values_list("number", "call"):
        yield number, "" if call in by_two else "its call has no list published by two people"


@rule("An announced result is what the published list says")
def announced_as_decided() -> Looked:
    settled = Decision.objects.filter(decision_list__status=DecisionListStatus.PUBLISHED)
    for number, result, decided in settled.values_list(
        "application__number", "application__result", "result"
    ):
        yield number, "" if result == decided else f"told {result}, decided {decided}"


@rule("An announced result has exactly one letter, and nobody else has one")
def one_result_letter() -> Looked:
    letters = Count("messages", Q(messages__kind__in=FIRST_RESULTS, messages__replaces=None))
    for one in Application.objects.annotate(letters=letters).filter(
        Q(announced_at__isnull=False) | Q(letters__gt=0)
    ):
        wanted = int(one.announced_at is not None)
        yield one.number, "" if one.letters == wanted else f"{one.letters} letters, not {wanted}"


@rule("No more are selected than the call has places, in all and per country")
def within_the_places() -> Looked:
    for call in Call.objects.prefetch_related("countries", "place_moves"):
        held = Decision.objects.of_call(call).holding_a_place()
        told = Application.objects.of_call(call).filter(result="selected", released_at=None)
        for kind, countries in (
            ("hold a place", held.values_list("country", flat=True)),
            ("were told they are selected", told.values_list("outlet__country", flat=True)),
        ):
            counts = Counter(countries)
            caps = country_places(call)
            over = [
                f"{n} of {country}" for country, n in counts.items() if n > caps.get(country, 0)
            ]
            if counts.total() > call.places:
                over.append(f"{counts.total()} in all")
            yield f"{call.slug}", f"{', '.join(over)} {kind}" if over else ""


@rule("Every file that lies there has its row, and every row its file of the same size")
def files_and_rows() -> Looked:
    lying = default_storage.every_file()
    there = {name: size for name, size in lying if name.startswith("attachments/")}
    for name, size in Attachment.objects.values_list("file", "size"):
        found = there.pop(name, None)
        wrong = "the file is missing" if found is None else f"{found} bytes, not {size}"
        yield name, "" if found == size else wrong
    for name in there:
        yield name, "has no row"


@rule("The entries of each chain of the trail run from 1 without gaps")
def trail_without_gaps() -> Looked:
    chains = AuditEntry.objects.order_by().values_list("chain")
    for chain, n, first, last in chains.annotate(Count("pk"), Min("number"), Max("number")):
        right = first == 1 and last == n
        yield chain, "" if right else f"{n} entries from {first} to {last}"


@rule("The trail is as it was sealed")
def trail_as_sealed() -> Looked:
    walk = proving.Walk()
    for fault in walk.faults():
        yield "trail", fault
    yield f"{walk.sealed} seals", ""


@rule("What was handed in has its entry in the trail")
def handed_in_is_in_the_trail() -> Looked:
    entries = Count("trail", Q(trail__event="application.submitted"))
    for one in handed_in().annotate(entries=entries):
        right = one.entries == one.version
        yield one.number, "" if right else f"{one.entries} entries for {one.version} versions"


@rule("The weights of a call's criteria add up to 100")
def weights_add_up() -> Looked:
    weighed = Call.objects.annotate(total=Sum("criteria__weight")).exclude(total=None)
    for slug, total in weighed.values_list("slug", "total"):
        yield slug, "" if total == WEIGHTS_SUM_TO else f"they add up to {total}"


@rule("A letter that went out says when, and one that waits was not sent")
def letters_know_when() -> Looked:
    for key, status, sent_at in Message.objects.values_list("key", "status", "sent_at"):
        if status in (MessageStatus.QUEUED, MessageStatus.SENDING):
            yield key, f"{status}, and sent at {sent_at}" if sent_at else ""
        elif status == MessageStatus.SENT:
            yield key, "" if sent_at else "nobody knows when"
