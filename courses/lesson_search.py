"""Finding lessons by words, with or without diacritics, alike on every database."""

from dataclasses import dataclass, field

from courses.models import LessonPage
from courses.search_text import fold, words

LONGEST_QUERY = 100
MOST_WORDS = 12


@dataclass(frozen=True)
class Found:
    """Public lessons, the closest first. `complete`: each holds every word that was typed."""

    lessons: list[LessonPage] = field(default_factory=list)
    complete: bool = True


def find_lessons(query: str) -> Found:
    """Lessons that hold every word of `query`; when there are none, those that hold most of them.

    First those with the words exactly as typed, diacritics too, in the title, then in the text;
    then with the folded words in the title, then in the text. What is equal stays in the order of
    lesson numbers: SQLite and PostgreSQL rank differently, so neither's rank is used.
    """
    typed = words(query[:LONGEST_QUERY])[:MOST_WORDS]
    folded = fold(" ".join(typed)).split()
    if not folded:
        return Found()
    for operator in ("and", "or"):
        matches = LessonPage.objects.live().search(" ".join(folded), operator=operator)
        ranked = sorted((*_missing(lesson, typed, folded), lesson) for lesson in matches)
        close = [lesson for *_, missing, _, lesson in ranked if missing * 2 < len(set(folded))]
        if close:
            return Found(close, complete=operator == "and")
    return Found()


def _missing(lesson: LessonPage, typed: list[str], folded: list[str]) -> tuple[int, ...]:
    """How many words are missing in each place, the closest place first; last the number, which
    no two lessons share."""
    places = (
        (typed, words(lesson.title)),
        (typed, words(lesson.text)),
        (folded, words(fold(lesson.title))),
        (folded, words(fold(lesson.text))),
    )
    return (*(len(set(wanted).difference(place)) for wanted, place in places), lesson.number)
