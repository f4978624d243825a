"""What a page that everyone may read has in common, whoever asks for it."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import conditional_page, require_safe


def for_everyone(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view as public: GET only, the same for all, asked for again but not sent again.

    What isn't marked is private and is kept nowhere: see citizenjournalists.headers.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "public, no-cache")
        return response

    return require_safe(conditional_page(answer))


def share(name: str, *args, languages: list[str] | None = None) -> dict:
    """Return the addresses that previews and search engines need of the page `name`."""
    now = get_language()
    rest = reverse(f"applications:{name}", args=args).removeprefix(f"/{now}")
    codes = languages or [code for code, _ in settings.LANGUAGES]
    return {
        "canonical": f"{settings.SITE_URL}/{now}{rest}",
        "alternates": [(code, f"{settings.SITE_URL}/{code}{rest}") for code in codes],
        "picture": settings.SITE_URL + static(f"share-{now}.png"),
    }
