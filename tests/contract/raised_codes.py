"""Finds in the code every stable code that it can answer, by reading it: literals where errors are made."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from shared.kit.http.problems import STATUS

ROOT = Path(__file__).parents[2]
KINDS = {kind.__name__ for kind in (*STATUS, *(special for kind in STATUS for special in kind.__subclasses__()))}
_PLACE_OF_CODE = {**dict.fromkeys(KINDS, 0), "at": 1, "Violation": 1, "refuse": 1, "_refusal": 0}
"""How errors are made, and which argument is the code; `problem_response` names it."""
_TABLES = frozenset({"_REFUSALS", "REASONS", "_HTTP_CODES"})
"""Tables whose entries are made into errors."""
_OF = "of"
_OTHER_STANDARDS = frozenset({"OauthError"})
"""Errors with codes that are not ours to choose: those of RFC 6749."""
_CODE = re.compile(r"[a-z]+(_[a-z]+)*")
_SENTENCE = re.compile(r"[A-Z].*\.", re.DOTALL)


@dataclass(frozen=True, slots=True, order=True)
class Raised:
    code: str
    kind: str
    """Of the error; empty for a place in one, or for what HTTP itself answers."""
    place: str
    """File and line."""


def raised_in(folder: str) -> Iterator[Raised]:
    """Find what the code below a folder of the checkout raises; a code that cannot be read has none of its own."""
    for file in sorted((ROOT / folder).rglob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        for node in ast.walk(tree):
            for kind, code in _said(node):
                yield Raised(code, kind, f"{file.relative_to(ROOT)}:{node.lineno}")  # type: ignore[attr-defined]  # statements and calls have one


def _said(node: ast.AST) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Call) and _name_of(node.func)[1] in _OTHER_STANDARDS:
        return
    if isinstance(node, ast.Call | ast.Tuple):
        yield from (("", code) for code in _with_sentence(node.args if isinstance(node, ast.Call) else node.elts))
    if isinstance(node, ast.Call):
        yield from _called(node)
    elif isinstance(node, ast.ClassDef):
        yield from _named_once(node)
    elif isinstance(node, ast.AnnAssign | ast.Assign):
        targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
        if node.value is not None and any(isinstance(name, ast.Name) and name.id in _TABLES for name in targets):
            yield from (("", code) for code in _codes_of(node.value))


def _named_once(definition: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """Read the code that a kind of error of its own gives all of its errors."""
    kinds = [name for _, name in map(_name_of, definition.bases) if name in KINDS]
    for node in ast.walk(definition):
        if kinds and isinstance(node, ast.Call) and _name_of(node.func)[1] == "__init__" and node.args:
            yield from ((kinds[0], code) for code in _literals(node.args[0]))


def _codes_of(table: ast.expr) -> Iterator[str]:
    """Read a table: codes are its keys where they stand for sentences, else its texts or the first of each pair."""
    assert isinstance(table, ast.Dict)
    for key, value in zip(table.keys, table.values, strict=True):
        match key, value:
            case _, ast.Tuple(elts=[first, *_]):
                yield from _literals(first)
            case ast.Constant(value=str(code)), _:
                yield code
            case _:
                yield from _literals(value)


def _called(call: ast.Call) -> Iterator[tuple[str, str]]:
    owner, name = _name_of(call.func)
    if name == _OF and owner == "NotFound":
        yield "NotFound", "not_found"
    elif name == "problem_response":
        yield from (("", code) for word in call.keywords if word.arg == "code" for code in _literals(word.value))
    elif name in _PLACE_OF_CODE and len(call.args) > _PLACE_OF_CODE[name] and (name != "at" or owner in KINDS):
        kind = owner if owner in KINDS else name if name in KINDS else ""
        yield from ((kind, code) for code in _literals(call.args[_PLACE_OF_CODE[name]]))


def _with_sentence(parts: Sequence[ast.expr]) -> Iterator[str]:
    """Read a code that stands right before the sentence for people."""
    for code, sentence in pairwise(parts):
        match code, sentence:
            case ast.Constant(value=str(text)), ast.Constant(value=str(words)) if _CODE.fullmatch(text):
                yield from [text] if _SENTENCE.fullmatch(words) else ()
            case ast.Constant(value=str(text)), ast.JoinedStr(values=[*_, ast.Constant(value=str(end))]):
                yield from [text] if _CODE.fullmatch(text) and end.endswith(".") else ()


def _name_of(function: ast.expr) -> tuple[str, str]:
    match function:
        case ast.Attribute(value=ast.Name(id=owner), attr=name):
            return owner, name
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return "", name
    return "", ""


def _literals(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(code)):
            yield code
        case ast.IfExp(body=one, orelse=other):
            yield from _literals(one)
            yield from _literals(other)
