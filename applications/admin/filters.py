"""Filters of the staff's lists, by what the domain calls things."""

from django.contrib import admin
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from applications.models import Country, Language, Status
from applications.seasons import calls_at_hand


def is_key(text: str | None) -> bool:
    """Whether a text of an address may be the key of a row: “²” is a digit and no number."""
    return bool(text) and text.isdecimal() and len(text) < 10


class CountedFilter(admin.SimpleListFilter):
    """A choice by one `column`, every choice counted in one grouped query.

    Django's own facets look each choice up in a subquery of the whole list.
    """

    column = ""

    def queryset(self, request, queryset):
        return queryset.filter(**{self.column: self.value()}) if self.value() else queryset

    def get_facet_queryset(self, changelist):
        """Return how many applications each choice would show, by the keys Django asks for."""
        listed = changelist.get_queryset(
            self.request, exclude_parameters=self.expected_parameters()
        )
        counted = listed.order_by().values(self.column).annotate(n=Count("pk"))
        found = dict(counted.values_list(self.column, "n"))
        return {
            f"{i}__c": self.count_of(key, found) for i, (key, _) in enumerate(self.lookup_choices)
        }

    def count_of(self, key: str, found: dict[str, int]) -> int:
        return found.get(key, 0)


class CallFilter(admin.SimpleListFilter):
    """The latest call unless another is chosen, or all."""

    title = _("call")
    parameter_name = "call"
    everything = "all"

    def lookups(self, request, model_admin):
        return [(str(call.pk), call.season) for call in calls_at_hand(request)]

    def value(self):
        chosen = super().value()
        if chosen is None and self.lookup_choices:
            return self.lookup_choices[0][0]
        return chosen

    def queryset(self, request, queryset):
        chosen = self.value()
        return queryset.filter(call=chosen) if is_key(chosen) else queryset

    def choices(self, changelist):
        for key, season in self.lookup_choices:
            chosen = changelist.get_query_string({self.parameter_name: key})
            yield {"selected": self.value() == key, "query_string": chosen, "display": season}
        yield {
            "selected": self.value() == self.everything,
            "query_string": changelist.get_query_string({self.parameter_name: self.everything}),
            "display": _("All calls"),
        }

    def get_facet_counts(self, pk_attname, filtered_qs):
        """Count nothing: the other filters count within the call."""
        return {}


class CountryFilter(CountedFilter):
    title = _("country")
    parameter_name = "country"
    column = "outlet__country"

    def lookups(self, request, model_admin):
        return Country.choices


class StatusFilter(CountedFilter):
    title = _("status")
    parameter_name = "status"
    column = "status"

    def lookups(self, request, model_admin):
        return Status.choices


class LanguageFilter(CountedFilter):
    title = _("language")
    parameter_name = "language"
    column = "language"

    def lookups(self, request, model_admin):
        return Language.choices
