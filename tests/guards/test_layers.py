"""The layout of the design: import direction, the few names of modules, files that fit a head."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app"
MOST_LINES = 400
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache'])"
NAMES = {"__init__", "models", "states", "services", "queries", "forms", "views", "jobs", "cli", "setup"}
"""What a feature may consist of; any of them may be a folder."""
SPECIALISTS = {
    "accounts": "messages sessions sign_in_log throttle",
    "audit": "chain freshness sentences timeline",
    "conversion": "layouts old_dates old_progress reading sheets unit_names",
    "deadlines": "badge moved proposals seeds setting_kinds settings steps working_days",
    "documents": "authority books bounded canonical chain comparing composers content delivery "
    "drafting fonts kinds layout limits matching numbering numbers outgoing "
    "outgoing_print pages papers preview printed readback removing rendering sheets "
    "signatures slip verification word wording",
    "example": "answering autumn cases field followed history load notices organisation people "
    "posting report signing summer",
    "exchange": "calendar_file conclusions_file past_tasks_file people_file plan successions_file tables "
    "units_file",
    "fieldwork": "composing panels report_lacks team_report",
    "files": "gate held store",
    "findings": "answers causes holds panels recurrence",
    "followup": "ageing besides checks columns conditions counting ending escalating export feed figures "
    "filters inbox keeping ladder mailing month outside pasting proposed reminding saved undelivered",
    "form_library": "builder fields inputs loaders panels publishing reading replacing schema values "
    "yaml_source",
    "home": "unit work",
    "inspections": "composing holds overlap panels papers planning",
    "jobs": "pool worker",
    "notices": "about annex_checks annexes batches checked checks compose corrigendum course effects figures "
    "naming printed recall_paper record replaced slip texts waited wordback",
    "register": "asking boxes conflicts cutting entered entry extract history holds listing mapping matrix "
    "missed panels recalled recut reopened reopening replaced reserved reserving review telling typed "
    "wording",
    "remediation": "codes heads holds lateness letters panels periods schedule_annex sheets unit_papers "
    "values",
    "responsibility": "heads record values",
    "units": "holds lineage",
}
"""Matters that have a name of their own, by feature. A new one is a decision: write it here."""
NOT_FEATURES = {"web", "static", "__pycache__"}


def features() -> list[Path]:
    return sorted(
        p for p in APP.iterdir() if p.is_dir() and p.name not in NOT_FEATURES and any(p.glob("*.py"))
    )


def sources(folder: Path = APP) -> list[Path]:
    return sorted(p for p in folder.rglob("*.py") if "__pycache__" not in p.parts)


def test_the_import_direction_holds():
    ended = subprocess.run(
        [sys.executable, "-c", LINT],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_no_file_grows_past_four_hundred_lines():
    folders = (APP, ROOT / "tests", ROOT / "scripts", ROOT / "migrations")
    long = {
        str(path.relative_to(ROOT)): lines
        for folder in folders
        for path in sources(folder)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert long == {}


@pytest.mark.parametrize("kind", ["*.css", "*.js", "*.html"])
def test_no_file_of_the_screen_grows_without_end(kind):
    long = {
        str(path.relative_to(ROOT)): lines
        for folder in (ROOT / "templates", APP / "static")
        for path in folder.rglob(kind)
        if (lines := len(path.read_text(encoding="utf-8").splitlines()))
        > (900 if kind == "*.css" else MOST_LINES)
    }
    assert long == {}


def test_a_feature_consists_of_the_known_names():
    strange = [
        str(path.relative_to(ROOT))
        for feature in features()
        for path in feature.iterdir()
        if path.name != "__pycache__" and (path.suffix == ".py" or path.is_dir())
        if path.stem not in NAMES.union(SPECIALISTS.get(feature.name, "").split())
    ]
    assert strange == [], "use one of the known names, or add the specialist to SPECIALISTS"


def test_nothing_is_called_utils():
    """What the views of one room share may be called common, inside their folder; nothing else may."""
    vague = {"utils", "util", "helpers", "helper", "misc", "tools"}
    wrong = [p for p in sources() if p.stem in vague or p.parent.name in vague]
    wrong += [p for p in sources() if p.stem == "common" and len(p.relative_to(APP).parts) < 3]
    assert [str(p.relative_to(ROOT)) for p in wrong] == []


def test_every_feature_says_what_it_is_for():
    silent = [
        f.name for f in features() if len((ast.get_docstring(_tree(f / "__init__.py")) or "").split()) < 6
    ]
    assert silent == []


def _tree(path: Path) -> ast.Module:
    return (
        ast.parse(path.read_text(encoding="utf-8")) if path.exists() else ast.Module(body=[], type_ignores=[])
    )


def _calls(path: Path, *names: str) -> list[str]:
    """Places where `….name(` of one of `names` is called, e.g. "session.commit"."""
    found = []
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called = ast.unparse(node.func)
            if any(called == name or called.endswith(f".{name}") for name in names):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno} {called}")
    return found


def parts(*names: str) -> list[Path]:
    """Modules of these names in every feature, folders included."""
    return [
        p for p in sources() if p.stem in names or any(n in p.relative_to(APP).parts[1:-1] for n in names)
    ]


def test_services_and_queries_never_commit():
    wrong = [
        line
        for path in parts("services", "queries", "models", "states", "forms")
        for line in _calls(path, "session.commit")
    ]
    assert wrong == [], "views, jobs and commands commit; nobody else"


def test_queries_never_write():
    wrong = [
        line
        for path in parts("queries")
        for line in _calls(path, "session.add", "session.delete", "session.add_all", "audit.record")
    ]
    assert wrong == []


def test_models_never_ask_the_database():
    wrong = [
        line
        for path in parts("models")
        for line in _calls(path, "session.scalars", "session.scalar", "session.execute", "session.get")
    ]
    assert wrong == []


def test_views_never_query_by_themselves():
    wrong = [
        line
        for path in parts("views")
        for line in _calls(
            path,
            "session.scalars",
            "session.scalar",
            "session.execute",
            "session.get",
            "session.query",
            "session.add",
        )
    ]
    assert wrong == [], "a query in queries.py, loaded by @requires"


def test_nothing_is_left_for_later():
    words = ("TO" + "DO", "FIX" + "ME", "NotImplementedError()", "X" + "XX")
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if any(word in line for word in words)
    ]
    assert wrong == []
