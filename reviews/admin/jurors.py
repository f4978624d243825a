"""The jury: who is on it, inviting in one form, and the page on which a password is set."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN, PasswordResetConfirmView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from applications import instants
from applications.admin.clashes import ClashesAreTold, SeenForm
from applications.admin.owned import Recorded
from applications.models import Language
from applications.models.application import Refused
from applications.seasons import call_of
from reviews import inviting
from reviews.admin.desk import page
from reviews.forms import InvitationForm
from reviews.models import Juror


class JurorForm(SeenForm):
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("languages read"),
        choices=Language.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Juror
        fields = ("languages", "home_country")


class SetPassword(PasswordResetConfirmView):
    """What the link of an invitation opens: choose a password and be signed in.

    The sign-in is the usual one, so a second factor is asked for where the portal requires it.
    """

    template_name = "admin/reviews/set_password.html"
    title = gettext_lazy("Choose a password")

    def form_valid(self, form):
        user = form.save()
        del self.request.session[INTERNAL_RESET_SESSION_TOKEN]
        named = {"username": user.get_username()}
        return perform_password_login(self.request, named, Login(user=user))

    def get_context_data(self, **kwargs):
        told = super().get_context_data(**kwargs)
        return {**admin.site.each_context(self.request), **told, "title": self.title}


@admin.register(Juror)
class JurorAdmin(ClashesAreTold, Recorded, admin.ModelAdmin):
    form = JurorForm
    list_display = ("name_shown", "email_shown", "languages_shown", "country_shown", "seen_shown")
    list_filter = ("home_country",)
    search_fields = ("user__last_name", "user__first_name", "user__email")
    actions = None
    show_facets = admin.ShowFacets.NEVER
    change_list_template = "admin/reviews/juror_list.html"
    change_form_template = "admin/reviews/juror_form.html"

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("invite/", wrap(invite), name="reviews_invite"),
            path("<int:pk>/again/", wrap(invite_again), name="reviews_invite_again"),
            path("password/<uidb64>/<token>/", SetPassword.as_view(), name="reviews_invitation"),
            *super().get_urls(),
        ]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("user")

    def has_add_permission(self, request):
        return False

    @admin.display(description=gettext_lazy("name"), ordering="user__last_name")
    def name_shown(self, juror):
        return str(juror)

    @admin.display(description=gettext_lazy("e-mail"), ordering="user__email")
    def email_shown(self, juror):
        return juror.user.email

    @admin.display(description=gettext_lazy("languages read"))
    def languages_shown(self, juror):
        return ", ".join(juror.languages)

    @admin.display(description=gettext_lazy("country"), ordering="home_country")
    def country_shown(self, juror):
        return juror.get_home_country_display() if juror.home_country else _("elsewhere")

    @admin.display(description=gettext_lazy("signed in"), ordering="user__last_login")
    def seen_shown(self, juror):
        seen = juror.user.last_login
        return instants.timed(seen, instants.moment(seen)) if seen else _("never")


def require_inviter(request: HttpRequest) -> None:
    if not request.user.has_perm("reviews.add_juror"):
        raise PermissionDenied


@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    require_inviter(request)
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        call = call_of(request, request.arrived_at)
        juror = inviting.invite(
            **form.cleaned_data, call=call, by=request.user, at=request.arrived_at
        )
        words = _("%(name)s is on the jury; the invitation is in the outbox.")
        messages.success(request, words % {"name": juror})
        return redirect("admin:reviews_juror_changelist")
    return page(request, "invite", _("Invite a juror"), form=form)


@require_POST
def invite_again(request: HttpRequest, pk: int) -> HttpResponse:
    require_inviter(request)
    juror = get_object_or_404(Juror, pk=pk)
    call = call_of(request, request.arrived_at)
    try:
        inviting.invite_again(juror, call=call, by=request.user, at=request.arrived_at)
    except Refused:
        messages.warning(request, _("This person has signed in already; no new link was sent."))
    else:
        messages.success(request, _("A new invitation is in the outbox."))
    return redirect("admin:reviews_juror_change", pk)
