"""The portal with pages that break, for gunicorn: what would a report of an error tell?"""

import logging
import os

import django
from celery import shared_task
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "citizenjournalists.settings")
PLAIN_STATIC = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
settings.STORAGES = {**settings.STORAGES, "staticfiles": PLAIN_STATIC}
settings.ROOT_URLCONF = __name__
settings.MIDDLEWARE = [
    one
    for one in [*settings.MIDDLEWARE, f"{__name__}.breaks_by_itself"]
    if not one.endswith(("CsrfViewMiddleware", "LocaleMiddleware"))
]
django.setup()

from applications.views import errors  # noqa: E402
from citizenjournalists import urls  # noqa: E402


def breaks(request, token):
    """Fail with everything at hand: the link, what was typed, an address, a cookie."""
    typed = request.POST["story"]
    cookie = request.COOKIES["portal"]
    logging.getLogger("portal").error(
        "no letter to %s about %s", request.POST["email"], request.path
    )
    try:
        {}["contact_email"]
    except KeyError as error:
        raise ValueError(
            f"can't read “{typed}” of {request.POST['email']} ({request.POST['phone']}) at "
            f"{request.get_full_path()}\nDETAIL: Key (story)=({typed}) {cookie}"
        ) from error


@shared_task(name="remind")
def remind(whom):
    raise PermissionError(f"nobody may remind {whom}")


def breaks_in_a_task(request):
    remind.apply(args=[request.GET["whom"]])
    return HttpResponse("done")


def breaks_by_itself(get_response):
    """Fail before any route is known, as a middleware would."""

    def middleware(request):
        if request.path.startswith("/nowhere/"):
            raise RuntimeError(f"nothing at {request.path.removeprefix('/nowhere')}")
        return get_response(request)

    return middleware


def handler500(request):
    """Fail with the page of the error too, where the request is for it."""
    if "worse" in request.GET:
        raise LookupError("no page for errors")
    return errors.server_error(request)


urlpatterns = [
    path("z/<str:token>", breaks),
    path("task/", breaks_in_a_task),
    *urls.urlpatterns,
]
application = WSGIHandler()
