"""Filling a ward with invented homes and what became of them, through the ledger like all else."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID

from django.utils import timezone

from cms.demo.invention import Family, invent_family
from cms.demo.stories import Happening, Setting, Somebody, Story, new_key
from courses.models import LessonPage, Skill
from outreach import payloads
from outreach.cards import new_card_code
from outreach.ledger import event_of, record_many
from outreach.models import Household, LedgerEvent
from outreach.tables import batches
from volunteers import roles
from volunteers.models import Area, Membership, Team, User

Type = LedgerEvent.Type
# A ward without neighbourhoods gets some: as many homes each, but not fewer nor more than these.
HOMES_A_NEIGHBOURHOOD, FEWEST, MOST = 500, 4, 60
# A ward without a team gets one for so many neighbourhoods.
NEIGHBOURHOODS_A_TEAM, TEAM = 4, 3
HISTORY = timedelta(days=60)
# Nobody was ever let in at some doors.
NEVER_VISITED = 0.08
# Homes whose whole history is written at once.
AT_ONCE = 500
VISITS_A_CLASS = 1000
# Of whom a neighbourhood's classes are made up.
PUPILS = 100


class SeededBefore(Exception):
    """This seed has filled this ward already."""


class Seeding:
    """One run over `ward`: the same `seed` on the same day gives the same ward, once.

    The events arrive home after home, where those of a real ward arrive day after day; their times
    are spread over `history`.
    """

    def __init__(
        self, ward: Area, seed: int, history: timedelta = HISTORY, now: datetime | None = None
    ):
        self.ward = ward
        self.chance = Random(f"{ward.pk} {seed}")  # noqa: S311 - repeatable on purpose, protects nothing
        self.now = now or timezone.now()
        self.history = history
        self.roster, self.first_event = new_key(self.chance), new_key(self.chance)
        self.pupils: dict[str, list[UUID]] = {}

    def neighbourhoods(self, homes: int = 0) -> list[Area]:
        """The ward's neighbourhoods; a ward without any gets as many as suit so many homes."""
        found = list(self.ward.children.order_by("position"))
        count = min(max(homes // HOMES_A_NEIGHBOURHOOD, FEWEST), MOST)
        return found or [self.ward.add_child(f"Khu phố {number}") for number in range(1, count + 1)]

    def fill(self, homes: int, visits: int) -> None:
        """Add `homes` homes, spread over the neighbourhoods, and `visits` visits to them."""
        if LedgerEvent.objects.filter(uuid=self.first_event).exists():
            raise SeededBefore
        areas = self.neighbourhoods(homes)
        setting = Setting(
            skills=list(Skill.objects.current().order_by("position")),
            lessons=list(LessonPage.objects.live().values_list("number", flat=True)),
            visitors=self._visitors(areas),
            now=self.now,
        )
        cards = self._cards(homes)
        shares = enumerate(self._shares(homes, visits))
        for batch in batches(shares, AT_ONCE):
            events: list[LedgerEvent] = []
            for number, share in batch:
                place = number % len(areas)
                family = invent_family(self.chance, 1 + number // len(areas), place, self.now.year)
                events += self._home(setting, areas[place], family, cards[number], share)
            record_many(events)
        if visits:
            record_many(list(self._classes(setting, 2 + visits // VISITS_A_CLASS)))

    def _shares(self, homes: int, visits: int) -> list[int]:
        """How many of the visits go to each home."""
        doors = [door for door in range(homes) if self.chance.random() >= NEVER_VISITED] or [0]
        shares = [0] * homes
        for _ in range(visits):
            shares[self.chance.choice(doors)] += 1
        return shares

    def _cards(self, count: int) -> list[str]:
        """So many different codes that no home of the ward has."""
        taken = set(Household.objects.filter(ward=self.ward).values_list("card_code", flat=True))
        cards: dict[str, None] = {}
        while len(cards) < count:
            code = new_card_code(self.ward.pk, self.chance.choice)
            if code not in taken:
                cards[code] = None
        return list(cards)

    def _visitors(self, areas: list[Area]) -> dict[str, list[User]]:
        """For each neighbourhood the members of its team, else of any team of the ward, else of an
        invented one."""
        members = Membership.objects.current().filter(team__ward=self.ward)
        members = members.select_related("user").order_by("user__username")
        if not members.exists():
            groups = list(batches(areas, NEIGHBOURHOODS_A_TEAM))
            return {
                area.pk: team
                for number, group in enumerate(groups)
                for team in [self._invented_team(number, group if groups[1:] else [self.ward])]
                for area in group
            }
        return {
            area.pk: [
                member.user
                for member in members.filter(team__areas__in=[area.pk, self.ward.pk]) or members
            ]
            for area in areas
        }

    def _invented_team(self, number: int, areas: list[Area]) -> list[User]:
        name = f"Tổ công nghệ số {number + 1} (dữ liệu mẫu)"
        team, _ = Team.objects.get_or_create(ward=self.ward, name=name)
        team.areas.set(areas)
        names = [f"tnv.{self.ward.pk}.{number * TEAM + place}" for place in range(1, TEAM + 1)]
        for name in names:
            user, _ = User.objects.get_or_create(
                username=name,
                defaults={"full_name": f"Tình nguyện viên {name.rpartition('.')[2]}"},
            )
            roles.join(user, team)
        return list(User.objects.filter(username__in=names).order_by("pk"))

    def _home(
        self, setting: Setting, area: Area, family: Family, card: str, visits: int
    ) -> Iterator[LedgerEvent]:
        """The events of a home's whole history."""
        home, began = new_key(self.chance), self.now - self.history
        people = [
            payloads.ImportedResident(
                id=new_key(self.chance),
                name=one.name,
                birth_year=one.birth_year,
                sex=one.sex,
                phone=one.phone,
            )
            for one in family.people
        ]
        said = payloads.RosterImported(
            roster=self.roster,
            area=area.pk,
            kind=Household.Kind(family.kind),
            card_code=card,
            address=family.address,
            declared_size=len(people),
            head=people[0].id,
            residents=people,
            as_of=timezone.localdate(began),
        )
        uuid = new_key(self.chance) if self.pupils else self.first_event
        yield self._event(Happening(Type.ROSTER_IMPORTED, said, None, began, uuid), home)
        pupils = self.pupils.setdefault(area.pk, [])
        pupils += [one.id for one in people[: max(0, PUPILS - len(pupils))]]
        ages = [self.now.year - one.birth_year for one in family.people]
        everybody = [Somebody(one.id, age) for one, age in zip(people, ages, strict=True)]
        story = Story(setting, self.chance, area.pk, everybody)
        story.tell(sorted(self._moment() for _ in range(visits)))
        for happening in story.happenings:
            yield self._event(happening, home)

    def _moment(self) -> datetime:
        """Some time of some day of the history, when people are at home."""
        day = timezone.localdate(self.now) - self.history * self.chance.random()
        at = time(self.chance.randint(8, 19), self.chance.randrange(60))
        return min(timezone.make_aware(datetime.combine(day, at)), self.now)

    def _classes(self, setting: Setting, count: int) -> Iterator[LedgerEvent]:
        for _ in range(count):
            area = self.chance.choice(list(self.pupils))
            pupils = self.pupils[area]
            attendees = self.chance.sample(pupils, min(len(pupils), self.chance.randint(4, 12)))
            leaders = setting.visitors[area][:2]
            moment = self._moment()
            said = payloads.SessionHeld(
                area=area,
                place="Nhà văn hóa khu phố",
                held_at=moment,
                lessons=setting.lessons[:2],
                leaders=[user.pk for user in leaders],
                head_count=len(attendees) + self.chance.randint(0, 10),
                attendees=attendees,
            )
            uuid = new_key(self.chance)
            yield self._event(Happening(Type.SESSION_HELD, said, leaders[0], moment, uuid), None)

    def _event(self, happening: Happening, home: UUID | None) -> LedgerEvent:
        return event_of(
            happening.type,
            happening.said,
            ward=self.ward,
            household=home,
            actor=happening.actor,
            uuid=happening.uuid,
            now=happening.moment,
        )
