"""Shapes that stand in none of the lists we were given: found by thinking like another clerk."""

from outreach.roster.meanings import Meaning
from tests.outreach.roster.lists import read, workbook
from tests.outreach.roster.test_problems import places
from tests.outreach.roster.test_shapes import HEADER, row
from tests.outreach.roster.test_sheets import Sheets

VTS, KD = "12/5 Võ Thị Sáu", "41 Kỳ Đồng"


class People(Sheets):
    def people(self, *rows, **sheet) -> list[list[str]]:
        roster = read(workbook(*rows, **{"title": "KP1", **sheet}))
        self.assertEqual(roster.problems, [])
        return [[person.name for person in home.people] for home in roster.households]


class Columns(People):
    def test_of_husband_and_wife_are_both_read(self):
        expected = [["Nguyễn Văn An", "Trần Thị Bé"], ["Lê Văn Cường"]]
        for header in (("Họ tên chồng", "Họ tên vợ"), ("Chủ hộ", "Vợ/chồng")):
            rows = (("Nguyễn Văn An", "Trần Thị Bé", VTS), ("Lê Văn Cường", None, KD))
            self.assertEqual(self.people((*header, "Địa chỉ"), *rows), expected, header)

    def test_for_each_member_are_read_together(self):
        said = self.people(
            ("Chủ hộ", "Địa chỉ", "Thành viên 1", "Thành viên 2"),
            ("Nguyễn Văn An", VTS, "Trần Thị Bé (1965)", "Nguyễn Văn Bình"),
            ("Lê Văn Cường", KD, "Lê Thị Dung", None),
        )
        self.assertEqual([len(people) for people in said], [3, 2])

    def test_that_name_one_person_twice_name_one_person(self):
        said = self.people(
            ("Chủ hộ", "Vợ/chồng", "Các thành viên trong hộ", "Địa chỉ"),
            ("Nguyễn Văn An", "Trần Thị Bé", "Trần Thị Bé (1965), Nguyễn Văn Bình", VTS),
        )
        self.assertEqual(said, [["Nguyễn Văn An", "Trần Thị Bé", "Nguyễn Văn Bình"]])

    def test_for_three_parts_of_a_name_are_joined(self):
        rows = (("Nguyễn", "Văn", "An", VTS), ("Trần", "Thị Ánh", "Bé", KD))
        expected = [["Nguyễn Văn An"], ["Trần Thị Ánh Bé"]]
        self.assertEqual(self.people(("Họ", "Chữ đệm", "Tên", "Địa chỉ"), *rows), expected)
        header = ("Họ và tên chủ hộ", None, None, "Địa chỉ")
        self.assertEqual(self.people(header, *rows, merged=("A1:C1",)), expected)

    def test_for_number_lane_and_street_are_joined(self):
        roster = read(
            workbook(
                ("Chủ hộ", "Số nhà", "Hẻm", "Đường"),
                ("Nguyễn Văn An", "12/5", "Hẻm 12", "Võ Thị Sáu"),
                ("Trần Thị Bé", 41, None, "Kỳ Đồng"),
            )
        )
        self.assertEqual([h.address for h in roster.households], ["12/5 Hẻm 12 Võ Thị Sáu", KD])

    def test_that_count_men_and_women_say_nothing_about_the_head(self):
        roster = read(
            workbook(
                ("Chủ hộ", "Địa chỉ", "Số nhân khẩu", None, None),
                (None, None, "Tổng", "Nam", "Nữ"),
                ("Nguyễn Văn An", VTS, 1, 1, 0),
                ("Trần Thị Bé", KD, 3, 1, 2),
                merged=("C1:E1",),
            )
        )
        self.assertEqual(
            [(h.size, h.people[0].sex) for h in roster.households], [(1, None), (3, None)]
        )

    def test_with_the_landlord_do_not_make_one_home_of_all_lodgers(self):
        said = self.people(
            ("Họ tên người thuê trọ", "Họ tên chủ nhà trọ", "Địa chỉ nhà trọ"),
            ("Nguyễn Văn An", "Phạm Thị Sáu", VTS),
            ("Lê Văn Cường", "Phạm Thị Sáu", VTS),
        )
        self.assertEqual(said, [["Nguyễn Văn An"], ["Lê Văn Cường"]])

    def test_may_be_headed_in_english_or_without_diacritics(self):
        for header in (
            ("No.", "Full name", "DOB", "Address", "Phone"),
            ("TT", "HO VA TEN CHU HO", "NAM SINH", "DIA CHI", "SO DT"),
        ):
            roster = read(workbook(header, row(phone="0912345678")))
            self.assertEqual(roster.problems, [])
            said = [column.meaning for column in roster.sheets[0].columns]
            self.assertNotIn(Meaning.IGNORED, said)

    def test_with_a_cross_for_the_head_tell_who_that_is(self):
        said = self.people(
            ("Họ và tên", "Chủ hộ", "Địa chỉ"),
            ("Nguyễn Văn An", "x", VTS),
            ("Trần Thị Bé", None, VTS),
            ("Lê Văn Cường", "x", KD),
        )
        self.assertEqual([len(people) for people in said], [2, 1])

    def test_for_a_second_phone_help_where_the_first_is_empty(self):
        roster = read(
            workbook(
                ("Chủ hộ", "Địa chỉ", "SĐT 1", "SĐT 2"),
                ("Nguyễn Văn An", VTS, None, "0912345678"),
                ("Trần Thị Bé", KD, "0987654321", "0912345679"),
            )
        )
        phones = [home.people[0].phone for home in roster.households]
        self.assertEqual(phones, ["0912345678", "0987654321"])
        self.assertEqual(
            [(r.code, r.count) for r in roster.remarks], [("second_phone_left_out", 1)]
        )


class Rows(People):
    def test_below_the_header_may_say_how_to_fill_in_the_list(self):
        hint = ("(số)", "(ghi chữ in hoa)", "(bốn số)", "(số nhà, đường)", "(10 số)")
        example = ("VD", "Nguyễn Văn A", 1950, "12 Lê Lợi", "0900000000")
        self.assertEqual(self.people(HEADER, hint, example, row()), [["Nguyễn Văn An"]])

    def test_may_say_as_above(self):
        for ditto in ("nt", "-nt-", '"', "Như trên", "n/t", "''"):
            roster = read(workbook(HEADER, row(), row(2, "Trần Thị Bé", address=ditto)))
            self.assertEqual(roster.problems, [], ditto)
            self.assertEqual(roster.households[1].address, VTS, ditto)

    def test_with_headings_in_another_order_begin_another_table(self):
        roster = read(
            workbook(
                ("STT", "Chủ hộ", "Địa chỉ"),
                (1, "Nguyễn Văn An", VTS),
                ("STT", "Địa chỉ", "Chủ hộ"),
                (1, KD, "Trần Thị Bé"),
            )
        )
        self.assertEqual(places(roster), [("KP1", 3, "", "two_tables")])
        self.assertEqual((len(roster.households), roster.sheets[0].left_out), (1, (3, 4)))

    def test_numbered_1_1_belong_to_home_1(self):
        rows = (
            (1, "Nguyễn Văn An", VTS),
            (1.1, "Trần Thị Bé", VTS),
            ("1.2", "Nguyễn Văn Bi", VTS),
            (2, "Lê Văn Cường", KD),
        )
        said = self.people(("STT", "Họ và tên", "Địa chỉ"), *rows)
        self.assertEqual([len(people) for people in said], [3, 1])

    def test_of_members_may_begin_with_a_dash(self):
        rows = ((1, "Nguyễn Văn An", VTS), (None, "- Trần Thị Bé", None), (2, "Lê Văn Cường", KD))
        said = self.people(("STT", "Họ và tên", "Địa chỉ"), *rows)
        self.assertEqual(said, [["Nguyễn Văn An", "Trần Thị Bé"], ["Lê Văn Cường"]])

    def test_of_equal_heads_at_two_addresses_are_two_homes(self):
        said = self.people(
            ("Chủ hộ", "Thành viên", "Địa chỉ"),
            ("Nguyễn Văn An", "Trần Thị Bé", VTS),
            ("Nguyễn Văn An", "Lê Thị Dung", KD),
        )
        self.assertEqual(len(said), 2)

    def test_of_homes_that_are_numbered_anew_in_each_neighbourhood_stay_apart(self):
        said = self.people(
            ("STT hộ", "Họ và tên", "Địa chỉ", "KP"),
            (1, "Nguyễn Văn An", VTS, 1),
            (1, "Trần Thị Bé", KD, 2),
            (2, "Lê Văn Cường", VTS, 2),
            (2, "Lê Thị Dung", VTS, 2),
        )
        self.assertEqual([len(people) for people in said], [1, 1, 2])


class Villages(Sheets):
    def test_are_the_address_where_houses_have_none(self):
        rows = (("Giàng A Páo", "Bản Suối Chải", 5), ("Sùng Thị Mỷ", "Bản Suối Chải", 4))
        content = workbook(("Chủ hộ", "Địa chỉ", "Nhân khẩu"), *rows, title="Sheet1")
        homes = self.homes(content)
        self.assertEqual(homes[0], ("Giàng A Páo", "Bản Suối Chải", "Bản Suối Chải", 1))

    def test_may_stand_in_a_column_without_any_address(self):
        rows = (
            ("Giàng A Páo", "Suối Chải", "Tân Phong"),
            ("Sùng Thị Mỷ", "Suối Chải", "Tân Phong"),
        )
        content = workbook(("Chủ hộ", "Thôn", "Xã"), *rows, title="Sheet1")
        self.assertEqual(self.homes(content)[0][1:3], ("Thôn Suối Chải", "Thôn Suối Chải"))
        self.assertEqual([remark.code for remark in read(content).remarks], ["village_for_address"])

    def test_of_a_town_do_not_stand_for_addresses(self):
        rows = (("Nguyễn Văn An", 1), ("Trần Thị Bé", 1))
        roster = read(workbook(("Chủ hộ", "Khu phố"), *rows))
        self.assertEqual(places(roster), [("KP1", 1, "", "address_column_missing")])


class TheLetterhead(Sheets):
    def test_may_say_in_brackets_where_the_neighbourhood_came_from(self):
        letter = ("DANH SÁCH HỘ KHU PHỐ 2 (tách từ khu phố 7 cũ)",)
        self.assertEqual(self.homes(workbook(letter, HEADER, row(), title="S"))[0][2], "Khu phố 2")

    def test_is_read_though_it_stands_above_a_column_that_is_dropped(self):
        content = workbook(
            ("DANH SÁCH HỘ KHU PHỐ 2",),
            ("Số CCCD", *HEADER),
            ("079060001234", *row()),
            title="Sheet1",
        )
        self.assertEqual(self.homes(content)[0][2], "Khu phố 2")
