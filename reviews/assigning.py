"""Put applications on jurors' desks: plan, preview, apply, by hand, take off, bring in a third."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, User
from django.db import transaction
from django.db.models import Count, Max, Q
from django.urls import reverse

from applications import audit, outbox
from applications.models import Application, Call, MessageKind
from applications.models.application import Refused
from reviews import suspicions
from reviews.models import Assignment, Review, Screening
from reviews.planning import Plan, Reader, Text, lot, make_plan
from reviews.ranking import HIGHEST
from reviews.totals import sums_in, total_of, totals_in

APART = Decimal(20)  # totals further apart than this, of 100, ask for a third review


class OtherPlan(Exception):
    """What would be applied now is not what was previewed; `plan` is the new one."""

    def __init__(self, plan: Plan):
        self.plan = plan
        super().__init__("The plan has changed since it was shown.")


@dataclass(frozen=True)
class Standing:
    """How the reviewing of one application stands."""

    application: Application
    assignments: list[Assignment]
    declined: list[Assignment]
    totals: list[Decimal]
    wanted: int

    @property
    def number(self) -> str:
        return self.application.number

    @property
    def spread(self) -> Decimal:
        return max(self.totals) - min(self.totals) if self.totals else Decimal(0)

    @property
    def needs_a_third(self) -> bool:
        """Whether totals lie too far apart and nobody has been asked to come in between."""
        return self.spread > APART and len(self.totals) == len(self.assignments) <= 2

    @property
    def lacking(self) -> int:
        """How many more jurors should be given this application."""
        return max(0, self.wanted - len(self.assignments))


@dataclass(frozen=True)
class Tally:
    """The same in figures alone, for thousands at once. `spread` is of two totals that may lie
    too far apart; 0 of any others."""

    pk: int
    number: str
    readers: int
    handed_in: int
    wanted: int
    spread: Decimal

    @property
    def needs_a_third(self) -> bool:
        return self.spread > APART and self.handed_in == self.readers

    @property
    def lacking(self) -> int:
        return max(0, self.wanted - self.readers)

    @property
    def is_short(self) -> bool:
        """Whether it waits for a review, or for somebody to be asked for one."""
        return self.handed_in < self.wanted or self.lacking > 0


def tallies(call: Call) -> list[Tally]:
    """Return the figures of each application of the call, by number; two queries."""
    sums = sums_in(Review.objects.of_call(call).handed_in())
    standing = Count("assignments", filter=Q(assignments__withdrawn_at=None))
    listed = to_be_reviewed(call).select_related(None).order_by("number")
    rows = listed.values_list("pk", "number").annotate(readers=standing)
    return [tally(*row, sums.get(row[0], []), call) for row in rows]


def tally(pk: int, number: str, readers: int, sums: list[tuple[int, int]], call: Call) -> Tally:
    totals = [total_of(*one) for one in sums] if may_lie_apart(sums) else []
    spread = max(totals) - min(totals) if totals else Decimal(0)
    return Tally(pk, number, readers, len(sums), wanted_of(call, totals), spread)


def may_lie_apart(sums: list[tuple[int, int]]) -> bool:
    """Whether two totals are so far apart that their exact difference must be looked at."""
    if len(sums) != 2:
        return False
    (one, of_one), (other, of_other) = sums
    return abs(one / of_one - other / of_other) * 100 / HIGHEST > APART - 1


def to_be_reviewed(call: Call):
    """Return the submitted applications of `call` that were not found ineligible."""
    ineligible = Screening.objects.ineligible().values("application")
    return Application.objects.of_call(call).submitted().exclude(pk__in=ineligible).with_outlet()


def jurors_of(call: Call):
    """Return the active people on the jury, with how much of `call` lies on each desk."""
    of_call = Q(
        assignments__application__call=call,
        assignments__application__status="submitted",
        assignments__withdrawn_at=None,
    )
    return (
        User.objects.filter(is_active=True, juror__isnull=False)
        .select_related("juror")
        .annotate(load=Count("assignments", filter=of_call))
        .order_by("last_name", "first_name", "pk")
    )


def standings(call: Call, *, among: Collection[int] | None = None) -> list[Standing]:
    """Return how each application of the call stands, by number; a handful of queries in all.

    `among` are the keys of those it is asked about, of all without it.
    """
    these = {} if among is None else {"application__in": among}
    reviews = Review.objects.of_call(call).handed_in()
    if among is not None:
        reviews = reviews.filter(assignment__application__in=among)
    totals: dict[int, list[Decimal]] = defaultdict(list)
    for one in totals_in(reviews):
        totals[one.application].append(one.total)
    desks: dict[int, list[Assignment]] = defaultdict(list)
    declined: dict[int, list[Assignment]] = defaultdict(list)
    standing_or_declined = Q(withdrawn_at=None) | Q(conflict=True)
    rows = Assignment.objects.of_call(call).filter(standing_or_declined, **these)
    rows = rows.select_related("juror", "review").only(
        *("application", "conflict", "withdrawn_at", "review__submitted_at"),
        *("juror__first_name", "juror__last_name", "juror__username"),
    )
    for assignment in rows.order_by("pk"):
        pile = declined if assignment.conflict else desks
        pile[assignment.application_id].append(assignment)
    listed = to_be_reviewed(call).order_by("number")
    return [
        standing_of(
            application,
            desks[application.pk],
            declined[application.pk],
            totals[application.pk],
            call,
        )
        for application in (listed if among is None else listed.filter(pk__in=among))
    ]


def standing_of(application, assignments, declined, totals: list[Decimal], call: Call) -> Standing:
    return Standing(application, assignments, declined, totals, wanted_of(call, totals))


def wanted_of(call: Call, totals: Sequence[Decimal]) -> int:
    """Return how many reviews an application needs: a third where two lie too far apart."""
    apart = len(totals) == 2 and max(totals) - min(totals) > APART
    return call.reviews_wanted + (1 if apart and call.reviews_wanted == 2 else 0)


def plan_for(call: Call, *, seed: str) -> Plan:
    """Return who should read what of `call` still lacks readers; writes nothing.

    Declared and suspected conflicts and earlier drop-outs bar a juror; a person may still put
    a suspected one on by hand.
    """
    jurors = list(jurors_of(call))
    lacking = [standing for standing in standings(call) if standing.lacking]
    barred = barred_from(call, [standing.application for standing in lacking], jurors)
    texts = [
        Text(
            number=standing.application.number,
            country=standing.application.outlet.country,
            language=standing.application.language,
            wanted=standing.lacking,
            readers=frozenset(a.juror_id for a in standing.assignments),
            barred=frozenset(barred[standing.application.pk]),
        )
        for standing in lacking
    ]
    readers = [
        Reader(j.pk, frozenset(j.juror.languages), j.juror.home_country, j.load) for j in jurors
    ]
    return make_plan(texts, readers, seed=seed)


def barred_from(call: Call, applications: Iterable[Application], jurors) -> dict[int, set[int]]:
    """Return, by application, the jurors the plan must not choose."""
    barred: dict[int, set[int]] = defaultdict(set)
    gone = Assignment.objects.of_call(call).exclude(withdrawn_at=None)
    for application, juror in gone.values_list("application", "juror"):
        barred[application].add(juror)
    pks = [application.pk for application in applications]
    versioned = Application.objects.filter(pk__in=pks).with_outlet().prefetch_related("versions")
    for suspicion in suspicions.suspect(versioned, jurors):
        barred[suspicion.application.pk].add(suspicion.juror.pk)
    return barred


def apply(
    call: Call, *, seed: str, fingerprint: str, due_at: datetime, by: AbstractBaseUser, at: datetime
) -> list[Assignment]:
    """Carry out the plan that was previewed, and write to each juror once.

    Raises OtherPlan, with the plan as it would be now, when anything changed in between.
    """
    with transaction.atomic():
        Call.objects.select_for_update().get(pk=call.pk)
        plan = plan_for(call, seed=seed)
        if plan.fingerprint != fingerprint:
            raise OtherPlan(plan)
        applications = {a.number: a for a in to_be_reviewed(call)}
        jurors = {juror.pk: juror for juror in jurors_of(call)}
        pairs = [(applications[number], jurors[key]) for number, key in plan.pairs]
        made = put_on_desks(pairs, seed=seed, due_at=due_at, at=at)
        audit.record(
            "assignments.applied",
            call,
            at=at,
            actor=by.get_username(),
            seed=seed,
            fingerprint=fingerprint,
            pairs=[[number, jurors[key].get_username()] for number, key in plan.pairs],
        )
        tell_jurors(call, made, at=at)
    return made


def put_on_desks(pairs, *, seed: str, due_at: datetime, at: datetime) -> list[Assignment]:
    """Make the rows; each desk is shuffled by lot, so that nobody's text is always read last."""
    last = dict(
        Assignment.objects.filter(juror__in={juror.pk for _, juror in pairs})
        .values_list("juror")
        .annotate(last=Max("order"))
    )
    made = []
    for application, juror in sorted(pairs, key=lambda p: lot(seed, "queue", p[0].number, p[1].pk)):
        last[juror.pk] = last.get(juror.pk, 0) + 1
        made.append(
            Assignment(
                application=application,
                juror=juror,
                order=last[juror.pk],
                assigned_at=at,
                due_at=due_at,
            )
        )
    return Assignment.objects.bulk_create(made)


def assign(
    application: Application,
    juror: User,
    *,
    due_at: datetime,
    by: AbstractBaseUser,
    at: datetime,
    reason: str = "",
) -> Assignment:
    """Put one application on one desk by hand, a suspected conflict or not; the juror is told.

    An assignment that was withdrawn without a conflict comes back as it was. Raises Refused
    ("conflict", "assigned", "not_submitted").
    """
    with transaction.atomic():
        application = Application.objects.locked(application.pk)
        if not to_be_reviewed(application.call).filter(pk=application.pk).exists():
            raise Refused("not_submitted")
        assignment = Assignment.objects.filter(application=application, juror=juror).first()
        if assignment is None:
            pairs = [(application, juror)]
            [assignment] = put_on_desks(pairs, seed="", due_at=due_at, at=at)
        elif assignment.conflict:
            raise Refused("conflict")
        elif assignment.withdrawn_at is None:
            raise Refused("assigned")
        else:
            assignment.withdrawn_at, assignment.withdrawn_because = None, ""
            assignment.due_at = due_at
            assignment.save()
        record("assignment.made", assignment, by=by, at=at, reason=reason)
        tell_jurors(application.call, [assignment], at=at)
    return assignment


def withdraw(assignment: Assignment, *, by: AbstractBaseUser, reason: str, at: datetime) -> bool:
    """Take an application off a desk; what was written stays in the database and doesn't count."""
    if not reason.strip():
        raise Refused("reason_needed")
    with transaction.atomic():
        assignment = Assignment.objects.locked(assignment.pk)
        if assignment.withdrawn_at is not None:
            return False
        assignment.withdrawn_at, assignment.withdrawn_because = at, reason
        assignment.save(update_fields=["withdrawn_at", "withdrawn_because"])
        record("assignment.withdrawn", assignment, by=by, at=at, reason=reason)
    return True


def lift_conflict(
    assignment: Assignment, *, by: AbstractBaseUser, reason: str, at: datetime
) -> bool:
    """Take back a conflict declared by mistake; the juror is asked again before reading."""
    with transaction.atomic():
        assignment = Assignment.objects.locked(assignment.pk)
        if not assignment.conflict:
            return False
        assignment.conflict = assignment.declared_at = assignment.withdrawn_at = None
        assignment.conflict_kinds, assignment.conflict_reason = [], ""
        assignment.save()
        record("conflict.lifted", assignment, by=by, at=at, reason=reason)
    return True


def drop_out(
    juror: User, call: Call, *, by: AbstractBaseUser, reason: str, at: datetime
) -> list[Assignment]:
    """Take everything a juror has not handed in off the desk; the next plan gives it to others."""
    unfinished = Assignment.objects.of_call(call).of_juror(juror).unfinished()
    with transaction.atomic():
        return [a for a in unfinished if withdraw(a, by=by, reason=reason, at=at)]


def tell_jurors(call: Call, made: Iterable[Assignment], *, at: datetime) -> None:
    """Queue one letter per juror about what is new on the desk."""
    desks: dict[User, list[Assignment]] = defaultdict(list)
    for assignment in made:
        desks[assignment.juror].append(assignment)
    for juror, new in desks.items():
        outbox.queue_letter(
            MessageKind.ASSIGNED,
            key=f"assigned/{call.pk}/{juror.pk}/{max(a.pk for a in new)}/{at:%Y%m%d%H%M%S}",
            at=at,
            recipient=juror.email,
            language=juror.juror.language_of_letters(),
            facts={
                "name": juror.get_full_name(),
                "call": call,
                "count": len(new),
                "applications": [a.application for a in new],
                "due_at": new[0].due_at,
                "link": queue_link(),
            },
        )


def queue_link() -> str:
    return settings.SITE_URL + reverse("admin:reviews_queue")


def record(event: str, assignment: Assignment, *, by: AbstractBaseUser, at: datetime, **details):
    audit.record(
        event,
        assignment,
        at=at,
        actor=by.get_username(),
        application=assignment.application.number,
        juror=assignment.juror.get_username(),
        **details,
    )
