"""Numbers as people here write them: 1.234 and 63,2%."""

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def whole(number: int) -> str:
    return number_format(number, decimal_pos=0, use_l10n=True, force_grouping=True)


@register.filter
def percent(rate: float | None) -> str:
    """A rate from 0 to 1 with one decimal; a dash where there is none."""
    if rate is None:
        return "–"
    return f"{number_format(round(rate * 100, 1), decimal_pos=1, use_l10n=True)}%"


@register.filter
def heat(rate: float | None) -> int:
    """A rate's shade, from 1 (under a fifth) to 5 (four fifths or more); 0 where there is none."""
    return 0 if rate is None else min(int(rate * 5), 4) + 1
