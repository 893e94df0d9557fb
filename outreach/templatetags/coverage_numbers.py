"""Numbers as people here write them: 1.234 and 63,2%."""

from datetime import date
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from outreach.coverage import Figure
from outreach.list_addresses import Lists
from outreach.member_list import MemberList
from outreach.member_rows import Doors

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


@register.simple_tag
def opens(number: int, figure: Figure, lists: Lists | None, part: str) -> str:
    """The number of a figure, leading to the list of that part for those who have lists."""
    if not lists:
        return whole(number)
    return format_html('<a href="{}">{}</a>', lists.address(figure.code, part), whole(number))


@register.simple_tag
def uncounted(figure: Figure, lists: Lists | None) -> str:
    """How many are among those counted and were not, leading to their list."""
    return opens((figure.denominator or 0) - figure.numerator, figure, lists, "chua")


@register.simple_tag
def list_size(listed: MemberList, rows: int) -> str:
    """How many rows a list has, in its unit; of classes also how many people came."""
    if listed.measure.rule == "class_attendance":
        return _("%(classes)s classes") % {"classes": whole(rows)}
    return f"{whole(rows)} {listed.measure.unit}"


@register.simple_tag
def list_cell(value: Any) -> str:
    """A table cell: addresses of homes lead to them, numbers stand right, days are written out."""
    if isinstance(value, Doors):
        links = format_html_join("; ", '<a href="{1}">{0}</a>', value.links)
        return format_html("<td>{}</td>", links)
    if isinstance(value, date):
        return format_html("<td>{}</td>", f"{value:%d/%m/%Y}")
    if isinstance(value, int):
        return format_html('<td class="coverage__number">{}</td>', value)
    return format_html("<td>{}</td>", value or "")
