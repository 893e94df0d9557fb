"""Every public page is the same for everyone, so it can be kept by any cache."""

from django.test import Client, TestCase
from django.views.defaults import server_error

from courses.first_lessons import load_lessons
from tests.people import PASSWORD, make_cast

LESSON = "/bai-hoc/giay-to-va-tien/ma-qr-an-toan/"
ADDRESSES = [
    "/",
    "/bai-hoc/",
    "/bai-hoc/giay-to-va-tien/",
    LESSON,
    f"{LESSON}buoc-1/",
    f"{LESSON}xong/",
    f"{LESSON}ca-bai/",
    "/tim/?q=qr",
]


class ThreeReadersOpenTheSamePage(TestCase):
    @classmethod
    def setUpTestData(cls):
        make_cast()
        cls.lessons = load_lessons()

    def assertSameForEveryone(self, address: str):
        lan = Client()
        lan.login(username="lan", password=PASSWORD)
        english = Client(headers={"accept-language": "en", "cookie": "django_language=en"})
        readers = [Client(), english, lan]
        first, *others = [reader.get(address) for reader in readers]
        self.assertEqual(first.status_code, 200)
        for response in others:
            self.assertEqual(response.content, first.content)
        for response in (first, *others):
            self.assertFalse(response.has_header("Vary"), response.get("Vary"))
            self.assertFalse(response.cookies)
            self.assertEqual(response["Cache-Control"], "public, max-age=60")

    def test_byte_by_byte(self):
        chosen = "/hoc/" + "-".join(str(lesson.number) for lesson in self.lessons)
        for address in [*ADDRESSES, chosen]:
            with self.subTest(address=address):
                self.assertSameForEveryone(address)

    def test_without_script_inline_style_or_token(self):
        for address in ADDRESSES:
            page = self.client.get(address).content.decode()
            for forbidden in (
                "<script",
                "style=",
                "<style",
                "csrfmiddlewaretoken",
                "http://",
                "@import",
            ):
                self.assertNotIn(forbidden, page, address)

    def test_and_no_page_asks_for_anything_but_words_to_search(self):
        for address in ADDRESSES:
            page = self.client.get(address).content.decode()
            self.assertEqual(page.count("<input"), 1 if address.startswith("/tim/") else 0, address)


class APageIsNotThere(TestCase):
    def test_the_calm_page_is_vietnamese_on_an_english_phone(self):
        response = self.client.get("/khong-co/", headers={"accept-language": "en"})
        self.assertContains(response, "Trang này không có ở đây", status_code=404)
        self.assertNotIn("404", response.content.decode())

    def test_a_fault_of_ours_is_told_without_codes(self):
        page = server_error(self.client.get("/").wsgi_request).content.decode()
        self.assertIn("Bác không làm gì sai cả", page)
        self.assertNotIn("500", page.replace("500.svg", ""))
