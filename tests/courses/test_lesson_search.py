"""Finding lessons by words."""

from django.test import SimpleTestCase, TestCase
from hypothesis import given
from hypothesis import strategies as st

from courses import search_text
from courses.lesson_search import find_lessons
from tests.courses.lessons import make_course, make_lesson
from volunteers import names


class ReadersLookForLessons(TestCase):
    @classmethod
    def setUpTestData(cls):
        course = make_course()
        cls.qr = make_lesson(
            course,
            "Nhận tiền bằng mã QR",
            other_words="thanh toán không dùng tiền mặt, thanh toán không tiền mặt",
        )
        cls.vneid = make_lesson(course, "Đăng ký VNeID", summary="An toàn do bác giữ mật khẩu.")
        cls.rice = make_lesson(course, "Bán gạo má làm")
        cls.ghost = make_lesson(course, "Chuyện ma")
        cls.grave = make_lesson(course, "Đi thăm mả")

    def assertFinds(self, query: str, *lessons):
        self.assertEqual(
            [lesson.title for lesson in find_lessons(query).lessons],
            [lesson.title for lesson in lessons],
        )

    def test_without_diacritics(self):
        self.assertFinds("dang ky", self.vneid)
        self.assertFinds("DANG KY vneid", self.vneid)
        self.assertFinds("thanh toan khong tien mat", self.qr)

    def test_with_diacritics_composed_or_not(self):
        self.assertFinds("đăng ký", self.vneid)
        self.assertFinds("đăng ký", self.vneid)

    def test_by_an_abbreviation_in_any_case(self):
        self.assertFinds("qr", self.qr)
        self.assertFinds("QR", self.qr)

    def test_by_syllables_that_english_takes_for_noise(self):
        self.assertFinds("an do", self.vneid)

    def test_exact_diacritics_come_first(self):
        self.assertFinds("ma", self.ghost, self.qr, self.rice, self.grave)
        self.assertFinds("má", self.rice, self.qr, self.ghost, self.grave)
        self.assertFinds("mả", self.grave, self.qr, self.rice, self.ghost)

    def test_words_in_the_title_come_before_words_in_the_steps(self):
        market = make_lesson(self.qr.get_parent(), "Đi chợ", summary="Mua gạo và cá.")
        fish = make_lesson(self.qr.get_parent(), "Bán cá")
        self.assertFinds("cá", fish, market)
        self.assertFinds("gạo", self.rice, market)

    def test_lessons_with_most_of_the_words_when_none_has_all_and_it_is_said(self):
        self.assertFinds("đăng ký vneid nhanh", self.vneid)
        self.assertFalse(find_lessons("đăng ký vneid nhanh").complete)
        response = self.client.get("/tim/", {"q": "đăng ký vneid nhanh"})
        self.assertContains(response, "Chưa có bài đúng hết các chữ")

    def test_no_lesson_with_only_a_few_of_the_words(self):
        self.assertFinds("đăng ký máy bay")

    def test_words_of_steps_and_not_of_the_editors_note(self):
        lesson = make_lesson(self.qr.get_parent().specific, "Khác", editors_note="chuột túi")
        self.assertFinds(
            "cham nut bac", self.qr, self.vneid, self.rice, self.ghost, self.grave, lesson
        )
        self.assertFinds("chuột túi")

    def test_drafts_are_not_found(self):
        self.qr.unpublish()
        self.assertFinds("qr")

    def test_a_lesson_is_found_by_its_new_words_as_soon_as_they_are_published(self):
        self.ghost.title = "Hẹn khám bệnh"
        self.ghost.save_revision().publish()
        self.assertFinds("hen kham", self.ghost)


class ReadersTypeAnything(TestCase):
    def test_the_page_answers_calmly_whatever_is_typed(self):
        for query in ("", "   ", "\0", "'\"*)(&|!:<->%_", "🙂", "x" * 5000, "a AND OR NOT b", "đ"):
            with self.subTest(query=query[:20]):
                self.assertEqual(self.client.get("/tim/", {"q": query}).status_code, 200)

    def test_nothing_found_says_what_to_do(self):
        response = self.client.get("/tim/", {"q": "máy bay"})
        self.assertContains(response, "Chưa có bài nào về “máy bay”")
        self.assertContains(response, 'href="/bai-hoc/"')

    def test_what_was_typed_is_shown_and_never_run(self):
        response = self.client.get("/tim/", {"q": "<script>alert(1)</script>"})
        self.assertNotContains(response, "<script>")


class FoldingIsTheSameEverywhere(SimpleTestCase):
    @given(st.text())
    def test_for_lessons_and_for_names_of_people(self, text):
        self.assertEqual(search_text.fold(text), names.fold(text))

    def test_it_takes_diacritics_and_the_stroke_of_đ_away(self):
        self.assertEqual(search_text.fold("  Đường   Nguyễn Huệ "), "duong nguyen hue")
