"""Wards with homes and phones, for measuring what phones push and pull."""

import json
import random
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

PEOPLE = 4
PUSHED_AT_ONCE = 200


def make_ward(code: str, city, homes: int) -> dict:
    """An open ward with one team that has a phone and all homes: what a phone knows of it."""
    from django.utils import timezone

    from tests.people import make_person
    from tests.volunteers.phones import enrolled
    from volunteers import roles
    from volunteers.models import Area, RoleGrant, Team

    ward = Area.objects.create(
        code=code,
        name=f"Phường {code}",
        level="commune",
        parent=city,
        opened_on=timezone.localdate(),
    )
    place = ward.add_child("Khu phố 1")
    team = Team.objects.create(ward=ward, name="Tổ công nghệ số khu phố 1")
    team.areas.set([place])
    lan = make_person(f"lan{code}", "Nguyễn Thị Lan")
    hoa = make_person(f"hoa{code}", "Lê Thị Hoa")
    roles.join(lan, team)
    roles.grant(hoa, RoleGrant.Role.OFFICER, ward)
    phone = enrolled(lan, hoa, timezone.now() - timedelta(days=2))
    return {
        "ward": code,
        "push": phone.push,
        "pull": phone.pull,
        "actor": lan.pk,
        "people": make_homes(ward, place, lan, homes),
    }


def make_homes(ward, place, actor, count: int) -> dict[str, list[str]]:
    """Homes of four people who agreed to have their levels kept; gives the people of each."""
    from django.db import transaction

    from outreach.ledger import record_many

    events, found = [], {}
    for number in range(count):
        home = uuid4()
        people = [uuid4() for _ in range(PEOPLE)]
        events += _home(ward, place, actor, home, people, number)
        found[str(home)] = [str(person) for person in people]
    for start in range(0, len(events), 2_000):
        with transaction.atomic():
            record_many(events[start : start + 2_000])
    return found


def _home(ward, place, actor, home, people, number: int) -> list:
    from django.utils import timezone

    from outreach import payloads
    from outreach.consent_wording import CURRENT_VERSION, wording_hash
    from outreach.ledger import event_of

    residents = [
        payloads.ImportedResident(id=key, name=f"Nguyễn Thị Số {number} {one}")
        for one, key in enumerate(people)
    ]
    said = payloads.RosterImported(
        roster=uuid4(),
        area=place.pk,
        card_code=f"{ward.pk}-{home.hex[:8]}",
        address=f"{number}/{place.position} Võ Thị Sáu",
        head=people[0],
        residents=residents,
        as_of=timezone.localdate(),
    )
    where = {"ward": ward, "household": home, "actor": actor}
    events = [event_of("roster.imported", said, **where)]
    for key in people:
        agreed = payloads.ConsentGiven(
            resident=key,
            purpose="skills_record",
            wording_version=CURRENT_VERSION,
            wording_sha256=wording_hash(CURRENT_VERSION),
            method="said",
            given_at=timezone.now() - timedelta(days=100),
        )
        events.append(event_of("consent.given", agreed, **where))
    return events


def visits(ward: dict, number: int, chance: random.Random) -> list[dict]:
    """The events of a push: visits to as many different homes, the level of each person seen."""
    from django.utils import timezone

    from outreach.ledger import uuid7

    events = []
    homes = chance.sample(sorted(ward["people"]), PUSHED_AT_ONCE)
    for place, home in enumerate(homes):
        people = ward["people"][home]
        seen = [
            {"resident": one, "skill": "pay_qr", "level": chance.randint(0, 3)} for one in people
        ]
        events.append(
            {
                "id": str(uuid7()),
                "seq": number * PUSHED_AT_ONCE + place,
                "type": "visit.recorded",
                "schema": 1,
                "actor": ward["actor"],
                "household": home,
                "client_time": (timezone.now() - timedelta(minutes=1)).isoformat(),
                "clock_offset_ms": 0,
                "payload": {
                    "visited_at": timezone.now().isoformat(),
                    "outcome": "met",
                    "met": people[:2],
                    "assessments": seen,
                },
            }
        )
    return events


def write_wards(folder: Path, wards: list[dict]) -> None:
    (folder / "wards.json").write_text(json.dumps(wards))


def read_wards(folder: Path) -> list[dict]:
    return json.loads((folder / "wards.json").read_text())
