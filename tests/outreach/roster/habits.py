"""Households, and the habits of wards in writing them down, drawn at random. The clerk writes."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from hypothesis import strategies as st

FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Võ", "Đặng", "Bùi", "Hồ", "Tống", "Chu", "Đỗ")
MIDDLES = ("Văn", "Thị", "Hữu", "Thị Ánh", "Đức", "Kim", "Ngọc Như", "Quốc")
GIVEN = (
    "An",
    "Bé",
    "Cường",
    "Đào",
    "Én",
    "Giàu",
    "Hạnh",
    "Lộc",
    "Mười",
    "Nữ",
    "Tổng",
    "Ước",
    "Sáu",
)
STREETS = ("Võ Thị Sáu", "Lý Chính Thắng", "Kỳ Đồng", "Trần Quốc Thảo", "Nguyễn Thông", "3 Tháng 2")
PER_PERSON = ("blank", "merged", "repeated")


@dataclass(frozen=True)
class Person:
    name: str
    birth: int | None = None
    sex: str | None = None
    phone: str | None = None


@dataclass(frozen=True)
class Home:
    """The first of `people` is the head; `place` is the number of the neighbourhood."""

    place: int
    house: str
    street: str
    people: tuple[Person, ...]

    @property
    def address(self) -> str:
        return f"{self.house} {self.street}"


@dataclass(frozen=True)
class Habits:
    layout: str = "household"
    place: str = "column"
    births: str = "year"
    phones: str = "text"
    members: int = 0
    letterhead: bool = True
    tall: bool = False
    numbered: bool = False
    pages: bool = False
    split_address: bool = False
    says_sex: bool = True
    relation: bool = True
    capitals: bool = False
    spaces: bool = False
    decomposed: bool = False
    totals: bool = True
    signature: bool = True
    gap: bool = False
    split_name: bool = False
    titles: bool = False
    blanks: bool = False
    cards: bool = False
    # Wording, order and whatever else is chosen among equals.
    seed: int = 0
    left_out: frozenset[str] = field(default_factory=frozenset)


@st.composite
def habits(draw) -> Habits:
    flags = (
        "letterhead tall numbered pages split_address says_sex relation capitals spaces decomposed "
        "totals signature gap split_name titles blanks cards"
    )
    return Habits(
        layout=draw(st.sampled_from(("household", "members", *PER_PERSON))),
        place=draw(st.sampled_from(("column", "separator", "sheet", "address"))),
        births=draw(st.sampled_from(("year", "text", "date", "about", "by_sex", "age", "beside"))),
        phones=draw(st.sampled_from(("text", "number", "dots", "plus", "spaces"))),
        members=draw(st.integers(0, 3)),
        seed=draw(st.integers(0, 10_000)),
        left_out=draw(st.frozensets(st.sampled_from(("number", "work", "note", "size")))),
        **{flag: draw(st.booleans()) for flag in flags.split()},
    )


@st.composite
def people(draw) -> Person:
    name = " ".join(draw(st.sampled_from(part)) for part in (FAMILIES, MIDDLES, GIVEN))
    return Person(
        name,
        draw(st.none() | st.integers(1930, 2024)),
        draw(st.sampled_from(("male", "female"))),
        draw(st.none() | st.integers(300_000_000, 999_999_999).map(lambda n: f"0{n}")),
    )


@st.composite
def homes(draw, least: int = 1, most: int = 7) -> list[Home]:
    house = st.from_regex(r"[1-9][0-9]{0,2}(/[1-9][0-9]?){0,2}[AB]?", fullmatch=True)
    home = st.builds(
        Home,
        st.integers(1, 4),
        house,
        st.sampled_from(STREETS),
        st.lists(people(), min_size=1, max_size=4, unique_by=lambda person: person.name).map(tuple),
    )
    unique = st.lists(home, min_size=least, max_size=most, unique_by=lambda h: h.address)
    return draw(unique.map(lambda found: sorted(found, key=lambda one: one.place)))


def expected(written: Iterable[Home], how: Habits) -> list[tuple]:
    """What can be read back: (neighbourhood, address, people with the head first)."""
    found = []
    for home in written:
        said = []
        for person in home.people if how.layout != "household" else home.people[:1]:
            sex = person.sex if how.says_sex or how.titles else None
            if how.births == "by_sex" and person.birth:
                sex = person.sex
            phone = person.phone
            if how.layout == "members" and person is not home.people[0]:
                sex = phone = None
            said.append((person.name, person.birth, sex, phone))
        found.append((f"Khu phố {home.place}", home.address, said))
    return found
