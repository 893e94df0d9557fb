"""What people say at the door: events of every kind about what their phone knows."""

from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from outreach.consent_wording import CURRENT_VERSION, wording_hash
from tests.life.phones import LivePhone

OUTCOMES = ("met", "absent", "declined", "come_back")
NUMBERS = ("0912000001", "0912000002", "")
SKILL = "pay_qr"


class Words(NamedTuple):
    type: str
    home: str
    payload: dict[str, Any]


class Talk:
    """One phone at one moment; `visits` are those recorded by anybody: id → home. What needs
    something that the phone does not know of gives None."""

    def __init__(self, phone: LivePhone, visits: dict[str, str], areas: list[str], random: Random):
        self.phone, self.visits, self.areas = phone, visits, areas
        self.random = random
        self.now = phone.clock()
        self.today = self.now.date().isoformat()
        usual = phone.homes and self.random.random() < 0.7
        self.home = self._one(phone.homes if usual else phone.seen)
        self.person = self._one({one["id"]: one for one in (self.home or {}).get("people", ())})

    def _one(self, known: dict[str, Any]) -> Any:
        return known[self.random.choice(sorted(known))] if known else None

    def _id(self) -> str:
        return str(UUID(int=self.phone.ids.getrandbits(128), version=4))

    def say(self, kind: str) -> Words | None:
        makers: dict[str, Callable[[], Words | None]] = {
            "visit": self.visit, "correct": self.correct, "void": self.void,
            "propose": self.propose, "readdress": self.readdress, "move": self.move,
            "merge": self.merge, "split": self.split, "close": self.close, "reopen": self.reopen,
            "add": self.add, "phone": self.change_phone, "rename": self.rename,
            "leave": self.leave, "agree": self.agree, "withdraw": self.withdraw,
        }  # fmt: skip
        needs_person = {"split", "phone", "rename", "leave", "agree", "withdraw"}
        if self.home is None or (kind in needs_person and self.person is None):
            return None
        return makers[kind]()

    def _about(self, type: str, **payload: Any) -> Words:
        return Words(type, self.home["id"], payload)

    def _visited(self) -> dict[str, Any]:
        said: dict[str, Any] = {
            "visited_at": self.now.isoformat(),
            "outcome": self.random.choice(OUTCOMES),
        }
        if self.person and self.random.random() < 0.7:
            level = self.random.randint(0, 3)
            one = {"resident": self.person["id"], "skill": SKILL, "level": level}
            said |= {"met": [self.person["id"]], "assessments": [one]}
        return said

    def visit(self) -> Words:
        return self._about("visit.recorded", **self._visited())

    def _earlier_visit(self) -> str | None:
        here = {key: key for key, home in self.visits.items() if home in self.phone.seen}
        key = self._one(here)
        if key:
            self.home = self.phone.seen[self.visits[key]]
            self.person = None
        return key

    def correct(self) -> Words | None:
        key = self._earlier_visit()
        return key and self._about("visit.corrected", visit=key, now=self._visited())

    def void(self) -> Words | None:
        key = self._earlier_visit()
        return key and self._about("visit.voided", visit=key, reason="Nhầm nhà")

    def _new_person(self) -> dict[str, Any]:
        name = f"Vũ Thị {self.random.choice('ABCDEGH')}"
        return {"id": self._id(), "name": name, "phone": self.random.choice(NUMBERS)}

    def propose(self) -> Words:
        key, person = self._id(), self._new_person()
        found = {
            "area": self.random.choice(self.areas),
            "card_code": f"M-{key[:8]}",
            "address": f"{self.random.randint(100, 199)} Kỳ Đồng",
            "residents": [person],
            "since": self.today,
        }
        self.phone.seen[key] = {"id": key, "people": [person], **found}
        return Words("household.proposed", key, found)

    def readdress(self) -> Words:
        now = f"{self.random.randint(1, 99)}/2 Kỳ Đồng"
        return self._about("household.changed", address={"was": self.home["address"], "now": now})

    def move(self) -> Words:
        area, address = self.random.choice(self.areas), f"{self.random.randint(1, 99)}/3 Kỳ Đồng"
        return self._about("household.moved", area=area, address=address, since=self.today)

    def merge(self) -> Words | None:
        others = {key: key for key in self.phone.seen if key != self.home["id"]}
        into = self._one(others)
        return into and self._about("household.merged", into=into, on=self.today)

    def split(self) -> Words:
        key = self._id()
        return self._about(
            "household.split",
            id=key,
            card_code=f"M-{key[:8]}",
            address=f"{self.random.randint(1, 99)}/4 Kỳ Đồng",
            residents=[self.person["id"]],
            since=self.today,
        )

    def close(self) -> Words:
        return self._about("household.closed", reason="vacant", closed_on=self.today)

    def reopen(self) -> Words:
        closed = {key: one for key, one in self.phone.seen.items() if key not in self.phone.homes}
        self.home = self._one(closed) or self.home
        return self._about("household.reopened", reopened_on=self.today)

    def add(self) -> Words:
        return self._about("resident.added", **self._new_person(), since=self.today)

    def change_phone(self) -> Words:
        now = {"was": self.person.get("phone", ""), "now": self.random.choice(NUMBERS)}
        return self._about("resident.changed", id=self.person["id"], phone=now)

    def rename(self) -> Words:
        now = {"was": self.person["name"], "now": f"Vũ Văn {self.random.choice('ABCDEGH')}"}
        return self._about("resident.changed", id=self.person["id"], name=now)

    def leave(self) -> Words:
        why = self.random.choice(("moved", "died"))
        return self._about("resident.left", id=self.person["id"], why=why, left_on=self.today)

    def agree(self) -> Words:
        said = {
            "resident": self.person["id"],
            "purpose": "skills_record",
            "wording_version": CURRENT_VERSION,
            "wording_sha256": wording_hash(CURRENT_VERSION),
            "method": "said",
            "given_at": self.now.isoformat(),
        }
        here = {key: key for key, home in self.visits.items() if home == self.home["id"]}
        if self.random.random() < 0.5 and here:
            said["visit"] = self._one(here)
        return self._about("consent.given", **said)

    def withdraw(self) -> Words:
        return self._about(
            "consent.withdrawn",
            resident=self.person["id"],
            purpose="skills_record",
            withdrawn_at=self.now.isoformat(),
        )


KINDS = (
    "visit", "visit", "visit", "visit", "agree", "agree", "agree", "agree", "withdraw", "correct",
    "correct", "correct", "void", "propose", "readdress", "move", "merge", "split", "close",
    "reopen", "add", "phone", "rename", "leave",
)  # fmt: skip
