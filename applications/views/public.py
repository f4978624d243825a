"""The public pages of a call. Each shows what holds at the instant the request arrived."""

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import conditional_page

from applications import blanks, showing
from applications import winners as named
from applications.eligibility import EligibilityForm, doubts
from applications.models import Call
from applications.views.everyone import for_everyone, keep, share


def call_for_reading(slug: str) -> Call:
    """Return a public call with its texts, or raise Http404."""
    return get_object_or_404(showing.with_texts(Call.objects.public(), get_language()), slug=slug)


def in_its_language(request: HttpRequest, call: Call) -> HttpResponse | None:
    """Lead to a language the call is written in: a page is in one language whole."""
    now, language = get_language(), showing.language_for(call, get_language())
    if language == now:
        return None
    here = request.path
    if here == reverse("applications:home"):
        here = reverse("applications:call", args=[call.slug])
    return redirect(f"/{language}{here.removeprefix(f'/{now}')}")


@for_everyone
def home(request: HttpRequest) -> HttpResponse:
    """Show the one call itself, or a list where there are several."""
    found = list(showing.with_texts(Call.objects.public(), get_language()))
    calls = [call for call in found if showing.languages_of(call)]
    now = showing.in_front(calls, request.arrived_at)
    others = [call for call in calls if call not in now]
    if len(now) == 1:
        return call_page(request, now[0], others)
    return list_of_calls(request, now, others)


@for_everyone
def calls(request: HttpRequest) -> HttpResponse:
    """List every public call, past ones too."""
    found = list(showing.with_texts(Call.objects.public(), get_language()))
    now = showing.in_front(found, request.arrived_at)
    return list_of_calls(request, now, [call for call in found if call not in now])


@for_everyone
def call(request: HttpRequest, slug: str) -> HttpResponse:
    return call_page(request, call_for_reading(slug), [])


def list_of_calls(request: HttpRequest, now: list[Call], before: list[Call]) -> HttpResponse:
    language = get_language()
    written = [call for call in now if showing.text_in(call, language)]
    context = {
        "now": [showing.season(call, language, request.arrived_at) for call in written],
        "before": [call for call in now if call not in written] + before,
        "share": share("calls"),
    }
    response = render(request, "public/calls.html", context)
    return keep(request, response, until=showing.next_change([*now, *before], request.arrived_at))


def call_page(request: HttpRequest, call: Call, others: list[Call]) -> HttpResponse:
    if elsewhere := in_its_language(request, call):
        return elsewhere
    languages = showing.languages_of(call)
    context = {
        "call": call,
        "season": showing.season(call, get_language(), request.arrived_at),
        "languages": languages,
        "others": others,
        "has_winners": named.are_public(call, request.arrived_at),
        "share": share("call", call.slug, languages=languages),
    }
    response = render(request, "public/call.html", context)
    return keep(request, response, until=showing.next_change([call], request.arrived_at))


@for_everyone
def eligibility(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask three questions and explain a "no"; nothing is stored and nobody is stopped."""
    call = call_for_reading(slug)
    if elsewhere := in_its_language(request, call):
        return elsewhere
    form = EligibilityForm(call, request.GET if "ask" in request.GET else None)
    context = {
        "call": call,
        "form": form,
        "doubts": doubts(form.cleaned_data) if form.is_valid() else [],
        "may_apply": call.is_open(request.arrived_at),
        "languages": showing.languages_of(call),
        "share": share("eligibility", slug, languages=showing.languages_of(call)),
    }
    response = render(request, "public/eligibility.html", context)
    return keep(request, response, until=showing.next_change([call], request.arrived_at))


@for_everyone
def questions(request: HttpRequest, slug: str) -> HttpResponse:
    """Show all that the form asks, before anyone starts; made to be printed too."""
    call = call_for_reading(slug)
    if elsewhere := in_its_language(request, call):
        return elsewhere
    context = {
        "call": call,
        "sections": blanks.blank(call),
        "may_apply": call.is_open(request.arrived_at),
        "languages": showing.languages_of(call),
        "share": share("questions", slug, languages=showing.languages_of(call)),
    }
    response = render(request, "public/questions.html", context)
    return keep(request, response, until=showing.next_change([call], request.arrived_at))


@for_everyone
def winners(request: HttpRequest, slug: str) -> HttpResponse:
    """Name the outlets that take part; before the date a person set there is no such page."""
    call = call_for_reading(slug)
    if not named.are_public(call, request.arrived_at):
        raise Http404
    if elsewhere := in_its_language(request, call):
        return elsewhere
    languages = showing.languages_of(call)
    context = {
        "call": call,
        "countries": named.winners_by_country(call),
        "languages": languages,
        "share": share("winners", slug, languages=languages),
    }
    return render(request, "public/winners.html", context)


@conditional_page
@for_everyone
def questions_paper(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the blank form as a PDF; made once for the same words."""
    call, language = call_for_reading(slug), get_language()
    if elsewhere := in_its_language(request, call):
        return elsewhere
    key = blanks.fingerprint(call, language)
    paper = cache.get_or_set(key, lambda: blanks.paper(call, language), timeout=None)
    response = HttpResponse(paper, content_type="application/pdf")
    name = f"questions-{call.slug}-{language}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
