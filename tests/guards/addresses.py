"""The addresses of the product as the guards see them, read from its url map."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from flask import Flask

from app.policy import Action

PUBLIC = {
    "static": "our own css, js and pictures",
    "bootstrap.static": "Bootstrap's css, js and icons, served from here",
    "security.static": "the sign-in library's own files",
    "security.login": "whoever is not signed in",
    "security.logout": "whoever is signed in, asked for inside",
    "security.change_password": "whoever is signed in, asked for inside",
    "documents.verify": "whoever holds a paper of ours",
    "documents.verify_code": "whoever holds a paper of ours",
    "documents.verify_file": "whoever holds a paper of ours",
    "documents.ticket_file": "whoever holds a ticket for this one file",
    "followup.calendar_file": "whoever holds a person's secret address",
    "documents.hand_in": "whoever holds a ticket for this one file",
}
"""Endpoints that ask for no right, each with the reason. Nothing else may."""
FILES = ("static", "bootstrap.static", "security.static")


@dataclass(frozen=True)
class Address:
    """One rule of the url map. `action` is None for a public view, "missing" when the view says nothing."""

    endpoint: str
    rule: str
    methods: frozenset[str]
    arguments: tuple[str, ...]
    action: Action | str | None

    @property
    def reads(self) -> bool:
        return "GET" in self.methods

    @property
    def writes(self) -> bool:
        return "POST" in self.methods

    def __str__(self) -> str:
        return f"{self.endpoint} {self.rule}"


def addresses(app: Flask) -> list[Address]:
    """Every rule but those of files, in order. KL_GUARD_ROOM: of one room alone (test_guards_bite.py)."""
    room = os.environ.get("KL_GUARD_ROOM", "")
    found = [
        Address(
            rule.endpoint, rule.rule, frozenset(rule.methods or ()), tuple(sorted(rule.arguments)),
            getattr(app.view_functions[rule.endpoint], "action", "missing"),
        )
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in FILES and rule.endpoint.startswith(room)
    ]  # fmt: skip
    return sorted(found, key=lambda address: (address.endpoint, address.rule))


def untyped(rule: str) -> list[str]:
    """Arguments of a rule that do not say their type."""
    return re.findall(r"<(\w+)>", rule)
