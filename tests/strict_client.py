"""A test client that refuses what a careful reader would: broken HTML, missing labels, lost headers.

    client = StrictClient(app.test_client())
    client.get("/tasks/7")                                   # 200, checked; client.page is the parsed page
    client.submit("form[action$='/accept']", expect=303)      # fills in what the page itself would send
    client.get("/tasks/8", expect=404)

HTML answers are checked, whatever their status: every day the first few of each address, in `make deep` all.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from typing import Any
from urllib.parse import urljoin, urlsplit

import html5lib
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.processes import DEEP

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
}
CONNECTS = {"connect-src 'self'", "connect-src 'self' wss://127.0.0.1:8987"}
"""Ours alone; where somebody signs, the signing tool on their own machine as well."""
MAY_VARY = {*CONNECTS, "frame-ancestors 'none'", "frame-ancestors 'self'", "frame-src 'self'"}
SCRUTINY = os.environ.get("KL_TEST_ENGINE", "sqlite") == "sqlite"
"""Pages are the same on every engine, so they are looked at closely on one."""
ADDRESSES = {"src", "href", "action"}
UNLABELLED = {"hidden", "submit", "button", "reset", "image"}


OFTEN = 8
"""How often a process of the tests looks closely at pages of one address; always in `make deep`."""
_seen: Counter[str] = Counter()


class StrictClient:
    """Wraps a Flask test client; ``response`` and ``page`` are those of the last request."""

    def __init__(self, client: FlaskClient, base_url: str = "http://localhost") -> None:
        self.client = client
        self.base_url = base_url
        self.path = "/"
        self._response: TestResponse | None = None
        self._page: BeautifulSoup | None = None

    @property
    def response(self) -> TestResponse:
        """The last answer."""
        assert self._response is not None, "nothing was asked yet"
        return self._response

    @property
    def page(self) -> BeautifulSoup:
        """The last page, parsed; an answer without HTML has none."""
        assert self._page is not None, "the last answer was no page"
        return self._page

    @property
    def text(self) -> str:
        """What a reader sees of ``main``, with single spaces."""
        main = self.page.main or self.page
        return " ".join(main.get_text(" ").split())

    def get(self, path: str, expect: int = 200, **kwargs: Any) -> TestResponse:
        """GET ``path`` and check the answer; ``expect`` is the status."""
        return self._open("GET", path, expect, **kwargs)

    def post(self, path: str, data: Any = None, expect: int = 303, **kwargs: Any) -> TestResponse:
        """POST ``data`` as it is given. The token of the last page is added unless ``data`` names one."""
        if isinstance(data, dict | MultiDict) or data is None:
            values = MultiDict(data or {})
            if "csrf_token" not in values and (token := self._token()):
                values["csrf_token"] = token
            data = values
        return self._open("POST", path, expect, data=data, **kwargs)

    def follow(self, expect: int = 200) -> TestResponse:
        """Go where the last answer redirected to."""
        return self.get(self.response.headers["Location"], expect=expect)

    def submit(
        self,
        selector: str = "main form[method=post]",
        data: dict[str, Any] | None = None,
        *,
        expect: int = 303,
    ) -> TestResponse:
        """Send the one form of the page that ``selector`` finds: what it holds, changed by ``data``.

        None takes a field away; a list gives several values; a field the form does not have is an error.
        """
        forms = self.page.select(selector)
        assert len(forms) == 1, f"{len(forms)} forms match {selector} on {self.path}"
        form = forms[0]
        values = form_values(form)
        names = {control["name"] for control in form.select("[name]")}
        for name, value in (data or {}).items():
            assert name in names, f"the form on {self.path} has no field {name}; it has {sorted(names)}"
            values.poplist(name)
            if value is not None:
                values.setlist(name, value if isinstance(value, list) else [value])
        action = urljoin(self.path, str(form.get("action") or self.path))
        if str(form.get("method", "get")).lower() == "post":
            return self._open("POST", action, expect, data=values)
        return self._open("GET", action, expect, query_string=values)

    def _token(self) -> str | None:
        field = self._page.select_one("input[name=csrf_token]") if self._page else None
        return str(field["value"]) if field else None

    def _open(self, method: str, path: str, expect: int, **kwargs: Any) -> TestResponse:
        parts = urlsplit(path)
        address = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {"Referer": self.base_url + self.path, **kwargs.pop("headers", {})}
        response = self.client.open(
            address, method=method, base_url=self.base_url, headers=headers, buffered=True, **kwargs
        )
        self._response, self._page = response, None
        shown = (
            response.get_data(as_text=True)[-2000:] if (response.mimetype or "").startswith("text") else ""
        )
        assert response.status_code == expect, (
            f"{method} {address}: {response.status_code}, not {expect}. {_words(shown)}"
        )
        check_headers(response)
        if 300 <= response.status_code < 400:
            return response
        self.path = address
        if response.mimetype == "text/html":
            kind = f"{method} {re.sub('[0-9]+', '#', parts.path)} {response.status_code}"
            _seen[kind] += 1
            html = response.get_data(as_text=True)
            self._page = check_page(html, address) if DEEP or _seen[kind] <= OFTEN else parsed(html)
        return response


def form_values(form: Tag) -> MultiDict[str, Any]:
    """Return what a browser would send of ``form``, without its buttons."""
    values: MultiDict[str, Any] = MultiDict()
    for control in form.select("input[name], textarea[name], select[name]"):
        if control.has_attr("disabled") or any(
            parent.has_attr("disabled") for parent in control.find_parents("fieldset")
        ):
            continue
        name, kind = str(control["name"]), str(control.get("type", "text"))
        if control.name == "textarea":
            values.add(name, control.get_text().removeprefix("\n"))
        elif control.name == "select":
            options = control.select("option")
            chosen = [option for option in options if option.has_attr("selected")]
            if not chosen and not control.has_attr("multiple"):
                chosen = options[:1]
            for option in chosen:
                values.add(name, str(option.get("value", option.get_text())))
        elif kind in ("checkbox", "radio"):
            if control.has_attr("checked"):
                values.add(name, str(control.get("value", "on")))
        elif kind not in ("submit", "button", "image", "file"):
            values.add(name, str(control.get("value", "")))
    return values


def check_headers(response: TestResponse) -> None:
    """Assert the exact set of security headers."""
    for name, value in HEADERS.items():
        assert response.headers.get(name) == value, f"{name} is {response.headers.get(name)!r}"
    policy = {part.strip() for part in response.headers.get("Content-Security-Policy", "").split(";")}
    assert policy >= POLICY, f"the policy lacks {POLICY - policy}"
    assert policy <= POLICY | MAY_VARY, f"the policy allows {policy - POLICY - MAY_VARY}"
    assert len(policy & CONNECTS) == 1, "the policy says with whom scripts may speak"
    assert any(part.startswith("frame-ancestors") for part in policy), "the policy lacks frame-ancestors"
    if response.mimetype == "text/html":
        assert response.headers.get("Cache-Control") == "no-store"
        assert "frame-ancestors 'none'" in policy


def check_page(html: str, where: str) -> BeautifulSoup:
    """Assert that ``html`` is a page as it should be, and return it parsed."""
    page = parsed(html)
    problems = _problems(html, page) if SCRUTINY else []
    assert not problems, f"{where}: " + "; ".join(problems)
    return page


def parsed(html: str) -> BeautifulSoup:
    """The page, by the fast parser: what is not as it should be is found by another (`syntax_problems`)."""
    return BeautifulSoup(html, "lxml")


def page_problems(html: str) -> list[str]:
    """Return what is wrong with a page, in words; an empty list when nothing is."""
    return _problems(html, parsed(html))


def syntax_problems(html: str) -> list[str]:
    """What the strictest parser of HTML complains of."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    parser.parse(html)
    return [
        f"line {position[0]}: {code} {detail or ''} near {_line(html, position[0])}"
        for position, code, detail in parser.errors
    ]


def _problems(html: str, page: BeautifulSoup) -> list[str]:
    return (
        syntax_problems(html)
        + _heading_problems(page)
        + _id_problems(page)
        + _label_problems(page)
        + _form_problems(page)
        + _inline_problems(page)
    )


def _heading_problems(page: BeautifulSoup) -> list[str]:
    problems = []
    headings = page.find_all("h1")
    if len(headings) != 1:
        problems.append(f"{len(headings)} h1, not one")
    title = _words(page.title.get_text()) if page.title else ""
    if headings and not title.startswith(_words(headings[0].get_text())):
        problems.append(f"title “{title}” does not begin with the h1 “{_words(headings[0].get_text())}”")
    if page.html is None or page.html.get("lang") != "vi":
        problems.append("the language of the page is not said")
    return problems


def _id_problems(page: BeautifulSoup) -> list[str]:
    ids = Counter(str(tag["id"]) for tag in page.find_all(True) if "id" in tag.attrs)
    problems = [f"id {name} {times} times" for name, times in ids.items() if times > 1]
    for tag in page.find_all(True):
        for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            value = tag.attrs.get(attribute, ())
            names = value if isinstance(value, list | tuple) else str(value).split()
            problems += [f"{attribute} names {name}, which is not there" for name in names if name not in ids]
        target = str(tag.attrs.get("href", "")) if tag.name == "a" else ""
        if target.startswith("#") and len(target) > 1 and target[1:] not in ids:
            problems.append(f"a link leads to {target}, which is not there")
    return problems


def _label_problems(page: BeautifulSoup) -> list[str]:
    named = {
        str(label["for"]) for label in page.find_all("label", attrs={"for": True}) if _words(label.get_text())
    }
    problems = []
    for control in page.find_all(["input", "select", "textarea"]):
        if control.name == "input" and control.get("type", "text") in UNLABELLED:
            continue
        labelled = control.get("id") in named or control.get("aria-label") or control.get("aria-labelledby")
        if not labelled and control.find_parent("label") is None:
            problems.append(f"{control.name} {control.get('name') or control.get('id')} has no label")
    for control in page.find_all(["button", "a"]):
        if control.name == "a" and not control.has_attr("href"):
            continue
        if not _words(control.get_text()) and not control.get("aria-label"):
            problems.append(f"a {control.name} says nothing: {str(control)[:80]}")
    problems += ["a picture without alt" for tag in page.find_all("img") if not tag.has_attr("alt")]
    problems += ["a frame without title" for tag in page.find_all("iframe") if not tag.has_attr("title")]
    return problems


def _form_problems(page: BeautifulSoup) -> list[str]:
    problems = []
    for form in page.find_all("form"):
        method = str(form.get("method", "")).lower()
        if not form.has_attr("action") and not method:
            problems.append("a form says neither where nor how it is sent")
        inputs = form.find_all("input")
        token = any(field.get("name") == "csrf_token" and field.has_attr("value") for field in inputs)
        if method == "post" and not token:
            problems.append(f"the form to {form.get('action')} has no token against forgery")
        if method != "post" and any(field.get("name") == "csrf_token" for field in inputs):
            problems.append(f"the form to {form.get('action')} shows its token in the address")
        if (
            method == "post"
            and any(field.get("type") == "file" for field in inputs)
            and form.get("enctype") != "multipart/form-data"
        ):
            problems.append(f"the form to {form.get('action')} does not send its files")
    return problems


def _inline_problems(page: BeautifulSoup) -> list[str]:
    problems = []
    for tag in page.find_all(True):
        if "style" in tag.attrs:
            problems.append(f"inline style on {tag.name}")
        if tag.name == "style":
            problems.append("a style in the page")
        if tag.name == "script" and not tag.get("src"):
            problems.append("a script in the page")
        problems += [f"{name} on {tag.name}" for name in tag.attrs if name.lower().startswith("on")]
        for name in ADDRESSES & tag.attrs.keys():
            address = str(tag.attrs[name]).strip().lower()
            if address.startswith("javascript:"):
                problems.append(f"a script in {name} of {tag.name}")
            if tag.name in ("script", "link", "img", "iframe") and address.startswith(
                ("http:", "https:", "//")
            ):
                problems.append(f"{tag.name} from elsewhere: {address}")
    return problems


def _words(text: str) -> str:
    return " ".join(text.split())


def _line(html: str, number: int) -> str:
    lines = html.splitlines()
    return lines[number - 1].strip()[:120] if 0 < number <= len(lines) else ""
