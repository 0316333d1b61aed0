"""Draws a curve as SVG: points over the actual, its floor and cap, and somebody's point on it.

Only the drawing is rounded to pixels; what is drawn was evaluated exactly.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from html import escape
from itertools import pairwise
from typing import NamedTuple

from services.performance.domain.exact import Rationals
from services.performance.domain.rules.curve import Constant, Curve, Slope
from services.performance.domain.texts import shown

_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 480, 280, 56, 20, 16, 36
_SAMPLES = 241
_MARGIN = Fraction(1, 4)


class Mark(NamedTuple):
    """A place worth seeing: its name and its actual."""

    name: str
    actual: Fraction


class _Span(NamedTuple):
    low: Fraction
    high: Fraction

    def at(self, value: Fraction, pixels: tuple[int, int]) -> str:
        """Give the pixel of a value between two ends."""
        begin, end = pixels
        return f"{float(begin + (end - begin) * (value - self.low) / (self.high - self.low)):.1f}"


def picture(curve: Curve, *, title: str, marks: Sequence[Mark], point: Mark | None) -> str:
    """Draw a curve of one person: its vertical axis runs from floor to cap, the horizontal one past every mark."""
    named = [*marks, *([point] if point else [])]
    across = _across([*_edges(curve), *(mark.actual for mark in named)])
    up = _Span(curve.floor.fraction(), curve.cap.fraction())
    look = 'role="img" font-size="11" font-family="sans-serif" fill="none" stroke="currentColor"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" {look}>',
        f"<title>{escape(title)}</title>",
        *_axes(across, up),
        f'<path d="{_path(curve, across, up)}" stroke-width="2"/>',
        *(_dropped(mark, across) for mark in marks),
        *([_dot(point, curve, across, up)] if point else []),
        "</svg>",
    ]
    return "".join(parts)


def _edges(curve: Curve) -> list[Fraction]:
    """Find the actuals where something begins: pieces, and where slopes meet floor and cap within theirs."""
    starts = [None if piece.start is None else piece.start.fraction() for piece in curve.pieces]
    found = [start for start in starts if start is not None]
    for piece, start, end in zip(curve.pieces, starts, [*starts[1:], None], strict=True):
        form = piece.form
        if isinstance(form, Slope) and form.rise.fraction():
            per_point = form.run.fraction() / form.rise.fraction()
            limits = (curve.floor.fraction(), curve.cap.fraction())
            met = (form.at.fraction() + (limit - form.points.fraction()) * per_point for limit in limits)
            found += [at for at in met if (start is None or at >= start) and (end is None or at <= end)]
    return found


def _across(places: Sequence[Fraction]) -> _Span:
    low, high = min(places, default=Fraction(0)), max(places, default=Fraction(1))
    margin = (high - low) * _MARGIN or abs(high) or Fraction(1)
    return _Span(low - margin, high + margin)


def _path(curve: Curve, across: _Span, up: _Span) -> str:
    """Sample between the edges; where points stand still or step, draw a stair."""
    step = (across.high - across.low) / (_SAMPLES - 1)
    places = sorted({*(across.low + step * at for at in range(_SAMPLES)), *_edges(curve)})
    places = [place for place in places if across.low <= place <= across.high]
    found = curve.evaluate(Rationals.of_each(places), count=len(places))
    heights = [found.points.fraction(row) for row in range(len(places))]
    stepped = [_is_stepped(curve, int(found.piece[row])) for row in range(len(places))]
    path = [f"M{_x(across, places[0])} {_y(up, heights[0])}"]
    for (before, place), (_, height), stair in zip(pairwise(places), pairwise(heights), stepped, strict=False):
        del before
        path.append(f"H{_x(across, place)}V{_y(up, height)}" if stair else f"L{_x(across, place)} {_y(up, height)}")
    return "".join(path)


def _is_stepped(curve: Curve, at: int) -> bool:
    form = curve.pieces[at].form
    return isinstance(form, Constant) or (isinstance(form, Slope) and form.quantise != "exact")


def _axes(across: _Span, up: _Span) -> Iterator[str]:
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    yield f'<path d="M{_LEFT} {_TOP}V{bottom}H{right}" opacity=".6"/>'
    for value in (up.low, up.high):
        y = _y(up, value)
        yield f'<path d="M{_LEFT} {y}H{right}" stroke-dasharray="2 4" opacity=".4"/>'
        yield _label(str(_LEFT - 6), y, shown(value), anchor="end")
    for value, anchor in ((across.low, "start"), (across.high, "end")):
        yield _label(_x(across, value), str(_HEIGHT - 8), shown(Fraction(f"{float(value):.4g}")), anchor=anchor)


def _dropped(mark: Mark, across: _Span) -> str:
    x, bottom = _x(across, mark.actual), _HEIGHT - _BOTTOM
    line = f'<path d="M{x} {_TOP}V{bottom}" stroke-dasharray="4 3" opacity=".5"/>'
    return line + _label(x, str(bottom + 14), f"{mark.name} {shown(mark.actual)}", anchor="middle")


def _dot(point: Mark, curve: Curve, across: _Span, up: _Span) -> str:
    points = curve.evaluate(Rationals.of(point.actual), count=1).points.fraction()
    x, y = _x(across, point.actual), _y(up, points)
    dot = f'<circle cx="{x}" cy="{y}" r="4" fill="currentColor"/>'
    return dot + _label(x, f"{float(y) - 8:.1f}", f"{shown(points)} @ {shown(point.actual)}", anchor="middle")


def _label(x: str, y: str, text: str, *, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="currentColor" stroke="none">{escape(text)}</text>'


def _x(across: _Span, value: Fraction) -> str:
    return across.at(value, (_LEFT, _WIDTH - _RIGHT))


def _y(up: _Span, value: Fraction) -> str:
    return up.at(value, (_HEIGHT - _BOTTOM, _TOP))
