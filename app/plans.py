"""PostgreSQL keeps the plans of a page: what was only read ends without throwing them away."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from psycopg import Connection
from psycopg.pq import TransactionStatus

UNWRITTEN = "SELECT pg_current_xact_id_if_assigned() IS NULL"
"""A transaction without a number has written and locked nothing: ending it either way is the same."""


class KeptPlans(Connection[Any]):
    """psycopg forgets every prepared statement with a ROLLBACK, and every page ends in one.

    Planning is half of what a page costs there; so what has written nothing is ended by COMMIT.
    """

    def rollback(self) -> None:
        """End the transaction; nothing of it stays."""
        if self.info.transaction_status is TransactionStatus.INTRANS and self._wrote_nothing():
            self.commit()
        else:
            super().rollback()

    def _wrote_nothing(self) -> bool:
        with self.cursor() as cursor:
            row = cursor.execute(UNWRITTEN).fetchone()
        return row is not None and bool(row[0])


def connect(_dialect: sa.Dialect, _record: Any, arguments: list[Any], options: dict[str, Any]) -> KeptPlans:
    """A connection for the pool of an engine."""
    return KeptPlans.connect(*arguments, **options)
