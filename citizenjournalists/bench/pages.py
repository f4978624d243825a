"""Which pages are measured: what visitors open, and what staff have open all day."""

from __future__ import annotations

from django.urls import reverse

from applications.models import Call
from citizenjournalists.bench import journey, stage
from citizenjournalists.bench.client import Browser
from citizenjournalists.bench.measures import Row, page


def public_pages(call: Call, *, address: str, pid: int, requests: int) -> list[Row]:
    """Measure the bare view, the call page and the heaviest section of the form."""
    common = {"address": address, "pid": pid, "requests": requests}
    visitor = Browser(address)
    section = journey.begin(visitor, call, journey.an_outlet(0)) + "outlet/"
    return [
        page("hello (bare view)", "/hello/", cookies={}, **common),
        page("call page", f"/ru/calls/{call.slug}/", cookies={}, **common),
        page("form section: outlet", section, cookies=visitor.cookies, **common),
    ]


def staff_pages(call: Call, size: int, *, address: str, pid: int, requests: int) -> list[Row]:
    """Measure what staff open all day, with `size` applications in the call."""
    cookies = stage.signed_in("chair")
    paths = {
        "application list": reverse("admin:applications_application_changelist"),
        "ranking": reverse("admin:reviews_ranking_of", args=[call.slug]),
    }
    few = max(8, requests // 10)
    return [
        page(f"{name}, {size}", path, cookies=cookies, address=address, pid=pid, requests=few)
        for name, path in paths.items()
    ]
