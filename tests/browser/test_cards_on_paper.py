"""Household cards as the printer gets them."""

from django.test import tag

from tests.browser.base import BrowserTestCase
from tests.builders import make_household
from tests.courses.lessons import make_course, make_lesson
from tests.people import PASSWORD, make_cast


@tag("appearance")
class CardsOnPaper(BrowserTestCase):
    def setUp(self):
        super().setUp()
        self.cast = make_cast()
        course = make_course()
        for number in range(5):
            make_lesson(course, f"Kích hoạt tài khoản định danh mức 2 trên VNeID {number}")
        for number in range(1, 10):
            make_household(self.cast.kp1, address=f"{number}/281/209A Bà Huyện Thanh Quan")

    def test_fill_a_sheet_by_eights_and_nothing_is_cut_off(self):
        page = self.new_page(width=1280, height=800)
        self.log_in(page, "hoa", PASSWORD)
        page.goto("/phieu/the/27139.1/")
        page.emulate_media(media="print")
        cards = page.locator(".card")
        self.assertEqual(cards.count(), 9)
        for card in cards.all():
            hidden = card.evaluate(
                "c => [c.scrollHeight - c.clientHeight, c.scrollWidth - c.clientWidth]"
            )
            self.assertEqual(hidden, [0, 0])
        pages = page.pdf(format="A4", prefer_css_page_size=True).count(b"/Type /Page\n")
        self.assertEqual(pages, 2)
