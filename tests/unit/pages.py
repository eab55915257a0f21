"""A small application with the real templates, for tests of the screen kit."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask, Response, render_template_string
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from app import web

ROOT = Path(__file__).resolve().parents[2]
FORM_PAGE = """{% extends "base.html" %}{% set title = "Trang mẫu" %}{% block main %}
{% call kl.post_form(form, "/form") %}
{% for field in form if field.type not in ("CSRFTokenField", "IntegerField") %}
{{ kl.field(field, help="Gợi ý") }}
{% endfor %}
{{ kl.buttons("Gửi", "/", draft="Lưu tạm") }}
{% endcall %}{% endblock %}"""
TWO = [("a", "Một"), ("b", "Hai")]


class SampleForm(web.BaseForm):
    day = web.DateField("Ngày văn bản", [InputRequired()])
    total = web.WholeNumberField("Tổng số hồ sơ")
    symbol = StringField("Số, ký hiệu", [InputRequired(), Length(max=5)])
    text = TextAreaField("Mô tả")
    unit = SelectField("Đơn vị", choices=web.choices([("a", "UBND xã An Mẫu")], blank="Chọn đơn vị"))
    way = RadioField("Cách ban hành", choices=web.choices(TWO), validators=[InputRequired()])
    seen = SelectMultipleField("Đã xem gì", choices=web.choices(TWO))
    fixed = BooleanField("Đã khắc phục ngay")
    paper = FileField("Tệp")


GOOD = {"day": "4/9/2026", "total": "3.468", "symbol": "45", "unit": "a", "way": "b", "version": "3"}


def make_app() -> Flask:
    """The real templates around pages of this test; no database, no people."""
    made = Flask("pages", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "app/static"))
    made.config.update(SECRET_KEY="for tests only", BOOTSTRAP_SERVE_LOCAL=True, TESTING=True)
    Bootstrap5(made)
    CSRFProtect(made)
    web.register_filters(made)
    made.after_request(web.set_security_headers)

    @made.context_processor
    def shell() -> dict[str, Any]:  # a context processor gives Flask a dict
        menu = [
            web.MenuItem("Việc của tôi", "form", "inbox", active=True, count=9, phone_label="Việc"),
            web.MenuItem("Danh mục", "form", "tags"),
            web.MenuItem("Thêm", "form", "three-dots", phone_label="Thêm", phone_only=True),
        ]
        actor = web.Actor("Phạm Thị Thí Dụ", "Chuyên viên", "Sở Nội vụ", "Người theo dõi")
        links = web.ShellLinks(
            search="/form", help="/form", account="/form", switch_role="/form", sign_out="/out"
        )
        return {"menu": menu, "current_actor": actor, "shell_links": links, "today": date(2026, 9, 23)}

    @made.route("/form", methods=["GET", "POST"])
    def form() -> tuple[str, int] | Response:
        sample = SampleForm()
        if sample.validate_on_submit():
            return Response(
                f"{sample.day.data} {sample.total.data} {sample.version.data}", 200, mimetype="text/plain"
            )
        return render_template_string(FORM_PAGE, form=sample), 422 if sample.is_submitted() else 200

    return made
