"""Finding a home at the door."""

from django.test import TestCase

from outreach.finder import find_households
from tests.builders import make_household, make_visit
from tests.people import make_cast
from volunteers import roles


class FindingAHome(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()
        cls.yen = make_household(
            cls.cast.kp1,
            "Đặng Thị Bích Yến",
            "Trần Mai Oanh",
            address="281/209A Võ Thị Sáu",
            phone="0797102727",
        )
        cls.viet = make_household(cls.cast.kp1, "Lê Hữu Việt", address="12/5 Võ Thị Sáu")
        cls.far = make_household(cls.cast.kp2, "Đặng Thị Bích Thủy", address="9 Kỳ Đồng")
        cls.foreign = make_household(cls.cast.other_kp, "Đặng Thị Bích Hà", address="1 Bàn Cờ")

    def found(self, words, user=None):
        return find_households(user or self.cast.lan, words).homes

    def test_needs_no_diacritics(self):
        self.assertEqual(self.found("dang thi bich"), [self.yen])

    def test_takes_diacritics_capitals_and_decomposed_letters(self):
        for words in ("Đặng Thị Bích", "ĐẶNG BÍCH", "Đa\u0323\u0306ng"):
            with self.subTest(words):
                self.assertEqual(self.found(words), [self.yen])

    def test_knows_every_member_not_only_the_head(self):
        self.assertEqual(self.found("mai oanh"), [self.yen])

    def test_knows_addresses_however_they_are_spaced(self):
        for words in ("281/209a", "281 / 209A vo thi sau"):
            with self.subTest(words):
                self.assertEqual(self.found(words), [self.yen])

    def test_knows_phones_however_they_are_written(self):
        for words in ("0797102727", "0797.102.727", "+84 797 102 727", "797102727", "2727"):
            with self.subTest(words):
                self.assertEqual(self.found(words), [self.yen])

    def test_knows_card_codes_with_and_without_the_dash(self):
        for words in (self.yen.card_code, self.yen.card_code.lower().replace("-", "")):
            with self.subTest(words):
                self.assertEqual(self.found(words), [self.yen])

    def test_puts_the_exact_spelling_first(self):
        self.assertEqual(self.found("vo thi sau"), [self.viet, self.yen])
        ma = make_household(self.cast.kp1, "Lê Thị Yên", address="300 Võ Thị Sáu")
        self.assertEqual(self.found("Yên"), [ma, self.yen])
        self.assertEqual(self.found("Yến"), [self.yen, ma])

    def test_treats_signs_as_text(self):
        for words in ("%", "_", "' OR 1=1", "\\", "((("):
            with self.subTest(words):
                self.assertEqual(self.found(words), [])

    def test_shows_the_officer_the_whole_ward_and_outsiders_nothing(self):
        self.assertEqual(self.found("dang thi bich", self.cast.hoa), [self.yen, self.far])
        self.assertEqual(self.found("dang thi bich", self.cast.binh), [self.foreign])
        for user in (self.cast.editor, self.cast.city_viewer, self.cast.admin):
            self.assertEqual(self.found("dang thi bich", user), [])

    def test_shows_the_team_of_a_neighbourhood_the_homes_in_its_lanes(self):
        lane = make_household(
            self.cast.kp1.add_child("Hẻm 5"), "Mai Thị Ngõ", address="5/1 Tú Xương"
        )
        self.assertEqual(self.found("mai thi ngo"), [lane])

    def test_shows_the_team_of_a_whole_ward_all_its_homes(self):
        self.cast.team.areas.set([self.cast.ward])
        self.assertEqual(self.found("dang thi bich"), [self.yen, self.far])
        lane = make_household(
            self.cast.kp2.add_child("Hẻm 5"), "Mai Thị Ngõ", address="5/1 Tú Xương"
        )
        self.assertEqual(self.found("mai thi ngo"), [lane])

    def test_shows_nothing_any_more_to_who_left_the_team(self):
        roles.leave(self.cast.lan.memberships.get())
        self.assertEqual(self.found("dang thi bich"), [])

    def test_takes_two_queries_whatever_it_finds(self):
        for number in range(5):
            home = make_household(self.cast.kp1, f"Đặng Thị Bích {number}", address=f"{number} A")
            make_visit(home, self.cast.lan)
        with self.assertNumQueries(2):
            found = self.found("dang thi bich")
            self.assertEqual(len([(home.area.name, home.head.name) for home in found]), 6)


class TheFinderPage(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()
        cls.home = make_household(cls.cast.kp1, "Đặng Thị Bích Yến")

    def setUp(self):
        self.client.force_login(self.cast.lan)

    def test_finds_by_post_and_keeps_the_name_out_of_the_address(self):
        answer = self.client.post("/phieu/", {"words": "dang thi bich"})
        self.assertContains(answer, "Đặng Thị Bích Yến")
        self.assertContains(answer, f"/phieu/ho/{self.home.pk}/")
        self.assertIn("no-store", answer["Cache-Control"])
        self.assertNotContains(self.client.get("/phieu/?words=dang"), "Yến")

    def test_says_what_to_do_when_nothing_is_found(self):
        self.assertContains(self.client.post("/phieu/", {"words": "zzz"}), "Không có nhà nào")

    def test_asks_for_words_when_there_are_none(self):
        answer = self.client.post("/phieu/", {"words": " "})
        self.assertContains(answer, "error-summary")

    def test_does_not_exist_for_people_who_visit_nobody(self):
        for user in (self.cast.editor, self.cast.city_viewer, self.cast.admin):
            self.client.force_login(user)
            self.assertEqual(self.client.get("/phieu/").status_code, 404)
            self.assertEqual(self.client.post("/phieu/", {"words": "dang"}).status_code, 404)

    def test_sends_strangers_to_the_log_in(self):
        self.client.logout()
        self.assertRedirects(
            self.client.get("/phieu/"),
            "/tai-khoan/dang-nhap/?next=/phieu/",
            fetch_redirect_response=False,
        )
