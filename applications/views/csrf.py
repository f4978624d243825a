"""When the token that guards a form has expired: what was typed is held, and sent on by a press."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render

from applications.views.writing import wants_json

TOKEN = "csrfmiddlewaretoken"  # noqa: S105  the name of a field


def is_ours(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this very site sent the form."""
    if (site := request.headers.get("Sec-Fetch-Site")) is not None:
        return site == "same-origin"
    told = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return bool(told) and urlsplit(told).netloc == request.get_host()


def failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Give a form from our own page another token and its data back; refuse any other plainly."""
    if not is_ours(request):
        return render(request, "403.html", status=403)
    if wants_json(request):
        return JsonResponse({"token": get_token(request)}, status=403)
    fields = [(k, v) for k in request.POST for v in request.POST.getlist(k) if k != TOKEN]
    context = {"fields": fields, "lost": "token", "had_files": bool(request.FILES)}
    return render(request, "applying/kept.html", context, status=403)
