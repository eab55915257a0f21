"""What is done to a copy of the tree, and which guard has to notice (test_guards_bite.py)."""

from __future__ import annotations

import itertools
from dataclasses import dataclass


@dataclass(frozen=True)
class Damage:
    """In `file`, `old` becomes `new` (old "" = the end of the file, which may be new); `test` has to fail."""

    test: str
    file: str
    old: str
    new: str
    slow: bool = False

    @property
    def guard(self) -> str:
        return self.test.split("::")[0]

    @property
    def name(self) -> str:
        return self.test.split("::")[1]


def quick(test: str, file: str, old: str, new: str) -> Damage:
    """Needs no database: the guard reads files."""
    return Damage(test, file, old, new)


def slow(test: str, file: str, old: str, new: str) -> Damage:
    """Needs the application on a database: two seconds or more."""
    return Damage(test, file, old, new, slow=True)


NUMBERS = itertools.count(1)
"""Views that are broken keep out of each other's way: several may stand in one copy."""
VIEW = '\n\n@bp.{method}("{rule}")\n{decorators}def broken_{number}({arguments}):\n    {body}\n'


def view(
    rule: str,
    *,
    method: str = "get",
    decorators: str = "@requires(Action.VIEW_CATALOGUE)\n",
    arguments: str = "",
    body: str = 'return "<h1>x</h1>"',
) -> str:
    number = next(NUMBERS)
    rule = rule.replace("/broken", f"/broken-{number}", 1)
    return VIEW.format(
        method=method, rule=rule, decorators=decorators, arguments=arguments, body=body, number=number
    )


UNITS = "app/units/views.py"
PAGE = "templates/units/index.html"
CASES = [
    # routes
    slow(
        "test_routes.py::test_every_address_names_its_right_or_is_on_the_short_public_list",
        UNITS,
        "",
        view("/broken", decorators=""),
    ),
    slow(
        "test_routes.py::test_every_argument_says_its_type_and_every_key_is_a_number",
        UNITS,
        "",
        view("/broken/<unit_id>", arguments="unit_id"),
    ),
    slow("test_routes.py::test_addresses_are_kebab_case", UNITS, "", view("/broken_page")),
    slow(
        "test_routes.py::test_addresses_are_read_by_get_and_changed_by_post_and_nothing_else",
        UNITS,
        "",
        view("/broken", method="delete"),
    ),
    slow(
        "test_routes.py::test_a_key_that_is_too_long_for_the_database_is_not_found",
        "app/web/requests.py",
        '    app.url_map.converters["int"] = KeyConverter\n',
        "",
    ),
    slow(
        "test_routes.py::test_no_page_changes_anything_when_it_is_read",
        UNITS,
        "",
        view(
            "/broken",
            body="db.session.connection().exec_driver_sql('UPDATE unit SET search = search'); return ''",
        ),
    ),
    # matrix: a view that forgets whose the thing is; a wider right; a page that breaks
    slow(
        "test_matrix.py::test_every_page_gives_everybody_what_is_theirs_and_no_more",
        "app/web/access.py",
        '            authorise(actor, action, subject if hasattr(subject, "standing_of") else None)\n',
        "",
    ),
    slow(
        "test_matrix.py::test_every_form_is_taken_from_those_whose_work_it_is",
        UNITS,
        "",
        view("/broken", method="post", body="raise RuntimeError"),
    ),
    # tokens, headers
    slow(
        "test_csrf.py::test_every_form_refuses_what_has_no_good_token",
        "app/__init__.py",
        "    csrf.init_app(app)\n",
        "    app.jinja_env.globals['csrf_token'] = lambda: ''\n",
    ),
    slow(
        "test_headers.py::test_a_failure_of_every_kind_has_the_headers_and_a_page",
        "app/web/headers.py",
        '    response.headers["X-Content-Type-Options"] = "nosniff"\n',
        "",
    ),
    slow(
        "test_headers.py::test_cookies_are_out_of_reach_of_scripts_and_of_other_sites",
        "app/__init__.py",
        "SESSION_COOKIE_HTTPONLY=True",
        "SESSION_COOKIE_HTTPONLY=False",
    ),
    # constraints
    slow(
        "test_constraints.py::test_every_rule_has_a_sentence",
        "app/constraint_messages.py",
        '    "uq_unit_code": "Mã đơn vị đã được dùng cho đơn vị khác.",\n',
        "",
    ),
    slow(
        "test_constraints.py::test_every_sentence_has_a_rule",
        "app/constraint_messages.py",
        "MESSAGES: dict[str, str] = {\n",
        'MESSAGES: dict[str, str] = {\n    "ck_unit_gone": "Đã bỏ.",\n',
    ),
    slow(
        "test_constraints.py::test_every_rule_but_lists_of_values_is_made_to_bite_below",
        "tests/guards/bites.py",
        '    "ck_unit_code_length": ("unit", {"code": "x"}),\n',
        "",
    ),
    slow(
        "test_constraints.py::test_the_trigger_bites",
        "migrations/versions/0015_guard_records.py",
        '    Guard("setting_fixed", "office_setting", "1 = 1", "1 = 1"),\n',
        '    Guard("setting_fixed", "office_setting", "1 = 2", "1 = 1"),\n',
    ),
    # templates
    slow("test_templates.py::test_every_template_compiles", PAGE, "", "{% if %}"),
    quick("test_templates.py::test_every_page_stands_on_a_shell", PAGE, '{% extends "base.html" %}', ""),
    quick(
        "test_templates.py::test_no_page_has_inline_style_or_script", PAGE, "", '<p style="color: red">x</p>'
    ),
    quick(
        "test_templates.py::test_every_macro_that_is_called_exists_under_its_own_file",
        PAGE,
        "",
        "{{ kl.no_such_macro() }}",
    ),
    quick(
        "test_templates.py::test_no_component_is_left_unused",
        "templates/components/left_over.html",
        "",
        "{% macro left_over() %}x{% endmacro %}",
    ),
    quick(
        "test_templates.py::test_every_template_that_is_rendered_is_there_and_every_one_there_is_used",
        "templates/units/left_over.html",
        "",
        '{% extends "base.html" %}',
    ),
    quick(
        "test_templates.py::test_nothing_is_marked_safe_but_what_the_papers_make",
        PAGE,
        "",
        "{{ title | safe }}",
    ),
    # layers
    quick(
        "test_layers.py::test_the_import_direction_holds",
        "app/units/queries.py",
        "",
        "\nfrom app.accounts import models as _models\n",
    ),
    quick(
        "test_layers.py::test_no_file_grows_past_four_hundred_lines", "app/units/queries.py", "", "\n" * 401
    ),
    quick(
        "test_layers.py::test_a_feature_consists_of_the_known_names", "app/units/manager.py", "", "x = 1\n"
    ),
    quick(
        "test_layers.py::test_services_and_queries_never_commit",
        "app/units/queries.py",
        "",
        "\n\ndef broken():\n    db.session.commit()\n",
    ),
    quick(
        "test_layers.py::test_views_never_query_by_themselves",
        UNITS,
        "",
        "\n\ndef broken():\n    return db.session.get(Unit, 1)\n",
    ),
    # words
    quick("test_vocabulary.py::test_no_screen_says", PAGE, "", "<p>Chào bạn</p>"),
    quick("test_vocabulary.py::test_letters_are_composed", PAGE, "", "<p>xa\u0303</p>"),
    # names
    quick(
        "test_names.py::test_tables_are_singular_and_snake_case",
        "app/units/models.py",
        '__tablename__ = "succession"',
        '__tablename__ = "successions"',
    ),
    quick(
        "test_names.py::test_instants_end_in_at_and_dates_in_on",
        "app/files/models.py",
        "    uploaded_at:",
        "    uploaded:",
    ),
    quick(
        "test_names.py::test_lists_of_values_are_checks_that_end_in_known",
        "app/jobs/models.py",
        '"state_known"',
        '"state"',
    ),
    quick(
        "test_names.py::test_every_event_that_is_recorded_has_its_sentence",
        "app/units/services.py",
        "",
        '\n\ndef broken():\n    audit.record("unit_painted", actor=None)\n',
    ),
    # as many statements for more rows
    slow(
        "test_list_queries.py::test_three_times_the_rows_are_read_by_as_many_statements",
        "app/documents/views/drafts.py",
        "waits_of=partial(waits_of, holders=cache(holders_of)),",
        "waits_of=waits_of,",
    ),
    # documents
    quick("test_docs.py::test_every_link_leads_somewhere", "README.md", "", "\n[x](docs/no-such-page.md)\n"),
    quick(
        "test_docs.py::test_every_file_that_is_named_is_there", "README.md", "", "\n`app/no_such_file.py`\n"
    ),
    slow(
        "test_docs.py::test_every_command_that_is_shown_exists", "README.md", "", "\n`make no-such-target`\n"
    ),
    quick(
        "test_rules_counted.py::test_every_rule_that_ships_is_counted_somewhere",
        "app/remediation/services/asking.py",
        "Step.EXTENSION_ANSWER",
        "Step.COMPLETION_REPORT",
    ),
]
