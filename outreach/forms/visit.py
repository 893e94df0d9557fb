"""The visit form: what happened at one door, for everyone who lives there."""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import LessonPage, Skill
from outreach import payloads
from outreach.consent_wording import CURRENT_VERSION, wording_hash
from outreach.forms.family import (
    AGREED_LATER,
    TAKEN_BACK_LATER,
    Cell,
    ConsentAnswer,
    Member,
    PeopleField,
    SkillRow,
)
from outreach.ledger import event_of
from outreach.models import Consent, FollowUp, Household, LedgerEvent, Resident, Visit
from outreach.notes import mask_numbers
from volunteers.models import Membership, User

Type = LedgerEvent.Type
OLDEST = timedelta(days=366)


def possible_visitors(household: Household) -> QuerySet[User]:
    """Current members of the teams that visit this home."""
    area = household.area
    places = [area.pk, area.parent_id, household.ward_id]
    members = Membership.objects.current().filter(team__areas__in=places)
    return User.objects.filter(pk__in=members.values("user"))


class VisitForm(forms.Form):
    """Bound to one home and one typist. `events()` are what a valid form says, for the ledger."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label=_("What happened at the door?"), choices=Visit.Outcome, widget=forms.RadioSelect
    )
    visited_on = forms.DateField(
        label=_("Day of the visit"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    visited_time = forms.TimeField(
        label=_("Time"), widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    visitor = forms.ModelChoiceField(None, label=_("Who knocked?"))
    companions = PeopleField(
        None, label=_("Who came along?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    met = forms.ModelMultipleChoiceField(
        None, label=_("Who was met?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    paper_number = forms.CharField(
        label=_("Number of the signed consent paper"), max_length=40, required=False
    )
    lessons = forms.MultipleChoiceField(
        label=_("What was taught?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    follow_ups_done = forms.ModelMultipleChoiceField(
        None, label=_("Promises now kept"), required=False, widget=forms.CheckboxSelectMultiple
    )
    follow_up = forms.ChoiceField(
        label=_("What did you promise?"),
        choices=[("", _("Nothing")), *FollowUp.What.choices],
        required=False,
    )
    follow_up_on = forms.DateField(
        label=_("By which day?"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("No citizen-ID, card or account numbers: numbers like these are masked."),
    )

    def __init__(self, household: Household, typist: User, now: datetime, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.household, self.typist, self.now = household, typist, now
        self.residents = list(
            household.residents.living_there().prefetch_related("consents", "skills")
        )
        self.skills = list(Skill.objects.current().filter(subject=Skill.Subject.RESIDENT))
        visitors = possible_visitors(household)
        self.fields["visitor"].queryset = self.fields["companions"].queryset = visitors
        if typist in visitors:
            self.fields["visitor"].initial = typist
        self.fields["met"].queryset = household.residents.living_there()
        self.fields["lessons"].choices = [
            (lesson.number, lesson.title)
            for lesson in LessonPage.objects.live().order_by("number").only("number", "title")
        ]
        self.fields["follow_ups_done"].queryset = household.follow_ups.open()
        local = timezone.localtime(now)
        self.fields["visited_on"].initial = local.date()
        self.fields["visited_time"].initial = local.time()
        for resident in self.residents:
            self._add_fields_of(resident)
        self.helper = FormHelper()
        self.helper.form_tag = False

    def _add_fields_of(self, resident: Resident) -> None:
        if self.consent_of(resident) is None:
            self.fields[self._consent_name(resident)] = forms.ChoiceField(
                label=resident.name,
                choices=[("", _("Not asked")), *ConsentAnswer.CHOICES],
                required=False,
            )
        for skill in self.skills:
            if self._old_enough(resident, skill):
                self.fields[self._level_name(resident, skill)] = self._level_field(resident, skill)

    @staticmethod
    def _level_field(resident: Resident, skill: Skill) -> forms.Field:
        """A field whose table cell is its only visible label, so it carries one of its own."""
        names = skill.levels.choices
        if skill.scale == Skill.Scale.LADDER:
            names = [(level, f"{level} · {name}") for level, name in names]
        label = f"{resident.name}: {skill.name}"
        return forms.TypedChoiceField(
            label=label,
            choices=[("", "–"), *names],
            coerce=int,
            empty_value=None,
            required=False,
            widget=forms.Select({"aria-label": label}),
        )

    @staticmethod
    def _consent_name(resident: Resident) -> str:
        return f"consent_{resident.pk.hex}"

    @staticmethod
    def _level_name(resident: Resident, skill: Skill) -> str:
        return f"level_{resident.pk.hex}_{skill.pk}"

    def _old_enough(self, resident: Resident, skill: Skill) -> bool:
        """People whose year of birth is not known are asked everything."""
        year = timezone.localtime(self.now).year
        return not resident.birth_year or year - resident.birth_year >= skill.minimum_age

    @staticmethod
    def consent_of(resident: Resident) -> Consent | None:
        in_force = [c for c in resident.consents.all() if c.withdrawn_at is None]
        return in_force[0] if in_force else None

    # What the page shows.

    def members(self) -> list[Member]:
        refused = set(
            self.household.visits.counted().values_list("refused_consent", flat=True).distinct()
        )
        return [
            Member(
                resident,
                self.consent_of(resident),
                resident.pk in refused,
                self[self._consent_name(resident)] if self.consent_of(resident) is None else None,
            )
            for resident in self.residents
        ]

    def skill_rows(self) -> list[SkillRow]:
        return [
            SkillRow(skill, [self._cell(resident, skill) for resident in self.residents])
            for skill in self.skills
        ]

    def _cell(self, resident: Resident, skill: Skill) -> Cell:
        name = self._level_name(resident, skill)
        newest = next((s for s in resident.skills.all() if s.skill_id == skill.pk), None)
        previous = skill.levels(newest.level).label if newest else ""
        return Cell(self[name] if name in self.fields else None, previous)

    # What the form accepts.

    def clean(self):
        data = super().clean()
        self._clean_time()
        self._clean_people()
        self._clean_consent_times()
        if bool(data.get("follow_up")) != bool(data.get("follow_up_on")):
            self.add_error(
                "follow_up_on", _("A promise needs both: what it is, and the day it is due.")
            )
        elif self._promise_before_visit():
            self.add_error("follow_up_on", _("The promise is due before the visit. Correct it."))
        return data

    def _promise_before_visit(self) -> bool:
        promised, visited = (self.cleaned_data.get(n) for n in ("follow_up_on", "visited_on"))
        return bool(promised and visited and promised < visited)

    def _clean_time(self) -> None:
        day, time = self.cleaned_data.get("visited_on"), self.cleaned_data.get("visited_time")
        if day is None or time is None:
            return
        moment = timezone.make_aware(datetime.combine(day, time))
        if moment > self.now + timedelta(minutes=1):
            self.add_error(
                "visited_on", _("This time is still to come. Enter when the visit was made.")
            )
        elif moment < self.now - OLDEST:
            self.add_error(
                "visited_on", _("This is more than a year ago. Check the year of the visit.")
            )
        self.cleaned_data["visited_at"] = moment

    def _clean_people(self) -> None:
        data = self.cleaned_data
        met_someone = data.get("outcome") == Visit.Outcome.MET
        for resident in self.residents:
            has_levels = any(self._levels_of(resident))
            answer = data.get(self._consent_name(resident))
            agreed = self.consent_of(resident) or answer in (
                ConsentAnswer.SAID,
                ConsentAnswer.PAPER,
            )
            if has_levels and not agreed:
                self.add_error(
                    self._consent_name(resident),
                    ValidationError(
                        _(
                            "Levels of %(name)s are filled in, but there is no consent. Ask "
                            "for it, or empty the levels: without consent they may not be kept."
                        ),
                        params={"name": resident.name},
                    ),
                )
        told = (
            data.get("met")
            or data.get("lessons")
            or any(self._levels_of(r) or data.get(self._consent_name(r)) for r in self.residents)
        )
        if told and data.get("outcome") and not met_someone:
            self.add_error(
                "outcome",
                _(
                    "People, levels or lessons are filled in, so somebody was met. Choose "
                    "“Met someone”, or empty them."
                ),
            )
        answers = [data.get(self._consent_name(r)) for r in self.residents]
        if ConsentAnswer.PAPER in answers and not data.get("paper_number"):
            self.add_error("paper_number", _("Enter the number on the paper that was signed."))

    def clean_paper_number(self) -> str:
        number = self.cleaned_data["paper_number"]
        if mask_numbers(number) != number:
            raise ValidationError(
                _(
                    "This looks like a citizen-ID number, which is never kept. Enter the number "
                    "that is printed on the consent paper."
                )
            )
        return number

    def _clean_consent_times(self) -> None:
        """A form typed in late may be older than the consent, or than its withdrawal."""
        moment = self.cleaned_data.get("visited_at")
        if moment is None:
            return
        for resident in self.residents:
            answer = self.cleaned_data.get(self._consent_name(resident))
            if answer not in (ConsentAnswer.SAID, ConsentAnswer.PAPER):
                answer = None
            if not answer and not self._levels_of(resident):
                continue
            consents = resident.consents.all()
            in_force = [c.given_at for c in consents if c.withdrawn_at is None]
            withdrawn = [c.withdrawn_at for c in consents if c.taken_back_after(moment)]
            if in_force and min(in_force) > moment:
                self._refuse_levels(resident, min(in_force), AGREED_LATER)
            elif not in_force and withdrawn:
                self._refuse_levels(resident, max(withdrawn), TAKEN_BACK_LATER)

    def _refuse_levels(self, resident: Resident, when: datetime, sentence: str) -> None:
        shown = f"{timezone.localtime(when):%H:%M %d/%m/%Y}"
        self.add_error(
            "visited_on", ValidationError(sentence, params={"name": resident.name, "time": shown})
        )

    def _levels_of(self, resident: Resident) -> list[payloads.Level]:
        levels = []
        for skill in self.skills:
            level = self.cleaned_data.get(self._level_name(resident, skill))
            if level is not None:
                levels.append(payloads.Level(resident=resident.pk, skill=skill.pk, level=level))
        return levels

    # What the form says.

    def events(self) -> list[LedgerEvent]:
        """The visit, whose uuid is the form's key, and what was said and kept at it. They name the
        visit, so that taking it back takes them along."""
        consents = [
            self._event(Type.CONSENT_GIVEN, self._consent(resident))
            for resident in self.residents
            if self.cleaned_data.get(self._consent_name(resident))
            in (ConsentAnswer.SAID, ConsentAnswer.PAPER)
        ]
        visit = self._event(Type.VISIT_RECORDED, self._visit(), uuid=self.cleaned_data["key"])
        done = [
            self._event(
                Type.FOLLOW_UP_DONE,
                payloads.FollowUpDone(
                    follow_up=promise.pk,
                    done_at=self.cleaned_data["visited_at"],
                    visit=self.cleaned_data["key"],
                ),
            )
            for promise in self.cleaned_data["follow_ups_done"]
        ]
        return [*consents, visit, *done]

    def _event(self, type: Type, said: payloads.Payload, uuid: UUID | None = None) -> LedgerEvent:
        return event_of(
            type,
            said,
            ward=self.household.ward_id,
            household=self.household.pk,
            actor=self.typist,
            uuid=uuid,
            now=self.now,
        )

    def _consent(self, resident: Resident) -> payloads.ConsentGiven:
        answer = self.cleaned_data[self._consent_name(resident)]
        return payloads.ConsentGiven(
            resident=resident.pk,
            purpose=Consent.Purpose.SKILLS_RECORD,
            wording_version=CURRENT_VERSION,
            wording_sha256=wording_hash(CURRENT_VERSION),
            method=answer,
            paper_number=self.cleaned_data["paper_number"] if answer == ConsentAnswer.PAPER else "",
            given_at=self.cleaned_data["visited_at"],
            visit=self.cleaned_data["key"],
        )

    def _visit(self) -> payloads.VisitRecorded:
        data = self.cleaned_data
        levels = [level for resident in self.residents for level in self._levels_of(resident)]
        answers = {r.pk: data.get(self._consent_name(r)) for r in self.residents}
        # Whoever answered or showed what they can do was met, ticked or not.
        met = {resident.pk for resident in data["met"]} | {level.resident for level in levels}
        met |= {key for key, answer in answers.items() if answer}
        refused = [key for key, answer in answers.items() if answer == ConsentAnswer.REFUSED]
        promise = None
        if data["follow_up"]:
            # Derived from the key, so that the form sent twice says the same thing twice.
            promise = payloads.Promise(
                id=uuid5(data["key"], "follow-up"),
                what=data["follow_up"],
                due_on=data["follow_up_on"],
            )
        return payloads.VisitRecorded(
            visited_at=data["visited_at"],
            outcome=data["outcome"],
            visitor=data["visitor"].pk,
            companions=sorted(u.pk for u in data["companions"] if u != data["visitor"]),
            met=sorted(met),
            refused_consent=refused,
            assessments=levels,
            lessons_taught=[int(number) for number in data["lessons"]],
            follow_up=promise,
            note=data["note"],
        )
