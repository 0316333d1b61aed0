"""Sentences in Chinese and English, and numbers written for people."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from services.performance.domain.document import Fields

_SHOWN_PLACES = 6


@dataclass(frozen=True, slots=True)
class Texts:
    """One statement in both languages."""

    zh: str
    en: str

    @classmethod
    def from_document(cls, document: object, *, pointer: str) -> "Texts":
        fields = Fields(document, pointer=pointer)
        texts = cls(zh=fields.text("zh"), en=fields.text("en"))
        fields.done()
        return texts

    def to_document(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}

    def filled(self, **values: object) -> "Texts":
        """Fill `{name}` places; a value that is itself `Texts` gives each language its own words."""
        zh = {name: value.zh if isinstance(value, Texts) else value for name, value in values.items()}
        en = {name: value.en if isinstance(value, Texts) else value for name, value in values.items()}
        return Texts(self.zh.format_map(zh), self.en.format_map(en))

    def __add__(self, other: "Texts") -> "Texts":
        return Texts(self.zh + other.zh, self.en + other.en)


def exact_text(value: Fraction) -> str:
    """Write a rational exactly: as a plain decimal where it has an end, else as `n/d`; `Fraction` reads both."""
    den = value.denominator
    for prime in (2, 5):
        while den % prime == 0:
            den //= prime
    if den != 1:
        return str(value)
    digits = value.denominator.bit_length()  # enough: a factor 2 or 5 of the denominator needs one place each
    whole = value.numerator * 10**digits // value.denominator
    sign, digits_text = ("-" if whole < 0 else ""), str(abs(whole)).rjust(digits + 1, "0")
    text = f"{digits_text[:-digits]}.{digits_text[-digits:]}".rstrip("0").rstrip(".")
    return sign + text


def shown(value: Fraction | Decimal) -> str:
    """Write a number for people: up to six places, `≈` before one that was cut."""
    exact = Fraction(value)
    scaled = exact * 10**_SHOWN_PLACES
    if scaled.denominator == 1:
        return exact_text(exact)
    return f"≈{exact_text(Fraction(round(scaled), 10**_SHOWN_PLACES))}"


def percent(basis_points: int) -> str:
    return f"{exact_text(Fraction(basis_points, 100))}%"
