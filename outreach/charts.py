"""Line charts as plain SVG: where each point, line and word stands. Templates draw them, and show
the same numbers as a table."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 240
# Room for the words beside and below.
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 12, 28


@dataclass(frozen=True)
class Mark:
    """A word at a place of the axis."""

    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Line:
    """`points` as a polyline wants them; `style` counts from 1 and chooses colour and dashes."""

    name: str
    style: int
    points: str
    dots: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class LineChart:
    lines: tuple[Line, ...]
    heights: tuple[Mark, ...]
    steps: tuple[Mark, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def line_chart(steps: Sequence[str], lines: Sequence[tuple[str, Sequence[int]]]) -> LineChart:
    """The chart of lines with a whole number at each step; heights begin at 0."""
    top = _round_up(max((value for _name, values in lines for value in values), default=0))
    across = (WIDTH - LEFT - RIGHT) / max(len(steps) - 1, 1)

    def x(place: int) -> float:
        return round(LEFT + place * across, 1)

    def y(value: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top), 1)

    drawn = []
    for style, (name, values) in enumerate(lines, start=1):
        dots = tuple((x(place), y(value)) for place, value in enumerate(values))
        drawn.append(Line(name, style, " ".join(f"{a},{b}" for a, b in dots), dots))
    # Every second word where they would touch.
    every = 1 if len(steps) <= 7 else 2
    return LineChart(
        lines=tuple(drawn),
        heights=tuple(
            Mark(f"{value:,}".replace(",", "."), LEFT - 8, y(value))
            for value in sorted({0, top // 2, top})
        ),
        steps=tuple(
            Mark(text, x(place), HEIGHT - 8)
            for place, text in enumerate(steps)
            if (len(steps) - 1 - place) % every == 0
        ),
    )


def _round_up(value: int) -> int:
    """The least of 2, 4, 10, 20, 40, 100 … that is no less; its half is whole."""
    step = 1
    while True:
        for first in (2, 4, 10):
            if first * step >= value:
                return first * step
        step *= 10
