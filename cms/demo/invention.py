"""Inventing families: names, years, addresses and phones that no real person is meant by."""

from dataclasses import dataclass
from random import Random

FAMILY_NAMES = [
    *["Nguyễn"] * 3, *["Trần"] * 2, *["Lê"] * 2, "Phạm", "Huỳnh", "Hoàng", "Phan", "Vũ", "Võ",
    "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý",
]  # fmt: skip
MIDDLE_NAMES = {
    "female": ["Thị Thu", "Thị Bích", "Thị Ngọc", "Thị Kim", "Thanh", "Mỹ", "Thị Hồng"],
    "male": ["Văn", "Hữu", "Đức", "Minh", "Quang", "Công", "Ngọc"],
}
GIVEN_NAMES = {
    "female": [
        "Hoa", "Lan", "Mai", "Cúc", "Hạnh", "Yến", "Thủy", "Phượng", "Liên", "Đào", "Nga", "Oanh",
        "Tuyết", "Sương", "Hương", "Dung",
    ],
    "male": [
        "Hùng", "Dũng", "Sơn", "Hải", "Long", "Tâm", "Phúc", "Bình", "Thắng", "Khánh", "Trí",
        "Việt", "Nam", "Tuấn", "Đạt", "Quân",
    ],
}  # fmt: skip
STREETS = (
    "Ngô Thời Nhiệm", "Lê Quý Đôn", "Hồ Xuân Hương", "Trương Quyền",
    "Phạm Ngọc Thạch", "Tú Xương", "Pasteur", "Nguyễn Gia Thiều",
)  # fmt: skip
# Who else lives in a home: the youngest and oldest of an age, and how likely.
OTHERS = ((50, 85, 0.6), (28, 50, 0.8), (28, 50, 0.6), (5, 20, 0.4), (1, 12, 0.2))


@dataclass(frozen=True)
class Person:
    name: str
    birth_year: int
    sex: str
    phone: str


@dataclass(frozen=True)
class Family:
    address: str
    kind: str
    people: list[Person]


def invent_person(chance: Random, youngest: int, oldest: int, year: int) -> Person:
    """Somebody of `youngest` to `oldest` years in `year`. Phones begin with 0599: a prefix that no
    operator had when this was written, so that a demo never names a real subscriber."""
    sex = chance.choice(("female", "male"))
    parts = (FAMILY_NAMES, MIDDLE_NAMES[sex], GIVEN_NAMES[sex])
    name = " ".join(chance.choice(part) for part in parts)
    age = chance.randint(youngest, oldest)
    phone = f"0599{chance.randrange(10**6):06}" if age >= 15 and chance.random() < 0.8 else ""
    return Person(name, year - age, sex, phone)


def invent_family(chance: Random, number: int, neighbourhood: int, year: int) -> Family:
    """The `number`-th home of a neighbourhood: an elder, then perhaps others, 3.6 people on
    average. No two homes of a neighbourhood share an address."""
    people = [invent_person(chance, 58, 86, year)]
    for youngest, oldest, likelihood in OTHERS:
        if chance.random() < likelihood:
            people.append(invent_person(chance, youngest, oldest, year))
    street = STREETS[neighbourhood % len(STREETS)]
    door = f"{number}" if number % 3 else f"{number}/{chance.randint(1, 9)}"
    kind = "stall" if chance.random() < 0.1 else "home"
    return Family(f"{door} {street}", kind, people)
