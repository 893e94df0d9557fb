"""Any list of households, written in any mix of wards' habits, reads back as it was."""

import os

from django.test import SimpleTestCase
from hypothesis import HealthCheck, Phase, given, settings

from tests.outreach.roster.clerk import write
from tests.outreach.roster.habits import expected, habits, homes
from tests.outreach.roster.lists import read

EXAMPLES = int(os.environ.get("ROSTER_EXAMPLES", "40"))


def read_back(content: bytes) -> tuple[list, list]:
    """The households as `expected` gives them, and the problems."""
    roster = read(content)
    found = []
    for home in roster.households:
        people = list(home.people)
        people.insert(0, people.pop(home.head))
        said = [(p.name, p.birth_year, p.sex and str(p.sex), p.phone) for p in people]
        found.append((home.neighbourhood.full_name, home.address, said))
    return found, roster.problems


class AnyList(SimpleTestCase):
    @settings(
        max_examples=EXAMPLES,
        derandomize="ROSTER_EXAMPLES" not in os.environ,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.generate],
    )
    @given(written=homes(), how=habits())
    def test_reads_back_equal_without_problems(self, written, how):
        found, problems = read_back(write(written, how))
        self.assertEqual(problems, [])
        self.assertEqual(found, expected(written, how))
