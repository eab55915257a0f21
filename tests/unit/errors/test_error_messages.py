"""A refusal of the database becomes the sentence kept for its constraint, on either engine."""

from __future__ import annotations

import sqlite3
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import IntegrityError

import app
from app import errors
from app.constraint_messages import GONE, KNOWN_VALUE, MESSAGES
from app.errors import (
    BrokenRule,
    Conflict,
    DomainError,
    Forbidden,
    NotFound,
    Stale,
    WrongState,
    constraint_of,
    explain_integrity,
    message_of,
)

app._models()  # SQLite's words are read with the help of the tables


class FromPostgresql(Exception):
    """What psycopg raises, as far as it matters: the constraint is named in `diag`."""

    def __init__(self, constraint: str | None) -> None:
        super().__init__("ERROR: something long in English")
        self.diag = SimpleNamespace(constraint_name=constraint)


def sqlite(text: str) -> IntegrityError:
    return IntegrityError("INSERT …", {}, sqlite3.IntegrityError(text))


def postgresql(constraint: str | None) -> IntegrityError:
    return IntegrityError("INSERT …", {}, FromPostgresql(constraint))


@pytest.mark.parametrize(
    "text, name",
    [
        ("CHECK constraint failed: ck_unit_code_length", "ck_unit_code_length"),
        ("UNIQUE constraint failed: unit.code", "uq_unit_code"),
        (
            "UNIQUE constraint failed: unit_version.unit_id, unit_version.from_on",
            "uq_unit_version_unit_id_from_on",
        ),
        # unique indexes with a WHERE: SQLite names the columns, not the index
        ("UNIQUE constraint failed: appointment.unit_id", "uq_appointment_one_head"),
        ("UNIQUE constraint failed: team_member.inspection_id", "uq_team_member_one_leader"),
        (
            "UNIQUE constraint failed: document.issuer_name, document.symbol, document.issue_year,"
            " document.number",
            "uq_document_number",
        ),
        ("UNIQUE constraint failed: number.document_id", "uq_number_live_per_document"),
        # a trigger says its rule
        ("claim_overlap", "claim_overlap"),
        ("event_append_only", "event_append_only"),
    ],
)
def test_both_engines_lead_to_the_same_sentence(text, name):
    for error in (sqlite(text), postgresql(name)):
        assert constraint_of(error) == name
        explained = explain_integrity(error)
        assert isinstance(explained, BrokenRule)
        assert (explained.constraint, explained.message, explained.status) == (name, MESSAGES[name], 409)


def test_a_value_that_is_on_no_list_has_the_common_sentence():
    for error in (sqlite("CHECK constraint failed: ck_task_state_known"), postgresql("ck_task_state_known")):
        explained = explain_integrity(error)
        assert explained is not None and explained.message == KNOWN_VALUE


def test_a_row_that_is_gone_has_the_common_sentence():
    for error in (sqlite("FOREIGN KEY constraint failed"), postgresql("fk_task_lead_unit_id")):
        explained = explain_integrity(error)
        assert explained is not None and explained.message == GONE


@pytest.mark.parametrize(
    "error",
    [
        sqlite("NOT NULL constraint failed: unit.code"),
        sqlite("UNIQUE constraint failed: unit.id"),
        sqlite("UNIQUE constraint failed: no_such_table.id"),
        sqlite("UNIQUE constraint failed: unit.search, unit.code"),
        sqlite("CHECK constraint failed: length(code) >= 2"),
        sqlite("datatype mismatch"),
        sqlite("a sentence in which claim_overlap is only mentioned"),
        postgresql(None),
        postgresql("pk_unit"),
        postgresql("ck_nobody_wrote_a_sentence"),
    ],
)
def test_what_nobody_foresaw_stays_a_defect(error):
    assert explain_integrity(error) is None


def test_a_rule_whose_name_begins_like_another_is_not_taken_for_it():
    """`ck_claim_part_range` and `ck_criterion_part_part_range` share their ending."""
    assert (
        constraint_of(sqlite("CHECK constraint failed: ck_criterion_part_part_range"))
        == "ck_criterion_part_part_range"
    )


def test_the_own_sentence_of_a_list_goes_before_the_common_one(monkeypatch):
    monkeypatch.setitem(errors.MESSAGES, "ck_task_state_known", "Trạng thái lạ.")
    assert message_of("ck_task_state_known") == "Trạng thái lạ."


@pytest.mark.parametrize(
    "error, status",
    [
        (DomainError("x"), 422),
        (NotFound(), 404),
        (Forbidden("x"), 403),
        (Conflict("x"), 409),
        (Stale("x"), 409),
        (WrongState("x"), 409),
        (BrokenRule("x", constraint="uq_unit_code"), 409),
    ],
)
def test_every_refusal_has_its_answer(error, status):
    assert error.status == status
    assert isinstance(error, DomainError) and str(error) == error.message


def test_what_does_not_exist_and_what_may_not_be_known_read_the_same():
    assert NotFound().message == "Không tìm thấy nội dung, hoặc tài khoản này không được phân công theo dõi."


def test_a_refusal_may_name_its_field():
    assert DomainError("Nhập ngày", field="issued_on").field == "issued_on"
    assert DomainError("Nhập ngày").field is None


@pytest.mark.parametrize("name", [*MESSAGES, "GONE", "KNOWN_VALUE"])
def test_every_sentence_is_vietnamese_and_ends_with_a_full_stop(name):
    sentence = {**MESSAGES, "GONE": GONE, "KNOWN_VALUE": KNOWN_VALUE}[name]
    assert sentence.endswith(".") and sentence[0].isupper()
    assert any(ord(letter) > 127 for letter in sentence)
    assert "bạn" not in sentence.lower() and "!" not in sentence and "lỗi" not in sentence.lower()
