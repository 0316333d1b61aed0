"""Writes the document as YAML that a person likes to read, the same bytes each time."""

from typing import Any

from deploy.asyncapi.document import document
from deploy.errors import DeployError

try:
    import yaml
except ModuleNotFoundError:
    raise DeployError("writing YAML takes what testing takes: make setup-dev") from None


class _Dumper(yaml.SafeDumper):
    """Indents lists, repeats rather than refers, and writes several lines as several lines."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 -- the library's
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002 -- the signature is the library's
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def rendered() -> str:
    """Give the text of `docs/asyncapi.yaml`."""
    return yaml.dump(document(), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
