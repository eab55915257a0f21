"""The file of people and their posts: columns, how a line is read, what it would change, and writing it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts import services
from app.accounts.models import KIND_LABELS, Account, Appointment, AppointmentKind, Person
from app.errors import DomainError
from app.exchange.plan import DryRun, Line, Outcome, Plan, Written
from app.exchange.tables import Problem, Row
from app.extensions import db
from app.policy import ROLE_LABELS, Actor, Role
from app.units import queries as units
from app.vietnamese import format_date, search_key

NAME, SIGN_IN, UNIT = "Họ tên", "Tên đăng nhập", "Mã đơn vị"
TITLE, KIND, ROLES, FROM = "Chức vụ", "Loại", "Vai trò", "Từ ngày"
COLUMNS = (NAME, SIGN_IN, UNIT, TITLE, KIND, ROLES, FROM)
EXAMPLE = (
    ("Nguyễn Văn Mẫu", "nvmau@mau.example", "MAU-XA1", "Chủ tịch UBND xã", "Người đứng đầu",
     "Thủ trưởng đơn vị", "01/7/2025"),
    ("Trần Thị Thí Dụ", "", "MAU-SNV", "Chuyên viên", "Công chức, viên chức", "Người theo dõi", "01/7/2025"),
)  # fmt: skip
_KINDS = {search_key(label): kind for kind, label in KIND_LABELS.items()} | {
    k.value: k for k in AppointmentKind
}
_ROLES = {search_key(label): role for role, label in ROLE_LABELS.items()} | {r.value: r for r in Role}


@dataclass(frozen=True)
class PersonRow:
    """A line that could be read."""

    line: int
    name: str
    sign_in: str
    unit: str
    title: str
    kind: AppointmentKind
    roles: frozenset[Role]
    from_on: date

    @property
    def post_key(self) -> tuple[str, str, str]:
        """Name, unit and title: who is meant when there is no sign-in name."""
        return search_key(self.name), self.unit, search_key(self.title)


@dataclass(frozen=True)
class _Known:
    """People of the database, found by sign-in name or by post."""

    by_sign_in: dict[str, Person]
    by_post: dict[tuple[str, str, str], Appointment]
    with_account: frozenset[int]

    def person(self, row: PersonRow) -> Person | None:
        if row.sign_in in self.by_sign_in:
            return self.by_sign_in[row.sign_in]
        held = self.by_post.get(row.post_key)
        if held is None or (row.sign_in and held.person_id in self.with_account):
            return None
        return held.person

    def post(self, person: Person, row: PersonRow) -> Appointment | None:
        for held in person.appointments:
            if (
                held.to_on is None
                and held.unit.code == row.unit
                and search_key(held.title) == row.post_key[2]
            ):
                return held
        return None


def _known() -> _Known:
    accounts = db.session.scalars(
        sa.select(Account).options(joinedload(Account.person).selectinload(Person.appointments))
    ).all()
    posts = db.session.scalars(
        sa.select(Appointment).where(Appointment.to_on.is_(None)).options(joinedload(Appointment.person))
    ).all()
    return _Known(
        {account.email: account.person for account in accounts},
        {(post.person.search, post.unit.code, search_key(post.title)): post for post in posts},
        frozenset(account.person_id for account in accounts),
    )


def plan(rows: list[Row]) -> Plan[PersonRow]:
    """What these rows would change, compared with the database now."""
    codes = {unit.code: unit for unit in units.list_all()}
    known = _known()
    read: dict[int, PersonRow] = {}
    lines: list[Line] = []
    names: dict[str, tuple[int, str]] = {}
    posts: dict[tuple[str, tuple[str, str, str]], int] = {}
    for row in rows:
        problems = row.problems()
        item = _read(row, problems) if not problems else None
        outcome, detail = Outcome.ERROR, ""
        if item is not None:
            unit = codes.get(item.unit)
            if unit is None:
                problems.append(Problem(UNIT, f"Không có đơn vị mã {item.unit} trong hệ thống."))
            elif not unit.exists_on(item.from_on):
                told = f"Đơn vị không hoạt động vào ngày {format_date(item.from_on)}."
                problems.append(Problem(FROM, told))
            same_post = (item.sign_in, item.post_key)
            if same_post in posts:
                problems.append(Problem(TITLE, f"Chức vụ này đã có ở dòng {posts[same_post]}."))
            posts.setdefault(same_post, row.line)
            if item.sign_in:
                first, name = names.setdefault(item.sign_in, (row.line, item.post_key[0]))
                if name != item.post_key[0]:
                    problems.append(Problem(SIGN_IN, f"Tên đăng nhập đã dùng cho người khác ở dòng {first}."))
            if not problems:
                outcome, detail = _compare(item, known, problems)
            read[row.line] = item
        title = f"{row[NAME]} – {row[TITLE]}, {row[UNIT]}"
        lines.append(Line(row.line, title, Outcome.ERROR if problems else outcome, detail, tuple(problems)))
    return Plan(DryRun(tuple(lines)), read)


def _read(row: Row, problems: list[Problem]) -> PersonRow | None:
    if not 2 <= len(row[NAME]) <= 120:
        problems.append(Problem(NAME, "Họ và tên có từ 02 đến 120 ký tự."))
    sign_in = row[SIGN_IN].lower()
    if sign_in and not re.fullmatch(r"[a-z0-9@._-]{3,100}", sign_in):
        problems.append(Problem(SIGN_IN, "Từ 03 đến 100 ký tự, gồm chữ không dấu, số và các dấu @ . - _"))
    if not 2 <= len(row[TITLE]) <= 120:
        problems.append(Problem(TITLE, "Chức vụ có từ 02 đến 120 ký tự."))
    kind = _KINDS.get(search_key(row[KIND]))
    if kind is None:
        problems.append(Problem(KIND, f"Nhập một trong: {'; '.join(KIND_LABELS.values())}."))
    roles: set[Role] = set()
    for word in re.split(r"[;,]", row[ROLES]):
        if not word.strip():
            continue
        role = _ROLES.get(search_key(word)) or _ROLES.get(word.strip().lower())
        if role is None:
            problems.append(Problem(ROLES, f"Không có vai trò “{word.strip()}”."))
        else:
            roles.add(role)
    from_on = row.day(FROM, problems)
    if from_on is None and not any(problem.column == FROM for problem in problems):
        problems.append(Problem(FROM, "Cần nhập ngày bắt đầu giữ chức vụ."))
    if problems or kind is None or from_on is None:
        return None
    return PersonRow(
        row.line, row[NAME], sign_in, row[UNIT].upper(), row[TITLE], kind, frozenset(roles), from_on
    )


def _compare(item: PersonRow, known: _Known, problems: list[Problem]) -> tuple[Outcome, str]:
    person = known.person(item)
    if person is None:
        return Outcome.NEW, "thêm cán bộ, chức vụ" + (", tài khoản" if item.sign_in else "")
    if search_key(person.name) != item.post_key[0]:
        problems.append(Problem(SIGN_IN, f"Tên đăng nhập này của {person.name}."))
        return Outcome.ERROR, ""
    changes = []
    if item.sign_in and person.id not in known.with_account:
        changes.append("cấp tài khoản")
    held = known.post(person, item)
    if held is None:
        changes.append("ghi chức vụ mới")
    elif (held.kind, held.from_on) != (item.kind, item.from_on):
        told = f"Đã ghi chức vụ này từ ngày {format_date(held.from_on)} ({KIND_LABELS[held.kind]})."
        problems.append(Problem(FROM, told))
    elif item.roles and held.role_set != item.roles:
        changes.append(_roles_told(held.role_set, item.roles))
    return (Outcome.CHANGED, "; ".join(changes)) if changes else (Outcome.SAME, "")


def _roles_told(before: frozenset[Role], after: frozenset[Role]) -> str:
    """“thêm vai trò …; bỏ vai trò …”. An empty cell leaves the roles as they are."""
    parts = []
    for word, roles in (("thêm", after - before), ("bỏ", before - after)):
        if roles:
            parts.append(f"{word} vai trò {', '.join(ROLE_LABELS[r] for r in Role if r in roles)}")
    return "; ".join(parts)


def write(planned: Plan[PersonRow], *, actor: Actor) -> Written:
    """Write the new and changed lines; returns those that could not be (then nothing may stay)."""
    codes = {unit.code: unit for unit in units.list_all()}
    known = _known()
    made: dict[str, Person] = {}
    wrong: list[tuple[int, Problem]] = []
    for line in planned.dry_run.lines:
        if line.outcome not in (Outcome.NEW, Outcome.CHANGED):
            continue
        item = planned.rows[line.number]
        post = services.Post(codes[item.unit], item.title, item.kind, item.from_on, roles=item.roles)
        try:
            person = made.get(item.sign_in) if item.sign_in else None
            person = person or known.person(item) or services.create_person(item.name, actor=actor)
            held = known.post(person, item)
            if held is None:
                services.appoint(person, post, actor=actor)
            elif item.roles and held.role_set != item.roles:
                services.change_roles(held, item.roles, actor=actor)
            if item.sign_in and item.sign_in not in made and person.id not in known.with_account:
                services.create_account(person, item.sign_in, actor=actor, ready=False)
            if item.sign_in:
                made[item.sign_in] = person
        except DomainError as error:
            wrong.append((line.number, Problem(TITLE, error.message)))
    return Written(tuple(wrong))
