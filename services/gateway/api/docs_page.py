"""The docs page: the OpenAPI document as plain HTML, without scripts and without anything from elsewhere."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from html import escape
from itertools import chain
from typing import Any

Part = Mapping[str, Any]
_METHODS = ("get", "post", "put", "patch", "delete")
_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 64rem; padding: 1rem 1.5rem 4rem; }
code, .path { font-family: ui-monospace, monospace; font-size: .92em; }
h2 { border-bottom: 1px solid var(--line); margin-top: 2.5rem; }
nav a { display: inline-block; margin-right: .8rem; }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .4rem 0; padding: .4rem .8rem; }
details[open] { background: var(--soft); }
summary { cursor: pointer; }
.verb { display: inline-block; font-weight: 700; width: 4.5rem; }
.about { color: GrayText; margin-left: .5rem; }
pre { overflow-x: auto; }
table { border-collapse: collapse; margin: .5rem 0; width: 100%; }
td, th { border-top: 1px solid var(--line); padding: .25rem .6rem .25rem 0; text-align: left; vertical-align: top; }
"""


def render(document: Part) -> str:
    """Render a whole document as one page."""
    info, tags = document["info"], _by_tag(document)
    links = "".join(f'<a href="#{escape(tag)}">{escape(tag)}</a>' for tag in tags)
    body = "".join(f'<h2 id="{escape(tag)}">{escape(tag)}</h2>{"".join(sections)}' for tag, sections in tags.items())
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(info["title"])} API</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        f"<h1>{escape(info['title'])} API</h1><p>{escape(info['description'])}</p>"
        '<p>For programs: <a href="/v1/openapi.json">OpenAPI 3.1</a>.</p>'
        f"<nav>{links}</nav>{body}<h2>Schemas</h2>{_schemas(document)}</body></html>"
    )


def _by_tag(document: Part) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = defaultdict(list)
    for path, item in chain(document["paths"].items(), document.get("webhooks", {}).items()):
        for method in _METHODS:
            if method in item:
                sections[item[method]["tags"][0]].append(_operation(method, path, item[method]))
    return sections


def _operation(method: str, path: str, operation: Part) -> str:
    about = f'<span class="about">{escape(operation.get("summary", ""))}</span>'
    title = f'<span class="verb">{method.upper()}</span><span class="path">{escape(path)}</span>{about}'
    text = f"<p>{escape(operation['description'])}</p>" if "description" in operation else ""
    content = text + _parameters(operation) + _request_body(operation) + _responses(operation)
    return f'<details id="{escape(operation["operationId"])}"><summary>{title}</summary>{content}</details>'


def _parameters(operation: Part) -> str:
    rows = [
        (
            f"<code>{escape(parameter['name'])}</code>",
            escape(parameter["in"]) + (", required" if parameter.get("required") else ""),
            _type(parameter.get("schema", {})),
            escape(parameter.get("description", "")),
        )
        for parameter in operation.get("parameters", ())
    ]
    return _table(rows)


def _request_body(operation: Part) -> str:
    contents = operation.get("requestBody", {}).get("content", {})
    return "".join(
        f"<p>Body: {_type(media['schema'])} <code>{escape(kind)}</code></p>{_example(media)}"
        for kind, media in contents.items()
    )


def _responses(operation: Part) -> str:
    return _table(
        (f"<code>{escape(status)}</code>", escape(response.get("description", "")), _answers(response))
        for status, response in operation["responses"].items()
    )


def _answers(response: Part) -> str:
    return ", ".join(_type(media.get("schema", {})) + _example(media) for media in response.get("content", {}).values())


def _example(media: Part) -> str:
    """Show the examples of a body or an answer, folded up."""
    named = {name: example["value"] for name, example in media.get("examples", {}).items()}
    shown = {"Example": media["example"]} if "example" in media else named
    return "".join(
        f"<details><summary>{escape(name)}</summary><pre>{escape(_json(value))}</pre></details>"
        for name, value in shown.items()
    )


def _json(value: Any) -> str:  # noqa: ANN401 -- any JSON
    return json.dumps(value, ensure_ascii=False, indent=2)


def _schemas(document: Part) -> str:
    return "".join(
        f'<details id="schema-{escape(name)}"><summary><code>{escape(name)}</code></summary>'
        f"<p>{escape(schema.get('description', ''))}</p>{_members(schema)}</details>"
        for name, schema in document["components"]["schemas"].items()
    )


def _members(schema: Part) -> str:
    required = schema.get("required", ())
    return _table(
        (
            f"<code>{escape(name)}</code>",
            _type(member) + (", required" if name in required else ""),
            escape(member.get("description", "")),
        )
        for name, member in schema.get("properties", {}).items()
    )


def _type(schema: Part) -> str:
    """Say in a few words what a value is, with links to named schemas."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#schema-{name}">{name}</a>'
    for union, word in (("anyOf", " or "), ("oneOf", " or "), ("allOf", " and ")):
        if union in schema:
            return word.join(_type(option) for option in schema[union])
    if "enum" in schema or "const" in schema:
        values = schema.get("enum") or [schema["const"]]
        return " | ".join(f"<code>{escape(str(value))}</code>" for value in values)
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if schema.get("type") == "object" and "properties" in schema:
        return f"object with {', '.join(f'<code>{escape(name)}</code>' for name in schema['properties'])}"
    return escape(str(schema.get("format") or schema.get("type") or "anything"))


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{cells}</table>" if cells else ""
