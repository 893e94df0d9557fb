"""Finding lessons by words, with or without diacritics, alike on every database."""

from courses.models import LessonPage
from courses.search_text import fold, words

LONGEST_QUERY = 100
MOST_WORDS = 12


def find_lessons(query: str) -> list[LessonPage]:
    """Public lessons that hold every word of `query`; when there are none, those that hold some.

    First those with the words exactly as typed, diacritics too, in the title, then in the text;
    then the folded title, the folded text. What is equal stays in the order of lesson numbers: the
    database's own rank is left out, because SQLite and PostgreSQL rank differently.
    """
    typed = words(query[:LONGEST_QUERY])[:MOST_WORDS]
    folded = words(fold(" ".join(typed)))
    if not folded:
        return []
    lessons = LessonPage.objects.live()
    for operator in ("and", "or"):
        found = list(lessons.search(" ".join(folded), ["folded_text"], operator))
        if found:
            return sorted(found, key=lambda lesson: _closeness(lesson, typed, folded))
    return []


def _closeness(lesson: LessonPage, typed: list[str], folded: list[str]) -> tuple:
    """Smaller is closer."""
    places = (
        (typed, words(lesson.title)),
        (typed, words(lesson.text)),
        (folded, words(fold(lesson.title))),
    )
    missing = (len(set(wanted).difference(place)) for wanted, place in places)
    return (*missing, lesson.number)
