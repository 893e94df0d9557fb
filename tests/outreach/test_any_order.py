"""In whatever order events arrive, the tables and the events' statuses end up the same."""

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from outreach import payloads
from outreach.apply import apply
from outreach.consent_wording import CURRENT_VERSION, wording_hash
from outreach.ledger import event_of
from outreach.models import LedgerEvent
from outreach.verify import differences
from tests.outreach.tables import tables
from tests.people import make_cast

EXAMPLES = int(os.environ.get("ORDER_EXAMPLES", "25"))
START = datetime(2026, 6, 1, 2, tzinfo=UTC)
HOMES = [UUID(int=100 + n) for n in range(4)]
PEOPLE = [UUID(int=200 + n) for n in range(6)]
VISITS = [UUID(int=300 + n) for n in range(6)]
PROMISES = [UUID(int=400 + n) for n in range(4)]
Type = LedgerEvent.Type


@dataclass(frozen=True)
class Said:
    type: str
    home: UUID | None
    payload: payloads.Payload
    at: datetime
    key: UUID


def resident(number: int, **more) -> dict:
    return {"id": PEOPLE[number], "name": f"Nguyễn Văn {'ABCDEG'[number]}", **more}


@st.composite
def payload(draw, about: int, moment: datetime, areas: list[str]) -> tuple[str, payloads.Payload]:
    """Something about one of the homes; now and then about what does not exist. An id is used by
    one home only: of two that use it the first to arrive keeps it."""
    day = moment.date()
    who, other = draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(PEOPLE))
    area = draw(st.sampled_from([*areas, "00000"]))
    visit, promise = draw(st.sampled_from(VISITS)), PROMISES[about]
    home = draw(st.sampled_from(HOMES))
    phone = draw(st.sampled_from(("0912345678", "0987654321", "")))
    number = min(2 * about + draw(st.integers(0, 1)), 2 + about)
    recorded = payloads.VisitRecorded(
        visited_at=moment,
        outcome=draw(st.sampled_from(("met", "absent"))),
        met=draw(st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True)),
        assessments=[
            payloads.Level(resident=who, skill="pay_qr", level=draw(st.integers(0, 3)))
            for _ in range(draw(st.integers(0, 1)))
        ],
        follow_up=draw(
            st.none()
            | st.builds(
                payloads.Promise, id=st.just(promise), what=st.just("teach"), due_on=st.just(day)
            )
        ),
    )
    about_people = _about_people(who, other, number, phone, day, moment)
    about_homes = _about_homes(draw, home, who, other, number, area, day)
    about_visits = (
        (Type.VISIT_RECORDED, recorded),
        (Type.VISIT_RECORDED, recorded),
        (Type.VISIT_CORRECTED, payloads.VisitCorrected(visit=visit, now=recorded)),
        (Type.VISIT_VOIDED, payloads.VisitVoided(visit=visit, reason="nhầm")),
        (Type.FOLLOW_UP_DONE, payloads.FollowUpDone(follow_up=promise, done_at=moment)),
        (Type.CONSENT_GIVEN, _consent(who, moment, draw(st.none() | st.just(visit)))),
    )
    return draw(st.sampled_from((*about_visits, *about_homes, *about_people)))


def _consent(who: UUID, moment: datetime, visit: UUID | None) -> payloads.ConsentGiven:
    return payloads.ConsentGiven(
        resident=who,
        purpose="skills_record",
        wording_version=CURRENT_VERSION,
        wording_sha256=wording_hash(CURRENT_VERSION),
        method="said",
        given_at=moment,
        visit=visit,
    )


def _about_people(who, other, number, phone, day, moment) -> tuple:
    withdrawn = {"resident": who, "purpose": "skills_record", "withdrawn_at": moment}
    return (
        (Type.RESIDENT_ADDED, payloads.ResidentAdded(**resident(number, phone=phone), since=day)),
        (
            Type.RESIDENT_CHANGED,
            payloads.ResidentChanged(id=who, phone={"was": phone, "now": "0900000001"}),
        ),
        (Type.RESIDENT_LEFT, payloads.ResidentLeft(id=who, why="moved", left_on=day)),
        (Type.RESIDENT_MERGED, payloads.ResidentMerged(id=who, into=other, on=day)),
        (Type.CONSENT_WITHDRAWN, payloads.ConsentWithdrawn(**withdrawn)),
    )


def _about_homes(draw, home, who, other, number, area, day) -> tuple:
    split = {"id": HOMES[3], "card_code": "27139-ZZZZZ3", "address": "3 Kỳ Đồng"}
    head = draw(st.none() | st.just({"was": other, "now": who}))
    address = {"was": "1 Kỳ Đồng", "now": f"{number} Kỳ Đồng"}
    return (
        (Type.HOUSEHOLD_CHANGED, payloads.HouseholdChanged(address=address, head=head)),
        (
            Type.HOUSEHOLD_MOVED,
            payloads.HouseholdMoved(area=area, address=f"{number}/9 Kỳ Đồng", since=day),
        ),
        (Type.HOUSEHOLD_MERGED, payloads.HouseholdMerged(into=home, on=day)),
        (Type.HOUSEHOLD_SPLIT, payloads.HouseholdSplit(**split, residents=[who], since=day)),
        (Type.HOUSEHOLD_CLOSED, payloads.HouseholdClosed(reason="moved", closed_on=day)),
        (Type.HOUSEHOLD_REOPENED, payloads.HouseholdReopened(reopened_on=day)),
    )


@st.composite
def histories(draw, areas: list[str]) -> list[Said]:
    """Homes of the ward's list, and events in the order in which they were said."""
    said = [
        Said(
            Type.HOUSEHOLD_PROPOSED,
            HOMES[n],
            payloads.HouseholdProposed(
                area=areas[0],
                card_code=f"27139-ZZZZZ{n}",
                address=f"{n} Kỳ Đồng",
                residents=[resident(2 * n), resident(2 * n + 1)],
                since=date(2026, 1, 1),
            ),
            START + timedelta(minutes=n),
            UUID(int=500 + n),
        )
        for n in range(2)
    ]
    free = list(VISITS)
    for number in range(draw(st.integers(1, 9))):
        moment = START + timedelta(
            hours=1 + number * 7, minutes=draw(st.integers(0, 600)), seconds=number
        )
        about = draw(st.integers(0, 3))
        type, what = draw(payload(about, moment, areas))
        key = free.pop(0) if type == Type.VISIT_RECORDED and free else UUID(int=600 + number)
        said.append(Said(type, HOMES[about], what, moment, key))
    return said


class AnyOrderOfArrival(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()

    @settings(
        max_examples=EXAMPLES,
        derandomize="ORDER_EXAMPLES" not in os.environ,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.generate],
    )
    @given(st.data())
    def test_ends_in_the_same_tables(self, data):
        said = data.draw(histories([self.cast.kp1.pk, self.cast.kp2.pk]))
        shuffled = data.draw(st.permutations(said))
        cuts = data.draw(st.integers(1, len(said)))
        self.assertEqual(self.told(said, len(said)), self.told(shuffled, cuts))

    def told(self, said: list[Said], size: int) -> tuple[dict, dict]:
        """The tables after the events arrived in this order, `size` at a time."""
        with transaction.atomic():
            for start in range(0, len(said), size):
                events = [self.event(one) for one in said[start : start + size]]
                for event in events:
                    event.save()
                apply(self.cast.ward.pk, events)
            self.assertEqual(list(differences(self.cast.ward)), [])
            statuses = dict(LedgerEvent.objects.values_list("uuid", "reason"))
            rows = {
                table: {tuple(v for v in row if not v.startswith("event_number")) for row in found}
                for table, found in tables(self.cast.ward).items()
            }
            transaction.set_rollback(True)
        return rows, statuses

    def event(self, one: Said) -> LedgerEvent:
        event = event_of(
            one.type,
            one.payload,
            ward=self.cast.ward,
            household=one.home,
            actor=self.cast.lan,
            uuid=one.key,
            now=one.at,
        )
        event.received_at = START + timedelta(days=30)
        return event
