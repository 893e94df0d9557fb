"""Words for values that a template has without their model."""

from django import template

from outreach.models import Visit

register = template.Library()


@register.filter
def outcome(value: str) -> str:
    """The name of a visit's outcome."""
    return Visit.Outcome(value).label
