"""Reading settings from the environment: typed, with a default, and loud."""

from django.core.exceptions import ImproperlyConfigured
from django.test import SimpleTestCase

from cms.environment import Environment


class AVariableThatIsSet(SimpleTestCase):
    env = Environment(
        {
            "NAME": "  Ngõ Số ",
            "MODE": "production",
            "PROXY": "Yes",
            "QUIET": "0",
            "SECONDS": "3600",
            "HOSTS": "ngo-so.example, www.ngo-so.example,,",
            "KEY": "k" * 40,
        }
    )

    def test_gives_text_without_surrounding_space(self):
        self.assertEqual("Ngõ Số", self.env.text("NAME", "other"))

    def test_gives_a_choice_that_is_offered(self):
        self.assertEqual("production", self.env.choice("MODE", ("demo", "production"), "demo"))

    def test_gives_yes_and_no(self):
        self.assertIs(True, self.env.boolean("PROXY", False))
        self.assertIs(False, self.env.boolean("QUIET", True))

    def test_gives_a_whole_number(self):
        self.assertEqual(3600, self.env.integer("SECONDS", 1, 0, 3600))

    def test_gives_the_words_of_a_list(self):
        self.assertEqual(["ngo-so.example", "www.ngo-so.example"], self.env.words("HOSTS", []))

    def test_gives_a_long_secret(self):
        self.assertEqual("k" * 40, self.env.secret("KEY"))


class AVariableThatIsNotSet(SimpleTestCase):
    """Unset and empty are the same."""

    env = Environment({"EMPTY": " "})

    def test_gives_the_default(self):
        for name in ("UNSET", "EMPTY"):
            with self.subTest(name):
                self.assertEqual("x", self.env.text(name, "x"))
                self.assertEqual("", self.env.text(name))
                self.assertEqual("demo", self.env.choice(name, ("demo", "production"), "demo"))
                self.assertIs(True, self.env.boolean(name, True))
                self.assertEqual(5, self.env.integer(name, 5, 0, 9))
                self.assertEqual(["localhost"], self.env.words(name, ["localhost"]))

    def test_has_no_default_when_it_is_secret(self):
        with self.assertRaisesMessage(ImproperlyConfigured, "KEY has 0 characters; set it to a"):
            Environment({}).secret("KEY")


class AVariableWithAWrongValue(SimpleTestCase):
    """One sentence: the name, what arrived, what was expected."""

    def test_is_no_choice(self):
        message = "MODE is 'prod'; expected one of: demo, production."
        with self.assertRaisesMessage(ImproperlyConfigured, message):
            Environment({"MODE": "prod"}).choice("MODE", ("demo", "production"), "demo")

    def test_is_neither_yes_nor_no(self):
        message = "PROXY is 'maybe'; expected 1 (yes) or 0 (no)."
        with self.assertRaisesMessage(ImproperlyConfigured, message):
            Environment({"PROXY": "maybe"}).boolean("PROXY", False)

    def test_is_no_number_in_range(self):
        for value in ("-1", "10", "ten", "1.5", "٣"):
            message = f"SECONDS is {value!r}; expected a whole number from 0 to 9."
            with (
                self.subTest(value),
                self.assertRaisesMessage(ImproperlyConfigured, message),
            ):
                Environment({"SECONDS": value}).integer("SECONDS", 5, 0, 9)

    def test_is_a_secret_too_short_and_is_not_repeated(self):
        with self.assertRaises(ImproperlyConfigured) as caught:
            Environment({"KEY": "hunter2"}).secret("KEY")
        self.assertIn("KEY has 7 characters", str(caught.exception))
        self.assertNotIn("hunter2", str(caught.exception))
