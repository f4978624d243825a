"""The outbox: how far the letters are, which of them need a person, and the text of each."""

import re

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import instants, letters, marks
from applications.admin.filters import CallFilter, is_key
from applications.admin.mailing import ActsOnMail
from applications.admin.owned import OwnedByVerbs
from applications.admin.trail import link_to
from applications.models import Language, MailSwitch, Message, MessageKind, MessageStatus
from applications.models.message import RESULT_KINDS

PRIVATE_LINK = re.compile(r"(/z/|/password/(?:new/)?)[0-9A-Za-z/_-]+")
CASES_SHOWN = 20
RESULTS = "results"
PARTS = (  # of the bar, in this order: status, class of the colour
    (MessageStatus.SENT, "cj-f-done"),
    (MessageStatus.SENDING, "cj-f-half"),
    (MessageStatus.QUEUED, "cj-f-track"),
    (MessageStatus.STALLED, "cj-f-warn"),
    (MessageStatus.BOUNCED, "cj-f-badwash"),
    (MessageStatus.FAILED, "cj-f-bad"),
)


class LetterCallFilter(CallFilter):
    def value(self):
        return admin.SimpleListFilter.value(self)

    def queryset(self, request, queryset):
        chosen = self.value()
        return queryset.filter(application__call=chosen) if is_key(chosen) else queryset


class ChoiceFilter(admin.SimpleListFilter):
    """A filter by one field's own choices."""

    choices_offered = ()

    def lookups(self, request, model_admin):
        return self.choices_offered

    def queryset(self, request, queryset):
        return queryset.filter(**{self.parameter_name: self.value()}) if self.value() else queryset


class LetterStatusFilter(ChoiceFilter):
    title, parameter_name = gettext_lazy("status"), "status"
    choices_offered = MessageStatus.choices


class LetterLanguageFilter(ChoiceFilter):
    title, parameter_name = gettext_lazy("language"), "language"
    choices_offered = Language.choices


class KindFilter(ChoiceFilter):
    title, parameter_name = gettext_lazy("letter"), "kind"
    choices_offered = ((RESULTS, gettext_lazy("all results")), *MessageKind.choices)

    def queryset(self, request, queryset):
        if self.value() == RESULTS:
            return queryset.filter(kind__in=RESULT_KINDS)
        return super().queryset(request, queryset)


@admin.register(Message)
class MessageAdmin(ActsOnMail, OwnedByVerbs, admin.ModelAdmin):
    list_display = ("kind_shown", "status_shown", "about", "recipient", "attempts", "onward")
    list_filter = (LetterStatusFilter, KindFilter, LetterLanguageFilter, LetterCallFilter)
    list_select_related = ("application__outlet", "application__call")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("application__number", "recipient")
    search_help_text = gettext_lazy("Number of an application, or e-mail address")
    actions = None
    change_list_template = "admin/applications/message/outbox.html"

    @admin.display(description=gettext_lazy("letter"), ordering="kind")
    def kind_shown(self, message):
        return f"{message.get_kind_display()}, {message.language}"

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def status_shown(self, message):
        return marks.letter(message)

    @admin.display(description=gettext_lazy("application"), ordering="application__number")
    def about(self, message):
        return link_to(message.application) if message.application else "—"

    @admin.display(description=gettext_lazy("what next"), ordering="due_at")
    def onward(self, message):
        return onward(message)

    def changelist_view(self, request, extra_context=None):
        response = super().changelist_view(request, extra_context)
        if changelist := getattr(response, "context_data", {}).get("cl"):
            response.context_data |= self.how_far(request, changelist)
            response.context_data |= {
                "cases": cases(),
                "switch": MailSwitch.objects.first(),
                "may_act": self.has_mail_permission(request),
            }
        return response

    def how_far(self, request, changelist) -> dict:
        """Count the letters of the list by status, whatever status it is filtered by."""
        listed = changelist.get_queryset(request, exclude_parameters=["status"])
        rows = listed.order_by().values_list("status").annotate(number=Count("pk"))
        counts = dict(rows.values_list("status", "number"))
        parts = [(marks.word_of(status), counts.get(status, 0), look) for status, look in PARTS]
        return {
            "parts": parts,
            "sent": counts.get(MessageStatus.SENT, 0),
            "letters_in_all": sum(number for _label, number, _look in parts),
            "bar": marks.bar([(number, look) for _label, number, look in parts]),
        }

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show the letter as it is sent; a private link in it stays its recipient's."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        message = self.get_object(request, object_id)
        if message is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return self.page_to_read(request, message)

    def page_to_read(self, request, message, **acts):
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": message.subject,
            "message": message,
            "blocks": letters.blocks(PRIVATE_LINK.sub(r"\1…", message.text)),
            "onward": onward(message),
            "why": why(message),
            **self.context_to_act(request, message, **acts),
        }
        return TemplateResponse(request, "admin/applications/message/read.html", context)


def cases() -> list[dict]:
    """Return the letters that need a person, oldest first, each with what happened."""
    waiting = Message.objects.needing_a_person().order_by("due_at")
    rows = waiting.select_related("application__outlet")[:CASES_SHOWN]
    return [{"message": message, "why": why(message)} for message in rows]


def onward(message: Message) -> str:
    """Return what happens to a letter next, or what happened last."""
    match message.status:
        case MessageStatus.SENT:
            return _("accepted on %(when)s") % {"when": instants.moment(message.sent_at)}
        case MessageStatus.SENDING:
            return _("now")
        case MessageStatus.QUEUED:
            return _("from %(when)s") % {"when": instants.moment(message.due_at)}
        case MessageStatus.REPLACED:
            return _("another letter went in its place")
        case MessageStatus.OUTDATED:
            return _("never")
    return _("a person decides")


def why(message: Message) -> dict | None:
    """Return what happened to a letter that needs a person, and what to do: two sentences."""
    told = {
        MessageStatus.FAILED: (
            _("The mail server refused the letter for good."),
            _("Ask the outlet for the right address. Then correct it and send the letter again."),
        ),
        MessageStatus.STALLED: (
            _("The worker broke off while handing the letter over: it may have gone, or not."),
            _("Ask the outlet whether it arrived. Whether to send it again is for you to decide."),
        ),
        MessageStatus.BOUNCED: (
            _("The letter was accepted, and came back later."),
            _("Nothing is sent again by itself. Ask the outlet for another address."),
        ),
    }
    if message.status not in told:
        return None
    what, to_do = told[message.status]
    return {"what": what, "to_do": to_do, "error": message.last_error}
