"""From the rows of a home to the household: who lives there, who its head is, where it stands."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from outreach.models import Resident
from outreach.roster.grouping import Group, group_rows
from outreach.roster.meanings import Meaning
from outreach.roster.naming import NamedPerson
from outreach.roster.neighbourhoods import (
    Neighbourhood,
    find_mention,
    parse_neighbourhood,
    without_mention,
)
from outreach.roster.rows import ListedRow, RowReader
from volunteers.names import fold, normalise_name


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """None: the list does not say."""

    name: str
    birth_year: int | None = None
    sex: Resident.Sex | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class ListedHousehold:
    """A household as the list gives it. `row` is its first one, `rows` are all. `head` is an index
    into `people`; `head_is_said`: the list says who it is, and the first person is not merely taken
    for it. `names_members`: the list names everybody, not only the head. `stall`: a household
    business."""

    sheet: str
    row: int
    neighbourhood: Neighbourhood
    address: str
    people: tuple[ListedPerson, ...]
    head: int = 0
    head_is_said: bool = True
    names_members: bool = False
    size: int | None = None
    stall: bool = False
    card_code: str | None = None
    rows: tuple[int, ...] = ()


def gather_households(
    reader: RowReader, rows: list[ListedRow], of_sheet: Neighbourhood | None
) -> tuple[list[ListedHousehold], tuple[tuple[int, ...], ...]]:
    """The households of one sheet, and the row numbers of each, also of those that cannot be used;
    what is wrong with these is added to the reader's problems.

    `of_sheet` is the neighbourhood that the sheet's title or letterhead names.
    """
    groups, names_members = group_rows(reader, rows)
    carried = _carried_neighbourhoods(groups)
    found = []
    for group, above in zip(groups, carried, strict=True):
        household = _household(reader, group, [above, of_sheet], names_members)
        if household:
            found.append(household)
    _say_once_what_all_lack(reader, len(groups))
    return found, tuple(tuple(row.number for row in group) for group in groups)


def _say_once_what_all_lack(reader: RowReader, households: int) -> None:
    """A list that nowhere names a neighbourhood has one problem, not one for each home."""
    missing = [p for p in reader.problems if p.code == "neighbourhood_missing"]
    if len(missing) == households > 1:
        others = [p for p in reader.problems if p.code != "neighbourhood_missing"]
        reader.problems[:] = [
            replace(missing[0], row=reader.header.bottom or reader.header.first_row),
            *others,
        ]


def _carried_neighbourhoods(groups: list[Group]) -> list[Neighbourhood | None]:
    """For each household what the separator above it names, or, when half of the households leave
    the cell blank, the last neighbourhood written above."""
    written = sum(any(row.neighbourhood for row in group) for group in groups)
    carries = 0 < written * 2 <= len(groups)
    last = None
    carried = []
    for group in groups:
        named = next((row.neighbourhood for row in group if row.neighbourhood), None)
        last = named or last
        carried.append(group[0].section_names or (last if carries else None))
    return carried


def _household(
    reader: RowReader,
    group: Group,
    above: list[Neighbourhood | None],
    names_members: bool,
) -> ListedHousehold | None:
    first = group[0]
    people, head, head_is_said = _people(reader, group)
    bad = {meaning for row in group for meaning in row.bad}
    address, neighbourhood = _where(group, above)
    if not address and neighbourhood and reader.without_addresses:
        address = neighbourhood.full_name
        reader.counted["village_for_address"] += 1
    usable = bool(people)
    if not address:
        usable = False
        if Meaning.ADDRESS not in bad and Meaning.HOUSE_NUMBER not in bad:
            message = _("The household has no address. Please fill in the house number and street.")
            reader.add_problem(first.number, Meaning.ADDRESS, "address_missing", message)
    if not neighbourhood or Meaning.NEIGHBOURHOOD in bad:
        usable = False
        if Meaning.NEIGHBOURHOOD not in bad:
            message = _(
                "Nothing says in which neighbourhood the household lives. Please fill in the "
                "neighbourhood, or name it in the sheet's title."
            )
            reader.add_problem(
                first.number, Meaning.NEIGHBOURHOOD, "neighbourhood_missing", message
            )
    if not usable or not address or not neighbourhood:
        return None
    return ListedHousehold(
        sheet=reader.grid.name,
        row=first.number,
        neighbourhood=neighbourhood,
        address=address,
        people=tuple(people),
        head=head,
        head_is_said=head_is_said,
        names_members=names_members or any(row.members for row in group),
        size=_first(row.size for row in group),
        stall=any(row.business for row in group),
        card_code=_first(row.card_code for row in group),
        rows=tuple(row.number for row in group),
    )


def _where(
    group: Group, above: list[Neighbourhood | None]
) -> tuple[str | None, Neighbourhood | None]:
    """Address and neighbourhood: of what the rows, the places above and the address name, the first
    that is not a mere part of another."""
    address = _first(row.address for row in group)
    written = _first(row.neighbourhood for row in group)
    mentioned = None
    if address:
        address, mentioned = without_mention(address)
        if not mentioned and not written and not any(above):
            mentioned = find_mention(address) or _village(address)
    found = [one for one in (written, *above, mentioned) if one]
    if found and found[0].is_team:
        return address, next((one for one in found if one.kind and not one.is_team), found[0])
    return address, found[0] if found else None


def _village(address: str) -> Neighbourhood | None:
    """The village that is all the address there is: "Bản Suối Chải"."""
    found = parse_neighbourhood(address)
    return found if found and found.is_rural else None


def _first(values: Iterable):
    return next((value for value in values if value is not None), None)


def _people(reader: RowReader, group: Group) -> tuple[list[ListedPerson], int, bool]:
    """The named people, the head's index, and whether the list says that this is the head. Nobody
    when the head's own row cannot be used."""
    if reader.columns.has(Meaning.MEMBERS):
        return _people_of_cells(reader, group)
    people: list[ListedPerson] = []
    head: int | None = None
    head_row = next((row for row in group if row.is_head), group[0])
    only_heads = not reader.columns.has(Meaning.NAME)
    for row in group:
        name = _name_of(reader, row, only_heads)
        if row.has_died and name is not None and row is not head_row:
            reader.counted["died_left_out"] += 1
            continue
        if row is head_row and (name is None or _head_has_died(reader, row)):
            # Without its head a household could not be told from another at its address.
            return [], 0, False
        if name is None:
            continue
        if row.is_head and head is None:
            head = len(people)
        people.append(ListedPerson(name, row.birth_year, row.sex, row.phone))
    if head is not None:
        return people, head, True
    head_name = _first(row.head_name for row in group)
    if head_name and not only_heads:
        return *_with_head(people, ListedPerson(head_name)), True
    return people, 0, only_heads or len(group) == 1


def _name_of(reader: RowReader, row: ListedRow, only_heads: bool) -> str | None:
    name = row.head_name if only_heads else row.name
    meaning = Meaning.HEAD_NAME if only_heads else Meaning.NAME
    if name is None and meaning not in row.bad:
        message = _("The row has no name. Please fill in the name, or delete the row.")
        reader.add_problem(row.number, meaning, "name_missing", message)
    return name


def _head_has_died(reader: RowReader, row: ListedRow) -> bool:
    if row.has_died:
        message = _(
            "The list says that the head of the household has died. Please write who is the head "
            "now, or delete the row if nobody lives there any more."
        )
        meaning = Meaning.HEAD_NAME if row.head_name else Meaning.NAME
        reader.add_problem(row.number, meaning, "deceased_named", message)
    return row.has_died


def _people_of_cells(reader: RowReader, group: Group) -> tuple[list[ListedPerson], int, bool]:
    """The head, of whom the row speaks, and the members whom one of its cells lists. Where no
    column names the head, the members say who it is, else it is the first."""
    row = group[0]
    heads = Meaning.HEAD_NAME if reader.columns.has(Meaning.HEAD_NAME) else Meaning.NAME
    listed = _once(member for one in group for member in one.members)
    said = next((member for member in listed if member.is_head), None)
    name = row.head_name if heads == Meaning.HEAD_NAME else row.name
    if name is None and reader.columns.has(heads):
        _name_of(reader, row, heads == Meaning.HEAD_NAME)
        return [], 0, False
    if _head_has_died(reader, row):
        return [], 0, False
    reader.counted["died_left_out"] += sum(member.has_died for member in listed)
    reader.counted["year_from_age"] += sum(member.from_age for member in listed)
    members = [_listed(member) for member in listed if not member.has_died]
    if name is not None:
        head = ListedPerson(name, row.birth_year, row.sex, row.phone)
        return *_with_head(members, head), True
    if not members:
        if Meaning.MEMBERS not in row.bad:
            message = _("The row has no name. Please fill in the name, or delete the row.")
            reader.add_problem(row.number, Meaning.MEMBERS, "name_missing", message)
        return [], 0, False
    at = members.index(_listed(said)) if said and not said.has_died else 0
    return members, at, said is not None or len(members) == 1


def _once(members: Iterable[NamedPerson]) -> list[NamedPerson]:
    """Everybody once, though the wife may stand in a column of her own and among all members."""
    found: dict[str, NamedPerson] = {}
    for member in members:
        key = fold(member.name)
        known = found.get(key)
        if known and None not in (known.birth_year, member.birth_year):
            key += f" {member.birth_year}"
        if known is None or key not in found or known.birth_year is None:
            found[key] = member
    return list(found.values())


def _listed(member: NamedPerson) -> ListedPerson:
    return ListedPerson(normalise_name(member.name), member.birth_year, member.sex, member.phone)


def _with_head(people: list[ListedPerson], head: ListedPerson) -> tuple[list[ListedPerson], int]:
    """The head named in a column of its own is one of the people, or lives there unlisted. What
    the row says of the head counts more than what stands in the list of members."""
    for index, person in enumerate(people):
        if fold(person.name) == fold(head.name):
            people[index] = ListedPerson(
                head.name if fold(head.name) != head.name.lower() else person.name,
                head.birth_year or person.birth_year,
                head.sex or person.sex,
                head.phone or person.phone,
            )
            return people, index
    return [head, *people], 0
