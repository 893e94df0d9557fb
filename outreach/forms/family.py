"""The parts of the visit form that are about the people of a home."""

from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from courses.models import Skill
from outreach.models import Consent, Resident

LONGEST_KEY = 18
AGREED_LATER = _(
    "%(name)s agreed only at %(time)s, after this visit. Correct the time of the visit, or empty "
    "the levels of %(name)s: what was seen before the consent may not be kept."
)
TAKEN_BACK_LATER = _(
    "%(name)s took the consent back at %(time)s, after this visit. Empty the consent and the "
    "levels of %(name)s: they may not be kept any more."
)


class ConsentAnswer:
    """What a resident answered; the empty answer means that nobody asked."""

    SAID = "said"
    PAPER = "paper"
    REFUSED = "refused"
    CHOICES = (
        (SAID, _("Agrees, said aloud")),
        (PAPER, _("Agrees, signed on paper")),
        (REFUSED, _("Does not agree")),
    )


@dataclass(frozen=True)
class Cell:
    """One resident, one skill: the field to fill in (None: too young for it), the last level."""

    field: forms.BoundField | None
    previous: str


@dataclass(frozen=True)
class SkillRow:
    skill: Skill
    cells: list[Cell]


@dataclass(frozen=True)
class Member:
    """A resident with the consent in force (None: none) and the field to ask for it."""

    resident: Resident
    consent: Consent | None
    refused_before: bool
    field: forms.BoundField | None


class PeopleField(forms.ModelMultipleChoiceField):
    """Several people, by number; one beyond what a database counts to is nobody's."""

    def clean(self, value):
        for key in map(str, value or ()):
            if len(key) > LONGEST_KEY:
                message = self.error_messages["invalid_choice"]
                raise ValidationError(message, "invalid_choice", {"value": key[:LONGEST_KEY]})
        return super().clean(value)
