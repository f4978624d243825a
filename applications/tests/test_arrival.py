from datetime import UTC, datetime, timedelta

import pytest

from applications.arrival import arrival, instant_in, stamp_arrival

TAKEN_UP = datetime(2026, 12, 14, 19, 0, 12, 345000, tzinfo=UTC)
LAST = datetime(2026, 12, 14, 18, 59, 59, 999000, tzinfo=UTC)
HEADER = "X-Request-Start"


@pytest.fixture
def trusted(settings):
    settings.TRUSTED_ARRIVAL_HEADER = HEADER


def header(at: datetime) -> dict:
    return {HEADER: f"t={at.timestamp():.3f}"}


def test_a_header_counts_for_nothing_where_no_proxy_is_trusted():
    assert arrival(header(LAST), taken_up=TAKEN_UP) == TAKEN_UP


@pytest.mark.usefixtures("trusted")
def test_a_trusted_proxy_tells_when_the_request_came_to_the_millisecond():
    assert arrival(header(LAST), taken_up=TAKEN_UP) == LAST


@pytest.mark.usefixtures("trusted")
def test_a_wait_is_believed_for_a_minute_and_not_a_millisecond_more():
    minute = TAKEN_UP - timedelta(seconds=60)
    longer = minute - timedelta(milliseconds=1)
    assert arrival(header(minute), taken_up=TAKEN_UP) == minute
    assert arrival(header(longer), taken_up=TAKEN_UP) == TAKEN_UP


@pytest.mark.usefixtures("trusted")
def test_a_proxy_whose_clock_runs_ahead_never_makes_a_request_late():
    assert arrival(header(TAKEN_UP + timedelta(minutes=1)), taken_up=TAKEN_UP) == TAKEN_UP


@pytest.mark.usefixtures("trusted")
def test_a_forged_header_can_let_nothing_in_that_came_later_than_the_stated_bound():
    deadline = datetime(2026, 12, 14, 19, tzinfo=UTC)
    earliest_claims = [
        arrival(header(deadline - timedelta(milliseconds=ms)), taken_up=taken_up)
        for ms in (1, 1_000, 60_000, 86_400_000)
        for taken_up in (deadline + timedelta(seconds=60), deadline + timedelta(days=1))
    ]
    assert all(claim >= deadline for claim in earliest_claims)


@pytest.mark.parametrize(
    "value",
    ["t=1797274799.999", "1797274799.999", "t=1797274799999", "1797274799999", "1797274799999000"],
)
def test_seconds_milliseconds_and_microseconds_are_read_alike(value):
    assert instant_in(value) == LAST


@pytest.mark.parametrize(
    "value",
    [
        "",
        "t=",
        "yesterday",
        "t=1797274799.999, t=1797274799.999",
        "t=-1797274799",
        "t=1e12",
        "t=17972747999",
        "t=１７９７２７４７９９",
        "t=" + "9" * 400,
    ],
)
@pytest.mark.usefixtures("trusted")
def test_nonsense_in_the_header_is_passed_over(value):
    assert arrival({HEADER: value}, taken_up=TAKEN_UP) == TAKEN_UP


@pytest.mark.usefixtures("trusted")
def test_the_middleware_stamps_what_the_proxy_said(rf):
    before = datetime.now(UTC) - timedelta(seconds=5)
    request = rf.get("/", headers={HEADER: f"t={before.timestamp():.6f}"})
    assert stamp_arrival(lambda request: request.arrived_at)(request) == before


def test_without_a_proxy_the_clock_is_read_when_the_worker_takes_the_request(rf):
    before = datetime.now(UTC)
    arrived = stamp_arrival(lambda request: request.arrived_at)(rf.get("/"))
    assert before <= arrived <= datetime.now(UTC)
