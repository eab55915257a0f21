"""The next version of the shipped form, made by small changes to its text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

import yaml

import config
from app.form_library import services
from app.form_library.models import FormVersion

SHIPPED = config.ROOT / "inspection_forms" / "cchc-cong-vu" / "v1.yaml"
OTHER = "Nội dung khác để thử"


def tree(source: str = "") -> dict[str, Any]:
    """The shipped form (or `source`) as plain tables."""
    found: dict[str, Any] = yaml.load(source or SHIPPED.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return found


def text(
    number: int = 2,
    *,
    source: str = "",
    dropped: Sequence[str] = (),
    added: Mapping[str, Sequence[Mapping[str, str]] | None] | None = None,
    changed: Mapping[str, Mapping[str, object]] | None = None,
    retired: Mapping[str, str] | None = None,
) -> str:
    """The text of a version: `dropped` keys are gone, `added` ones stand in the place of the first dropped.

    `added`: key → what it replaces (None: nothing, it is new). `changed`: key → other values of its keys.
    """
    form = tree(source)
    form["version"] = number
    form.pop("retired", None)
    for group in form["groups"]:
        kept = []
        for criterion in group["criteria"]:
            criterion.pop("replaces", None)
            if criterion["key"] not in dropped:
                kept.append({**criterion, **(changed or {}).get(criterion["key"], {})})
        group["criteria"] = kept
    home = next(group for group in form["groups"] if group["key"] == "MC")
    pattern = {**home["criteria"][0], "by_field": False}
    for key in ("fields", "contents", "note", "replaces"):
        pattern.pop(key, None)
    for key, replaces in (added or {}).items():
        made = {**deepcopy(pattern), "key": key, "title": f"Tiêu chí thử {key}", "text": f"{OTHER} {key}"}
        made.update((changed or {}).get(key, {}))
        if replaces is not None:
            made["replaces"] = [dict(one) for one in replaces]
        home["criteria"].append(made)
    for package in form["packages"]:
        package["criteria"] = [key for key in package.get("criteria", ()) if key not in dropped]
        if not package["criteria"]:
            del package["criteria"]
    if retired:
        form["retired"] = [{"key": key, "reason": reason} for key, reason in retired.items()]
    return yaml.safe_dump(form, allow_unicode=True, sort_keys=False)


def publish(source: str) -> FormVersion:
    """Publish the text as it is."""
    return services.import_form(source, "v.yaml", actor=None).version


SECOND = {
    "dropped": ["MC-04", "MC-05", "MC-07", "MC-08", "MC-10"],
    "added": {
        "MC-30": [{"key": "MC-04"}],
        "MC-31": [{"key": "MC-05", "part": "1/2"}],
        "MC-32": [{"key": "MC-05", "part": "1/2"}],
        "MC-33": [{"key": "MC-08"}, {"key": "MC-10"}],
        "MC-34": None,
    },
    "retired": {"MC-07": "Quy định đã bãi bỏ."},
}
"""MC-04 under another key, MC-05 split, MC-08 and MC-10 merged, MC-07 asked no more, MC-34 new."""


def second() -> FormVersion:
    """The version that keeps, renames, splits, merges, adds and retires."""
    return publish(text(**SECOND))  # type: ignore[arg-type]
