"""Make the database ready: migrate, import the forms that ship, load the example once, name its accounts.

The same as `flask --app wsgi db upgrade`, `forms import`, `example load` and `example accounts` one after the
other, but in one process: loading the application four times would cost more than the work. Each of them may
run again at any time. In production only the first two run.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ALWAYS = (["db", "upgrade"], ["forms", "import"])
EXAMPLE = (["example", "load"], ["example", "accounts"])


def main() -> int:
    """Run the commands in order; the first that fails ends it with its own message and exit code 1."""
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    import click
    from flask.cli import FlaskGroup

    from app.extensions import db
    from wsgi import app

    cli = FlaskGroup(create_app=lambda: app)
    commands = ALWAYS if os.environ.get("KL_ENV") == "production" else ALWAYS + EXAMPLE
    for command in commands:
        try:
            cli.main(command, prog_name="flask", standalone_mode=False)
        except click.ClickException as error:
            error.show()
            return 1
        except click.exceptions.Exit as stop:
            if stop.exit_code:
                return stop.exit_code
    with app.app_context():
        db.engine.dispose()  # SQLite writes its log into the database when the last connection closes
    return 0


if __name__ == "__main__":
    sys.exit(main())
