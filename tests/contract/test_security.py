"""The page about security tells the truth: its tests exist, and no requirement of its checklists is passed over."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.contract.weaknesses import PAGE, WEAKNESSES, Weakness, missing, renewed

ASVS = Path(__file__).with_name("asvs_5_0_level_2.txt")
"""The numbers of all requirements of levels 1 and 2."""
_SECTION = re.compile(r"^## .*ASVS.*?(?=^## )", re.MULTILINE | re.DOTALL)
_NUMBER = re.compile(r"\b\d{1,2}\.\d{1,2}\.\d{1,2}\b")
_STATES = {"holds", "partly", "open", "operator", "none"}


def table_of(page: str) -> list[list[str]]:
    section = _SECTION.search(page)
    assert section is not None
    rows = [line.strip("| ").split(" | ") for line in section[0].splitlines() if line.startswith("| ")]
    return [row for row in rows if _NUMBER.search(row[0])]


@pytest.mark.parametrize("weakness", WEAKNESSES, ids=lambda weakness: weakness.name)
def test_every_class_has_tests_that_exist(weakness: Weakness) -> None:
    assert weakness.tests
    assert [test for test in weakness.tests if missing(test)] == []


def test_the_table_of_classes_is_what_the_code_says() -> None:
    page = PAGE.read_text("utf-8")
    assert renewed(page) == page, "renew it: make docs"


def test_every_requirement_of_level_2_is_answered_once() -> None:
    answered = Counter(number for row in table_of(PAGE.read_text("utf-8")) for number in _NUMBER.findall(row[0]))
    required = set(ASVS.read_text("utf-8").split())
    assert required - answered.keys() == set()
    assert answered.keys() - required == set()
    assert [number for number, times in answered.items() if times > 1] == []


def test_every_answer_is_of_a_known_kind_and_what_holds_points_somewhere() -> None:
    for numbers, state, *told in table_of(PAGE.read_text("utf-8")):
        assert state in _STATES, numbers
        assert state != "holds" or "](" in "".join(told), numbers
