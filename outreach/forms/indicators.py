"""Indicators at the desk: the words of standard ones, and the ward's or city's own."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import Skill
from outreach.indicators import HOUSEHOLDS_REACHED, standard_words
from outreach.models import Indicator, Rule
from outreach.models.indicators import AMOUNTS, OF_HOUSEHOLDS, OF_RESIDENTS

WORDS = ["name", "explanation", "unit", "among"]
OLDEST = 120
LAST_POSITION = 9_999
AGES = ["minimum_age", "maximum_age"]
# What a rule makes nothing of is refused, so that nobody believes that it counts.
PARAMETERS = ["skills", "at_least", "threshold", *AGES, "kind"]


def used_by(rule: str) -> set[str]:
    """The parameters of which the rule makes something."""
    if rule == Rule.RESIDENTS_ABLE:
        return {"skills", "at_least", "threshold", *AGES}
    if rule in OF_RESIDENTS:
        return set(AGES)
    return {"kind"} if rule in OF_HOUSEHOLDS else set()


def _limit(position: forms.Field) -> None:
    position.help_text = _("Small numbers come first.")
    # Databases differ in how large a small number may be.
    position.validators.append(MaxValueValidator(LAST_POSITION))


class StandardIndicatorForm(forms.ModelForm):
    """Words, order, and whether it is shown; what is counted stays."""

    class Meta:
        model = Indicator
        fields = [*WORDS, "position", "hidden"]
        widgets = {"explanation": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        measure = standard_words(self.instance)
        for name in WORDS:
            standard = getattr(measure, name)
            if standard:
                self.fields[name].help_text = _("Empty: “%(words)s”") % {"words": standard}
        if measure.is_amount:
            del self.fields["among"]
        _limit(self.fields["position"])

    def clean_hidden(self) -> bool:
        hidden = self.cleaned_data["hidden"]
        if hidden and self.instance.pk == HOUSEHOLDS_REACHED:
            raise ValidationError(
                _("This one is always shown: the workbook proves by it that its sheets agree.")
            )
        return hidden


class OwnIndicatorForm(forms.ModelForm):
    """An indicator of one's own: a rule, its parameters, and words."""

    skills = forms.ModelMultipleChoiceField(
        Skill.objects.current(),
        label=gettext_lazy("skills"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Indicator
        fields = ["code", "name", "rule", *PARAMETERS, *WORDS[1:], "position", "hidden"]
        widgets = {"explanation": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        fields = self.fields
        if not self.instance._state.adding:
            # Targets and sheets name it by its code.
            del fields["code"]
        else:
            fields["code"].help_text = _(
                "Short, small letters without diacritics, digits, - and _; it stays as it is. "
                "Like: cap-moi-60-tuoi"
            )
            fields["code"].error_messages["invalid"] = _(
                "This is no code. Write letters without diacritics, digits, - and _ only, without "
                "spaces or dots; dots stand in the codes of the standard indicators."
            )
        fields["name"].required = True
        fields["skills"].help_text = _("For the rule “%(rule)s” only.") % {
            "rule": Rule.RESIDENTS_ABLE.label
        }
        fields["kind"].help_text = _("For households only; empty: every kind.")
        _limit(fields["position"])
        for name in ("explanation", "unit", "among"):
            fields[name].help_text = _("Empty: words made from the rule and its parameters.")

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if code != code.lower():
            raise ValidationError(
                _("“%(code)s” has capital letters. Write it in small ones."), params={"code": code}
            )
        if code in Rule.values:
            raise ValidationError(
                _("“%(code)s” is a code of the standard indicators. Choose another."),
                params={"code": code},
            )
        if Indicator.objects.filter(pk=code).exists():
            raise ValidationError(
                _("There is an indicator “%(code)s” already. Choose another code."),
                params={"code": code},
            )
        return code

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        rule = said.get("rule")
        if rule:
            self._refuse_unused(rule)
            if rule == Rule.RESIDENTS_ABLE:
                self._check_skills()
            if rule == Rule.RESIDENTS_PROGRESSED and (
                said.get("minimum_age") is not None or said.get("maximum_age") is not None
            ):
                self._ask_for_words()
        self._check_ages()
        return said

    def _refuse_unused(self, rule: str) -> None:
        used = used_by(rule)
        empty = ("", None, 1)
        for name in PARAMETERS:
            value = self.cleaned_data.get(name)
            given = value.exists() if name == "skills" and value is not None else value not in empty
            if given and name not in used:
                words = {"rule": Rule(rule).label}
                if name == "at_least":
                    sentence = _("“%(rule)s” counts no skills. Write 1, or choose another rule.")
                else:
                    sentence = _(
                        "“%(rule)s” makes nothing of this. Leave it empty, or choose another rule."
                    )
                self.add_error(name, sentence % words)

    def _check_skills(self) -> None:
        said = self.cleaned_data
        skills = list(said.get("skills") or ())
        if not skills:
            self.add_error("skills", _("Nothing is chosen. Choose at least one skill to count."))
            return
        at_least, threshold = said.get("at_least"), said.get("threshold")
        if at_least is not None and at_least > len(skills):
            words = {"wanted": at_least, "chosen": len(skills)}
            self.add_error(
                "at_least",
                _(
                    "Nobody can reach %(wanted)s skills where %(chosen)s are chosen. Choose more, "
                    "or write at most %(chosen)s."
                )
                % words,
            )
        if threshold is not None and not 1 <= threshold <= 3:
            self.add_error(
                "threshold",
                _("The ladder has no level %(level)s to reach. Write 1, 2 or 3, or leave it empty.")
                % {"level": threshold},
            )
        elif threshold is not None and not any(s.scale == Skill.Scale.LADDER for s in skills):
            self.add_error(
                "threshold",
                _("What is chosen has no ladder, only yes or no. Leave the level empty."),
            )

    def _ask_for_words(self) -> None:
        """The standard words for progress say nothing about ages."""
        for name in ("explanation", "among"):
            if not self.cleaned_data.get(name):
                self.add_error(name, _("With an age limit, please say here who is counted."))

    def _check_ages(self) -> None:
        said = self.cleaned_data
        least, most = said.get("minimum_age"), said.get("maximum_age")
        for name, age in zip(AGES, (least, most), strict=True):
            if age is not None and age > OLDEST:
                self.add_error(
                    name,
                    _("%(age)s years is too old. Write at most %(oldest)s.")
                    % {"age": age, "oldest": OLDEST},
                )
        if least is not None and most is not None and least > most:
            self.add_error(
                "maximum_age",
                _("From %(least)s up to %(most)s years there is nobody. Write the lower age first.")
                % {"least": least, "most": most},
            )

    def clean_at_least(self) -> int:
        at_least = self.cleaned_data["at_least"]
        if at_least < 1:
            raise ValidationError(_("At least one skill must be reached. Write 1 or more."))
        return at_least

    def clean_among(self) -> str:
        among = self.cleaned_data["among"]
        if among and self.cleaned_data.get("rule") in AMOUNTS:
            raise ValidationError(_("This rule has no denominator. Leave its words empty."))
        return among
