"""Forms of sign-in and of people, posts and accounts."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_security.forms import ChangePasswordForm, LoginForm
from wtforms import PasswordField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from app.accounts import queries
from app.accounts.messages import WRONG_SIGN_IN
from app.accounts.models import KIND_LABELS
from app.policy import ROLE_LABELS
from app.web import VIETNAMESE, BaseForm, DateField, choices


def is_own_path(address: str) -> bool:
    """Whether `address` is a path of this product: one slash, nothing that means another host."""
    return address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()


class _Vietnamese:
    """Meta of the library's forms: messages in Vietnamese."""

    def get_translations(self, form: Any) -> Any:
        return VIETNAMESE


class SignInForm(LoginForm):
    """Sign-in name and password; one answer for an unknown name and a wrong password."""

    Meta = type("Meta", (_Vietnamese, LoginForm.Meta), {})
    email = StringField(  # type: ignore[assignment]  # the library has another kind of field here
        "Tên đăng nhập", [InputRequired(), Length(max=200)], render_kw={"autocomplete": "username"}
    )
    password = PasswordField(
        "Mật khẩu", [InputRequired(), Length(max=128)], render_kw={"autocomplete": "current-password"}
    )
    remember = None  # type: ignore[assignment]  # WTForms takes a field away by None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_own_path(self.next.data or ""):
            self.next.data = ""

    def validate(self, **kwargs: Any) -> bool:
        self.ifield = self.email
        self.user = queries.find_account(self.email.data or "")
        if super().validate(**kwargs):
            return True
        if self.email.data and self.password.data and not self.user_authenticated:
            self.email.errors = []
            self.password.errors = []
            self.form_errors[:] = [WRONG_SIGN_IN]
        return False


class PasswordForm(ChangePasswordForm):
    """The old password once, the new one twice."""

    Meta = type("Meta", (_Vietnamese, ChangePasswordForm.Meta), {})
    password = PasswordField(
        "Mật khẩu đang dùng",
        [InputRequired(), Length(max=128)],
        render_kw={"autocomplete": "current-password"},
    )
    new_password = PasswordField(
        "Mật khẩu mới", [InputRequired(), Length(max=128)], render_kw={"autocomplete": "new-password"}
    )
    new_password_confirm = PasswordField(
        "Nhập lại mật khẩu mới",
        [InputRequired(), EqualTo("new_password", "Hai lần nhập mật khẩu mới không giống nhau.")],
        render_kw={"autocomplete": "new-password"},
    )

    def validate(self, **kwargs: Any) -> bool:
        valid = bool(super().validate(**kwargs))
        g.old_password_wrong = bool(self.password.data and self.password.errors)
        return valid


_KINDS = [(kind.value, label) for kind, label in KIND_LABELS.items()]
_ROLES = [(role.value, label) for role, label in ROLE_LABELS.items()]


class PostForm(BaseForm):
    """A post a person takes up. The view fills the choices of `unit`."""

    unit = SelectField("Đơn vị", choices=choices([]), validators=[InputRequired()])
    title = StringField("Chức vụ", [InputRequired(), Length(min=2, max=120)])
    kind = RadioField("Loại", choices=choices(_KINDS), default="staff", validators=[InputRequired()])
    roles = SelectMultipleField("Vai trò trong hệ thống", choices=choices(_ROLES))
    from_on = DateField("Từ ngày", [InputRequired()])

    def offer(self, units: list[tuple[str, str]]) -> None:
        """Fill the list of units."""
        self.unit.choices = choices(units, blank="Chọn đơn vị")


class PersonForm(PostForm):
    """A new person with the first post."""

    name = StringField("Họ và tên", [InputRequired(), Length(min=2, max=120)])
    sign_in = StringField("Tên đăng nhập", [Length(max=100)], render_kw={"autocomplete": "off"})


class EndPostForm(BaseForm):
    """The last day of a post."""

    to_on = DateField("Ngày cuối giữ chức vụ", [InputRequired()])


class RolesForm(BaseForm):
    """The roles that a post gives."""

    roles = SelectMultipleField("Vai trò trong hệ thống", choices=choices(_ROLES))


class AccountForm(BaseForm):
    """An account for a person who has none."""

    sign_in = StringField(
        "Tên đăng nhập", [InputRequired(), Length(max=100)], render_kw={"autocomplete": "off"}
    )
