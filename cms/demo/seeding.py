"""Filling a ward with invented homes and visits, through the ledger like everything else."""

from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID

from django.utils import timezone

from cms.demo.invention import invent_family
from courses.models import LessonPage, Skill
from outreach import payloads
from outreach.cards import new_card_code
from outreach.consent_wording import CURRENT_VERSION, wording_hash
from outreach.ledger import event_of, record
from outreach.models import Consent, Household, LedgerEvent, Resident, Visit
from volunteers import roles
from volunteers.models import Area, Membership, Team, User

Type = LedgerEvent.Type
NEIGHBOURHOODS = 4
HISTORY = timedelta(days=60)
OUTCOMES = ["met"] * 6 + ["absent"] * 3 + ["come_back", "declined"]


class SeededBefore(Exception):
    """This seed has filled this ward already."""


class Seeding:
    """One run over `ward`: the same `seed` on the same day gives the same ward, once."""

    def __init__(self, ward: Area, seed: int, now: datetime | None = None):
        self.ward = ward
        self.chance = Random(f"{ward.pk} {seed}")  # noqa: S311 - repeatable on purpose, protects nothing
        self.now = now or timezone.now()
        self.today = timezone.localdate(self.now)
        self.roster = self.uuid()
        self.visitors: dict[str, list[User]] = {}
        self.skills = list(Skill.objects.current().order_by("position"))
        self.lessons = list(LessonPage.objects.live().values_list("number", flat=True))

    def uuid(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)

    def neighbourhoods(self) -> list[Area]:
        """The ward's neighbourhoods; a ward without any gets four."""
        found = list(self.ward.children.order_by("position"))
        return found or [
            self.ward.add_child(f"Khu phố {number}") for number in range(1, NEIGHBOURHOODS + 1)
        ]

    def homes(self, count: int) -> list[Household]:
        """Add `count` homes, spread over the neighbourhoods."""
        areas = self.neighbourhoods()
        made = []
        for number in range(count):
            place = number % len(areas)
            made.append(self._home(areas[place], place, 1 + number // len(areas)))
        return list(Household.objects.filter(pk__in=made).order_by("card_code"))

    def _home(self, area: Area, place: int, number: int) -> UUID:
        family = invent_family(self.chance, number, place, self.today.year)
        people = [
            payloads.ImportedResident(
                id=self.uuid(), name=p.name, birth_year=p.birth_year, sex=p.sex, phone=p.phone
            )
            for p in family.people
        ]
        said = payloads.RosterImported(
            roster=self.roster,
            area=area.pk,
            kind=family.kind,
            card_code=new_card_code(self.ward.pk, self.chance.choice),
            address=family.address,
            declared_size=len(people),
            head=people[0].id,
            residents=people,
            as_of=self.today - HISTORY,
        )
        key = self.uuid()
        self._record(Type.ROSTER_IMPORTED, said, key, None)
        return key

    def visits(self, homes: list[Household], count: int) -> None:
        """Add `count` visits of the last sixty days, the earliest first."""
        for step in range(count):
            home = self.chance.choice(homes)
            visitors = self._visitors(home.area)
            day = self.today - HISTORY + HISTORY * step / count
            moment = timezone.make_aware(
                datetime.combine(day, time(self.chance.randint(8, 19), self.chance.randrange(60)))
            )
            self._visit(home, visitors, min(moment, self.now))

    def _visitors(self, area: Area) -> list[User]:
        """Members of the area's team, else of any team of the ward, else of an invented one."""
        if area.pk not in self.visitors:
            members = Membership.objects.current().filter(team__ward=self.ward)
            own = members.filter(team__areas__in=[area.pk, area.parent_id])
            found = list((own or members).select_related("user").order_by("user__username"))
            self.visitors[area.pk] = [m.user for m in found] or self._invented_team()
        return self.visitors[area.pk]

    def _invented_team(self) -> list[User]:
        team, _ = Team.objects.get_or_create(ward=self.ward, name="Tổ công nghệ số (dữ liệu mẫu)")
        team.areas.set([self.ward])
        names = [f"tnv.{self.ward.pk}.{number}" for number in (1, 2, 3)]
        for name in names:
            user, _ = User.objects.get_or_create(
                username=name, defaults={"full_name": f"Tình nguyện viên {name[-1]}"}
            )
            roles.join(user, team)
        return list(User.objects.filter(username__in=names).order_by("username"))

    def _visit(self, home: Household, visitors: list[User], moment: datetime) -> None:
        outcome = self.chance.choice(OUTCOMES)
        visitor = self.chance.choice(visitors)
        people = list(home.residents.living_there().order_by("name_sort_key", "id"))
        levels = []
        met = people[: self.chance.randint(1, 2)] if outcome == Visit.Outcome.MET else []
        for resident in met:
            if self._agrees(resident, visitor, moment):
                levels += self._levels(resident)
        said = payloads.VisitRecorded(
            visited_at=moment,
            outcome=outcome,
            companions=[user.pk for user in visitors if user != visitor][:1],
            met=[resident.pk for resident in met],
            assessments=levels,
            lessons_taught=self.chance.sample(self.lessons, 1) if met and self.lessons else [],
            follow_up=self._promise(moment) if outcome == Visit.Outcome.COME_BACK else None,
        )
        self._record(Type.VISIT_RECORDED, said, home.pk, visitor, moment)

    def _agrees(self, resident: Resident, visitor: User, moment: datetime) -> bool:
        if resident.consents.in_force().exists():
            return True
        if self.chance.random() < 0.2:
            return False
        said = payloads.ConsentGiven(
            resident=resident.pk,
            purpose=Consent.Purpose.SKILLS_RECORD,
            wording_version=CURRENT_VERSION,
            wording_sha256=wording_hash(CURRENT_VERSION),
            method=Consent.Method.SAID,
            given_at=moment,
        )
        self._record(Type.CONSENT_GIVEN, said, resident.household_id, visitor, moment)
        return True

    def _levels(self, resident: Resident) -> list[payloads.Level]:
        """A few skills; what was seen before is never seen worse."""
        before = dict(resident.skills.values_list("skill_id", "level"))
        age = self.today.year - (resident.birth_year or 1960)
        asked = [skill for skill in self.skills if age >= skill.minimum_age]
        return [
            payloads.Level(
                resident=resident.pk,
                skill=skill.pk,
                level=max(before.get(skill.pk, 0), self.chance.choice(skill.levels.values)),
            )
            for skill in self.chance.sample(asked, min(6, len(asked)))
        ]

    def _promise(self, moment: datetime) -> payloads.Promise:
        day = timezone.localdate(moment) + timedelta(days=self.chance.randint(3, 14))
        return payloads.Promise(id=self.uuid(), what="teach", due_on=day)

    def _record(self, type, said, household, actor, moment: datetime | None = None) -> None:
        event = event_of(
            type,
            said,
            ward=self.ward,
            household=household,
            actor=actor,
            uuid=self.uuid(),
            now=moment or self.now - HISTORY,
        )
        if not record(event):
            raise SeededBefore
