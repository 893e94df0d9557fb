"""A ward's list as large as they come, with made-up people, always the same for the same seed."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

from openpyxl import Workbook

HEADER = (
    (
        *("STT", "Họ và tên", "Quan hệ với chủ hộ", "Ngày, tháng, năm sinh", None, "Địa chỉ", None),
        *("Số điện thoại", "Nghề nghiệp", "Cư trú", "Nhóm", "Ghi chú"),
    ),
    (None, None, None, "Nam", "Nữ", "Số nhà, đường", "KP"),
)
_NAMES = {
    "family": "Nguyễn Trần Lê Phạm Huỳnh Hoàng Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý",
    "Nam": "Văn Hữu Đức Minh Quốc Thanh Công Đình",
    "Nữ": "Thị Ngọc Thu Kim Bích Mỹ Thanh Hồng",
    "given Nam": "An Bình Cường Dũng Hải Hùng Khánh Long Nghĩa Phúc Quân Sơn Tài Thắng Tuấn",
    "given Nữ": "Ánh Bé Châu Dung Điệp Hạnh Hương Lan Liên Mai Nga Oanh Phượng Thảo Trang Yến",
}
NAMES = {kind: names.split() for kind, names in _NAMES.items()}
STREETS = ("Võ Thị Sáu", "Lý Chính Thắng", "Trần Quốc Thảo", "Bà Huyện Thanh Quan", "Kỳ Đồng")
RELATIONS = ("Vợ", "Chồng", "Con", "Mẹ", "Cháu", "Anh", "Em", "Con dâu")
NEIGHBOURHOODS = 60


def write_list(path: Path, homes: int = 30_000, people: int = 108_000, seed: int = 1) -> None:
    """Write an .xlsx with one row per person: `homes` households of `people` persons in all."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Danh sách")
    sheet.append(("UBND PHƯỜNG XUÂN HÒA",))
    sheet.append(("DANH SÁCH NHÂN KHẨU THEO HỘ",))
    for row in HEADER:
        sheet.append(row)
    for row in _rows(Random(seed), homes, people):
        sheet.append(row)
    book.save(path)


def _rows(random: Random, homes: int, people: int) -> Iterator[tuple]:
    sizes = [1] * homes
    for _ in range(people - homes):
        sizes[random.randrange(homes)] += 1
    for number, size in enumerate(sizes, 1):
        # Every home has an address of its own, as in a ward.
        address = f"{number // 5 + 1}/{number % 5 + 1} {STREETS[number % len(STREETS)]}"
        neighbourhood = number * NEIGHBOURHOODS // (homes + 1) + 1
        for position in range(size):
            relation = random.choice(RELATIONS) if position else "Chủ hộ"
            home = (None, None) if position else (address, neighbourhood)
            yield (None if position else number, *_person(random, relation, home))


def _person(random: Random, relation: str, home: tuple) -> tuple:
    sex = random.choice(("Nam", "Nữ"))
    name = " ".join(random.choice(NAMES[kind]) for kind in ("family", sex, f"given {sex}"))
    born = date(1935, 1, 1) + timedelta(days=random.randrange(31_000))
    birth = born.year if random.random() < 0.5 else f"{born:%d/%m/%Y}"
    births = (birth, None) if sex == "Nam" else (None, birth)
    phone = f"09{random.randrange(10**8):08d}" if random.random() < 0.4 else None
    work = random.choice(("Nội trợ", "Hưu trí", "Công nhân", "Buôn bán", "Học sinh"))
    stay = random.choice(("Thường trú", "Tạm trú"))
    note = "Hay vắng nhà ban ngày" if random.random() < 0.05 else None
    return (name, relation, *births, *home, phone, work, stay, random.randrange(1, 9), note)
