"""A process of its own that appends events: `python -m tests.audit.appender URL DATA_DIR NAME COUNT`."""

from __future__ import annotations

import sys
from pathlib import Path

from app import create_app
from app.audit import services as audit
from app.extensions import db
from app.units.models import BEGINNING, Unit
from tests.conftest import settings_for


def main(url: str, data_dir: str, name: str, count: int) -> None:
    """Make `count` units, each in a transaction of its own with its event; start when a line is read."""
    app = create_app(settings_for(url, Path(data_dir)))
    with app.app_context():
        print("ready", flush=True)
        sys.stdin.readline()
        for number in range(count):
            unit = Unit(code=f"{name}-{number}", valid_from=BEGINNING, search=name)
            db.session.add(unit)
            db.session.flush()
            audit.record("unit_created", unit, actor=None, data={"code": unit.code})
            db.session.commit()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
