"""Opening wards, and a ward's neighbourhoods and lanes, on the screen."""

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import ModelLogEntry

from tests.builders import make_household
from tests.people import make_cast
from tests.volunteers.desk import at, text_of
from volunteers import roles
from volunteers.models import Area, RoleGrant


class TheAdministrator(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()
        cls.far = Area.objects.create(code="25", name="Tỉnh Phú Thọ", level="province")
        for code, name, parent in (
            ("08749", "Phường Xuân Hòa", cls.far),
            ("00004", "Phường Ba Đình", cls.far),
            ("27181", "Phường Chợ Đũi", cls.cast.city),
        ):
            Area.objects.create(code=code, name=name, level="commune", parent=parent)

    def setUp(self):
        self.client.force_login(self.cast.admin)

    def found(self, **wish) -> list[str]:
        return [ward.pk for ward in self.client.get(at("open_ward_search"), wish).context["found"]]

    def test_a_ward_is_found_by_name_without_diacritics_by_code_and_by_province(self):
        self.assertEqual(self.found(words="xuan hoa"), ["08749", "27139"])
        self.assertEqual(self.found(words="CHO DUI"), ["27181"])
        self.assertEqual(self.found(words="27181"), ["27181"])
        self.assertEqual(self.found(words="xuan hoa", province="25"), ["08749"])
        self.assertEqual(self.found(province="25"), ["00004", "08749"])

    def test_nothing_asked_finds_nothing(self):
        self.assertEqual(self.found(), [])
        self.assertEqual(self.found(words="  "), [])

    def test_nonsense_gets_words_and_not_an_error(self):
        page = self.client.get(at("open_ward_search"), {"words": "%_'\\", "province": "xyz"})
        self.assertEqual(page.status_code, 200)
        page = self.client.get(at("open_ward_search"), {"words": "không có đâu"})
        self.assertIn("Không tìm thấy phường, xã nào", text_of(page))

    def test_the_ward_opens_today_and_once(self):
        for _ in range(2):
            answer = self.client.post(at("open_ward", "08749"))
            self.assertRedirects(answer, at("ward", "08749"))
        self.assertEqual(Area.objects.get(pk="08749").opened_on, timezone.localdate())
        opened = ModelLogEntry.objects.filter(action="volunteers.ward_opened")
        self.assertEqual(opened.count(), 1)
        self.assertEqual(opened.get().user, self.cast.admin)

    def test_only_wards_open(self):
        for code in ("79", self.cast.kp1.pk, "99999"):
            with self.subTest(code):
                self.assertEqual(self.client.post(at("open_ward", code)).status_code, 404)

    def test_the_list_costs_the_same_however_long_it_is(self):
        with CaptureQueriesContext(connection) as few:
            self.client.get(at("wards"))
        Area.objects.filter(level="commune").update(opened_on=timezone.localdate())
        with CaptureQueriesContext(connection) as many:
            page = self.client.get(at("wards"))
        self.assertEqual(len(page.context["page"]), 5)
        self.assertEqual(len(few), len(many))


class TheOfficer(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()

    def setUp(self):
        self.client.force_login(self.cast.hoa)

    def names(self) -> list[str]:
        page = self.client.get(at("areas", "27139"))
        return [area.name for area in page.context["in_use"]]

    def test_the_menu_leads_to_the_own_ward(self):
        self.assertRedirects(self.client.get(at("own_areas")), at("areas", "27139"))
        self.assertRedirects(self.client.get(at("wards")), at("ward", "27139"))

    def test_an_officer_of_two_wards_chooses(self):
        roles.grant(self.cast.hoa, RoleGrant.Role.OFFICER, self.cast.other_ward)
        self.assertRedirects(self.client.get(at("own_areas")), at("wards"))
        page = self.client.get(at("wards"))
        self.assertEqual([ward.pk for ward in page.context["page"]], ["27160", "27139"])

    def test_a_pasted_list_makes_many_at_once_in_its_order(self):
        pasted = "Khu phố 4\r\n\r\n  Khu   phố 3\t\r\nẤp Chợ"
        self.client.post(at("add_neighbourhoods", "27139"), {"names": pasted})
        self.assertEqual(
            self.names(), ["Khu phố 1", "Khu phố 2", "Khu phố 4", "Khu phố 3", "Ấp Chợ"]
        )
        added = Area.objects.get(name="Khu phố 4")
        self.assertEqual((added.pk, added.valid_from), ("27139.3", timezone.localdate()))

    def test_lanes_stand_below_their_neighbourhood(self):
        self.client.post(at("add_lanes", "27139.1"), {"names": "Ngõ 2\nNgõ 1"})
        self.assertEqual(self.names(), ["Khu phố 1", "Ngõ 2", "Ngõ 1", "Khu phố 2"])

    def test_one_bad_line_refuses_the_list_and_says_which(self):
        pasted = "Khu phố 3\nKHU PHO 1\nKhu phố 3\n" + "x" * 121
        page = self.client.post(at("add_neighbourhoods", "27139"), {"names": pasted})
        words = text_of(page)
        self.assertIn("Dòng 2: “KHU PHO 1” đã có rồi (là “Khu phố 1”)", words)
        self.assertIn("Dòng 3: “Khu phố 3” đã có rồi", words)
        self.assertIn("Dòng 4 dài 121 ký tự", words)
        self.assertEqual(self.names(), ["Khu phố 1", "Khu phố 2"])

    def test_too_many_lines_and_none_are_refused_in_words(self):
        many = "\n".join(f"Khu phố {number}" for number in range(10, 400))
        page = self.client.post(at("add_neighbourhoods", "27139"), {"names": many})
        self.assertIn("Có 390 tên; mỗi lần thêm nhiều nhất 300 tên", text_of(page))
        page = self.client.post(at("add_neighbourhoods", "27139"), {"names": " \n "})
        self.assertEqual(page.status_code, 200)
        self.assertEqual(Area.objects.neighbourhoods().filter(parent="27139").count(), 2)

    def test_an_area_is_renamed_and_moved(self):
        answer = self.client.post(at("area", "27139.1"), {"name": " Khu  phố Một", "position": "9"})
        self.assertRedirects(answer, at("areas", "27139"))
        self.assertEqual(self.names(), ["Khu phố 2", "Khu phố Một"])

    def test_a_name_that_is_there_already_is_refused(self):
        page = self.client.post(at("area", "27139.1"), {"name": "khu pho 2", "position": "1"})
        self.assertIn("“khu pho 2” đã có rồi", text_of(page))

    def test_nothing_else_of_an_area_can_be_changed(self):
        extra = {"code": "x", "level": "commune", "parent": "27160", "opened_on": "2026-01-01"}
        self.client.post(at("area", "27139.1"), {"name": "Khu phố 1", "position": "1"} | extra)
        area = Area.objects.get(pk="27139.1")
        self.assertEqual(
            (area.level, area.parent_id, area.opened_on), ("neighbourhood", "27139", None)
        )

    def test_positions_that_are_no_numbers_are_refused_in_words(self):
        for position in ("-1", "ba", "99999999999999999999", ""):
            with self.subTest(position):
                data = {"name": "Khu phố 1", "position": position}
                self.assertEqual(self.client.post(at("area", "27139.1"), data).status_code, 200)

    def test_an_area_ends_with_its_lanes_and_comes_back(self):
        lane = self.cast.kp2.add_child("Ngõ 7")
        self.assertIn("Khu phố 2", text_of(self.client.get(at("end_area", "27139.2"))))
        self.client.post(at("end_area", "27139.2"))
        self.assertEqual(self.names(), ["Khu phố 1"])
        answer = self.client.post(at("resume_area", lane.pk), follow=True)
        self.assertContains(answer, "hãy dùng lại khu phố trước")
        self.client.post(at("resume_area", "27139.2"))
        self.client.post(at("resume_area", lane.pk))
        self.assertEqual(self.names(), ["Khu phố 1", "Khu phố 2", "Ngõ 7"])

    def test_an_area_where_homes_stand_does_not_end(self):
        make_household(self.cast.kp2.add_child("Ngõ 7"))
        answer = self.client.post(at("end_area", "27139.2"), follow=True)
        self.assertContains(answer, "Chưa kết thúc được Khu phố 2: ở đó còn 1 hộ")
        self.assertEqual(len(self.names()), 3)

    def test_the_name_of_an_ended_area_may_be_used_again_but_not_twice(self):
        self.client.post(at("end_area", "27139.2"))
        self.client.post(at("add_neighbourhoods", "27139"), {"names": "Khu phố 2"})
        answer = self.client.post(at("resume_area", "27139.2"), follow=True)
        self.assertContains(answer, "Nơi khác đang dùng tên này")
        self.assertEqual(Area.objects.get(name="Khu phố 2", valid_until=None).pk, "27139.3")

    def test_no_lanes_are_added_to_lanes_or_ended_neighbourhoods(self):
        lane = self.cast.kp1.add_child("Ngõ 7")
        self.client.post(at("end_area", "27139.2"))
        for code in (lane.pk, "27139.2", "27139"):
            with self.subTest(code):
                answer = self.client.post(at("add_lanes", code), {"names": "Ngõ 1"})
                self.assertEqual(answer.status_code, 404)

    def test_the_list_costs_the_same_however_long_it_is(self):
        with CaptureQueriesContext(connection) as few:
            self.client.get(at("areas", "27139"))
        for number in range(20):
            self.cast.kp1.add_child(f"Ngõ {number}")
        with CaptureQueriesContext(connection) as many:
            self.client.get(at("areas", "27139"))
        self.assertEqual(len(few), len(many))
