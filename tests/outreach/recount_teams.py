"""A plain recount of teams and ladder, from the events' payloads, the teams and the skills
catalogue alone. It shares no code with `outreach.coverage`."""

from collections import Counter

from courses.models import Skill
from tests.outreach.recount import Ledger, is_ladder, lies_in, local_day, recount
from volunteers.models import Membership, Team

OF_HOMES = ("households_reached", "households_met", "residents_taught", "residents_progressed")


def recount_teams(ledger: Ledger, ward: str, first: str | None, last: str) -> dict[str, tuple]:
    """By team's name; "" is all of the ward, None what belongs to no team."""
    teams = Team.objects.filter(ward=ward)
    areas = {team.name: list(team.areas.values_list("pk", flat=True)) for team in teams}
    times = list(Membership.objects.filter(team__ward=ward).select_related("team"))

    def teams_of(who, day: str) -> set:
        return {
            one.team.name
            for one in times
            if one.user_id == who
            and one.joined_on.isoformat() <= day
            and (one.left_on is None or day <= one.left_on.isoformat())
        }

    leaves = {place for places in ledger.stood.values() for _day, place in places}
    by_leaf = {leaf: _of_leaf(ledger, leaf, leaves, first, last) for leaf in leaves}
    homes: dict = {"": list(leaves), None: []}
    for name, codes in areas.items():
        homes[name] = [leaf for leaf in leaves if any(lies_in(leaf, code) for code in codes)]
    homes[None] = [leaf for leaf in leaves if not any(leaf in homes[name] for name in areas)]
    work = _work(ledger, teams_of, first, last)
    return {
        name: (
            *(sum(by_leaf[leaf][place] for leaf in found) for place in range(5)),
            *work(name),
        )
        for name, found in homes.items()
    }


def _of_leaf(ledger: Ledger, leaf: str, leaves: set, first: str | None, last: str) -> list[int]:
    """What stands exactly there: with all below it, less what is below."""

    def numbers(area: str) -> list[int]:
        found = recount(ledger, area, first, last)
        return [found["households_reached"][1], *(found[code][0] for code in OF_HOMES)]

    below = [one for one in leaves if one.startswith(f"{leaf}.")]
    return [a - sum(b) for a, *b in zip(numbers(leaf), *map(numbers, below), strict=True)]


def _work(ledger: Ledger, teams_of, first: str | None, last: str):
    def during(moment) -> bool:
        return (first is None or first <= local_day(moment)) and local_day(moment) <= last

    visits = [
        (ledger.said[v], local_day(facts[0]))
        for v, facts in ledger.visits.items()
        if v not in ledger.voided and during(facts[0])
    ]
    classes = [(one, local_day(one["held_at"])) for one in ledger.classes if during(one["held_at"])]

    def belongs(name, who, day: str) -> bool:
        if name == "":
            return True
        return name in teams_of(who, day) if name else not teams_of(who, day)

    def of(name) -> tuple[int, int, int, int]:
        made = [day for said, day in visits if belongs(name, said["by"], day)]
        days = {
            (who, day)
            for said, day in visits
            for who in (said["by"], *said["companions"])
            if belongs(name, who, day)
        }
        days |= {
            (who, day) for one, day in classes for who in one["leaders"] if belongs(name, who, day)
        }
        if name is None:
            led = [one for one, day in classes if not any(teams_of(x, day) for x in one["leaders"])]
        else:
            led = [
                one for one, day in classes if any(belongs(name, x, day) for x in one["leaders"])
            ]
        return len(made), len(days), len(led), len({who for who, _day in days})

    return of


def recount_ladder(ledger: Ledger, area: str, first: str | None, last: str) -> dict[str, tuple]:
    """By skill: how many people at each level before, and after."""
    counted = {v: facts for v, facts in ledger.visits.items() if v not in ledger.voided}
    people = [
        person
        for person in ledger.people.values()
        if person.since <= last and lies_in(_stood_at(ledger, person.home, last), area)
    ]
    found = {}
    for skill in Skill.objects.values():
        before, after = Counter(), Counter()
        for person in people:
            age = int(last[:4]) - person.birth_year if person.birth_year else 99
            seen = sorted(
                (*counted[visit][:2], level)
                for (visit, of), level in person.levels.items()
                if of == skill["code"] and visit in counted and local_day(counted[visit][0]) <= last
            )
            if not seen or age < skill["minimum_age"]:
                continue
            earlier = [one for one in seen if first and local_day(one[0]) < first]
            before[(earlier[-1] if earlier else seen[0])[2]] += 1
            after[seen[-1][2]] += 1
        steps = range(4 if is_ladder(skill) else 2)
        found[skill["code"]] = (
            tuple(before[step] for step in steps),
            tuple(after[step] for step in steps),
        )
    return found


def _stood_at(ledger: Ledger, home: str, last: str) -> str:
    """Nowhere before it was listed."""
    places = [place for day, place in ledger.stood[home] if day <= last]
    return places[-1] if places else "nowhere"
