"""On PostgreSQL what was only read keeps its plans; what was written and taken back is gone all the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.plans import KeptPlans
from tests.conftest import ENGINE

ASKED = "SELECT count(*) FROM unit WHERE id > %s"
KEPT = "SELECT count(*) FROM pg_prepared_statements WHERE starts_with(statement, 'SELECT count(*) FROM unit')"

if ENGINE == "postgresql":

    @pytest.fixture
    def connection(app: Flask) -> Iterator[KeptPlans]:
        with app.app_context():
            raw = db.engine.raw_connection()
            kept = raw.driver_connection
            assert isinstance(kept, KeptPlans)
            yield kept
            raw.close()

    def ask_often(connection: KeptPlans) -> None:
        for number in range(10):
            connection.execute(ASKED, (number,))

    def kept(connection: KeptPlans) -> int:
        found = connection.execute(KEPT).fetchone()
        assert found
        return int(found[0])

    def test_the_plans_outlive_a_page_that_only_read(connection: KeptPlans) -> None:
        ask_often(connection)
        assert kept(connection) == 1
        connection.rollback()
        assert kept(connection) == 1

    def test_what_was_written_and_taken_back_is_gone(connection: KeptPlans) -> None:
        connection.execute("CREATE TABLE taken_back (id bigint)")
        connection.rollback()
        found = connection.execute("SELECT to_regclass('taken_back')").fetchone()
        assert found == (None,)

    def test_what_a_savepoint_wrote_is_gone_too(connection: KeptPlans) -> None:
        connection.execute("SAVEPOINT first")
        connection.execute("CREATE TABLE taken_back (id bigint)")
        connection.execute("RELEASE SAVEPOINT first")
        connection.rollback()
        assert connection.execute("SELECT to_regclass('taken_back')").fetchone() == (None,)

    def test_a_failed_statement_leaves_a_connection_that_works(connection: KeptPlans) -> None:
        with pytest.raises(sa.exc.DBAPIError, match="division by zero"), db.engine.connect() as other:
            other.execute(sa.text("SELECT 1/0"))
        with db.engine.connect() as other:
            assert other.execute(sa.text("SELECT 1")).scalar_one() == 1

    def test_a_lock_taken_for_the_transaction_is_given_back(connection: KeptPlans) -> None:
        connection.execute("SELECT pg_advisory_xact_lock(77)")
        connection.rollback()
        with db.engine.connect() as other:
            assert other.execute(sa.text("SELECT pg_try_advisory_xact_lock(77)")).scalar_one()
