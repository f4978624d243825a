"""Releases that may still run while a newer one migrates: which code, and where its schema ended.

With each release a line is added; the rule of docs/migrations.md holds for what comes after.
"""

from typing import NamedTuple


class Release(NamedTuple):
    name: str
    commit: str
    ended: dict[str, str]  # the last migration of each of our apps


RELEASES = [
    Release(
        "baseline",
        "084341fb6784e833b2418b187c6474dd57cceee9",
        {"applications": "0012_trial_letters", "reviews": "0008_review_writer"},
    ),
]
