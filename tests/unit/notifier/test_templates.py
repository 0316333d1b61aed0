"""The words of notifications."""

from string import Formatter

import pytest

from services.notifier.domain.templates import (
    EFFECTS,
    GRADES,
    LIST_SEPARATOR,
    NO_WEIGHT,
    TEMPLATES,
    WEIGHTS_STAY,
    Words,
)

LOCALES = {"zh", "en"}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("kind", TEMPLATES)
def test_a_template_says_the_same_in_both_languages(kind: str) -> None:
    template = TEMPLATES[kind]
    for words in (template.title, template.body):
        assert set(words) == LOCALES
        assert places(words["zh"]) == places(words["en"])
        assert all(words.values())


@pytest.mark.parametrize("words", [*GRADES.values(), *EFFECTS.values(), NO_WEIGHT, WEIGHTS_STAY, LIST_SEPARATOR])
def test_words_exist_in_both_languages(words: Words) -> None:
    assert set(words) == LOCALES


def test_the_reminder_says_exactly_this() -> None:
    _, body = TEMPLATES["task.plan.submit"].written("zh", {})
    assert body == "您部门绩效指标制定尚未完成，请尽快提交"


def test_facts_are_told_in_the_reader_s_language_and_never_read_as_templates() -> None:
    facts = {"author": "{0.__class__}", "cycle": "H1", "total": "61.00", "grade": GRADES["fair"]}
    assert TEMPLATES["report.ready"].written("zh", facts)[1] == "您在H1的绩效报告已生成：61.00 分，合格。"
    assert "fair" in TEMPLATES["report.ready"].written("en", facts)[1]
    assert "{0.__class__}" in TEMPLATES["feedback.given"].written("zh", facts)[1]
