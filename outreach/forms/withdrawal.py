"""Taking back: a visit recorded by mistake, a consent once given."""

from datetime import datetime

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from outreach import payloads
from outreach.ledger import event_of
from outreach.models import Consent, LedgerEvent, Resident, Visit
from volunteers.models import User


class VoidForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is this visit wrong?"),
        help_text=_("For example: wrong home, typed in twice."),
        max_length=200,
    )

    def __init__(self, visit: Visit, actor: User, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.visit, self.actor = visit, actor
        self.helper = FormHelper()
        self.helper.form_tag = False

    def event(self) -> LedgerEvent:
        return event_of(
            LedgerEvent.Type.VISIT_VOIDED,
            payloads.VisitVoided(visit=self.visit.pk, reason=self.cleaned_data["reason"]),
            ward=self.visit.ward_id,
            household=self.visit.household_id,
            actor=self.actor,
        )


def consent_withdrawn(resident: Resident, actor: User, now: datetime) -> LedgerEvent:
    """That `resident` took the consent back now. There is nothing to fill in."""
    return event_of(
        LedgerEvent.Type.CONSENT_WITHDRAWN,
        payloads.ConsentWithdrawn(
            resident=resident.pk, purpose=Consent.Purpose.SKILLS_RECORD, withdrawn_at=now
        ),
        ward=resident.ward_id,
        household=resident.household_id,
        actor=actor,
        now=now,
    )
