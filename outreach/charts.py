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


# Of stacked bars: the height of a bar, and of the line with the name above its bars.
BAR, NAME, GAP = 16, 22, 10
BARS_LEFT = 72


@dataclass(frozen=True)
class Part:
    """A piece of a bar; `style` counts from 1 and chooses its colour."""

    style: int
    x: float
    width: float


@dataclass(frozen=True)
class Bar:
    label: Mark
    y: int
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Stack:
    """Bars of one thing, below its name."""

    name: Mark
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class StackedBars:
    stacks: tuple[Stack, ...]
    height: int
    width: int = WIDTH
    bar: int = BAR


def stacked_bars(
    things: Sequence[tuple[str, Sequence[tuple[str, Sequence[int]]]]],
) -> StackedBars:
    """Of each thing its bars by label, each as long as the others and divided as its numbers are;
    of nothing but 0 there is none."""
    stacks, y = [], 0
    for name, labelled in things:
        y += NAME
        title, bars = Mark(name, 0, y - 6), []
        for label, values in labelled:
            bars.append(Bar(Mark(label, BARS_LEFT - 8, y + BAR / 2), y, _parts(values)))
            y += BAR + 2
        stacks.append(Stack(title, tuple(bars)))
        y += GAP
    return StackedBars(tuple(stacks), y)


def _parts(values: Sequence[int]) -> tuple[Part, ...]:
    whole, before, found = sum(values), 0, []
    for style, value in enumerate(values, start=1):
        if value:
            across = (WIDTH - BARS_LEFT) / whole
            x = round(BARS_LEFT + before * across, 1)
            found.append(Part(style, x, round(value * across, 1)))
        before += value
    return tuple(found)
