"""When requests arrive in this app's tests: `arrive(instant)` sets it, the real clock else."""

import pytest


@pytest.fixture
def arrive(monkeypatch):
    """Return a function that fixes the instant at which requests arrive from now on."""

    def fix(at):
        monkeypatch.setattr("applications.arrival.timezone.now", lambda: at)

    return fix
