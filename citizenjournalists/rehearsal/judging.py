"""Second half of a rehearsal: reviewing, deciding, publishing, answers, a promotion, erasing."""

from __future__ import annotations

from datetime import timedelta

from applications import access
from applications import answering as answers
from applications.models import Application, Call, Message, MessageKind, MessageStatus, Result
from applications.models.message import RESULT_KINDS
from citizenjournalists.rehearsal.applying import DAY, MS, Sweep, letters, refused, sent
from citizenjournalists.rehearsal.scene import OUTLETS, Scene
from citizenjournalists.rehearsal.timeline import Failed, Timeline
from reviews import assigning, deciding, scoring
from reviews.models import Decision


def reviewing(scene: Scene, sweep: Sweep, told: Timeline) -> None:
    """Both jurors read everything; one application is left for the last moment."""
    told.act("Reviewing")
    call, officer, at = scene.call, scene.people["officer"], scene.call.closes_at + 3 * DAY
    desks = []
    for application in assigning.to_be_reviewed(call).order_by("pk"):
        for name in ("juror1", "juror2"):
            juror = scene.people[name]
            due = call.closes_at + 6 * DAY
            one = assigning.assign(application, juror, due_at=due, by=officer, at=at)
            desks.append(scoring.declare(one, conflict=False, at=at))
    told.tell(at, f"{len(desks)} readings lie on two desks, nobody has a conflict")
    for desk in desks[:-1]:
        hand_in(scene, desk, at=at + DAY)
    told.tell(at + DAY, f"{len(desks) - 1} reviews are handed in")
    near = call.end_of(call.decision_date) - 3 * DAY
    sweep(near)
    told.expect(
        near,
        "officers are warned three days before the decision: one application isn't read to the end",
        lambda: letters(MessageKind.DATE_NEAR).count() == 2,
    )
    hand_in(scene, desks[-1], at=near + timedelta(hours=1))
    told.tell(near + timedelta(hours=1), "the last review is handed in")


def hand_in(scene: Scene, desk, *, at) -> None:
    points = OUTLETS[scene.applications.index(desk.application)][2]
    criteria = desk.application.call.criteria.values_list("pk", flat=True)
    entries = {pk: scoring.Entry(points, False, "") for pk in criteria}
    review = scoring.save_review(
        desk,
        entries=entries,
        revision=None,
        at=at,
        strength="Понятно, кого сейчас не слышно.",
        improvement="Не хватает расчёта на год.",
    )
    scoring.submit_review(review, at=at)


def publishing(scene: Scene, sweep: Sweep, told: Timeline) -> None:
    """Draft, settle the tie at the line, propose, publish by another person."""
    told.act("Deciding and publishing")
    call, officer, chair = scene.call, scene.people["officer"], scene.people["chair"]
    call.refresh_from_db()
    at = call.end_of(call.decision_date) - 2 * DAY
    draft = deciding.draft_decisions(call, by=officer, at=at)
    (tie,) = deciding.ties_in(draft)
    told.tell(at, "a list is drafted: two applications of one country are equal at the line")
    first = [tie.decisions[0].application_id]
    deciding.settle(draft, first=first, reason="Критерий 1.", by=officer, at=at)
    told.tell(at, "people settle the tie, with a reason")
    for decision in Decision.objects.of_call(call).filter(result=Result.NOT_SELECTED):
        deciding.write_feedback(
            decision, strength="Ясная цель.", improvement="Нужна смета.", by=officer, at=at
        )
    proposed = deciding.propose(draft, by=officer, at=at)
    told.tell(at, f"the list is proposed; nobody sees a result: {results_seen(scene) or 'none'}")
    publish = {"counts": proposed.frozen["counts"], "fingerprint": proposed.fingerprint}
    refused(deciding.publish, proposed, by=officer, at=at, **publish)
    at += timedelta(hours=1)
    deciding.publish(proposed, by=chair, at=at, **publish)
    told.tell(at, f"the chair publishes: {results_seen(scene)} outlets see their result")
    told.expect(
        at,
        "every answer has gone out by mail, one letter each",
        lambda: sent_results() == Application.objects.submitted().count(),
    )
    ends = call.end_of(call.notification_date)
    sweep(ends)
    told.expect(
        ends,
        "the day for letters ends: no date was missed, nobody is warned",
        lambda: not letters(MessageKind.DATE_MISSED).exists(),
    )


def results_seen(scene: Scene) -> int:
    return Application.objects.of_call(scene.call).announced().count()


def sent_results() -> int:
    return Message.objects.filter(kind__in=RESULT_KINDS, status=MessageStatus.SENT).count()


def answering(scene: Scene, sweep: Sweep, told: Timeline) -> None:
    """All who were selected confirm but one, who declines; the next of the reserve moves up."""
    told.act("Answers and a promotion")
    call, officer, chair = scene.call, scene.people["officer"], scene.people["chair"]
    offered = list(Application.objects.of_call(call).offered().order_by("pk"))
    at = offered[0].confirm_by - DAY
    sweep(at)
    told.expect(
        at,
        f"{len(offered)} outlets are reminded to answer, a day before it is too late",
        lambda: sent(MessageKind.CONFIRM_REMINDER) == len(offered),
    )
    for application in offered[1:]:
        answers.confirm(application, at=at)
    answers.decline(offered[0], at=at)
    told.tell(at, f"{len(offered) - 1} outlets confirm, {offered[0].number} declines")
    refused(answers.confirm, offered[0], at=at)
    told.tell(at, "the one who declined can't confirm any more")
    at = offered[0].confirm_by + timedelta(minutes=1)
    sweep(at)
    (vacancy,) = deciding.vacancies(call, at=at)
    draft = deciding.promote(
        vacancy.decision, promoted=vacancy.next[0], reason="Отказ.", by=officer, at=at
    )
    proposed = deciding.propose(draft, by=officer, at=at)
    publish = {"counts": proposed.frozen["counts"], "fingerprint": proposed.fingerprint}
    deciding.publish(proposed, by=chair, at=at + timedelta(hours=1), **publish)
    told.expect(
        at + timedelta(hours=1),
        f"{vacancy.next[0].application.number} moves up from the reserve, by two people",
        lambda: letters(MessageKind.PROMOTED).filter(status=MessageStatus.SENT).count() == 1,
    )
    held = Decision.objects.of_call(call).holding_a_place()
    told.tell(at, f"{held.count()} places of {call.places} are held")
    if held.count() != call.places:
        raise Failed("the places don't add up")


def erasing(scene: Scene, sweep: Sweep, told: Timeline) -> None:
    """Past its time, what points to a person goes; the row and the trail stay."""
    told.act("Erasing")
    call = Call.objects.get(pk=scene.call.pk)
    drafts = call.closes_at + call.drafts_kept_days * DAY
    waiting = Message.objects.unfinished()
    told.expect(drafts - MS, "no letter waits in the outbox", lambda: not waiting.exists())
    sweep(drafts - MS)
    erased = Application.objects.of_call(call).exclude(erased_at=None)
    told.expect(drafts - MS, "nothing is erased before its time", lambda: not erased.exists())
    sweep(drafts)
    told.expect(drafts, "three drafts are erased", lambda: erased.count() == 3)
    last = call.announced_at + max(call.not_selected_kept_days, call.selected_kept_days) * DAY
    for at in (last, last + 30 * DAY):
        sweep(at)
    told.expect(last, "and in time every application", lambda: erased.count() == len(OUTLETS))
    if any(access.url_of(link) for a in erased for link in a.links.valid()):
        raise Failed("a private link outlived its application")
