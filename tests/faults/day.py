"""A ward, two phones, and what their people say on one day: the same at every run."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from unittest import mock
from uuid import UUID

import time_machine

from outreach.consent_wording import CURRENT_VERSION, wording_hash
from tests.builders import make_household
from tests.faults.stranger import Stranger
from tests.people import Cast

MORNING = datetime(2026, 10, 12, 0, 0, tzinfo=UTC)  # seven o'clock in Viet Nam
NOON, EVENING = MORNING + timedelta(hours=5), MORNING + timedelta(hours=11)
FIRST_VISIT, AFTERNOON = MORNING + timedelta(hours=1), MORNING + timedelta(hours=6)
BETWEEN_VISITS = timedelta(minutes=8)
HOMES = 40
SKILLS = ("pay_qr", "smartphone", "eid_activated")
FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Đặng")
GIVEN = ("An", "Bích", "Cúc", "Dũng", "Đào", "Giang", "Hạnh", "Khoa", "Liên", "Mận")


def fixed_ids(seed: str) -> Callable[[], UUID]:
    random = Random(seed)
    return lambda: UUID(int=random.getrandbits(128), version=4)


def make_ward(cast: Cast) -> None:
    """The homes of Lan's team, and one of the other ward, with the same ids at every run."""
    random = Random("ward")
    with mock.patch("tests.builders.uuid4", fixed_ids("homes")):
        for number in range(HOMES + 1):
            last = number == HOMES
            names = [
                f"{random.choice(FAMILIES)} Văn {random.choice(GIVEN)}"
                for _ in range(random.randint(1, 4))
            ]
            make_household(
                cast.other_kp if last else cast.kp1,
                *names,
                address=f"{number + 1} Kỳ Đồng",
                card_code=f"XH-{number:04d}",
                as_of=date(2026, 9, 1),
            )


class Day:
    """What is seen and said from home to home. `lan` holds a phone of her own, whose clock is two
    days late; `shared` is Minh's and Tâm's. `travel` moves the world's clock."""

    def __init__(self, travel: time_machine.Traveller, lan: Stranger, shared: Stranger):
        self.travel, self.lan, self.shared = travel, lan, shared
        self.random = Random("day")
        self.lan_id = next(iter(lan.people))
        self.minh_id, self.tam_id = shared.people
        # What all have read before the first door.
        self.homes = [lan.homes[key] for key in sorted(lan.homes)]
        self.visits: list[tuple[Stranger, int, str, str]] = []

    def walk(self, homes: list[dict], begin: datetime, phones: list[Stranger]) -> None:
        for number, home in enumerate(homes):
            self.travel.move_to(begin + number * BETWEEN_VISITS)
            phone = phones[number % len(phones)]
            actor = self.lan_id if phone is self.lan else self.random.choice(list(phone.people))
            self.visit(phone, actor, home)

    def visit(self, phone: Stranger, actor: int, home: dict) -> str:
        """Somebody may be at home, agree, show what they can do, and be promised something."""
        now = phone.clock().isoformat()
        said: dict = {"visited_at": now, "outcome": "absent", "note": ""}
        if self.random.random() < 0.7:
            person = home["people"][0]["id"]
            said |= {"outcome": "met", "met": [person]}
            if self.random.random() < 0.7:
                self.consent(phone, actor, home["id"], person, now)
            said["assessments"] = [
                {"resident": person, "skill": skill, "level": self.random.randint(0, 1)}
                for skill in self.random.sample(SKILLS, 2)
            ]
            if self.random.random() < 0.4:
                promise = str(UUID(int=self.random.getrandbits(128), version=4))
                said["follow_up"] = {"id": promise, "what": "teach", "due_on": "2026-10-20"}
                said["note"] = "Bác hẹn quay lại"
        key = phone.record(actor, "visit.recorded", home["id"], said)
        self.visits.append((phone, actor, home["id"], key))
        return key

    def consent(self, phone: Stranger, actor: int, home: str, person: str, now: str) -> None:
        said = {
            "resident": person,
            "purpose": "skills_record",
            "wording_version": CURRENT_VERSION,
            "wording_sha256": wording_hash(CURRENT_VERSION),
            "method": "said",
            "paper_number": "",
            "given_at": now,
        }
        phone.record(actor, "consent.given", home, said)

    def before_noon(self) -> None:
        self.walk(self.homes[:28], FIRST_VISIT, [self.lan, self.shared])
        self.find_a_home()
        phone, actor, home, key = self.of(self.lan)[2]
        now = phone.clock().isoformat()
        corrected = {"visited_at": now, "outcome": "declined", "note": "Nhầm: bác từ chối"}
        phone.record(actor, "visit.corrected", home, {"visit": key, "now": corrected})
        phone, actor, home, key = self.of(self.shared)[3]
        phone.record(actor, "visit.voided", home, {"visit": key, "reason": "Nhập nhầm nhà"})

    def of(self, phone: Stranger) -> list[tuple[Stranger, int, str, str]]:
        return [visit for visit in self.visits if visit[0] is phone]

    def find_a_home(self) -> None:
        """The shared phone finds a home that the list lacks, and Lan is told of it."""
        self.found = {
            "id": "0192f0c1-7c4e-4b8a-9f00-3a5c2b1d4e01",
            "people": [{"id": "0192f0c1-7c4e-4b8a-9f00-3a5c2b1d4e02"}],
        }
        person = self.found["people"][0]["id"]
        said = {
            "area": self.homes[0]["area"],
            "kind": "home",
            "card_code": "XH-9999",
            "address": "99/1 Kỳ Đồng",
            "head": person,
            "residents": [
                {
                    "id": person,
                    "name": "Vũ Thị Mới",
                    "sex": "female",
                    "phone": "",
                    "help_needed": [],
                }
            ],
            "since": "2026-10-12",
        }
        self.shared.record(self.tam_id, "household.proposed", self.found["id"], said)
        self.visit(self.shared, self.tam_id, self.found)

    def after_noon(self) -> None:
        self.walk([*self.homes[10:], self.found], AFTERNOON, [self.shared, self.lan])
        lan, shared = (self.lan, self.lan_id), (self.shared, self.minh_id)
        home = self.homes[5]
        person = home["people"][0]
        # Both heard of another number; the second one did not see the first.
        for (phone, actor), number in ((lan, "0912000001"), (shared, "0912000002")):
            now = {"was": person.get("phone", ""), "now": number}
            self.later()
            phone.record(actor, "resident.changed", home["id"], {"id": person["id"], "phone": now})
        for (phone, actor), address in ((shared, "7/2 Kỳ Đồng"), (lan, "7/3 Kỳ Đồng")):
            now = {"was": self.homes[7]["address"], "now": address}
            self.later()
            phone.record(actor, "household.changed", self.homes[7]["id"], {"address": now})
        self.rarer_things()

    def later(self) -> None:
        self.travel.shift(timedelta(minutes=1))

    def rarer_things(self) -> None:
        day, unknown = "2026-10-12", "0192f0c1-7c4e-4b8a-9f00-3a5c2b1d4eff"
        lan, now = self.lan, self.lan.clock().isoformat()
        closed = {"reason": "vacant", "closed_on": day}
        lan.record(self.lan_id, "household.closed", self.homes[30]["id"], closed)
        leaving = next(home for home in self.homes if len(home["people"]) > 2)
        left = {"id": leaving["people"][1]["id"], "why": "moved", "left_on": day}
        lan.record(self.lan_id, "resident.left", leaving["id"], left)
        for phone, actor, home, key in self.of(lan)[:8]:
            event = phone.outbox[key]["payload"]
            if promise := event.get("follow_up"):
                done = {"follow_up": promise["id"], "done_at": now}
                phone.record(actor, "follow_up.done", home, done)
        for event in list(lan.outbox.values())[:5]:
            if event["type"] == "consent.given":
                person = event["payload"]["resident"]
                gone = {"resident": person, "purpose": "skills_record", "withdrawn_at": now}
                lan.record(self.lan_id, "consent.withdrawn", event["household"], gone)
        absent = {"visited_at": now, "outcome": "absent", "note": ""}
        lan.record(self.lan_id, "visit.recorded", unknown, absent)
        held = {"area": self.homes[0]["area"], "place": "Nhà văn hóa", "held_at": now}
        held |= {"lessons": [1], "leaders": [self.lan_id], "head_count": 12, "attendees": []}
        lan.record(self.lan_id, "session.held", None, held)
