"""What a list would change in the ward's database: new, changed, moved, unchanged, missing, twice,
doubtful.

What the list does not say stays as it is, and a home that is missing from the list is never closed
by itself.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from outreach.models import Household, Resident
from outreach.roster.decisions import Decision, Decisions
from outreach.roster.likeness import Likeness, Reason, find_alike
from outreach.roster.matching import (
    Listed,
    Place,
    StoredHome,
    StoredHomes,
    StoredPerson,
    match_people,
    place_households,
)
from outreach.roster.people import ListedHousehold, ListedPerson
from outreach.roster.problems import Problem
from outreach.roster.reading import RosterFile
from volunteers.models import Area
from volunteers.names import fold


@dataclass(frozen=True, slots=True)
class Change:
    """`field` is the name of the model's field; old and new are its values (None or "": none)."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class PersonDifference:
    """`resident` is None for a person the ward does not know there."""

    listed: ListedPerson
    resident: StoredPerson | None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class HouseholdDifference:
    """`household` is None for a new one."""

    listed: ListedHousehold
    place: Place
    household: StoredHome | None
    changes: tuple[Change, ...]
    people: tuple[PersonDifference, ...]
    missing_people: tuple[StoredPerson, ...] = ()

    @property
    def is_new(self) -> bool:
        return self.household is None

    @property
    def is_changed(self) -> bool:
        return not self.is_new and bool(
            self.changes or any(p.resident is None or p.changes for p in self.people)
        )

    @property
    def is_moved(self) -> bool:
        return any(change.field in ("area", "address") for change in self.changes)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A new household of the list that is probably `other`, a home that the list does not name or
    an earlier household of the list; `other_place` is the name of its neighbourhood. `as_same` is
    the difference if they are one; None when the second is then left out."""

    listed: ListedHousehold
    place: Place
    other: StoredHome | Listed
    other_place: str
    reason: Reason
    as_same: HouseholdDifference | None

    @property
    def key(self) -> str:
        return row_key(self.listed)


def row_key(household: ListedHousehold) -> str:
    """Names the household of a list by where it stands."""
    return f"{household.sheet}!{household.row}"


@dataclass(frozen=True)
class Difference:
    """`later`: doubtful households that the officer has put off; they are left out. `names`: of the
    neighbourhoods of the missing homes."""

    households: list[HouseholdDifference]
    missing: list[StoredHome]
    duplicates: list[ListedHousehold]
    places: list[Place]
    problems: list[Problem] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    later: list[Doubt] = field(default_factory=list)
    names: Mapping[UUID, str] = field(default_factory=dict)

    @cached_property
    def new(self) -> list[HouseholdDifference]:
        return [household for household in self.households if household.is_new]

    @cached_property
    def changed(self) -> list[HouseholdDifference]:
        return [household for household in self.households if household.is_changed]

    @cached_property
    def moved(self) -> list[HouseholdDifference]:
        """Those of the changed whose address or neighbourhood is another."""
        return [household for household in self.changed if household.is_moved]

    def counts(self) -> dict[str, dict[str, int]]:
        """Numbers of households, of named people, and of the list's households by neighbourhood."""
        people = [person for household in self.households for person in household.people]
        new = sum(person.resident is None for person in people)
        changed = sum(bool(person.changes) for person in people)
        gone = sum(len(household.missing_people) for household in self.households)
        by_place = Counter(household.place.name for household in self.households)
        return {
            "households": {
                "new": len(self.new),
                "changed": len(self.changed),
                "unchanged": len(self.households) - len(self.new) - len(self.changed),
                "missing": len(self.missing),
                "duplicates": len(self.duplicates),
            },
            "residents": {
                "new": new,
                "changed": changed,
                "unchanged": len(people) - new - changed,
                "missing": gone + sum(len(home.people) for home in self.missing),
            },
            "neighbourhoods": {place.name: by_place[place.name] for place in self.places},
        }

    @property
    def new_places(self) -> list[Place]:
        return [place for place in self.places if place.code is None]

    def decided(self, decisions: Decisions) -> "Difference":
        """This difference with the doubts resolved. Of two doubtful households that are said to be
        the same home only the first is taken; the second is put off."""
        same, left = {}, set()
        later, taken = [], set()
        for doubt in self.doubts:
            decision = decisions.about(doubt.key)
            if decision == Decision.DIFFERENT:
                continue
            home = doubt.as_same.household if doubt.as_same else None
            if decision == Decision.LATER or (home and home.pk in taken):
                later.append(doubt)
                left.add(doubt.key)
            elif doubt.as_same and home:
                taken.add(home.pk)
                same[doubt.key] = doubt.as_same
            else:
                left.add(doubt.key)
        households = [
            same.get(key, household)
            for household in self.households
            if (key := row_key(household.listed)) not in left
        ]
        missing = [home for home in self.missing if home.pk not in taken]
        places = {household.place for household in households}
        return replace(
            self,
            households=households,
            missing=missing,
            places=[place for place in self.places if place in places],
            later=later,
        )

    def fingerprint(self) -> str:
        """Changes whenever confirming would write something else than what was previewed."""
        digest = sha256()
        for item in self.households:
            listed = item.listed
            said = [
                [listed.sheet, listed.row, item.place.key, listed.address],
                str(item.household and item.household.pk),
                [[change.field, change.old, change.new] for change in item.changes],
                [
                    [person.listed.name, person.listed.phone, person.listed.birth_year]
                    + [str(person.resident and person.resident.pk)]
                    + [[change.field, change.old, change.new] for change in person.changes]
                    for person in item.people
                ],
            ]
            digest.update(json.dumps(said, default=str).encode())
        digest.update(json.dumps(sorted(str(home.pk) for home in self.missing)).encode())
        for doubt in self.doubts:
            digest.update(f"{doubt.key} {getattr(doubt.other, 'pk', '')}".encode())
        return digest.hexdigest()


def compare(ward: Area, roster: RosterFile) -> Difference:
    """What importing `roster` into `ward` would change; writes nothing. A constant number of
    queries, whatever the length of the list."""
    areas = list(Area.objects.within(ward).exclude(pk=ward.pk))
    stored = StoredHomes(ward, areas)
    seen: dict[tuple[str, str, str], Listed] = {}
    duplicates, problems = [], []
    for listed in place_households(areas, roster.households):
        if listed.key in seen:
            duplicates.append(listed.said)
            problems.append(_duplicate(listed.said, seen[listed.key].said))
        else:
            seen[listed.key] = listed
    all_listed = list(seen.values())
    matches = stored.match(all_listed)
    households = [
        _compare_household(listed, match, stored)
        for listed, match in zip(all_listed, matches, strict=True)
    ]
    covered = {listed.place.key for listed in all_listed}
    found = {match.pk for match in matches if match}
    unnamed = [(h, stored.place_key(h)) for h in stored.homes if h.pk not in found]
    missing = [(home, place) for home, place in unnamed if place in covered]
    missing.sort(key=lambda pair: (_natural(pair[1]), pair[0].walking_order))
    places = {listed.place: None for listed in all_listed}
    ordered = sorted(places, key=lambda place: _natural(place.name))
    new = [item for item, match in zip(all_listed, matches, strict=True) if match is None]
    matched = [item for item, match in zip(all_listed, matches, strict=True) if match]
    doubts = [_doubt(alike, stored) for alike in find_alike(new, matched, unnamed)]
    return Difference(
        households,
        [home for home, _place in missing],
        duplicates,
        ordered,
        problems,
        doubts,
        names={home.pk: stored.neighbourhood(home).name for home, _place in missing},
    )


def _doubt(alike: Likeness, stored: StoredHomes) -> Doubt:
    listed, other = alike.listed, alike.other
    if isinstance(other, Listed):
        return Doubt(listed.said, listed.place, other, other.place.name, alike.reason, None)
    as_same = _compare_household(listed, other, stored, heads_are_one=True)
    name = stored.neighbourhood(other).name
    return Doubt(listed.said, listed.place, other, name, alike.reason, as_same)


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Sorts Khu phố 2 before Khu phố 10."""
    words = fold(name).split()
    return [(0, int(word), "") if word.isdigit() else (1, 0, word) for word in words]


def _duplicate(household: ListedHousehold, first: ListedHousehold) -> Problem:
    message = _(
        "The household of %(name)s, %(address)s is in the list twice; it stands already in sheet "
        "“%(sheet)s”, row %(row)d. Please delete one of the two."
    ) % {
        "name": household.people[household.head].name,
        "address": household.address,
        "sheet": first.sheet,
        "row": first.row,
    }
    return Problem(household.sheet, household.row, "", "duplicate_household", message)


def _compare_household(
    item: Listed, home: StoredHome | None, stored: StoredHomes, heads_are_one: bool = False
) -> HouseholdDifference:
    listed, place = item.said, item.place
    if home is None:
        people = tuple(PersonDifference(person, None) for person in listed.people)
        return HouseholdDifference(listed, place, None, (), people)
    people = tuple(
        PersonDifference(person, resident, tuple(_person_changes(person, resident)))
        for person, resident in match_people(listed, home, heads_are_one)
    )
    changes = []
    if item.address_key != home.address_key:
        changes.append(Change("address", home.address, listed.address))
    if place.key != stored.place_key(home):
        changes.append(Change("area", stored.neighbourhood(home).name, place.name))
    if listed.size and listed.size != home.declared_size:
        changes.append(Change("declared_size", home.declared_size, listed.size))
    if listed.stall and home.kind != Household.Kind.STALL:
        changes.append(Change("kind", Household.Kind(home.kind).label, Household.Kind.STALL.label))
    head = people[listed.head].resident
    if listed.head_is_said and (head is None or head.pk != home.head_id):
        old_head = next((person.name for person in home.people if person.pk == home.head_id), None)
        changes.append(Change("head", old_head, listed.people[listed.head].name))
    named = {person.resident.pk for person in people if person.resident}
    missing = [p for p in home.people if p.pk not in named] if listed.names_members else []
    return HouseholdDifference(listed, place, home, tuple(changes), people, tuple(missing))


def _person_changes(listed: ListedPerson, resident: StoredPerson | None) -> Iterable[Change]:
    if resident is None:
        return
    if _better_name(listed.name, resident.name):
        yield Change("name", resident.name, listed.name)
    if listed.birth_year and listed.birth_year != resident.birth_year:
        yield Change("birth_year", resident.birth_year, listed.birth_year)
    if listed.sex and listed.sex != resident.sex:
        old = Resident.Sex(resident.sex).label if resident.sex else ""
        yield Change("sex", old, listed.sex.label)
    if listed.phone and listed.phone != resident.phone:
        yield Change("phone", resident.phone, listed.phone)


def _better_name(new: str, old: str) -> bool:
    """A name spelt otherwise replaces the old one, unless it differs in capitals only or has
    merely lost its diacritics."""
    if new == old:
        return False
    return new.casefold() != old.casefold() and not (fold(new) == fold(old) and new.isascii())
