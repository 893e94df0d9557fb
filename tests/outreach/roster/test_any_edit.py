"""A random edit of a list yields exactly that difference, however both lists are written."""

import os
from collections import Counter
from dataclasses import replace

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from outreach.roster.difference import compare
from outreach.verify import differences
from tests.outreach.roster.clerk import write
from tests.outreach.roster.habits import PER_PERSON, Home, Person, habits, homes
from tests.outreach.roster.lists import import_list, read
from tests.people import make_cast

EXAMPLES = int(os.environ.get("ROSTER_EXAMPLES", "25"))
EDITS = ("keep", "keep", "drop", "birth", "phone", "join", "move")


@st.composite
def full_habits(draw):
    """Habits that say of everybody what the other list says too."""
    how = draw(habits())
    layout = draw(st.sampled_from(PER_PERSON))
    return replace(how, layout=layout, says_sex=True, left_out=how.left_out | {"size"})


@st.composite
def edits(draw) -> tuple[list[Home], list[Home], Counter, list[tuple]]:
    """A list, the same after some edits, and what an honest clerk would say of the edits: counts of
    households, and (address, field, new value) of each change."""
    known = draw(homes(least=2))
    later, counts, changes = [], Counter(), []
    for number, home in enumerate(known):
        head = home.people[0]
        match draw(st.sampled_from(EDITS)):
            case "keep":
                counts["unchanged"] += 1
            case "drop":
                counts["dropped"] += 1
                continue
            case "birth":
                year = 1931 if head.birth != 1931 else 1932
                home = _with_head(home, replace(head, birth=year))
                changes.append((home.address, "birth_year", year))
            case "phone":
                phone = f"09000000{number:02}"
                home = _with_head(home, replace(head, phone=phone))
                changes.append((home.address, "phone", phone))
            case "join":
                added = Person("Huỳnh Thị Nhập Cư", 1999, "female")
                home = replace(home, people=(*home.people, added))
                changes.append((home.address, "resident", added.name))
            case "move":
                # Told by the head's phone: the address is new.
                phone = f"08000000{number:02}"
                known[number] = _with_head(home, replace(head, phone=phone))
                home = replace(known[number], house=f"{800 + number}/9")
                changes.append((home.address, "address", home.address))
        later.append(home)
    for number in range(draw(st.integers(0, 2))):
        person = Person(f"Huỳnh Văn {('Mới', 'Tới')[number]}", 1950, "male")
        later.append(Home(draw(st.integers(1, 4)), f"{900 + number}", "Kỳ Đồng", (person,)))
        counts["new"] += 1
    counts["changed"] = len(changes)
    return known, sorted(later, key=lambda home: home.place), counts, sorted(changes)


def _with_head(home: Home, head: Person) -> Home:
    return replace(home, people=(head, *home.people[1:]))


class AnyEdit(TestCase):
    @settings(
        max_examples=EXAMPLES,
        derandomize="ROSTER_EXAMPLES" not in os.environ,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.generate],
    )
    @given(edit=edits(), before=full_habits(), after=full_habits())
    def test_gives_exactly_its_difference(self, edit, before, after):
        known, later, counts, changes = edit
        cast = make_cast()
        first = import_list(cast.ward, write(known, before))
        self.assertEqual((first.refused, first.counts["households"]["new"]), (False, len(known)))
        if not later:
            return
        content = write(later, after)
        difference = compare(cast.ward, read(content))
        self.assertEqual(sorted(self.changes(difference)), changes)
        places = {home.place for home in later}
        kept = {home.address for home in later} | {
            home.address for home in self.moved(known, later)
        }
        missing = [home for home in known if home.address not in kept and home.place in places]
        self.assertEqual(
            difference.counts()["households"],
            {
                "new": counts["new"],
                "changed": counts["changed"],
                "unchanged": counts["unchanged"],
                "missing": len(missing),
                "duplicates": 0,
            },
        )
        import_list(cast.ward, content)
        again = compare(cast.ward, read(content))
        self.assertEqual((again.new, again.changed), ([], []))
        self.assertEqual(list(differences(cast.ward)), [])

    @staticmethod
    def moved(known: list[Home], later: list[Home]) -> list[Home]:
        phones = {home.people[0].phone for home in later if home.people[0].phone}
        return [home for home in known if home.people[0].phone in phones]

    @staticmethod
    def changes(difference) -> list[tuple]:
        found = []
        for item in difference.changed:
            address = item.listed.address
            found += [(address, change.field, change.new) for change in item.changes]
            for person in item.people:
                if person.resident is None:
                    found.append((address, "resident", person.listed.name))
                found += [(address, change.field, change.new) for change in person.changes]
        return found
