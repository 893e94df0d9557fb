"""A plain recount of the ledger: what each indicator is, from the events' payloads and the skills
catalogue alone. It shares no code with `outreach.coverage` or `outreach.apply`."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from courses.models import Skill
from outreach.models import LedgerEvent

VIETNAM = timedelta(hours=7)
SKILLS = ("eid_issued", "smartphone", "pay_qr")


@dataclass
class Person:
    home: str
    birth_year: int | None
    since: str
    given: list[tuple] = field(default_factory=list)  # (given at, said when)
    withdrawn: list[tuple] = field(default_factory=list)  # (withdrawn at, said when)
    seen: list[tuple] = field(default_factory=list)  # (visit, moment, skill, level)

    @property
    def consents(self) -> list[datetime]:
        """When consents were given that are in force: none was withdrawn later. Within a minute
        the order in which it was said decides."""
        minute = timedelta(minutes=1)
        return [
            given
            for given, said in self.given
            if not any(
                at >= given + minute or (at > given - minute and later > said)
                for at, later in self.withdrawn
            )
        ]

    @property
    def levels(self) -> dict[tuple, int]:
        """(visit, skill): level, of visits since a consent in force."""
        first = min(self.consents, default=None)
        return {
            (visit, skill): level
            for visit, moment, skill, level in self.seen
            if first is not None and first <= moment
        }


@dataclass
class Ledger:
    """What the events say, as plain dictionaries; times are kept as datetimes."""

    stood: dict = field(default_factory=lambda: defaultdict(list))  # home: [(day, area)] in order
    people: dict = field(default_factory=dict)
    visits: dict = field(default_factory=dict)  # uuid: (moment, number, home, outcome)
    said: dict = field(default_factory=dict)  # uuid: what the visit says, and who says it
    voided: set = field(default_factory=set)
    classes: list = field(default_factory=list)
    referrals: dict = field(default_factory=dict)  # id: (home, made at)
    answered: set = field(default_factory=set)

    def stood_on(self, home: str, day: str) -> str:
        """Where it stood that day; before it was ever listed, where it was listed first."""
        places = self.stood[home]
        then = [area for listed, area in places if listed <= day]
        return then[-1] if then else places[0][1]


def local_day(moment: str | datetime) -> str:
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return (moment.astimezone(UTC) + VIETNAM).date().isoformat()


def read_ledger() -> Ledger:
    ledger = Ledger()
    for event in LedgerEvent.objects.order_by("number").values():
        said, home = event["payload"], str(event["household"])
        told = (event["client_time"], event["number"])
        match event["type"]:
            case "roster.imported":
                ledger.stood[home].append((said["as_of"], said["area"]))
                for person in said["residents"]:
                    ledger.people.setdefault(
                        person["id"], Person(home, person["birth_year"], said["as_of"])
                    )
            case "consent.given":
                given = datetime.fromisoformat(said["given_at"])
                ledger.people[said["resident"]].given.append((given, told))
            case "consent.withdrawn":
                withdrawn = datetime.fromisoformat(said["withdrawn_at"])
                ledger.people[said["resident"]].withdrawn.append((withdrawn, told))
            case "visit.recorded":
                moment = datetime.fromisoformat(said["visited_at"])
                visit = str(event["uuid"])
                ledger.visits[visit] = (moment, event["number"], home, said["outcome"])
                ledger.said[visit] = {**said, "by": event["actor_id"]}
                for one in said["assessments"]:
                    seen = (visit, moment, one["skill"], one["level"])
                    ledger.people[one["resident"]].seen.append(seen)
            case "visit.voided":
                ledger.voided.add(said["visit"])
            case "session.held":
                ledger.classes.append({**said, "id": str(event["uuid"])})
            case "referral.made":
                ledger.referrals[said["id"]] = (home, said["made_at"])
            case "referral.answered":
                ledger.answered.add(said["referral"])
    return ledger


def lies_in(place: str, area: str) -> bool:
    """`area` "" stands for everywhere, the ward's code for everything in the ward."""
    return area in ("", place) or place.startswith(f"{area}.")


def recount(ledger: Ledger, area: str, first: str | None, last: str) -> dict[str, tuple]:
    """Numerator and denominator of every indicator; amounts have None."""
    found = {
        code: (len(counted), None if among is None else len(among))
        for code, (counted, among) in members(ledger, area, first, last).items()
    }
    came = {one["id"]: one["head_count"] for one in ledger.classes}
    held, _none = members(ledger, area, first, last)["class_attendance"]
    return found | {"class_attendance": (sum(came[key] for key in held), None)}


def members(ledger: Ledger, area: str, first: str | None, last: str) -> dict[str, tuple]:
    """The ids of whom or what each indicator counts, and of those among whom; amounts have None.
    Of person-days the person and the day."""
    counted = {v: facts for v, facts in ledger.visits.items() if v not in ledger.voided}

    def during(moment) -> bool:
        return (first is None or first <= local_day(moment)) and local_day(moment) <= last

    homes = {
        home
        for home, places in ledger.stood.items()
        if any(day <= last for day, _place in places)
        and lies_in([place for day, place in places if day <= last][-1], area)
    }
    in_period = {v: facts for v, facts in counted.items() if during(facts[0])}
    people = {key: p for key, p in ledger.people.items() if p.home in homes and p.since <= last}
    found = _of_homes(ledger, homes, in_period)
    found |= _of_people(ledger, people, in_period, during, last)
    found |= _of_skills(people, counted, last)
    found |= _progressed(people, counted, in_period, first, last)
    found |= _of_teams(ledger, homes, in_period, during, area)
    return found


def _of_homes(ledger: Ledger, homes: set, in_period: dict) -> dict[str, tuple]:
    def at(visits) -> tuple:
        return {facts[2] for facts in visits} & homes, homes

    kept = {v for person in ledger.people.values() for v, _skill in person.levels}
    return {
        "households_reached": at(in_period.values()),
        "households_met": at(facts for facts in in_period.values() if facts[3] == "met"),
        "households_assessed": at(facts for v, facts in in_period.items() if v in kept),
    }


def _of_people(ledger: Ledger, people: dict, in_period: dict, during, last: str):
    taught = {
        key for v in in_period if ledger.said[v]["lessons_taught"] for key in ledger.said[v]["met"]
    }
    for held in ledger.classes:
        if during(held["held_at"]):
            taught |= set(held["attendees"])
    return {
        "residents_consented": (
            {key for key, p in people.items() if any(local_day(g) <= last for g in p.consents)},
            set(people),
        ),
        "residents_assessed": (
            {key for key, p in people.items() if any(v in in_period for v, _skill in p.levels)},
            set(people),
        ),
        "residents_taught": (taught & set(people), set(people)),
    }


ELEMENTS = {
    "identity": ["eid_activated"],
    "device": ["smartphone"],
    "account": ["payment_account"],
    "skill": [
        *("use_vneid", "use_etax", "pay_qr", "submit_dvc", "book_health", "report_1022"),
        "spot_scam",
    ],
}


def _of_skills(people, counted: dict, last: str) -> dict[str, tuple]:
    skills = {skill["code"]: skill for skill in Skill.objects.values()}

    def able(codes: list[str]) -> tuple:
        age = max(skills[code]["minimum_age"] for code in codes)
        old_enough = {
            key
            for key, p in people.items()
            if p.birth_year is None or int(last[:4]) - p.birth_year >= age
        }
        return {
            key
            for key in old_enough
            if any(
                newest(people[key], code, counted, last) >= (2 if is_ladder(skills[code]) else 1)
                for code in codes
            )
        }, old_enough

    found = {f"element.{element}": able(codes) for element, codes in ELEMENTS.items()}
    for code, skill in skills.items():
        found[("skill." if is_ladder(skill) else "fact.") + code] = able([code])
    return found


def is_ladder(skill: dict) -> bool:
    return skill["scale"] == "ladder"


def _progressed(people, counted: dict, in_period: dict, first: str | None, last: str):
    before = {v for v, facts in counted.items() if first and local_day(facts[0]) < first}
    assessed = {key for key, p in people.items() if any(v in in_period for v, _skill in p.levels)}

    def rose(person: Person, skill: str) -> bool:
        seen = [
            (*counted[v][:2], level, v)
            for (v, of), level in person.levels.items()
            if of == skill and v in counted
        ]
        earlier = [one for one in seen if one[3] in before]
        now = [one for one in seen if one[3] in in_period]
        if not now:
            return False
        start = max(earlier) if earlier else min(now)
        return max(now)[2] > start[2]

    return {
        "residents_progressed": (
            {key for key in assessed if any(rose(people[key], skill) for skill in SKILLS)},
            assessed,
        )
    }


def _of_teams(ledger: Ledger, homes: set, in_period: dict, during, area: str):
    held = [one for one in ledger.classes if during(one["held_at"]) and lies_in(one["area"], area)]
    made = {
        key
        for key, (home, made_at) in ledger.referrals.items()
        if home in homes and during(made_at)
    }
    worked = {(leader, local_day(one["held_at"])) for one in held for leader in one["leaders"]}
    for v, (moment, _number, home, _outcome) in in_period.items():
        day = local_day(moment)
        if lies_in(ledger.stood_on(home, day), area):
            worked |= {(who, day) for who in (ledger.said[v]["by"], *ledger.said[v]["companions"])}
    return {
        "sessions_held": ({one["id"] for one in held}, None),
        "class_attendance": ({one["id"] for one in held}, None),
        "referrals_answered": (made & ledger.answered, made),
        "person_days": (worked, None),
    }


def unmet(ledger: Ledger, area: str, first: str | None, last: str) -> dict[str, set[str]]:
    """The homes where nobody was met, by the outcome of the newest visit, or "never"."""
    met, homes = members(ledger, area, first, last)["households_met"]
    found: dict[str, set[str]] = defaultdict(set)
    for home in homes - met:
        visits = [
            (moment, number, outcome)
            for v, (moment, number, of, outcome) in ledger.visits.items()
            if of == home and v not in ledger.voided
            if (first is None or first <= local_day(moment)) and local_day(moment) <= last
        ]
        found[max(visits)[2] if visits else "never"].add(home)
    return dict(found)


def newest(person: Person, skill: str, counted: dict, last: str) -> int:
    seen = [
        (counted[visit][0], counted[visit][1], level)
        for (visit, of), level in person.levels.items()
        if of == skill and visit in counted and local_day(counted[visit][0]) <= last
    ]
    return max(seen)[2] if seen else -1
