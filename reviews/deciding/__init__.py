"""Deciding: draft, settle, propose, publish, promote. Two people, one fingerprint, no surprises."""

from reviews.deciding.drafting import Tie, draft_decisions, ties_in
from reviews.deciding.ledger import at_work
from reviews.deciding.letters import Problem, announcements, decisions_of, problems
from reviews.deciding.places import country_places, move_place
from reviews.deciding.promoting import Vacancy, promote, undo, vacancies
from reviews.deciding.proposing import (
    Hindered,
    counts_of,
    differences,
    propose,
    send_back,
    since_proposed,
    too_early,
)
from reviews.deciding.publishing import Changed, WrongCounts, cancel, publish, publish_due, watch
from reviews.deciding.readings import Short, little_read
from reviews.deciding.settling import change, restore, set_dates, settle, write_feedback

__all__ = [
    "Changed",
    "Hindered",
    "Problem",
    "Short",
    "Tie",
    "Vacancy",
    "WrongCounts",
    "announcements",
    "at_work",
    "cancel",
    "change",
    "country_places",
    "counts_of",
    "decisions_of",
    "differences",
    "draft_decisions",
    "little_read",
    "move_place",
    "problems",
    "promote",
    "propose",
    "publish",
    "publish_due",
    "restore",
    "send_back",
    "set_dates",
    "settle",
    "since_proposed",
    "ties_in",
    "too_early",
    "undo",
    "vacancies",
    "watch",
    "write_feedback",
]
