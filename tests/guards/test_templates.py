"""Templates: every one compiles, is used, stands on the shell, and holds no code of the page's own."""

from __future__ import annotations

import ast
import fnmatch
import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, nodes

from app.documents import rendering

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
KIT = "components"
APART = (KIT, "documents", "email", "errors")
"""Folders whose templates are no pages: macros, printed papers, mails, error pages with their own layout."""
SHELLS = {"base.html", "plain.html"}


@cache
def environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols", "jinja2.ext.i18n"],
    )


@cache
def names() -> list[str]:
    return sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))


@cache
def source(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


@cache
def tree(name: str) -> nodes.Template:
    return environment().parse(source(name), name)


def pages() -> list[str]:
    return [name for name in names() if Path(name).parts[0] not in APART and name not in SHELLS]


def parents(name: str) -> list[str]:
    """What the template extends, as constants."""
    found = []
    for node in tree(name).find_all(nodes.Extends):
        for constant in [node.template, *node.template.find_all(nodes.Const)]:
            if isinstance(constant, nodes.Const) and isinstance(constant.value, str):
                found.append(constant.value)
    return found


def called(name: str) -> set[str]:
    """Macros of the kit that the template calls as `kl.<macro>(…)` or hands on as `kl.<macro>`."""
    return {
        node.attr
        for node in tree(name).find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name) and node.node.name == "kl"
    }


def macros(name: str) -> set[str]:
    return {node.name for node in tree(name).find_all(nodes.Macro)}


def included(name: str) -> set[str]:
    """Templates that this one names anywhere: extends, include, import."""
    return {
        node.value
        for kind in (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
        for found in tree(name).find_all(kind)
        for node in [found.template, *found.template.find_all(nodes.Const)]
        if isinstance(node, nodes.Const) and isinstance(node.value, str)
    }


@cache
def rendered() -> set[str]:
    """Names of templates that stand in the Python of the product; `*` for what an f-string fills in."""
    found = set()
    for path in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            words = node.value if isinstance(node, ast.Constant) else None
            if isinstance(node, ast.JoinedStr):
                words = "".join(str(p.value) if isinstance(p, ast.Constant) else "*" for p in node.values)
            if isinstance(words, str) and re.fullmatch(r"[a-z][\w/-]*/[\w*-]+\.html", words):
                found.add(words)
    return found


def test_every_template_compiles(app):
    papers, broken = rendering._environment(), []
    for name in names():
        try:
            paper = name.startswith("documents/")
            (papers if paper else app.jinja_env).get_template(name.removeprefix("documents/"))
        except Exception as error:
            broken.append(f"{name}: {error}")
    assert broken == []


def test_every_page_stands_on_a_shell():
    loose = []
    for name in pages():
        if Path(name).name.startswith("_"):
            continue
        seen, front = set(), {name}
        while front:
            seen |= front
            front = {p for n in front for p in parents(n) if p in names()} - seen
        if not seen & SHELLS:
            loose.append(name)
    assert loose == [], "extend base.html or plain.html; a part of a page begins with _"


def test_every_template_that_is_rendered_is_there_and_every_one_there_is_used():
    gone = sorted(name for name in rendered() if not fnmatch.filter(names(), name))
    used = rendered() | {part for name in names() for part in included(name)}
    unused = [name for name in pages() if not any(fnmatch.fnmatchcase(name, pattern) for pattern in used)]
    assert (gone, unused) == ([], [])


def test_no_page_has_inline_style_or_script():
    wrong = []
    for name in names():
        if name.startswith(("documents/", "email/")):
            continue
        text = re.sub(r"\{#.*?#\}", "", source(name), flags=re.DOTALL)
        wrong += [
            f"{name}: {match[0][:60]}"
            for match in re.finditer(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:", text)
        ]
    assert wrong == []


def test_every_macro_that_is_called_exists_under_its_own_file():
    known = {Path(name).stem for name in names() if name.startswith(f"{KIT}/")}
    wrong = [f"{name}: kl.{macro}" for name in names() for macro in sorted(called(name) - known)]
    assert wrong == []


def test_a_component_is_one_macro_of_its_name():
    wrong = [
        name
        for name in names()
        if name.startswith(f"{KIT}/") and macros(name) and Path(name).stem not in macros(name)
    ]
    assert wrong == []


def test_no_component_is_left_unused():
    used = {macro for name in names() for macro in called(name)} | {
        Path(part).stem for name in names() for part in included(name) if part.startswith(f"{KIT}/")
    }
    unused = sorted(
        Path(name).stem for name in names() if name.startswith(f"{KIT}/") and Path(name).stem not in used
    )
    assert unused == []


def test_templates_show_and_do_not_compute():
    """No database, no service, no set of rights by role: pages get what they show, and ask `can`."""
    wrong = []
    for name in names():
        text = source(name)
        wrong += [
            f"{name}: {word}" for word in ("db.session", ".query(", "services.", "Role.") if word in text
        ]
    assert wrong == []


def test_nothing_is_marked_safe_but_what_the_papers_make():
    wrong = [
        f"{name}: {match[0]}"
        for name in names()
        if not name.startswith("documents/")
        for match in re.finditer(r"\|\s*safe\b|autoescape false", source(name))
    ]
    assert wrong == []


def test_forms_that_change_something_carry_their_token():
    """Through kl.post_form, kl.button_post, kl.confirm or a form field of its own."""
    wrong = []
    for name in names():
        for match in re.finditer(
            r"<form\b[^>]*method=[\"']post[\"'].*?</form>", source(name), re.DOTALL | re.IGNORECASE
        ):
            if "csrf_token" not in match[0] and "hidden_tag" not in match[0] and "kl.hidden" not in match[0]:
                wrong.append(f"{name}: {match[0][:80]}")
    assert wrong == []


def test_a_template_lies_in_the_folder_of_a_room():
    rooms = {p.name for p in (ROOT / "app").iterdir() if p.is_dir()} | {"papers"}  # the pages of documents
    wrong = [name for name in pages() if len(Path(name).parts) < 2 or Path(name).parts[0] not in rooms]
    assert wrong == []
