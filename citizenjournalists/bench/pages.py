"""Which pages are measured: what visitors open, and what staff have open all day."""

from __future__ import annotations

from django.urls import reverse

from applications.models import Call
from citizenjournalists.bench import journey, stage
from citizenjournalists.bench.client import Browser
from citizenjournalists.bench.measures import Row, page
from citizenjournalists.bench.server import cpu_seconds, resident_megabytes


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
    where = {"address": address, "pid": pid, "requests": max(8, requests // 10)}
    rows = [page(f"{name}, {size}", path, cookies=cookies, **where) for name, path in paths.items()]
    number = stage.a_review_to_write(call)
    path = reverse("admin:reviews_reading", args=[number])
    rows.append(page(f"reviewing page, {size}", path, cookies=stage.signed_in("juror-0"), **where))
    return rows


def export(call: Call, what: str, *, address: str, pid: int) -> str:
    """Take a whole table away as CSV; say how large it was and what it cost the workers."""
    visitor = Browser(address, stage.signed_in("chair"))
    path = f"{reverse('admin:exports')}?call={call.pk}"
    form = visitor.get(path)
    memory, cpu = resident_megabytes(pid), cpu_seconds(pid)
    answer = visitor.ask("POST", path, {**form.hidden, "what": what, "kind": "csv"})
    used, grown = cpu_seconds(pid) - cpu, resident_megabytes(pid) - memory
    return (
        f"Export of {what} as CSV: {answer.status}, {len(answer.text) / 1e6:.1f} MB, "
        f"{answer.seconds:.1f} s, {used:.1f} s of CPU, workers {grown:+.0f} MB."
    )
