"""Exact decimals: bounds at the door, rounding half up, and division that leaves no remainder behind."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from math import lcm

from shared.core.errors import Invalid

MAX_MAGNITUDE = Decimal(10) ** 15
"""No accepted quantity reaches this absolute value."""
MAX_PLACES = 10
"""Digits after the point that an accepted quantity may carry (the scale of a stored actual)."""

WRITTEN = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?"
"""How a number is written: in ASCII, where Python itself would also read other scripts' digits and `1_000`."""
_WRITTEN = re.compile(WRITTEN)
_LONGEST = 60
"""As many digits as `_EXACT` keeps, so that nothing is lost in reading."""
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


def parse_decimal(text: str, *, pointer: str) -> Decimal:
    """Read a plain or exponent decimal exactly.

    Raises Invalid (`number_invalid`, `number_too_large`, `number_too_precise`) at `pointer`.
    """
    written = text.strip()
    if len(written) > _LONGEST:
        raise Invalid.at(pointer, "number_too_large", f"A number has at most {_LONGEST} characters.")
    if not _WRITTEN.fullmatch(written):
        raise Invalid.at(pointer, "number_invalid", "This is not a decimal number.")
    value = Decimal(written)
    if abs(value) >= MAX_MAGNITUDE:
        raise Invalid.at(pointer, "number_too_large", "The absolute value must stay below 10^15.")
    if places(value) > MAX_PLACES:
        raise Invalid.at(pointer, "number_too_precise", f"At most {MAX_PLACES} decimal places are kept.")
    return value


def places(value: Decimal) -> int:
    """Count the significant digits after the decimal point (trailing zeros do not count)."""
    exponent = value.normalize(_EXACT).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def round_half_up(value: Decimal | Fraction, digits: int) -> Decimal:
    """Round to `digits` places, ties away from zero; a fraction once, never by way of a decimal that is cut."""
    if isinstance(value, Fraction):
        size = (2 * abs(value.numerator) * 10**digits + value.denominator) // (2 * value.denominator)
        return from_scaled(size if value >= 0 else -size, digits)
    return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP, context=_EXACT)


def to_scaled(value: Decimal, digits: int) -> int:
    """Turn `value` into the integer `value * 10**digits`, rounded half up."""
    return int(round_half_up(value, digits).scaleb(digits, context=_EXACT))


def from_scaled(number: int, digits: int) -> Decimal:
    """Undo `to_scaled`."""
    return Decimal(number).scaleb(-digits, context=_EXACT)


def largest_remainder(total: Decimal, weights: Sequence[Decimal | Fraction], *, digits: int = 2) -> list[Decimal]:
    """Split `total` in proportion to `weights` into parts of `digits` places that sum to `total` exactly.

    Hamilton's method, in whole numbers of any size: every part is rounded towards zero, then the units left go to the
    largest remainders, the earlier part winning a tie. `total` must itself have at most `digits` places.
    Raises ValueError where no weight is positive or one is negative.
    """
    if not weights or any(weight < 0 for weight in weights) or not any(weights):
        raise ValueError("weights must be non-negative with a positive sum")
    sign, units = -1 if total < 0 else 1, abs(Fraction(total)) * 10**digits
    if units.denominator != 1:
        raise ValueError(f"total has more than {digits} decimal places")
    shares = _in_proportion(weights)
    whole = sum(shares)
    parts, remainders = zip(*(divmod(units.numerator * share, whole) for share in shares), strict=True)
    left = units.numerator - sum(parts)
    favoured = set(sorted(range(len(shares)), key=lambda i: (-remainders[i], i))[:left])
    return [from_scaled(sign * (part + (i in favoured)), digits) for i, part in enumerate(parts)]


def _in_proportion(weights: Sequence[Decimal | Fraction]) -> list[int]:
    """Write weights in the same proportion as whole numbers."""
    exact = [Fraction(weight) for weight in weights]
    common = lcm(*(weight.denominator for weight in exact))
    return [weight.numerator * (common // weight.denominator) for weight in exact]


def positional(value: Decimal) -> str:
    """Write a decimal without exponent and with the zeros it has: `0.0000001`, `64.00`, `1000` for 1E+3."""
    text = str(value)
    return f"{value:f}" if "E" in text else text  # which spares the slower way nearly always


def shortest(value: Decimal) -> Decimal:
    """Drop trailing zeros after the point, and the sign of a zero."""
    short = value.normalize(_EXACT) if value else Decimal(0)
    return Decimal(positional(short)) if "E" in str(short) else short


def plain(value: Decimal) -> str:
    """Write a decimal without exponent and without trailing zeros after the point."""
    text = f"{value.normalize(_EXACT):f}"
    return "0" if text == "-0" else text
