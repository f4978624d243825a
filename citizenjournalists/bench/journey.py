"""A whole application, from the start page to the receipt, as a browser without script does it."""

from __future__ import annotations

import time

from applications.models import Application, Call, Country, Outlet
from applications.tests.builders import good_answers
from citizenjournalists.bench.client import Browser, Failed
from citizenjournalists.bench.measures import Row, quantile
from citizenjournalists.bench.server import cpu_seconds


def an_outlet(number: int) -> dict[str, str]:
    """Return what the start page asks, different for each outlet."""
    name, email = f"Степь сегодня {number}", f"editor{number}@outlet.example"
    return {"country": Country.KZ, "name": name, "email": email}


def begin(visitor: Browser, call: Call, who: dict[str, str]) -> str:
    """Start an application; return the path of its list of sections."""
    path = f"/ru/apply/{call.slug}/"
    return visitor.post(path, who, form=visitor.get(path))


def apply(visitor: Browser, call: Call, who: dict[str, str]) -> list[float]:
    """Go the whole way and return the seconds of each request; Failed where a page says no."""
    visitor.get(f"/ru/calls/{call.slug}/")
    tasks = begin(visitor, call, who)
    visitor.get(tasks)
    applicant = Application(call=call, outlet=Outlet(name=who["name"], country=who["country"]))
    for section, answers in good_answers(applicant).items():
        path = f"{tasks}{section}/"
        visitor.post(path, answers, form=visitor.get(path))
    check = visitor.get(f"{tasks}check/")
    received = visitor.post(f"{tasks}submit/", {}, form=check)
    if not received.endswith("/received/"):
        raise Failed(f"Submitting led to {received}")
    visitor.get(received)
    return visitor.seconds


def whole_applications(call: Call, count: int, address: str, pid: int) -> Row:
    """Measure `count` applications, one after the other: CPU of each, requests, pace."""
    cpu, began = cpu_seconds(pid), time.perf_counter()
    seconds, requests = [], 0
    for number in range(count):
        visitor = Browser(address)
        seconds.append(sum(apply(visitor, call, an_outlet(number))))
        requests += visitor.requests
    took = time.perf_counter() - began
    return Row(
        name="a whole application",
        cpu_ms=(cpu_seconds(pid) - cpu) / count * 1000,
        queries=None,
        per_second=count / took,
        p50_ms=quantile(seconds, 0.50),
        p95_ms=quantile(seconds, 0.95),
        size=None,
        note=f"{requests / count:.0f} requests, without script",
    )
