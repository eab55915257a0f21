"""People and their posts from a file."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.accounts import queries
from app.accounts.models import Person
from app.policy import Role
from tests import cast
from tests.conftest import Browser
from tests.exchange.files import PEOPLE, csv_file, upload, xlsx

NEW = ("Kiều Văn Ví Dụ", "kieuvd", "AP", "Công chức Văn phòng", "Công chức, viên chức",
       "Công chức của đơn vị",
       date(2026, 1, 1))  # fmt: skip
SECOND = ("Kiều Văn Ví Dụ", "kieuvd", "LT", "Cộng tác viên", "Công chức, viên chức", "", "01/02/2026")
PAPER = (
    "Hà Thị Trên Giấy",
    "",
    "LT",
    "Chủ tịch UBND phường",
    "Người đứng đầu",
    "Thủ trưởng đơn vị",
    "01/7/2025",
)


def confirm(client: Browser) -> None:
    client.submit("main form[action$='/confirm']")


def test_people_come_with_posts_and_accounts_without_password(client: Browser, session: Session) -> None:
    client.sign_in("administrator")
    data = xlsx([NEW, SECOND, PAPER], columns=PEOPLE)
    upload(client, data, "can-bo.xlsx", "people")
    confirm(client)
    session.expire_all()
    account = queries.find_account("kieuvd")
    assert account is not None and account.password == ""
    assert {a.unit.code for a in account.person.appointments} == {"AP", "LT"}
    assert queries.actor_for(account.person).roles == {Role.UNIT_OFFICER}
    head = queries.head_of(cast.unit("LT"))
    assert head is not None and head.person.name == "Hà Thị Trên Giấy"
    assert queries.account_of(head.person) is None
    upload(client, data, "can-bo.xlsx", "people")
    assert "Nội dung tệp trùng với dữ liệu đang có" in client.text


def test_an_imported_account_lets_nobody_in_before_it_has_a_password(client: Browser) -> None:
    upload(client.sign_in("administrator"), csv_file([NEW], columns=PEOPLE), "a.csv", "people")
    confirm(client)
    client.client.delete_cookie("ket-luan")
    client.get("/sign-in")
    client.submit(data={"email": "kieuvd", "password": "x"}, expect=422)


def test_other_roles_of_a_known_post_are_a_change(client: Browser, session: Session) -> None:
    row = ("Phạm Thị Thí Dụ", "follower@mau.example", "SNV-CCHC", "Chuyên viên", "staff",
           "Người theo dõi; Người lập kế hoạch", "01/7/2025")  # fmt: skip
    upload(client.sign_in("administrator"), xlsx([row], columns=PEOPLE), "a.xlsx", "people")
    assert "thêm vai trò Người lập kế hoạch" in client.text
    confirm(client)
    session.expire_all()
    assert cast.actor("follower").roles == {Role.FOLLOWER, Role.PLANNER}


@pytest.mark.parametrize(
    ("roles", "said", "left"),
    [
        ("", "Nội dung tệp trùng với dữ liệu đang có", {Role.FOLLOWER}),
        (
            "Người lập kế hoạch",
            "thêm vai trò Người lập kế hoạch; bỏ vai trò Người theo dõi",
            {Role.PLANNER},
        ),
    ],
)
def test_roles_are_taken_away_only_by_naming_others(
    client: Browser, session: Session, roles: str, said: str, left: set[Role]
) -> None:
    row = ("Phạm Thị Thí Dụ", "follower@mau.example", "SNV-CCHC", "Chuyên viên", "staff", roles, "01/7/2025")
    upload(client.sign_in("administrator"), xlsx([row], columns=PEOPLE), "a.xlsx", "people")
    assert said in client.text
    if roles:
        confirm(client)
    session.expire_all()
    assert cast.actor("follower").roles == left


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("", *NEW[1:]), "Cột Họ tên: Họ và tên có từ 02"),
        ((NEW[0], "có dấu", *NEW[2:]), "Cột Tên đăng nhập: Từ 03 đến 100"),
        ((NEW[0], "leader@mau.example", *NEW[2:]), "Tên đăng nhập này của Trần Văn Thử"),
        ((*NEW[:2], "KHONG", *NEW[3:]), "Cột Mã đơn vị: Không có đơn vị mã KHONG"),
        ((*NEW[:3], "", *NEW[4:]), "Cột Chức vụ: Chức vụ có từ 02"),
        ((*NEW[:4], "Sếp", *NEW[5:]), "Cột Loại: Nhập một trong"),
        ((*NEW[:5], "Vua", NEW[6]), "Cột Vai trò: Không có vai trò “Vua”"),
        ((*NEW[:6], ""), "Cột Từ ngày: Cần nhập ngày bắt đầu"),
        ((*NEW[:6], "01/01/2020"), "Cột Từ ngày: Đơn vị không hoạt động vào ngày 01/01/2020"),
        ((*NEW[:4], "Người đứng đầu", "", NEW[6]), "Đơn vị có người đứng đầu từ ngày 01/7/2025"),
        ((*NEW[:4], "Cấp phó", "Thủ trưởng đơn vị", NEW[6]), "Vai trò Thủ trưởng đơn vị chỉ đi với"),
    ],
)
def test_a_wrong_line_is_named_and_nobody_is_added(
    client: Browser, session: Session, row: tuple[object, ...], said: str
) -> None:
    before = session.scalar(sa.select(sa.func.count()).select_from(Person))
    data = xlsx([PAPER, row], columns=PEOPLE)
    upload(client.sign_in("administrator"), data, "a.xlsx", "people", expect=422)
    assert said in client.text
    session.expire_all()
    assert session.scalar(sa.select(sa.func.count()).select_from(Person)) == before


def test_one_sign_in_name_means_one_person(client: Browser) -> None:
    data = xlsx([NEW, ("Người Khác Hẳn", *NEW[1:])], columns=PEOPLE)
    upload(client.sign_in("administrator"), data, "a.xlsx", "people", expect=422)
    assert "Tên đăng nhập đã dùng cho người khác ở dòng 2" in client.text


def test_only_an_administrator_imports_people(client: Browser) -> None:
    client.sign_in("planner").get("/import/people", expect=403)
