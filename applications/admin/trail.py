"""The audit trail and the refused attempts: to read, never to write."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from applications import events, instants
from applications.admin.owned import OwnedByVerbs
from applications.models import Attempt, AuditEntry

BREAK = mark_safe("<br>")


class EventFilter(admin.SimpleListFilter):
    """By event, in words."""

    title = _("event")
    parameter_name = "event"

    def lookups(self, request, model_admin):
        return sorted(((event, str(name)) for event, name in events.NAMES.items()), key=by_name)

    def queryset(self, request, queryset):
        return queryset.filter(event=self.value()) if self.value() else queryset


def by_name(pair: tuple[str, str]) -> str:
    return pair[1].casefold()


def link_to(application) -> str:
    """Return a link to the application's page, by its number."""
    url = reverse("admin:applications_application_change", args=[application.pk])
    return format_html('<a href="{}">{}</a>', url, application.number)


@admin.register(AuditEntry)
class AuditEntryAdmin(OwnedByVerbs, admin.ModelAdmin):
    list_display = ("at_shown", "event_shown", "about", "actor_shown", "details_shown")
    list_display_links = None
    list_filter = (EventFilter,)
    list_select_related = ("application", "words")
    list_per_page = 100
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    search_fields = ("application__number", "actor", "chain")
    search_help_text = _("Number of an application, or who did it")
    actions = None
    fields = ("at_shown", "event_shown", "about", "number", "actor_shown", "details_shown")

    def get_queryset(self, request):
        entries = super().get_queryset(request).with_seasons()
        return entries.prefetch_related("application__attachments")

    @admin.display(description=_("when"), ordering="at")
    def at_shown(self, entry):
        return instants.timed(entry.at, instants.moment(entry.at, seconds=True))

    @admin.display(description=_("what"), ordering="event")
    def event_shown(self, entry):
        return events.name_of(entry)

    @admin.display(description=_("about"), ordering="chain")
    def about(self, entry):
        return link_to(entry.application) if entry.application else events.about_of(entry)

    @admin.display(description=_("who"), ordering="actor")
    def actor_shown(self, entry):
        return events.actor_of(entry)

    @admin.display(description=_("details"))
    def details_shown(self, entry):
        return events.details_of(entry)


@admin.register(Attempt)
class AttemptAdmin(OwnedByVerbs, admin.ModelAdmin):
    list_display = (
        *("at_shown", "about", "by_shown", "why", "stands", "missing_shown", "closed_at_shown"),
    )
    list_display_links = None
    list_filter = ("why", "application__status", "application__call")
    list_select_related = ("application__call", "application__outlet", "link")
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    search_fields = ("application__number",)
    search_help_text = _("Number of an application")
    actions = None
    fields = ("at_shown", "about", "by_shown", "why", "closed_at_shown", "missing_shown")

    def get_queryset(self, request):
        words = ("application__call__texts", "application__call__countries")
        return super().get_queryset(request).prefetch_related(*words)

    @admin.display(description=_("arrived"), ordering="at")
    def at_shown(self, attempt):
        """Return the instant to the millisecond: a complaint is answered by it."""
        told = instants.moment(attempt.at, attempt.application.call, seconds=True)
        return instants.timed(attempt.at, f"{told}.{attempt.at.microsecond // 1000:03}")

    @admin.display(description=_("who"))
    def by_shown(self, attempt):
        """Return to whom the link was given that the request came by."""
        return (attempt.link and attempt.link.email) or "—"

    @admin.display(description=_("what was missing"))
    def missing_shown(self, attempt):
        return format_html_join(BREAK, "{}", ((one,) for one in attempt.missing)) or "—"

    @admin.display(description=_("application"), ordering="application__number")
    def about(self, attempt):
        return link_to(attempt.application)

    @admin.display(description=_("application now"), ordering="application__status")
    def stands(self, attempt):
        """Return where the application is now: most refusals are followed by a submission."""
        return attempt.application.get_status_display()

    @admin.display(description=_("deadline that applied"), ordering="closes_at")
    def closed_at_shown(self, attempt):
        call = attempt.application.call
        return instants.deadline(call, closes_at=attempt.closes_at).marked().when_full
