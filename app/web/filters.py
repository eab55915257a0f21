"""Filters and globals of the templates, and ``kl``, through which they reach the macros."""

from typing import Any

from flask import Flask
from jinja2 import Environment
from jinja2.runtime import Macro

from app import vietnamese
from app.web.forms import error_lines, has_file_field
from app.web.paging import url_with
from app.web.parts import ShellLinks


class Kit:
    """``kl.note(…)`` in a template calls macro ``note`` of templates/components/note.html."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._known: dict[str, Macro] = {}

    def __getattr__(self, name: str) -> Macro:
        if name in self._known:
            return self._known[name]
        if name.startswith("_") or name == "jinja_pass_arg":
            raise AttributeError(name)
        # a macro that does not exist is TemplateNotFound: Jinja would swallow an AttributeError
        module: Any = self._environment.get_template(f"components/{name}.html").module
        macro: Macro = getattr(module, name)
        if not self._environment.auto_reload:  # looked up a hundred times a page
            self._known[name] = macro
        return macro


def register_filters(app: Flask) -> None:
    """Give the templates of ``app`` our filters and globals.

    Filters: ``date``, ``date_long``, ``weekday``, ``time``, ``moment``, ``moment_long``, ``counted``,
    ``number``, ``percent``, ``file_size``, ``roman``, ``letter``. Globals: ``kl``, ``period(starts, ends)``,
    ``url_with(**changes)``.
    """
    environment = app.jinja_env
    environment.filters.update(
        date=vietnamese.format_date,
        date_long=vietnamese.format_date_long,
        weekday=vietnamese.weekday,
        time=vietnamese.format_time,
        moment=vietnamese.format_moment,
        moment_long=vietnamese.format_moment_long,
        counted=vietnamese.count,
        number=vietnamese.number,
        percent=vietnamese.percent,
        file_size=vietnamese.file_size,
        roman=vietnamese.roman,
        letter=vietnamese.letter,
    )
    environment.globals.update(
        kl=Kit(environment),
        period=vietnamese.format_period,
        url_with=url_with,
        error_lines=error_lines,
        has_file_field=has_file_field,
        # what the shell shows before a context processor says more
        menu=(),
        current_actor=None,
        shell_links=ShellLinks(),
        today=None,
    )
