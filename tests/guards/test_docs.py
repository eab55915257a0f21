"""What the documents say can be done: commands exist, links lead somewhere, names of files are right."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from tests.guards.printing import count_pages

ROOT = Path(__file__).resolve().parents[2]
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("inspection_forms/*.md")])
NAMES = [str(path.relative_to(ROOT)) for path in DOCS]
STARTS = ("make ", "flask ", ".venv/bin/flask ", ".venv/bin/python -m flask ", "python -m tests.")


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands(name: str) -> list[str]:
    """Every command that a document shows, in a block or between backticks."""
    text = text_of(name)
    lines = [
        line.strip().removeprefix("$ ")
        for block in re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL)
        for line in block.splitlines()
    ]
    lines += re.findall(r"`([^`\n]+)`", text)
    shown = [re.sub(r"^(KL_\w+=\S+ +)+", "", line.split("  #")[0].strip()) for line in lines]
    return [line for line in shown if line.startswith(STARTS)]


def targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)) | {"bench-<name>"}


def wrong_with(command: str, cli: click.Group) -> str:
    """Why the command would not run; "" when it would."""
    words = shlex.split(command, comments=True)
    if words[0] == "make":
        missing = [
            word
            for word in words[1:]
            if "=" not in word and not word.startswith("-") and word not in targets()
        ]
        return f"no target {missing}" if missing else ""
    if "flask" in words[0] or words[1:3] == ["-m", "flask"]:
        rest = words[words.index("flask") + 1 :] if "flask" in words else words[1:]
        while rest and rest[0].startswith("-"):
            rest = rest[2:] if rest[0] in ("--app", "-A") else rest[1:]
        return wrong_with_flask(rest, cli)
    module = words[words.index("-m") + 1]
    return "" if (ROOT / (module.replace(".", "/") + ".py")).exists() else f"no module {module}"


def wrong_with_flask(words: list[str], group: click.Group) -> str:
    command: click.Command = group
    for word in words:
        if isinstance(command, click.Group):
            found = command.get_command(click.Context(command), word)
            if found is None:
                return f"no command {word}"
            command = found
        elif word.startswith("--"):
            options = {name for parameter in command.params for name in parameter.opts}
            if word.split("=")[0] not in options | {"--help"}:
                return f"no option {word}"
    return "stops at a group" if isinstance(command, click.Group) and words else ""


@pytest.mark.parametrize("name", NAMES)
def test_every_command_that_is_shown_exists(app, name):
    wrong = [f"{line}: {reason}" for line in commands(name) if (reason := wrong_with(line, app.cli))]
    assert wrong == []


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_somewhere(name):
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(name)):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        there = (ROOT / name).parent / path if path else ROOT / name
        if not there.exists() or (
            anchor and there.suffix == ".md" and anchor not in anchors(there.read_text(encoding="utf-8"))
        ):
            broken.append(target)
    assert broken == []


def anchors(text: str) -> set[str]:
    """Anchors of the headings, as they are made of their words."""
    heads = re.findall(r"^#+ +(.+?) *$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("name", NAMES)
def test_every_file_that_is_named_is_there(name):
    """`app/…`, `tests/…`, `templates/…` between backticks; a <name> or a * stands for any."""
    gone = []
    for path in re.findall(
        r"`((?:app|tests|templates|migrations|scripts|inspection_forms|docs|requirements)/[^`\s]*)`",
        text_of(name),
    ):
        pattern = re.sub(r"<[^>]+>|…", "*", path.split(":")[0]).rstrip("/")
        if not list(ROOT.glob(pattern)) and "*" not in pattern:
            gone.append(path)
    assert gone == []


def test_every_target_is_explained():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    promised = {"help", "setup", "run", "test", "sure", "deep"}
    explained = set(re.findall(r"^([a-z-]+):.*?## \S", makefile, re.MULTILINE))
    assert promised <= explained


def test_the_read_me_names_the_two_commands():
    text = text_of("README.md")
    assert "make run" in text and "make test" in text


def test_nothing_committed_names_where_it_was_made():
    """No path of a developer's machine, no address of a package index."""
    words = ("/work/" + "shared", "/tmp/" + "kl", "pypi" + ".org", "files.python" + "hosted")
    wrong = [
        f"{path.relative_to(ROOT)}: {word}"
        for folder in (
            "app",
            "docs",
            "scripts",
            "templates",
            "tests",
            "migrations",
            "requirements",
            "inspection_forms",
        )
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".md", ".txt", ".in", ".html", ".yaml", ".sh", ".css", ".js", ".toml"}
        for word in words
        if word in path.read_text(encoding="utf-8", errors="ignore")
    ]
    assert wrong == []


def test_the_guide_for_units_is_two_printed_pages():
    assert count_pages(ROOT / "docs/huong-dan/don-vi.md") == 2


GUIDES = sorted(path.stem for path in (ROOT / "docs/huong-dan").glob("*.md"))


@pytest.fixture(scope="module")
def screens() -> str:
    """Everything the product can write on a screen, in small letters."""
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "app").rglob("*.py")]
    return " ".join(" ".join(path.read_text(encoding="utf-8").split()) for path in files).lower()


@pytest.mark.parametrize("guide", GUIDES)
def test_a_bold_word_of_a_guide_stands_on_a_screen(guide: str, screens: str) -> None:
    """What a reader is told to look for or to press is called so; “…” stands for figures and dates."""
    text = " ".join(text_of(f"docs/huong-dan/{guide}.md").split())
    bold = dict.fromkeys(re.findall(r"\*\*(.+?)\*\*", text))
    assert bold
    missing = [
        word for word in bold if not all(part.strip(" .()") in screens for part in word.lower().split("…"))
    ]
    assert not missing, missing
