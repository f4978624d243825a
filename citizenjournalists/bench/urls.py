"""The portal's own routes and, in the same process, the bare view everything is held against."""

from django.http import HttpResponse
from django.urls import path

from citizenjournalists.urls import *  # noqa: F403  the error pages too
from citizenjournalists.urls import urlpatterns as portal


def hello(request):
    return HttpResponse("hello")


urlpatterns = [path("hello/", hello), *portal]
