"""Who should read what: a plan from a stated seed. Pure: knows no database and no clock.

The same applications, jurors and seed give the same plan on any machine, in any order of input.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from hashlib import sha256


@dataclass(frozen=True)
class Reader:
    """A juror as the plan sees one; `load` is what lies on the desk already."""

    key: int
    languages: frozenset[str]
    country: str = ""
    load: int = 0


@dataclass(frozen=True)
class Text:
    """An application to be read: by `wanted` more jurors, never by one of `barred`.

    `readers` are those it has; `barred` adds conflicts, declared and suspected, and drop-outs.
    """

    number: str
    country: str
    language: str
    wanted: int
    readers: frozenset[int] = frozenset()
    barred: frozenset[int] = frozenset()


@dataclass
class Plan:
    """`pairs` of application number and juror's key; `short` counts readers nobody could be."""

    seed: str
    pairs: list[tuple[str, int]] = field(default_factory=list)
    loads: dict[int, int] = field(default_factory=dict)
    short: dict[str, int] = field(default_factory=dict)
    all_from_home: list[str] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        """What a person has seen and applies: any other plan has another one."""
        told = f"{self.seed}\n" + "\n".join(f"{number} {key}" for number, key in self.pairs)
        return sha256(told.encode()).hexdigest()


def lot(seed: str, *about: object) -> str:
    """Return the lot drawn for something: no pattern to guess, the same for the same seed."""
    return sha256("/".join([seed, *map(str, about)]).encode()).hexdigest()


def make_plan(texts: Iterable[Text], readers: Collection[Reader], *, seed: str) -> Plan:
    """Give each text its wanted readers, with desks as even as the limits allow.

    Limits: a reader reads the text's language and is not barred. A wish: not all readers of a
    text come from its own country. What has the fewest possible readers chooses first; equals
    are settled by lot.
    """
    by_key = {reader.key: reader for reader in readers}
    loads = Counter({reader.key: reader.load for reader in readers})
    held: dict[str, set[int]] = {}
    texts = {text.number: text for text in texts}
    possible = {number: able(text, readers) for number, text in texts.items()}
    plan = Plan(seed)
    hardest_first = sorted(texts, key=lambda n: (len(possible[n]), lot(seed, n)))
    for number in hardest_first:
        text = texts[number]
        held[number] = set()
        for _ in range(text.wanted):
            free = possible[number] - held[number]
            if not free:
                plan.short[number] = text.wanted - len(held[number])
                break
            chosen = choose(text, free, held[number], by_key, loads, seed)
            held[number].add(chosen)
            loads[chosen] += 1
    while move_one(texts, possible, held, loads, seed):
        pass
    from_outside_first(texts, possible, held, loads, by_key, seed)
    plan.pairs = sorted((number, key) for number, keys in held.items() for key in keys)
    plan.loads = dict(sorted(loads.items()))
    plan.all_from_home = sorted(n for n in texts if is_home_only(texts[n], held[n], by_key))
    return plan


def able(text: Text, readers: Iterable[Reader]) -> set[int]:
    """Return who may read the text: knows its language, has not got it, is not barred."""
    shut = text.barred | text.readers
    return {r.key for r in readers if text.language in r.languages and r.key not in shut}


def choose(text: Text, free: set[int], held: set[int], by_key, loads: Counter, seed: str) -> int:
    """Return the least loaded of `free`; among equals one from elsewhere, then by lot."""
    has_outsider = any(
        by_key[k].country != text.country for k in (text.readers | held) & set(by_key)
    )

    def order(key: int):
        from_home = by_key[key].country == text.country
        return (loads[key], from_home and not has_outsider, lot(seed, text.number, key))

    return min(free, key=order)


def move_one(texts, possible, held, loads: Counter, seed: str) -> bool:
    """Even the desks by one: find a chain of hand-overs from a fuller desk to one lower by two.

    Breadth first over “could take a text from”: when no chain is left, no plan within the limits
    has a lower sum of squared loads.
    """
    on_desk: dict[int, list[str]] = {}
    for number in sorted(held, key=lambda n: lot(seed, n)):
        for key in held[number]:
            on_desk.setdefault(key, []).append(number)
    for start in sorted(loads, key=lambda k: (-loads[k], lot(seed, k))):
        came_from: dict[int, tuple[int, str]] = {}
        queue, seen = deque([start]), {start}
        while queue:
            giver = queue.popleft()
            for number in on_desk.get(giver, []):
                for taker in sorted(
                    possible[number] - held[number] - seen, key=lambda k: lot(seed, k)
                ):
                    came_from[taker] = (giver, number)
                    if loads[taker] <= loads[start] - 2:
                        hand_over(taker, start, came_from, held)
                        loads[start] -= 1
                        loads[taker] += 1
                        return True
                    seen.add(taker)
                    queue.append(taker)
    return False


def hand_over(taker: int, start: int, came_from, held) -> None:
    """Pass one text along the chain that ends at `taker`."""
    while taker != start:
        giver, number = came_from[taker]
        held[number].remove(giver)
        held[number].add(taker)
        taker = giver


def is_home_only(text: Text, held: set[int], by_key) -> bool:
    """Whether a text with two readers or more has none from outside its country."""
    keys = [key for key in text.readers | held if key in by_key]
    return len(keys) > 1 and all(by_key[key].country == text.country for key in keys)


def from_outside_first(texts, possible, held, loads, by_key, seed: str) -> None:
    """Where all readers of a text are its compatriots, swap one with another text's outsider."""
    for number in sorted(texts, key=lambda n: lot(seed, n)):
        if is_home_only(texts[number], held[number], by_key):
            swap_in_an_outsider(number, texts, possible, held, by_key, seed)


def swap_in_an_outsider(number: str, texts, possible, held, by_key, seed: str) -> bool:
    """Exchange a compatriot of `number` for an outsider of another text; loads stay."""
    home = texts[number].country
    outsiders = {k for k in possible[number] - held[number] if by_key[k].country != home}
    for other in sorted(texts, key=lambda n: lot(seed, number, n)):
        for outsider in sorted(held[other] & outsiders):
            for compatriot in sorted(held[number] & possible[other] - held[other]):
                after = held[other] - {outsider} | {compatriot}
                if not is_home_only(texts[other], after, by_key):
                    held[other] = after
                    held[number] = held[number] - {compatriot} | {outsider}
                    return True
    return False
