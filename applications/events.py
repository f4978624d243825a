"""What the events of the trail are called, and how an entry reads."""

from __future__ import annotations

from django.apps import apps
from django.utils.translation import gettext_lazy

from applications import audit, particulars
from applications.models import AuditEntry

NAMES = {
    "address.corrected": gettext_lazy("outlet’s address corrected"),
    "answer.extended": gettext_lazy("more time given to confirm the place"),
    "answer.reminded": gettext_lazy("reminded to answer"),
    "application.erased": gettext_lazy("personal data erased"),
    "application.lapsed": gettext_lazy("not handed in before the deadline"),
    "application.reopened": gettext_lazy("opened again"),
    "application.screened": gettext_lazy("eligibility checked"),
    "application.started": gettext_lazy("application started"),
    "application.submitted": gettext_lazy("application handed in"),
    "application.withdrawn": gettext_lazy("application withdrawn"),
    "assignment.made": gettext_lazy("given to a juror"),
    "assignment.withdrawn": gettext_lazy("taken off a juror’s desk"),
    "assignments.applied": gettext_lazy("jurors assigned"),
    "call.changed": gettext_lazy("call changed"),
    "call.closed": gettext_lazy("call closed"),
    "call.copied": gettext_lazy("call copied for a new season"),
    "call.made": gettext_lazy("call made"),
    "call.opened": gettext_lazy("call opened"),
    "conflict.declared": gettext_lazy("conflict of interest declared"),
    "conflict.lifted": gettext_lazy("conflict of interest taken back"),
    "contact.change_asked": gettext_lazy("new contact address asked for"),
    "contact.changed": gettext_lazy("contact address changed"),
    "criterion.changed": gettext_lazy("words of a criterion changed"),
    "date.missed": gettext_lazy("a promised date was missed"),
    "date.near": gettext_lazy("warned of a promised date"),
    "dates.set": gettext_lazy("dates of the letters set"),
    "deadline.extended": gettext_lazy("deadline moved later"),
    "deadline.followed": gettext_lazy("deadline followed the call’s"),
    "decision.changed": gettext_lazy("decision changed by hand"),
    "decision_list.cancelled": gettext_lazy("timed publication called off"),
    "decision_list.proposed": gettext_lazy("decision list proposed"),
    "decision_list.published": gettext_lazy("results published"),
    "decision_list.scheduled": gettext_lazy("decision list checked, publication timed"),
    "decision_list.voided": gettext_lazy("proposal lost its force"),
    "decisions.drafted": gettext_lazy("decision list drafted"),
    "draft.reminded": gettext_lazy("reminded of the deadline"),
    "export.made": gettext_lazy("data exported"),
    "extension.asked": gettext_lazy("later deadline asked for"),
    "extension.turned_down": gettext_lazy("later deadline turned down"),
    "factor.added": gettext_lazy("second factor added"),
    "factor.removed": gettext_lazy("second factor removed"),
    "factor.reset": gettext_lazy("second factor reset by another"),
    "feedback.written": gettext_lazy("feedback worded"),
    "file.attached": gettext_lazy("file attached"),
    "file.checked_again": gettext_lazy("file to be checked for viruses again"),
    "file.refused": gettext_lazy("a virus was found in a file"),
    "file.removed": gettext_lazy("file removed"),
    "juror.changed": gettext_lazy("juror’s languages or country changed"),
    "juror.invited": gettext_lazy("juror invited"),
    "juror.reminded": gettext_lazy("juror reminded"),
    "letter.bounced": gettext_lazy("letter came back"),
    "letter.found_sent": gettext_lazy("stalled letter found to have arrived"),
    "letter.sent_again": gettext_lazy("letter sent again"),
    "link.given": gettext_lazy("private link given to a colleague"),
    "link.replaced": gettext_lazy("private link replaced"),
    "link.revoked": gettext_lazy("private link taken back"),
    "mail.limited": gettext_lazy("speed of mail set"),
    "mail.resumed": gettext_lazy("mail let go again"),
    "mail.stopped": gettext_lazy("all mail stopped"),
    "no_conflict.declared": gettext_lazy("declared free of conflict"),
    "password.changed": gettext_lazy("password changed"),
    "password.link_sent": gettext_lazy("link for a new password sent"),
    "password.reset": gettext_lazy("new password set by the link"),
    "place.confirmed": gettext_lazy("place confirmed"),
    "place.declined": gettext_lazy("place declined"),
    "place.moved": gettext_lazy("unused place moved to another country"),
    "place.released": gettext_lazy("place taken back"),
    "promotion.drafted": gettext_lazy("promotion drafted"),
    "promotion.dropped": gettext_lazy("promotion dropped"),
    "recovery_code.used": gettext_lazy("recovery code used"),
    "recovery_codes.made": gettext_lazy("recovery codes made anew"),
    "remark.made": gettext_lazy("remark in the discussion"),
    "reminders.resumed": gettext_lazy("reminders resumed"),
    "reminders.stopped": gettext_lazy("reminders stopped"),
    "result.announced": gettext_lazy("result announced"),
    "review.handed_in": gettext_lazy("review handed in"),
    "review.reopened": gettext_lazy("review opened again"),
    "review.started": gettext_lazy("review started"),
    "rubric.changed": gettext_lazy("rubric changed"),
    "score.revised": gettext_lazy("score revised"),
    "section.saved": gettext_lazy("section saved"),
    "sessions.ended": gettext_lazy("signed out everywhere"),
    "sheet.applied": gettext_lazy("score sheet taken in"),
    "tie.settled": gettext_lazy("tie settled"),
    "user.address_changed": gettext_lazy("account’s e-mail changed"),
    "user.changed": gettext_lazy("account changed"),
    "user.locked_out": gettext_lazy("too many failed sign-ins: the account waits"),
    "user.made": gettext_lazy("account made"),
    "user.sign_in_failed": gettext_lazy("sign-in failed"),
    "user.signed_in": gettext_lazy("signed in"),
}
ACTORS = {
    audit.SYSTEM: gettext_lazy("the portal"),
    audit.APPLICANT: gettext_lazy("the applicant"),
}


def name_of(entry: AuditEntry) -> str:
    """Return what happened, in words; the bare name of an event this table doesn't know."""
    return str(NAMES.get(entry.event, entry.event))


def actor_of(entry: AuditEntry) -> str:
    """Return who did it: a person's user name, the applicant or the portal itself."""
    return str(ACTORS.get(entry.actor, entry.actor))


def about_of(entry: AuditEntry) -> str:
    """Return what it happened to: the number of an application, else the thing and its number."""
    if entry.application:
        return entry.application.number
    model, _slash, key = entry.chain.partition("/")
    if model == "call" and getattr(entry, "season", None):
        key = entry.season
    names = {one._meta.model_name: one._meta.verbose_name for one in apps.get_models()}
    return f"{names.get(model, model)} {key}"


def details_of(entry: AuditEntry) -> str:
    """Return the details in words; files by their names, as long as they are there."""
    files = {}
    if entry.application and "file" in entry.details:
        files = {str(one.key): one.name for one in entry.application.attachments.all()}
    return particulars.in_words(entry.told, files)
