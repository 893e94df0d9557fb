"""The objects that the walk over every address asks for: one of ours, a foreign one, an absent one.

Ours belong to Lan's team in the first ward, foreign ones to Bình's in the second.
"""

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from uuid import UUID, uuid4

from django.utils import timezone

from courses.models import LessonPage
from outreach import apply, payloads
from outreach.ledger import event_of
from outreach.models import (
    AllowanceRule,
    Export,
    Household,
    Indicator,
    LedgerEvent,
    ReportForm,
    RosterImport,
    Rule,
    Target,
    Visit,
)
from outreach.own_form.example import write_example
from tests.builders import give_consent, make_household, make_visit
from tests.courses.lessons import make_course, make_lesson
from tests.people import Cast, make_cast, make_person
from tests.volunteers.phones import enrolled
from volunteers import roles
from volunteers.models import Area, DeviceActor, Membership, RoleGrant, User

ABSENT_NUMBER = 987_654
ABSENT_CODE = "00000"
ABSENT_UUID = UUID(int=0)


@dataclass
class World:
    cast: Cast
    lessons: list[LessonPage]
    lane: Area
    other_lane: Area
    ended: Area
    other_ended: Area
    other_officer: User
    home: Household
    other_home: Household
    visit: Visit
    other_visit: Visit

    def person(self, role: str) -> User | None:
        return None if role == "anonymous" else getattr(self.cast, role)


def make_world() -> World:
    cast = make_cast()
    lane, other_lane = cast.kp1.add_child("Ngõ 281"), cast.other_kp.add_child("Ngõ 12")
    today = timezone.localdate()
    ended = cast.ward.add_child("Khu phố 9", valid_until=today)
    other_ended = cast.other_ward.add_child("Khu phố 9", valid_until=today)
    other_officer = make_person("phuong-khac", "Đinh Thị Khác")
    roles.grant(other_officer, RoleGrant.Role.OFFICER, cast.other_ward)
    home = make_household(cast.kp1, "Đặng Thị Bích Yến")
    other_home = make_household(cast.other_kp, "Trương Văn Ất")
    for resident, actor in ((home.head, cast.lan), (other_home.head, cast.binh)):
        give_consent(resident, actor)
    course = make_course()
    lessons = [make_lesson(course, title) for title in ("Bật máy", "Tắt máy")]
    return World(
        cast,
        lessons,
        lane,
        other_lane,
        ended,
        other_ended,
        other_officer,
        home,
        other_home,
        make_visit(home, cast.lan),
        make_visit(other_home, cast.binh),
    )


@dataclass(frozen=True)
class Thing:
    """What an address is about: its arguments for ours, for a foreign and for an absent one."""

    ours: object
    foreign: object
    absent: tuple


def _membership(user: User) -> list[int]:
    return [Membership.objects.current().get(user=user).pk]


def _role(user: User) -> list[int]:
    return [RoleGrant.objects.current().get(user=user).pk]


def _list(ward: Area) -> UUID:
    """An imported list of the ward, there when it is asked for."""
    return RosterImport.objects.get_or_create(
        ward=ward,
        defaults={
            "file_name": "danh-sach.xlsx",
            "state": RosterImport.State.DISCARDED,
            "purpose": RosterImport.Purpose.VISITS,
            "uploaded_at": timezone.now(),
        },
    )[0].pk


def _export(area: Area, officer: User) -> UUID:
    """A file of numbers, there when it is asked for."""
    now = timezone.now()
    known = Export.objects.filter(area=area).first()
    if known is None:
        known = Export.objects.create(
            area=area,
            kind=Export.Kind.WORKBOOK,
            state=Export.State.FAILED,
            asked={"first": None, "last": "2026-11-30", "visits": "BY_AREA"},
            file_name="do-phu.xlsx",
            of_persons=False,
            with_names=False,
            asked_by=officer,
            asked_at=now,
            heard_at=now,
        )
    return known.pk


def _waiting(ward: Area, actor: User) -> int:
    """A visit to an unknown home of the ward, there when it is asked for."""
    waiting = LedgerEvent.objects.filter(ward=ward, status=LedgerEvent.Status.QUARANTINED)
    if not waiting.exists():
        said = payloads.VisitRecorded(visited_at=timezone.now(), outcome=Visit.Outcome.ABSENT)
        type = LedgerEvent.Type.VISIT_RECORDED
        event = event_of(type, said, ward=ward, household=uuid4(), actor=actor)
        event.save()
        apply.apply(ward.pk, [event])
    return waiting.get().pk


def _indicator(code: str) -> str:
    """An indicator of one's own, there when it is asked for."""
    return Indicator.objects.get_or_create(code=code, defaults={"rule": Rule.SESSIONS_HELD})[0].pk


def _target(area: Area) -> tuple[str, int]:
    """The area and a target of it, there when it is asked for."""
    days = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}
    said = {"measure": Target.Measure.COUNT, "value": 12}
    target, _made = Target.objects.get_or_create(
        area=area, indicator_id="sessions_held", defaults=days | said
    )
    return area.pk, target.pk


def _allowance(area: Area) -> tuple[str, int]:
    """The area and an allowance of it, there when it is asked for."""
    said = {"first": date(2026, 1, 1), "amount": 50_000, "source": "Nghị quyết 1"}
    return area.pk, AllowanceRule.objects.get_or_create(area=area, defaults=said)[0].pk


def _form(area: Area, user: User) -> int:
    """A form of the area, there when it is asked for."""
    file = BytesIO()
    write_example(file, area.level)
    said = {"uploaded_by": user, "uploaded_at": timezone.now(), "content": file.getvalue()}
    return ReportForm.objects.get_or_create(area=area, name="Biểu 01", defaults=said)[0].pk


def _phone(person: User, officer: User) -> UUID:
    """A phone of `person`, there when it is asked for."""
    held = DeviceActor.objects.filter(user=person).first()
    return held.device_id if held else enrolled(person, officer).id


NUMBER, CODE, UUID_ = (ABSENT_NUMBER,), (ABSENT_CODE,), (ABSENT_UUID,)
WARD = Thing(lambda w: [w.cast.ward.pk], lambda w: [w.cast.other_ward.pk], CODE)
MET_LIST = Thing(
    lambda w: [w.cast.ward.pk, "households_met"],
    lambda w: [w.cast.other_ward.pk, "households_met"],
    (ABSENT_CODE, "households_met"),
)
NEIGHBOURHOOD = Thing(lambda w: [w.cast.kp1.pk], lambda w: [w.cast.other_kp.pk], CODE)
LANE = Thing(lambda w: [w.lane.pk], lambda w: [w.other_lane.pk], CODE)
ENDED_AREA = Thing(lambda w: [w.ended.pk], lambda w: [w.other_ended.pk], CODE)
TEAM = Thing(lambda w: [w.cast.team.pk], lambda w: [w.cast.other_team.pk], NUMBER)
MEMBERSHIP = Thing(lambda w: _membership(w.cast.lan), lambda w: _membership(w.cast.binh), NUMBER)
VOLUNTEER = Thing(lambda w: [w.cast.lan.pk], lambda w: [w.cast.binh.pk], NUMBER)
ROLE = Thing(lambda w: _role(w.cast.hoa), lambda w: _role(w.other_officer), NUMBER)
INDICATOR = Thing(
    lambda w: [_indicator("lop-buoi-toi")], lambda w: [_indicator("lop-sang")], ("lop-khac",)
)
TARGET = Thing(
    lambda w: _target(w.cast.ward),
    lambda w: _target(w.cast.other_ward),
    (ABSENT_CODE, ABSENT_NUMBER),
)
ALLOWANCE = Thing(
    lambda w: _allowance(w.cast.ward),
    lambda w: _allowance(w.cast.other_ward),
    (ABSENT_CODE, ABSENT_NUMBER),
)
REPORT_FORM = Thing(
    lambda w: [_form(w.cast.ward, w.cast.hoa)],
    lambda w: [_form(w.cast.other_ward, w.other_officer)],
    NUMBER,
)
LIST = Thing(lambda w: [_list(w.cast.ward)], lambda w: [_list(w.cast.other_ward)], (ABSENT_UUID,))
EXPORT = Thing(
    lambda w: [_export(w.cast.ward, w.cast.hoa)],
    lambda w: [_export(w.cast.other_ward, w.other_officer)],
    (ABSENT_UUID,),
)
PHONE = Thing(
    lambda w: [_phone(w.cast.lan, w.cast.hoa)],
    lambda w: [_phone(w.cast.binh, w.other_officer)],
    UUID_,
)
WAITING = Thing(
    lambda w: [_waiting(w.cast.ward, w.cast.lan)],
    lambda w: [_waiting(w.cast.other_ward, w.cast.binh)],
    NUMBER,
)
HOUSEHOLD = Thing(lambda w: [w.home.pk], lambda w: [w.other_home.pk], UUID_)
VISIT = Thing(lambda w: [w.visit.pk], lambda w: [w.other_visit.pk], UUID_)
RESIDENT = Thing(lambda w: [w.home.head_id], lambda w: [w.other_home.head_id], UUID_)
CARD = Thing(lambda w: [w.home.card_code], lambda w: [w.other_home.card_code], ("27139-ZZZZZZ",))
LESSONS = Thing(lambda w: [w.lessons[0].number], lambda w: [w.lessons[1].number], NUMBER)
