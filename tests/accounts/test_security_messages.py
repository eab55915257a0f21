"""The library speaks Vietnamese, whatever it has to say, and hashes as it should."""

from __future__ import annotations

import re
from pathlib import Path

from argon2 import extract_parameters
from flask import Flask
from flask_security import core
from flask_security.utils import hash_password

import config
from app import create_app
from app.accounts import setup
from app.accounts.messages import MESSAGES

_PLACE = re.compile(r"%\(\w+\)")


def test_every_message_of_the_library_is_there_with_the_same_places() -> None:
    theirs = core._default_messages
    assert set(MESSAGES) == set(theirs)
    for key, (text, _category) in MESSAGES.items():
        assert set(_PLACE.findall(text)) <= set(_PLACE.findall(str(theirs[key][0]))), key


def test_the_application_uses_them(app: Flask) -> None:
    assert app.config["SECURITY_MSG_INVALID_PASSWORD"] == MESSAGES["INVALID_PASSWORD"]


def test_production_hashes_with_at_least_46_mib(tmp_path: Path) -> None:
    settings = config.Settings(
        environment="production", database_url=f"sqlite:///{tmp_path}/a.db", data_dir=tmp_path,
        secret_key="x" * 40, secure_cookies=True,
    )  # fmt: skip
    made = create_app(settings)
    with made.app_context():
        found = extract_parameters(hash_password("mot mat khau dai"))
    assert found.type.name == "ID"
    assert found.memory_cost >= 46 * 1024
    assert (found.time_cost, found.parallelism) == (2, 1)
    assert setup.HASHING_IN_TESTS["argon2__memory_cost"] < found.memory_cost
