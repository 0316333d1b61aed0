"""Numbers as texts: exact ones read back, shown ones say when they were cut."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from services.performance.domain.texts import Texts, exact_text, percent, shown


@given(st.fractions() | st.decimals(min_value=-(10**15), max_value=10**15, places=10).map(Fraction))
def test_an_exact_text_reads_back(value: Fraction) -> None:
    assert Fraction(exact_text(value)) == value


def test_decimals_where_they_end_and_fractions_where_they_do_not() -> None:
    values = (Fraction(64), Fraction(-5, 4), Fraction(1, 10**6), Fraction(22500000, 61), Fraction(0))
    assert [exact_text(value) for value in values] == ["64", "-1.25", "0.000001", "22500000/61", "0"]


def test_a_number_that_was_cut_says_so() -> None:
    assert [shown(Fraction(1, 3)), shown(Fraction(-2, 3)), shown(Decimal("0.10"))] == ["≈0.333333", "≈-0.666667", "0.1"]
    assert [percent(6000), percent(3333)] == ["60%", "33.33%"]


def test_each_language_gets_its_own_words() -> None:
    sentence = Texts("等级{grade}", "grade {grade}").filled(grade=Texts("优秀", "Excellent"))
    assert (sentence.zh, sentence.en) == ("等级优秀", "grade Excellent")
