"""The public pages of a call. Each reads the instant of arrival once and shows what holds then."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from applications import showing
from applications.eligibility import EligibilityForm, doubts
from applications.models import Call


def share(name: str, *args, languages: list[str] | None = None) -> dict:
    """Return the addresses that previews and search engines need of the page `name`."""
    here = reverse(f"applications:{name}", args=args)[1 + len(get_language()) :]
    codes = languages or [code for code, _ in settings.LANGUAGES]
    return {
        "canonical": f"{settings.SITE_URL}/{get_language()}{here}",
        "alternates": [(code, f"{settings.SITE_URL}/{code}{here}") for code in codes],
        "picture": settings.SITE_URL + static(f"share-{get_language()}.png"),
    }


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the one call itself, or a list where there are several."""
    calls = list(showing.with_texts(Call.objects.public(), get_language()))
    calls = [call for call in calls if showing.languages_of(call)]
    now = showing.in_front(calls, request.arrived_at)
    others = [call for call in calls if call not in now]
    if len(now) == 1:
        return call_page(request, now[0], others=others)
    return list_of_calls(request, now, others)


@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """List every public call, past ones too."""
    found = list(showing.with_texts(Call.objects.public(), get_language()))
    now = showing.in_front(found, request.arrived_at)
    return list_of_calls(request, now, [call for call in found if call not in now])


@require_safe
def call(request: HttpRequest, slug: str) -> HttpResponse:
    found = showing.with_texts(Call.objects.public(), get_language())
    return call_page(request, get_object_or_404(found, slug=slug))


def list_of_calls(request, now: list[Call], before: list[Call]) -> HttpResponse:
    language, at = get_language(), request.arrived_at
    written = [call for call in now if showing.text_in(call, language)]
    context = {
        "now": [showing.season(call, language, at) for call in written],
        "before": before + [call for call in now if call not in written],
        "share": share("calls"),
    }
    return render(request, "public/calls.html", context)


def call_page(request, call: Call, others: list[Call] = ()) -> HttpResponse:
    """Show a call, or lead to the language it is written in: a page is in one language whole."""
    language = showing.language_for(call, get_language())
    if language != get_language():
        address = reverse("applications:call", args=[call.slug])
        return redirect(f"/{language}{address[1 + len(get_language()) :]}")
    languages = showing.languages_of(call)
    context = {
        "call": call,
        "season": showing.season(call, language, request.arrived_at),
        "languages": languages,
        "others": others,
        "share": share("call", call.slug, languages=languages),
    }
    return render(request, "public/call.html", context)


@require_safe
def eligibility(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask three questions and explain a "no"; nothing is stored and nobody is stopped."""
    call = get_object_or_404(showing.with_texts(Call.objects.public(), get_language()), slug=slug)
    answered = "ask" in request.GET
    form = EligibilityForm(call, request.GET if answered else None)
    context = {
        "call": call,
        "form": form,
        "answered": answered,
        "doubts": doubts(form.cleaned_data) if form.is_valid() else [],
        "may_apply": call.is_open(request.arrived_at),
        "languages": showing.languages_of(call),
        "share": share("eligibility", slug, languages=showing.languages_of(call)),
    }
    return render(request, "public/eligibility.html", context)
