"""Calls: texts, countries, questions, and deadlines as people say them."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import DateField, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from applications import calling, instants, questions
from applications.admin.clashes import ClashesAreTold, SeenForm
from applications.admin.lastmoments import MomentField
from applications.admin.owned import Recorded
from applications.models import Call, CallCountry, CallItem, CallText

DEADLINES = ("zone", "opens_at", "closes_at", "decision_date", "notification_date")
PLACES = (
    "places",
    "places_per_country",
    "reserve_per_country",
    "minimum_total",
    "reviews_wanted",
    "blind_review",
    "winners_public_at",
)
KEPT = ("drafts_kept_days", "not_selected_kept_days", "selected_kept_days")
MOMENTS = ("opens_at", "closes_at", "winners_public_at")
KEYS_OF_QUESTIONS = ("switched_off", "made_required", "made_optional")


class CallForm(SeenForm):
    """The stock form with deadlines as a day and a time, and questions by their names."""

    opens_at = MomentField(label=capfirst(_("opens")))
    closes_at = MomentField(
        label=capfirst(_("closes")),
        ends_a_day=True,
        help_text=_(
            "The last day and 24:00 for its end. It can be set until the call is public; "
            "after that it only moves later, by an extension."
        ),
    )

    winners_public_at = MomentField(
        label=capfirst(_("winners are shown from")),
        required=False,
        help_text=_("Only those who consented and confirmed. Empty: not yet."),
    )

    class Meta:
        model = Call
        exclude = ("closed_at", "announced_at")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.moments():
            self.fields[name].widget.zone = self.instance.zone
        for name in KEYS_OF_QUESTIONS:
            if name in self.fields:
                self.fields[name] = forms.MultipleChoiceField(
                    choices=questions.can_be_switched_off(),
                    widget=forms.CheckboxSelectMultiple,
                    required=False,
                    label=self.fields[name].label,
                )

    def moments(self) -> list[str]:
        return [name for name in MOMENTS if name in self.fields]

    def clean(self):
        self.make_instants()
        cleaned = super().clean()
        if self.was_public() and not cleaned.get("is_public") and self.has_applications():
            self.add_error("is_public", _("Outlets have applied: the call stays public."))
        opens = cleaned.get("opens_at", self.instance.opens_at)
        closes = cleaned.get("closes_at", self.instance.closes_at)
        if opens and closes and opens >= closes:
            raise ValidationError(_("The call must close after it opens."))
        return cleaned

    def make_instants(self) -> None:
        """Turn the moments as typed into instants, in the zone that is chosen beside them."""
        zone = self.cleaned_data.get("zone") or self.instance.zone
        for name in self.moments():
            if self.cleaned_data.get(name):
                self.cleaned_data[name] = self.cleaned_data[name].in_zone(zone)

    def was_public(self) -> bool:
        return bool(self.instance.pk) and self.initial.get("is_public", False)

    def has_applications(self) -> bool:
        return self.instance.applications.exists()


def is_announced(call: Call | None) -> bool:
    """Ask the database: a refused form has already changed the call when it is shown again.

    A call that has opened stays announced, though it is hidden now.
    """
    shown = Q(is_public=True) | Q(opened_at__isnull=False)
    return call is not None and Call.objects.filter(shown, pk=call.pk).exists()


class CountryInline(admin.StackedInline):
    model = CallCountry
    extra = 0


class TextInline(admin.StackedInline):
    model = CallText
    extra = 0
    max_num = 4
    classes = ("collapse",)


class ItemInline(admin.StackedInline):
    model = CallItem
    extra = 0
    ordering = ("language", "kind", "position")
    classes = ("collapse",)


class CallAdmin(ClashesAreTold, Recorded, admin.ModelAdmin):
    """Registered by reviews.admin, which copies the rubric along with a call."""

    form = CallForm
    inlines = (CountryInline, TextInline, ItemInline)
    list_display = ("season", "slug", "opens_shown", "closes_shown", "is_public")
    actions = None
    change_form_template = "admin/applications/call/change_form.html"
    formfield_overrides = {
        DateField: {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
    }
    fieldsets = (
        (None, {"fields": ("season", "slug", "is_public")}),
        (_("Deadlines"), {"fields": DEADLINES}),
        (_("Places and reviewing"), {"fields": PLACES}),
        (_("Who gives the grant"), {"fields": ("organiser", "programme", "donor")}),
        (_("Letter of rationale, in signs"), {"fields": ("letter_least", "letter_most")}),
        (_("Questions"), {"fields": KEYS_OF_QUESTIONS, "classes": ("collapse",)}),
        (_("How long it is kept"), {"fields": KEPT}),
    )

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("texts", "countries")

    def get_readonly_fields(self, request, obj=None):
        """An announced deadline and its zone are shown; extending is an act of its own."""
        return ("zone", "closes_at", "closes_shown") if is_announced(obj) else ()

    def get_fieldsets(self, request, obj=None):
        if not is_announced(obj):
            return self.fieldsets
        shown = tuple("closes_shown" if name == "closes_at" else name for name in DEADLINES)
        return tuple(
            (title, {**told, "fields": shown} if told["fields"] == DEADLINES else told)
            for title, told in self.fieldsets
        )

    @admin.display(description=_("opens"), ordering="opens_at")
    def opens_shown(self, call):
        return instants.timed(call.opens_at, instants.moment(call.opens_at, call))

    @admin.display(description=_("closes"), ordering="closes_at")
    def closes_shown(self, call):
        return instants.deadline(call).marked().whole

    def get_urls(self):
        copying = self.admin_site.admin_view(self.copy_view)
        return [path("<int:pk>/copy/", copying, name="applications_call_copy"), *super().get_urls()]

    def copy_view(self, request, pk):
        """Ask, then start a new season from this call."""
        call = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            new = self.copy(call, request)
            messages.success(request, _("Copied. Check the dates and texts; it isn’t public yet."))
            return redirect("admin:applications_call_change", new.pk)
        context = {**self.admin_site.each_context(request), "call": call, "opts": self.opts}
        context["title"] = _("Copy the call for a new season")
        return render(request, "admin/applications/call/copy.html", context)

    def copy(self, call, request):
        return calling.copy(call, by=request.user, at=request.arrived_at)
