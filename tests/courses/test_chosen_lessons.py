"""Lessons that a volunteer picked, as /hoc/3-7-12."""

from django.test import TestCase

from tests.courses.lessons import make_course, make_lesson


class AResidentOpensChosenLessons(TestCase):
    @classmethod
    def setUpTestData(cls):
        course = make_course()
        cls.lessons = [make_lesson(course, title) for title in ("Gọi hình", "Nhắn tin", "Đọc báo")]
        cls.a, cls.b, cls.c = (lesson.number for lesson in cls.lessons)

    def titles(self, response) -> list[str]:
        return [lesson.title for lesson in response.context["lessons"]]

    def test_in_the_order_that_was_picked(self):
        response = self.client.get(f"/hoc/{self.c}-{self.a}")
        self.assertEqual(self.titles(response), ["Đọc báo", "Gọi hình"])
        self.assertNotContains(response, "không có ở đây")

    def test_each_lesson_once(self):
        response = self.client.get(f"/hoc/{self.b}-{self.b}-{self.a}-{self.b}/")
        self.assertEqual(self.titles(response), ["Nhắn tin", "Gọi hình"])

    def test_one_alone_opens_at_once(self):
        response = self.client.get(f"/hoc/{self.b}")
        self.assertRedirects(response, "/bai-hoc/viec-can-lam/nhan-tin/")

    def test_unknown_ones_are_left_out_with_a_calm_word(self):
        response = self.client.get(f"/hoc/{self.a}-999999")
        self.assertEqual(self.titles(response), ["Gọi hình"])
        self.assertContains(response, "Còn 1 bài nữa không có ở đây. Không sao đâu bác.")

    def test_drafts_are_unknown(self):
        self.lessons[0].unpublish()
        self.assertEqual(self.titles(self.client.get(f"/hoc/{self.a}-{self.b}")), ["Nhắn tin"])

    def test_anything_else_gets_the_calm_page(self):
        for numbers in (
            "999999",
            "abc",
            "1--2",
            "-1",
            "1-",
            "1.5",
            "٣",
            "9" * 500,
            "1-" * 500,
            "%00",
        ):
            with self.subTest(numbers=numbers[:20]):
                response = self.client.get(f"/hoc/{numbers}")
                self.assertContains(response, "Không sao đâu bác", status_code=404)

    def test_the_number_of_queries_does_not_grow_with_the_lessons(self):
        self.client.get(f"/hoc/{self.a}-{self.b}")
        with self.assertNumQueries(2):
            self.client.get(f"/hoc/{self.a}-{self.b}")
        with self.assertNumQueries(2):
            self.client.get(f"/hoc/{self.a}-{self.b}-{self.c}")
