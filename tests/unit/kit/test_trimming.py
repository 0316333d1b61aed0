"""What a schema says of texts that are trimmed before they are measured."""

import re
from typing import Annotated, Any

import pytest
from pydantic import Field, ValidationError

from shared.kit.http.app import Body

Word = Annotated[str, Field(min_length=1, max_length=9)]


class Note(Body):
    word: Word
    code: Annotated[str, Field(min_length=3)]
    words: tuple[Word, ...] = ()
    perhaps: Word | None = None
    shape: Annotated[str, Field(min_length=1, pattern="^[a-z]+$")] = "a"
    free: str = ""


MEMBERS: dict[str, Any] = Note.model_json_schema()["properties"]


@pytest.mark.parametrize(
    ("text", "fits"), [("", False), (" \t\n", False), ("\u0085", False), ("\u3000", False), (" a ", True), ("王", True)]
)
def test_the_schema_of_a_word_says_what_its_model_does(text: str, *, fits: bool) -> None:
    schema = MEMBERS["word"]
    assert (len(text) >= schema["minLength"] and re.search(schema["pattern"], text) is not None) is fits
    if fits:
        assert Note(word=text, code="abc").word == text.strip()
    else:
        with pytest.raises(ValidationError):
            Note(word=text, code="abc")


@pytest.mark.parametrize(("text", "fits"), [(" ab ", False), ("a b", True), (" abc", True)])
def test_spaces_at_the_ends_do_not_count(text: str, *, fits: bool) -> None:
    assert (re.search(MEMBERS["code"]["pattern"], text) is not None) is fits


def test_words_in_lists_and_words_that_may_be_missing_say_it_too_and_others_keep_what_they_say() -> None:
    assert (
        MEMBERS["words"]["items"]["pattern"] == MEMBERS["perhaps"]["anyOf"][0]["pattern"] == MEMBERS["word"]["pattern"]
    )
    assert MEMBERS["shape"]["pattern"] == "^[a-z]+$"
    assert "pattern" not in MEMBERS["free"]
