"""The log-in page as plain HTML: no script, nothing from elsewhere, and every word from outside escaped."""

from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse

from services.gateway.api.identity.log_in_words import Words
from services.gateway.api.identity.oauth_forms import AUTHORIZE, PROVIDER

_STYLE = """
:root { color-scheme: light dark; }
body { display: grid; font: 16px/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; place-items: center; }
main { box-sizing: border-box; max-width: 24rem; padding: 1.5rem; width: 100%; }
h1 { font-size: 1.4rem; margin: 0; }
p { margin: .2rem 0 1rem; }
label { display: block; margin: .8rem 0 .2rem; }
input { box-sizing: border-box; font: inherit; padding: .5rem; width: 100%; }
button { cursor: pointer; font: inherit; margin: 1.2rem .5rem 0 0; padding: .5rem 1.2rem; }
[role=alert] { border-left: .25rem solid #c33; padding: .3rem .8rem; }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action "
_HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


@dataclass(frozen=True, slots=True)
class Page:
    """A page with a form."""

    title: str
    purpose: str
    problem: str
    """Why the try before was refused; empty where there was none."""
    sealed: str
    """What the form remembers."""
    sends_to: str
    """The origin to which the answer to the form may send the browser on."""
    other_way: str | None
    """What the link to the company's own provider says; None where there is none."""
    password_aside: bool
    """Whether hardly anybody has a password here."""


def form_page(words: Words, page: Page, fields: str) -> HTMLResponse:
    alert = f'<p role="alert">{escape(page.problem)}</p>' if page.problem else ""
    link = f"{PROVIDER}?{urlencode({'form': page.sealed})}"
    way = f'<p><a href="{escape(link)}">{escape(page.other_way)}</a></p>' if page.other_way else ""
    form = (
        f'<form method="post" action="{AUTHORIZE}">'
        f'<input type="hidden" name="form" value="{escape(page.sealed)}">{fields}'
        f"<button>{escape(words['go_on'])}</button>"
        f'<button name="cancel" value="1" formnovalidate>{escape(words["cancel"])}</button></form>'
    )
    if page.password_aside:
        opened = " open" if page.problem or not way else ""
        form = f"<details{opened}><summary>{escape(words['by_password'])}</summary>{form}</details>"
    body = f"<p>{escape(page.purpose)}</p>{alert}{way}{form}"
    return _page(words, page.title, body, sends_to=f"'self' {page.sends_to}", status=400 if page.problem else 200)


def password_fields(words: Words, *, username: str) -> str:
    name = _field(words["username"], "username", "username", value=username, focused=not username)
    return name + _field(words["password"], "password", "current-password", kind="password", focused=bool(username))


def code_fields(words: Words) -> str:
    return _field(words["code"], "code", "one-time-code", focused=True)


def refusal_page(words: Words, why: str) -> HTMLResponse:
    """Say what is wrong to somebody who cannot be sent back with it."""
    return _page(words, words["refused"], f'<p role="alert">{escape(why)}</p>', sends_to="'none'", status=400)


def _field(
    label: str, name: str, filled_with: str, *, kind: str = "text", value: str = "", focused: bool = False
) -> str:
    return (
        f'<label for="{name}">{escape(label)}</label><input id="{name}" name="{name}" type="{kind}" required '
        f'autocomplete="{filled_with}" autocapitalize="none" spellcheck="false" value="{escape(value)}"'
        f"{' autofocus' if focused else ''}>"
    )


def _page(words: Words, title: str, body: str, *, sends_to: str, status: int) -> HTMLResponse:
    html = (
        f'<!doctype html><html lang="{words["lang"]}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
    return HTMLResponse(html, status, headers={**_HEADERS, "Content-Security-Policy": _POLICY + sends_to})
