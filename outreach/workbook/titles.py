"""What stands over the tables of the workbook."""

from django.utils.translation import gettext as _

from outreach.coverage import Coverage
from outreach.office_sheet import Words
from volunteers.models import Area

Level = Area.Level


def workbook_title() -> str:
    return _("Coverage of Digital Literacy for All")


def letterhead(counted: Coverage, middle: int, columns: int) -> list[list[Words]]:
    """The office on the left up to column `middle`, the state on the right, the title below
    (Decree 30/2020/NĐ-CP, Annex I)."""
    area = counted.area
    office = [_("People's Committee"), area.name]
    if area.level in (Level.NEIGHBOURHOOD, Level.LANE):
        ward = Area.objects.get(pk=area.ward_code)
        office = [f"{office[0]} {ward.name}", area.name]
    state = [_("Socialist Republic of Viet Nam"), _("Independence – Freedom – Happiness")]
    return [
        [
            Words(office[0].upper(), 1, middle, size=13),
            Words(state[0].upper(), middle + 1, columns, bold=True, size=13),
        ],
        [
            Words(office[1].upper(), 1, middle, bold=True, size=13),
            Words(state[1], middle + 1, columns, bold=True, size=13),
        ],
        [],
        [Words(workbook_title().upper(), 1, columns, bold=True, size=14)],
        [Words(counted.period.words, 1, columns, italic=True)],
        [Words(counted.counted_at, 1, columns, italic=True)],
        [],
    ]


def heading(counted: Coverage, title: str, columns: int) -> list[list[Words]]:
    """What the sheet shows, of where, when, over its first `columns`."""
    when = f"{counted.period.words}. {counted.counted_at}."
    return [
        [Words(f"{title} – {counted.area.name}", 1, columns, bold=True, size=14, align="left")],
        [Words(when, 1, columns, italic=True, align="left")],
        [],
    ]
