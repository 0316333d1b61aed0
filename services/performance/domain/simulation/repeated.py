"""Refuses to suppose two different things of one."""

from collections.abc import Sequence

from shared.core.errors import Invalid


def refuse_repeated(named: Sequence[object], pointer: str, code: str, detail: str) -> None:
    """Raise Invalid where something is named again; `pointer` has `{}` for the place in the list."""
    first = {each: at for at, each in reversed(list(enumerate(named)))}
    for at, each in enumerate(named):
        if first[each] != at:
            raise Invalid.at(pointer.format(at), code, detail)
