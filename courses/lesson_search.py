"""Finding lessons by words, with or without diacritics, alike on every database."""

from courses.models import LessonPage
from courses.search_text import fold, words

LONGEST_QUERY = 100
MOST_WORDS = 12


def find_lessons(query: str) -> list[LessonPage]:
    """Public lessons that hold every word of `query`; when there are none, those that hold some.

    First those with the words exactly as typed, diacritics too, in the title, then in the text;
    then with the folded words in the title, then in the text. What is equal stays in the order of
    lesson numbers: SQLite and PostgreSQL rank differently, so neither's rank is used.
    """
    typed = words(query[:LONGEST_QUERY])[:MOST_WORDS]
    folded = fold(" ".join(typed)).split()
    if not folded:
        return []
    lessons = LessonPage.objects.live()
    for operator in ("and", "or"):
        found = list(lessons.search(" ".join(folded), operator=operator))
        if found:
            return sorted(found, key=lambda lesson: _closeness(lesson, typed, folded))
    return []


def _closeness(lesson: LessonPage, typed: list[str], folded: list[str]) -> tuple[int, ...]:
    """Smaller is closer: how many words are missing in each place, the closest place first."""
    places = (
        (typed, words(lesson.title)),
        (typed, words(lesson.text)),
        (folded, words(fold(lesson.title))),
        (folded, words(fold(lesson.text))),
    )
    return (*(len(set(wanted).difference(place)) for wanted, place in places), lesson.number)
