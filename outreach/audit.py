"""What staff changed about indicators, targets, allowances and forms, in Wagtail's audit log."""

from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import LogFormatter, log

from outreach.models import AllowanceRule, Indicator, ReportForm, Target
from volunteers.models import Area

Recorded = Indicator | Target | Area | ReportForm | AllowanceRule


def record(instance: Recorded, action: str, **data) -> None:
    """Log `action` for the person at work, whom Wagtail knows. Something that goes must still be
    there."""
    log(instance, f"outreach.{action}", title=f"{instance} ({instance.pk})", data=data)


def said_of(target: Target) -> dict[str, str]:
    """What a target is, for the log."""
    return {
        "indicator": target.indicator_id,
        "area": target.area_id,
        "first": target.first.isoformat(),
        "last": target.last.isoformat(),
        "measure": str(target.measure),
        "value": str(target.value),
    }


def said_of_allowance(rule: AllowanceRule) -> dict[str, str | int | None]:
    """What an allowance is, for the log."""
    return {
        "area": rule.area_id,
        "first": rule.first.isoformat(),
        "last": rule.last.isoformat() if rule.last else None,
        "amount": rule.amount,
        "most_days": rule.most_days,
        "most_for_person": rule.most_for_person,
        "most_for_team": rule.most_for_team,
        "source": rule.source,
    }


class TargetsImported(LogFormatter):
    label = _("Import targets")

    def format_message(self, log_entry) -> str:
        return _("Targets imported: %(added)s new, %(changed)s changed") % {
            "added": log_entry.data["added"],
            "changed": log_entry.data["changed"],
        }


ACTIONS = {
    "indicator_added": (_("Add an indicator"), _("Indicator added")),
    "indicator_changed": (_("Change an indicator"), _("Indicator changed")),
    "indicator_deleted": (_("Delete an indicator"), _("Indicator deleted with its targets")),
    "target_added": (_("Add a target"), _("Target added")),
    "target_changed": (_("Change a target"), _("Target changed")),
    "target_deleted": (_("Delete a target"), _("Target deleted")),
    "allowance_added": (_("Add an allowance"), _("Allowance added")),
    "allowance_changed": (_("Change an allowance"), _("Allowance changed")),
    "allowance_deleted": (_("Delete an allowance"), _("Allowance deleted")),
    "form_added": (_("Add a form"), _("Form added")),
    "form_replaced": (_("Replace a form"), _("Form replaced")),
    "form_removed": (_("Remove a form"), _("Form removed")),
}


def register(actions) -> None:
    """Teach Wagtail's log the words for our actions."""
    for name, (label, message) in ACTIONS.items():
        actions.register_action(f"outreach.{name}", label, message)
    actions.register_action("outreach.targets_imported")(TargetsImported)
