"""The staff's home: the stock admin with the portal's name, in Russian or English."""

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from applications import roles
from applications.seasons import call_of
from citizenjournalists import index
from citizenjournalists.exporting import exports_view
from citizenjournalists.signin import people, requiring

LANGUAGES = {"ru": "Русский", "en": "English"}
LANGUAGE_COOKIE = f"{settings.SECURE_PREFIX}staff_language"  # of the staff's side alone


class StaffAdminSite(admin.AdminSite):
    site_header = _("Citizen Journalists")
    site_title = _("Citizen Journalists")
    index_title = _("Desk")

    def get_urls(self):
        language = path("language/", require_POST(choose_language), name="language")
        own = [
            path("exports/", self.admin_view(self.exports), name="exports"),
            path("access/", self.admin_view(people.access), name="access"),
            path("access/<int:pk>/", self.admin_view(people.act), name="access_act"),
        ]
        return [language, *own, *super().get_urls()]

    def has_permission(self, request):
        """Open to active staff, and where it is required only with a second factor shown."""
        return super().has_permission(request) and requiring.has_second_factor(request)

    def admin_view(self, view, cacheable=False):
        return super().admin_view(requiring.recent(requiring.pressed(view)), cacheable)

    def login(self, request, extra_context=None):
        return requiring.lead_on(request)

    def logout(self, request, extra_context=None):
        return redirect("account_logout")

    def password_change(self, request, extra_context=None):
        return redirect("account_change_password")

    def password_change_done(self, request, extra_context=None):
        return redirect("account_change_password")

    def exports(self, request):
        return exports_view(request, self)

    def index(self, request, extra_context=None):
        """Show the desk; a juror's desk is their queue and nothing else."""
        if roles.is_only_juror(request.user):
            return redirect("admin:reviews_queue")
        told = index.told_to(request, at=request.arrived_at)
        return super().index(request, {**told, **(extra_context or {})})

    def each_context(self, request):
        context = super().each_context(request)
        if context["has_permission"]:
            call = call_of(request, request.arrived_at)
            context |= {"season": call and call.season, "role": roles.name_of(request.user)}
            context["is_nav_sidebar_enabled"] = not roles.is_only_juror(request.user)
        current = translation.get_language()
        context["other_language"] = next(
            {"code": code, "name": name} for code, name in LANGUAGES.items() if code != current
        )
        return context


def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the staff's language in a cookie of their own: the public pages' choice is another."""
    onward = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, {request.get_host()}, request.is_secure()):
        onward = reverse("admin:index")
    response = HttpResponseRedirect(onward)
    if request.POST.get("language") in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE,
            request.POST["language"],
            max_age=settings.LANGUAGE_COOKIE_AGE,
            path=reverse("admin:index"),
            secure=settings.OVER_HTTPS,
            httponly=True,
            samesite="Lax",
        )
    return response


def staff_language(get_response):
    """Speak Russian on the staff's side whatever the browser prefers, English by choice."""

    def middleware(request):
        if request.path_info.startswith(reverse("admin:index")):
            language = request.COOKIES.get(LANGUAGE_COOKIE)
            request.LANGUAGE_CODE = language if language in LANGUAGES else "ru"
            translation.activate(request.LANGUAGE_CODE)
        return get_response(request)

    return middleware
