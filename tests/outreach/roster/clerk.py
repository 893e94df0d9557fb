"""Writes households into a spreadsheet with the given habits."""

import unicodedata
from collections.abc import Iterable
from datetime import date
from itertools import groupby
from random import Random

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from tests.outreach.roster.habits import PER_PERSON, Habits, Home, Person
from tests.outreach.roster.lists import saved

HEADINGS = {
    "number": ("STT", "TT", "Số TT", "Số thứ tự"),
    "household_number": ("STT hộ", "Số hộ", "Hộ số", "Mã hộ"),
    "head": ("Họ và tên chủ hộ", "Chủ hộ", "HỌ TÊN CHỦ HỘ", "Tên chủ hộ", "Chủ hộ (ghi chữ in)"),
    "family": ("Họ và chữ đệm", "Họ đệm", "Họ"),
    "given": ("Tên",),
    "name": ("Họ và tên", "Họ tên", "HỌ VÀ TÊN", "Họ và tên thành viên"),
    "relation": ("Quan hệ với chủ hộ", "Quan hệ", "QH với chủ hộ", "Mối quan hệ"),
    "birth": ("Năm sinh", "Ngày sinh", "NS", "Ngày, tháng, năm sinh", "Sinh năm"),
    "birth_male": ("Nam",),
    "birth_female": ("Nữ",),
    "sex": ("Giới tính", "GT", "Phái", "Nam/Nữ"),
    "address": ("Địa chỉ", "Nơi ở hiện tại", "Địa chỉ thường trú", "Nơi cư trú", "Chỗ ở", "Đ/C"),
    "house": ("Số nhà", "Nhà số"),
    "street": ("Đường", "Tên đường", "Đường/hẻm"),
    "place": ("Khu phố", "KP", "Thuộc khu phố", "KHU PHỐ", "Tên khu phố"),
    "phone": ("Số điện thoại", "SĐT", "Điện thoại", "Di động", "Số ĐT", "Zalo/SĐT"),
    "size": ("Số nhân khẩu", "Số người", "NK", "Tổng số nhân khẩu"),
    "members": ("Các thành viên trong hộ", "Thành viên trong hộ", "Danh sách thành viên"),
    "age": ("Tuổi", "Độ tuổi", "Tuổi (tính đến năm 2026)"),
    "card": ("Số CCCD", "CCCD/CMND", "Số định danh cá nhân"),
    "work": ("Nghề nghiệp", "Công việc hiện nay"),
    "note": ("Ghi chú", "GC"),
}
GROUPS = {"birth_male": "Năm sinh", "birth_female": "Năm sinh", "house": "Nơi ở", "street": "Nơi ở"}
RELATIONS = ("Vợ", "Con", "Cháu", "Con dâu", "Mẹ", "Em ruột", "Chú")
NOTHING = (None, None, "", "không có", "-", "Không")


def write(written: list[Home], how: Habits) -> bytes:
    """An .xlsx with the households, written as `how` says."""
    book = Workbook()
    book.remove(book.active)
    clerk = Clerk(how)
    if how.place == "sheet":
        for place, some in groupby(written, lambda home: home.place):
            titled = clerk.random.random() < 0.5 or not how.letterhead
            title = clerk.pick((f"KP{place}", f"Khu phố {place}")) if titled else f"Sheet{place}"
            clerk.write_sheet(book.create_sheet(title), list(some), place)
    else:
        clerk.write_sheet(book.create_sheet("Danh sách"), written, None)
    return saved(book)


class Clerk:
    def __init__(self, how: Habits):
        self.how, self.random = how, Random(how.seed)
        self.columns = self._columns()
        self.headings = {column: self.pick(HEADINGS[column]) for column in self.columns}

    def pick(self, options):
        return self.random.choice(options)

    def _columns(self) -> list[str]:
        how = self.how
        per_person = how.layout in PER_PERSON
        groups = [["phone"], ["work"], ["note"], ["size"]]
        name = ["family", "given"] if how.split_name else ["name"]
        groups.append(name if per_person else ["head"])
        births = {"by_sex": ["birth_male", "birth_female"], "age": ["age"], "beside": []}
        groups.append(births.get(how.births, ["birth"]))
        groups += [["card"]] if how.cards else []
        groups.append(["house", "street"] if how.split_address else ["address"])
        groups += [["sex"]] if how.says_sex else []
        groups += [["place"]] if how.place == "column" else []
        groups += [["members"]] if how.layout == "members" else []
        groups += [["relation"]] if per_person and how.relation else []
        self.random.shuffle(groups)
        columns = [column for group in groups for column in group if column not in how.left_out]
        if not per_person:
            return columns if "number" in how.left_out else ["number", *columns]
        return ["household_number", *columns]

    def write_sheet(self, sheet: Worksheet, written: list[Home], place: int | None) -> None:
        self.sheet = sheet
        self.first = 2 if self.how.gap else 1
        if self.how.letterhead:
            self._line("ỦY BAN NHÂN DÂN PHƯỜNG XUÂN HÒA", last="CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
            self._line("DANH SÁCH HỘ GIA ĐÌNH" + (f" KHU PHỐ {place}" if place else ""))
            self._line("(Số liệu đến ngày 30/9/2026)")
            sheet.append([])
        self._write_header()
        for number, (section, some) in enumerate(groupby(written, lambda home: home.place), 1):
            chosen = list(some)
            if self.how.place == "separator":
                self._separator(number, section, len(chosen))
            for count, home in enumerate(chosen, 1):
                self._write_home(home, count)
                if self.how.blanks and self.random.random() < 0.3:
                    self.sheet.append([])
                if self.how.pages and self.random.random() < 0.3:
                    self._write_header()
            if self.how.totals and self.how.place == "separator":
                self._line(f"Cộng khu phố {section}: {len(chosen)} hộ", at=self.pick((0, 1)))
        if self.how.totals:
            self._line(f"Tổng cộng: {len(written)} hộ", at=self.pick((0, 1)))
        if self.how.signature:
            sheet.append([])
            self._line("", last="Xuân Hòa, ngày 30 tháng 9 năm 2026")
            self._line("NGƯỜI LẬP BIỂU", last="CHỦ TỊCH")
            self._line("Phạm Văn Ký", last="Đỗ Thị Duyệt")

    def _separator(self, number: int, place: int, count: int) -> None:
        name = self.pick((f"KHU PHỐ {place}", f"Khu phố {place} ({count} hộ)", f"KP {place}"))
        numbered = self.columns[0] in ("number", "household_number")
        if numbered and self.random.random() < 0.5:
            self._append([["I", "II", "III", "IV"][number - 1], name])
        else:
            self._append([f"{['I', 'II', 'III', 'IV'][number - 1]}. {name}"])

    def _write_header(self) -> None:
        how, sheet = self.how, self.sheet
        top = sheet.max_row + 1 if sheet.max_row > 1 or sheet["A1"].value else 1
        tall = how.tall or how.births == "by_sex"
        if not tall:
            self._append([self.headings[column] for column in self.columns])
        else:
            upper = [GROUPS.get(column, self.headings[column]) for column in self.columns]
            lower = [self.headings[c] if c in GROUPS else None for c in self.columns]
            self._append([None if self._continues(n) else word for n, word in enumerate(upper)])
            top = sheet.max_row
            self._append(lower)
            self._merge_header(top)
        if how.numbered:
            style = self.pick(("{}", "({})"))
            self._append([style.format(n) for n in range(1, len(self.columns) + 1)])

    def _continues(self, number: int) -> bool:
        """Whether the column stands below the group of the one before."""
        column = self.columns[number]
        return (
            number > 0
            and column in GROUPS
            and GROUPS.get(self.columns[number - 1]) == GROUPS[column]
        )

    def _merge_header(self, top: int) -> None:
        for number, column in enumerate(self.columns):
            letter = get_column_letter(self.first + number)
            if self._continues(number):
                before = get_column_letter(self.first + number - 1)
                self.sheet.merge_cells(f"{before}{top}:{letter}{top}")
            elif column not in GROUPS:
                self.sheet.merge_cells(f"{letter}{top}:{letter}{top + 1}")

    def _write_home(self, home: Home, count: int) -> None:
        listed = home.people if self.how.layout in PER_PERSON else home.people[:1]
        start = None
        for place, person in enumerate(listed):
            cells = self._of_person(person, place) | (
                self._of_home(home, count) if place == 0 or self.how.layout == "repeated" else {}
            )
            self._append([cells.get(column) for column in self.columns])
            start = start or self.sheet.max_row
        if self.how.layout == "merged" and len(listed) > 1:
            for number, column in enumerate(self.columns):
                if column in self._of_home(home, count) and column not in ("work", "note"):
                    letter = get_column_letter(self.first + number)
                    self.sheet.merge_cells(f"{letter}{start}:{letter}{self.sheet.max_row}")

    def _of_home(self, home: Home, count: int) -> dict:
        how = self.how
        address = home.address + (f", {self._place(home.place)}" if how.place == "address" else "")
        street = home.street + (f", {self._place(home.place)}" if how.place == "address" else "")
        return {
            "number": count,
            "household_number": count,
            "address": address,
            "house": int(home.house) if home.house.isdigit() else home.house,
            "street": street,
            "place": self.pick((home.place, f"KP{home.place}", f"Khu phố {home.place}")),
            "size": len(home.people),
            "members": self._members(home),
        }

    def _place(self, number: int) -> str:
        return self.pick((f"KP{number}", f"khu phố {number}", f"KP {number}"))

    def _members(self, home: Home) -> str:
        style = self.how.members
        whom = home.people if style == 3 else home.people[1:]
        written = []
        for number, person in enumerate(whom, 1):
            name, year = person.name, person.birth
            relation = "Chủ hộ" if person is home.people[0] else RELATIONS[number]
            written.append(
                {
                    0: f"{name} ({year})" if year else name,
                    1: f"{number}. {name} - {year}" if year else f"{number}. {name}",
                    2: f"- {relation}: {name}" + (f", {year}" if year else ""),
                    3: f"{name} ({relation.lower()}" + (f", {year})" if year else ")"),
                }[style]
            )
        return {0: ", ", 1: "; ", 2: "\n", 3: "; "}[style].join(written)

    def _of_person(self, person: Person, place: int) -> dict:
        family, _, given = person.name.rpartition(" ")
        if self.how.titles:
            family = ("Ông " if person.sex == "male" else "Bà ") + family
        if self.how.births == "beside" and person.birth:
            given += self.pick((f" ({person.birth})", f" - SN {person.birth}", f", {person.birth}"))
        if self.how.capitals:
            family, given = family.upper(), given.upper()
        name = f"{family} {given}"
        birth = self._birth(person.birth)
        return {
            "name": name,
            "head": name,
            "family": family,
            "given": given,
            "card": self.pick(("079060001234", 79060001234, None, "079 060 001 235")),
            "age": person.birth and 2026 - person.birth,
            "relation": "Chủ hộ" if place == 0 else self.pick(RELATIONS),
            "birth": birth,
            "birth_male": birth if person.sex == "male" else None,
            "birth_female": birth if person.sex == "female" else None,
            "sex": {"male": "Nam", "female": "Nữ"}[person.sex or "male"],
            "phone": self._phone(person.phone),
            "work": self.pick(("Hưu trí", "Công nhân", "Buôn bán", None)),
            "note": self.pick((None, "Hay vắng nhà ban ngày", "Người cao tuổi")),
        }

    def _birth(self, year: int | None):
        if year is None:
            return None if self.how.births == "by_sex" else self.pick(NOTHING)
        day, month = self.random.randint(1, 28), self.random.randint(1, 12)
        match self.how.births:
            case "text":
                return self.pick(
                    (f"{day:02}/{month:02}/{year}", f"{day}-{month}-{year}", f"{year}")
                )
            case "date":
                return date(year, month, day)
            case "about":
                return self.pick((f"khoảng {year}", f"{year} (ước)", year))
            case _:
                return year

    def _phone(self, phone: str | None):
        if phone is None:
            return self.pick(NOTHING)
        match self.how.phones:
            case "number":
                return int(phone)
            case "dots":
                return f"{phone[:4]}.{phone[4:7]}.{phone[7:]}"
            case "spaces":
                return f"{phone[:4]} {phone[4:7]} {phone[7:]}{self.pick(('', ' (con)'))}"
            case "plus":
                return f"+84 {phone[1:3]} {phone[3:6]} {phone[6:]}"
            case _:
                return phone

    def _line(self, text: str, last: str = "", at: int = 0) -> None:
        cells = [""] * len(self.columns)
        cells[at] = text
        if last:
            cells[-2] = last
        self._append(cells)

    def _append(self, cells: Iterable) -> None:
        written = [self._written(cell) for cell in cells]
        self.sheet.append([None] * (self.first - 1) + written)

    def _written(self, cell):
        if not isinstance(cell, str) or not cell:
            return cell or None
        if self.how.spaces and self.random.random() < 0.3:
            cell = f" {cell.replace(' ', '  ', 1)} "
        return unicodedata.normalize("NFD", cell) if self.how.decomposed else cell
