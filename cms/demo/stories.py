"""Inventing what became of a home: who knocked when, and what was seen, taught and promised."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from django.utils import timezone

from courses.models import Skill
from outreach import payloads
from outreach.consent_wording import CURRENT_VERSION, wording_hash
from outreach.models import Consent, FollowUp, Household, LedgerEvent, Referral, Visit
from volunteers.models import User

Type = LedgerEvent.Type
OUTCOMES = ["met"] * 6 + ["absent"] * 3 + ["come_back", "declined"]
# What is seen first: few begin high on the ladder; a third have what the facts ask for.
FIRST_SEEN = {Skill.Scale.LADDER: (0, 0, 0, 0, 1, 1, 1, 2), Skill.Scale.YES_NO: (0, 0, 1)}
SKILLS_A_VISIT = 4
# How likely each is, of a person asked, a skill seen again, a visit, or a home.
AGREES, RISES, FALLS = 0.8, 0.35, 0.03
CORRECTED, VOIDED, MOVES = 0.01, 0.005, 0.001
WITHDRAWS, LEAVES, IS_SENT_ON, CLOSES = 0.004, 0.002, 0.03, 0.005


@dataclass
class Somebody:
    """A resident as the story goes on."""

    key: UUID
    age: int
    agrees: bool | None = None
    levels: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Setting:
    """What the stories of a ward have in common. `visitors`: by the code of the neighbourhood."""

    skills: Sequence[Skill]
    lessons: Sequence[int]
    visitors: Mapping[str, Sequence[User]]
    now: datetime


@dataclass(frozen=True, slots=True)
class Happening:
    type: Type
    said: payloads.Payload
    actor: User | None
    moment: datetime
    uuid: UUID


def new_key(chance: Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)


class Story:
    """One home's; what happened is in `happenings`, in order."""

    def __init__(self, setting: Setting, chance: Random, area: str, people: list[Somebody]):
        self.setting = setting
        self.chance = chance
        self.area = area
        self.people = people
        self.promise: UUID | None = None
        self.referral: UUID | None = None
        self.happenings: list[Happening] = []

    def tell(self, moments: Sequence[datetime]) -> None:
        """Let somebody knock at these moments, the earliest first."""
        for moment in moments:
            if self.chance.random() < MOVES:
                self._move(moment)
            self._visit(moment)
        if moments and self.chance.random() < CLOSES:
            closed_on = timezone.localdate(moments[-1])
            reason = self.chance.choice([Household.CloseReason.MOVED, Household.CloseReason.VACANT])
            said = payloads.HouseholdClosed(reason=reason, closed_on=closed_on)
            self._happen(Type.HOUSEHOLD_CLOSED, said, self._visitor(), moments[-1])

    def _happen(
        self,
        type: Type,
        said: payloads.Payload,
        actor: User,
        moment: datetime,
        uuid: UUID | None = None,
    ) -> None:
        moment = min(moment, self.setting.now)
        self.happenings.append(Happening(type, said, actor, moment, uuid or new_key(self.chance)))

    def _visitor(self) -> User:
        return self.chance.choice(self.setting.visitors[self.area])

    def _move(self, moment: datetime) -> None:
        elsewhere = [code for code in self.setting.visitors if code != self.area]
        if not elsewhere:
            return
        self.area = self.chance.choice(elsewhere)
        said = payloads.HouseholdMoved(
            area=self.area,
            address=f"{self.chance.randint(1, 9999)} Đường số {self.chance.randint(1, 30)}",
            since=timezone.localdate(moment),
        )
        self._happen(Type.HOUSEHOLD_MOVED, said, self._visitor(), moment)

    def _visit(self, moment: datetime) -> None:
        visitor, outcome = self._visitor(), Visit.Outcome(self.chance.choice(OUTCOMES))
        met = self.people[: self.chance.randint(1, 2)] if outcome == Visit.Outcome.MET else []
        asked = [person for person in met if person.agrees is None]
        agreeing = [person for person in met if self._agrees(person, visitor, moment)]
        others = [user.pk for user in self.setting.visitors[self.area] if user != visitor]
        lessons = self.setting.lessons
        promise = self._promised(moment) if outcome == Visit.Outcome.COME_BACK else None
        said = payloads.VisitRecorded(
            visited_at=moment,
            outcome=outcome,
            companions=self.chance.sample(others, 1) if others else [],
            met=[person.key for person in met],
            refused_consent=[person.key for person in asked if not person.agrees],
            assessments=[level for person in agreeing for level in self._levels(person)],
            lessons_taught=self.chance.sample(lessons, 1) if met and lessons else [],
            follow_up=promise,
        )
        visit = new_key(self.chance)
        self._happen(Type.VISIT_RECORDED, said, visitor, moment, visit)
        if met:
            self._keep_promises(visit, visitor, moment)
        if promise:
            self.promise = promise.id
        self._mend(visit, said, visitor, moment + timedelta(minutes=20))
        if met:
            self._lose(met[0], visitor, moment + timedelta(hours=2))

    def _agrees(self, person: Somebody, visitor: User, moment: datetime) -> bool:
        if person.agrees is None:
            person.agrees = self.chance.random() < AGREES
            if person.agrees:
                said = payloads.ConsentGiven(
                    resident=person.key,
                    purpose=Consent.Purpose.SKILLS_RECORD,
                    wording_version=CURRENT_VERSION,
                    wording_sha256=wording_hash(CURRENT_VERSION),
                    method=Consent.Method.SAID,
                    given_at=moment,
                )
                self._happen(Type.CONSENT_GIVEN, said, visitor, moment)
        return person.agrees

    def _levels(self, person: Somebody) -> Iterator[payloads.Level]:
        asked = [skill for skill in self.setting.skills if person.age >= skill.minimum_age]
        for skill in self.chance.sample(asked, min(SKILLS_A_VISIT, len(asked))):
            level = self._seen(skill, person.levels.get(skill.pk))
            person.levels[skill.pk] = level
            yield payloads.Level(resident=person.key, skill=skill.pk, level=level)

    def _seen(self, skill: Skill, before: int | None) -> int:
        """Most who are taught rise by a step now and then; some forget."""
        if before is None:
            return self.chance.choice(FIRST_SEEN[Skill.Scale(skill.scale)])
        chance = self.chance.random()
        if chance < RISES:
            return min(before + 1, 3 if skill.scale == Skill.Scale.LADDER else 1)
        return max(before - 1, 0) if chance > 1 - FALLS else before

    def _promised(self, moment: datetime) -> payloads.Promise:
        day = timezone.localdate(moment) + timedelta(days=self.chance.randint(3, 14))
        return payloads.Promise(id=new_key(self.chance), what=FollowUp.What.TEACH, due_on=day)

    def _keep_promises(self, visit: UUID, visitor: User, moment: datetime) -> None:
        if self.promise:
            done = payloads.FollowUpDone(follow_up=self.promise, done_at=moment, visit=visit)
            self._happen(Type.FOLLOW_UP_DONE, done, visitor, moment)
            self.promise = None
        if self.referral:
            answer = Referral.Answer(self.chance.choice(Referral.Answer.values))
            answered = payloads.ReferralAnswered(
                referral=self.referral, answer=answer, answered_at=moment
            )
            self._happen(Type.REFERRAL_ANSWERED, answered, visitor, moment)
            self.referral = None
        elif self.chance.random() < IS_SENT_ON:
            self.referral = new_key(self.chance)
            made = payloads.ReferralMade(
                id=self.referral,
                resident=self.people[0].key,
                to=Referral.To(self.chance.choice(Referral.To.values)),
                made_at=moment,
            )
            self._happen(Type.REFERRAL_MADE, made, visitor, moment)

    def _mend(
        self, visit: UUID, said: payloads.VisitRecorded, visitor: User, moment: datetime
    ) -> None:
        chance = self.chance.random()
        if chance < CORRECTED:
            now = said.model_copy(update={"companions": [], "assessments": said.assessments[:-1]})
            mended = payloads.VisitCorrected(visit=visit, now=now)
            self._happen(Type.VISIT_CORRECTED, mended, visitor, moment)
        elif chance < CORRECTED + VOIDED:
            voided = payloads.VisitVoided(visit=visit, reason="Ghi nhầm nhà")
            self._happen(Type.VISIT_VOIDED, voided, visitor, moment)

    def _lose(self, person: Somebody, visitor: User, moment: datetime) -> None:
        """Somebody takes their consent back, or leaves the home; one always stays."""
        chance = self.chance.random()
        if person.agrees and chance < WITHDRAWS:
            person.agrees = False
            withdrawn = payloads.ConsentWithdrawn(
                resident=person.key,
                purpose=Consent.Purpose.SKILLS_RECORD,
                withdrawn_at=min(moment, self.setting.now),
            )
            self._happen(Type.CONSENT_WITHDRAWN, withdrawn, visitor, moment)
        elif chance > 1 - LEAVES and len(self.people) > 1:
            self.people.remove(person)
            left_on = timezone.localdate(min(moment, self.setting.now))
            left = payloads.ResidentLeft(id=person.key, why="moved", left_on=left_on)
            self._happen(Type.RESIDENT_LEFT, left, visitor, moment)
