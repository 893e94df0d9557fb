"""What clerks write around a name, in the cell for the name."""

from django.test import SimpleTestCase

from tests.outreach.roster.lists import read, workbook
from tests.outreach.roster.test_problems import places
from tests.outreach.roster.test_shapes import HEADER, row


class ANameInItsCell(SimpleTestCase):
    def head(self, name, birth=None, **cells):
        roster = read(workbook(HEADER, row(name=name, birth=birth, **cells)))
        self.assertEqual(roster.problems, [], name)
        return roster.households[0].people[0]

    def test_loses_its_title(self):
        for name, sex in (
            ("Ông Nguyễn Văn An", "male"),
            ("Bà: Nguyễn Văn An", "female"),
            ("(ông) Nguyễn Văn An", "male"),
            ("BÀ NGUYỄN VĂN AN", "female"),
            ("ONG NGUYEN VAN AN", "male"),
            ("Ông (bà) Nguyễn Văn An", None),
            ("Ông/Bà Nguyễn Văn An", None),
            ("Cụ bà Nguyễn Văn An", "female"),
            ("Cụ Nguyễn Văn An", None),
            ("Bs. Nguyễn Văn An", None),
            ("1. Nguyễn Văn An", None),
        ):
            person = self.head(name)
            self.assertIn(person.name, ("Nguyễn Văn An", "Nguyen Van An"), name)
            self.assertEqual(person.sex, sex, name)

    def test_keeps_what_only_looks_like_a_title(self):
        for name in (
            "Bá Văn Cô",
            "Trương Thị Bà",
            "Chu Anh",
            "Cù Thị Ông",
            "Văn Thị Bác",
            "Y Bà Niê",
        ):
            self.assertEqual(self.head(name).name, name)

    def test_gives_the_year_that_stands_beside_it(self):
        for name in (
            "Nguyễn Văn An (1950)", "Nguyễn Văn An - SN 1950", "Nguyễn Văn An, sinh năm 1950",
            "Nguyễn Văn An SN: 1950", "Nguyễn Văn An 1950", "Nguyễn Văn An - 03/11/1950",
            "Nguyễn Văn An (sinh ngày 3/11/1950)",
        ):  # fmt: skip
            person = self.head(name)
            self.assertEqual((person.name, person.birth_year), ("Nguyễn Văn An", 1950), name)

    def test_gives_way_to_the_column_of_the_birth(self):
        self.assertEqual(self.head("Nguyễn Văn An (1950)", 1951).birth_year, 1951)

    def test_may_say_that_this_is_the_head(self):
        roster = read(
            workbook(
                ("STT hộ", "Họ tên", "Địa chỉ"),
                (1, "Trần Thị Bé (vợ)", "12/5 Võ Thị Sáu"),
                (None, "Nguyễn Văn An (CH)", None),
                (2, "Lê Văn Cường (chủ hộ)", "41 Võ Thị Sáu"),
            )
        )
        heads = [home.people[home.head].name for home in roster.households]
        self.assertEqual(heads, ["Nguyễn Văn An", "Lê Văn Cường"])
        self.assertEqual(roster.households[0].people[0].name, "Trần Thị Bé")

    def test_keeps_a_nickname(self):
        self.assertEqual(self.head("Nguyễn Văn An (Tư)").name, "Nguyễn Văn An (Tư)")

    def test_of_minorities_stays_as_it_is(self):
        for name in (
            "H'Hen Niê",
            "Y Bih Êban",
            "K'Brêu",
            "Giàng A Páo",
            "Thị Sóc",
            "Rơ Chăm H'Yéo",
        ):
            self.assertEqual(self.head(name).name, name)

    def test_of_several_people_is_a_problem(self):
        for name in (
            "Nguyễn Văn An, Trần Thị Bé",
            "Nguyễn Văn An và Trần Thị Bé",
            "Nguyễn Văn An - Trần Thị Bé",
        ):
            roster = read(workbook(HEADER, row(), row(2), row(3), row(4), row(5, name=name)))
            self.assertEqual(places(roster), [("KP1", 6, "B", "several_names")], name)

    def test_of_an_organisation_is_a_problem(self):
        for name in (
            "Công ty TNHH Hoa Mai",
            "Trường Tiểu học Võ Thị Sáu",
            "Nhà trọ Bà Bảy",
            "CTY CỔ PHẦN AN BÌNH",
            "Nhà trống",
            "Chùa Vĩnh Nghiêm",
            "UBND phường",
        ):
            roster = read(workbook(HEADER, row(), row(2, name=name)))
            self.assertEqual(places(roster), [("KP1", 3, "B", "organisation_named")], name)
            self.assertEqual(len(roster.households), 1)

    def test_of_a_household_business_is_the_owner_s(self):
        self.assertEqual(self.head("Hộ kinh doanh Nguyễn Văn An").name, "Nguyễn Văn An")

    def test_of_somebody_who_died_is_a_problem_of_the_home(self):
        for name in (
            "Nguyễn Văn An (đã mất)",
            "Nguyễn Văn An (mất năm 2020)",
            "Nguyễn Văn An (chết)",
            "Nguyễn Văn An đã mất",
        ):
            roster = read(workbook(HEADER, row(), row(2, name=name)))
            self.assertEqual(places(roster), [("KP1", 3, "B", "deceased_named")], name)
            self.assertEqual(len(roster.households), 1, name)

    def test_of_a_member_who_died_is_left_out_and_remarked(self):
        for cells in (
            ("Trần Thị Bé", "Vợ (mất)", None),
            ("Trần Thị Bé (đã mất)", "Vợ", None),
            ("Trần Thị Bé", "Vợ", "Đã mất năm 2020"),
        ):
            roster = read(
                workbook(
                    ("STT hộ", "Họ tên", "Quan hệ", "Ghi chú", "Địa chỉ"),
                    (1, "Nguyễn Văn An", "Chủ hộ", None, "12/5 Võ Thị Sáu"),
                    (None, *cells, None),
                )
            )
            self.assertEqual(roster.problems, [], cells)
            self.assertEqual([p.name for p in roster.households[0].people], ["Nguyễn Văn An"])
            self.assertEqual([(r.code, r.count) for r in roster.remarks], [("died_left_out", 1)])


class TheRelation(SimpleTestCase):
    def test_says_in_many_ways_who_is_the_head(self):
        for relation in (
            "Chủ hộ",
            "CHỦ HỘ",
            "CH",
            "Chủ",
            "C.hộ",
            "1. Chủ hộ",
            "Chu ho",
            "Là chủ hộ",
            "Bản thân",
            "chủ hộ ",
        ):
            self.assertEqual(self.head(relation), "Nguyễn Văn An", relation)

    def test_of_an_uncle_is_none(self):
        for relation in ("Chú", "Chú họ", "Chú ruột"):
            self.assertEqual(self.head(relation), "Trần Thị Bé", relation)

    def head(self, relation):
        roster = read(
            workbook(
                ("STT hộ", "Họ tên", "Quan hệ", "Địa chỉ"),
                (1, "Trần Thị Bé", "Em", "12/5 Võ Thị Sáu"),
                (None, "Nguyễn Văn An", relation, None),
                (2, "Lê Văn Cường", "Chủ hộ", "41 Võ Thị Sáu"),
            )
        )
        self.assertEqual((roster.problems, len(roster.households)), ([], 2), relation)
        return roster.households[0].people[roster.households[0].head].name
