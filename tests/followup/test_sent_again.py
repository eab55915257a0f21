"""Forms of responsibility, focal points, hand-overs, bulk acts, old tables: wrong people, second sendings.

What a page holds is sent once by people who may not (403 or 404), once by whom it was given to, and once more
as it was, from the page that is old by then: that changes nothing and says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app import clock
from app.extensions import db
from tests import cast
from tests.conftest import Browser
from tests.followup import form_pages as pages
from tests.followup.form_pages import Page
from tests.strict_client import form_values

DAY = date(2026, 9, 23)
UNTOUCHED = {"account", "job", "series_counter", "chain_head"}
"""What signing in and looking move."""


@dataclass(frozen=True)
class Form:
    """`again`: the status of the second sending; `told`: words of the answer, or of the page it leads to."""

    page: Callable[[], Page]
    may: str
    never: tuple[str, ...]
    typed: dict[str, str | list[str]]
    again: int = 409
    told: str = "vừa được"


UNIT, OUT = (cast.HEAD, cast.OFFICER), (cast.OTHER_HEAD, cast.OBSERVER, cast.OUTSIDER)
NOT_RECORDERS = (*UNIT, *OUT, cast.CLERK, cast.LEADER, cast.PLANNER)
NOT_FOLLOWING = (*UNIT, *OUT, cast.CLERK, cast.SECRETARY)
NOT_KEEPERS = (*UNIT, *OUT, cast.CLERK, cast.LEADER, cast.CONTENT_CHECKER)
WHO = {"kind": "collective", "collective": "UBND xã Long Phước", "post": "", "name": ""}
DECIDED = {
    "decided": "learn",
    "body": "Chủ tịch UBND xã",
    "reference": "12/QĐ-UBND",
    "decided_on": "15/9/2026",
}
REFERRED = {
    "track": "inspectorate",
    "body": "Thanh tra thành phố",
    "reference": "81/SNV-CCHC",
    "sent_on": "01/9/2026",
    "due_on": "30/9/2026",
}
ANSWERED = {"answer": "Đã thụ lý", "reference": "33/TTr-VP", "answered_on": "20/9/2026"}
FOCAL = {"name": "Hồ Văn Thí Nghiệm", "from_on": "23/9/2026"}
PAPER = {"reference": "07/BB-UBND"}
FORMS: dict[str, Form] = {
    "new answerable": Form(pages.new_answerable, cast.FOLLOWER, NOT_RECORDERS, WHO, 409, "đã được ghi"),
    "edit answerable": Form(
        pages.an_answerable("edit"), cast.CONTENT_CHECKER, NOT_RECORDERS, {"collective": "Văn phòng"}
    ),
    "remove answerable": Form(
        pages.an_answerable("remove", on="/findings/{finding}/responsibility"),
        cast.FOLLOWER,
        NOT_RECORDERS,
        {},
        404,
        "Không tìm thấy nội dung",
    ),
    "decision": Form(pages.an_answerable("decision"), cast.FOLLOWER, NOT_RECORDERS, DECIDED),
    "new referral": Form(
        pages.new_referral, cast.FOLLOWER, NOT_RECORDERS, REFERRED, 409, "đã có văn bản chuyển"
    ),
    "change referral": Form(
        pages.known_referral, cast.CONTENT_CHECKER, NOT_RECORDERS, {"body": "Công an thành phố"}
    ),
    "answer of a referral": Form(pages.a_referral, cast.FOLLOWER, NOT_RECORDERS, ANSWERED),
    "focal point": Form(
        pages.focal(for_unit=False),
        cast.HEAD,
        (cast.OFFICER, *OUT, cast.CLERK, cast.FOLLOWER),
        FOCAL,
        409,
        "Từ ngày 23/9/2026 đầu mối của đơn vị là",
    ),
    "focal point for the unit": Form(
        pages.focal(for_unit=True),
        cast.CLERK,
        (*UNIT, *OUT, cast.LEADER, cast.SECRETARY),
        {**FOCAL, **PAPER},
        409,
        "Từ ngày 23/9/2026 đầu mối của đơn vị là",
    ),
    "end of a focal point": Form(
        pages.end_focal(for_unit=False),
        cast.HEAD,
        (cast.OFFICER, *OUT, cast.CLERK, cast.FOLLOWER),
        {"last_on": "23/9/2026"},
        409,
        "đã ghi là 23/9/2026",
    ),
    "end of a focal point for the unit": Form(
        pages.end_focal(for_unit=True),
        cast.FOLLOWER,
        (*UNIT, *OUT, cast.LEADER),
        {"last_on": "23/9/2026"},
        409,
        "đã ghi là 23/9/2026",
    ),
    "list of a follower": Form(
        pages.follower_list,
        cast.CONTENT_CHECKER,
        (*UNIT, *OUT, cast.FOLLOWER, cast.LEADER),
        {},
        409,
        "đã được xác nhận ngày 23/9/2026",
    ),
    "list of a head": Form(
        pages.head_list("received"),
        cast.OFFICER,
        (cast.HEAD, *OUT, cast.FOLLOWER),
        {},
        409,
        "không còn danh sách chờ",
    ),
    "list of a head from paper": Form(
        pages.head_list("recorded"),
        cast.FOLLOWER,
        (*OUT, cast.OFFICER, cast.LEADER),
        {**PAPER, "on": "22/9/2026"},
        409,
        "Không có nội dung nào chờ",
    ),
    "left by a unit": Form(
        pages.left_over, cast.FOLLOWER, (*UNIT, *OUT, cast.LEADER, cast.CLERK), {}, 409, "vừa được"
    ),
    "taken over, from paper": Form(
        pages.given("office"),
        cast.FOLLOWER,
        (*UNIT, *OUT, cast.LEADER),
        {**PAPER, "on": "22/9/2026"},
        409,
        "đã được xác nhận hoặc đã giao đơn vị khác",
    ),
    "taken over": Form(
        pages.given("unit"),
        cast.OTHER_HEAD,
        (cast.OBSERVER, cast.OUTSIDER, cast.FOLLOWER),
        {},
        409,
        "đã được xác nhận",
    ),
    "urge many": Form(
        pages.ticked("urge"),
        cast.FOLLOWER,
        NOT_FOLLOWING,
        {
            "reference": "11/SNV-CCHC",
            "urged_on": "22/9/2026",
        },
        303,
        "Chưa ghi đôn đốc 02 nội dung",
    ),
    "hand over many": Form(
        pages.ticked("hand-over"),
        cast.FOLLOWER,
        NOT_FOLLOWING,
        {"reason": "Chuyển công tác"},
        303,
        "Chưa giao lại 02 nội dung",
    ),
    "direct many": Form(
        pages.ticked("direct"),
        cast.LEADER,
        NOT_FOLLOWING,
        {
            "kind": "urge",
            "text": "Khẩn trương",
            "answer_due_on": "25/9/2026",
        },
        303,
        "Chưa ghi chỉ đạo 02 nội dung",
    ),
    "reminded outside": Form(
        pages.ticked("reminder-text"), cast.FOLLOWER, NOT_FOLLOWING, {}, 303, "Chưa ghi 02 nội dung"
    ),
    "accept many": Form(
        pages.ticked("accept", handed_in=True),
        cast.FOLLOWER,
        NOT_FOLLOWING,
        {},
        303,
        "Chưa công nhận 02 nội dung",
    ),
    "columns of an old table": Form(pages.columns, cast.FOLLOWER, NOT_KEEPERS, {}),
    "take an old table in": Form(
        pages.old_table("take"), cast.PLANNER, NOT_KEEPERS, {}, 409, "Không có dòng nào nhập được ngay"
    ),
    "dates of an old table": Form(
        pages.old_table("accept"),
        cast.FOLLOWER,
        NOT_KEEPERS,
        {},
        409,
        "Không còn dòng nào có một ngày đề xuất",
    ),
    "row of an old table": Form(pages.old_row(), cast.FOLLOWER, NOT_KEEPERS, {"unit": "LP"}),
    "row left out": Form(pages.old_row("/leave"), cast.FOLLOWER, NOT_KEEPERS, {}),
    "row looked at again": Form(pages.old_row("/restore"), cast.FOLLOWER, NOT_KEEPERS, {}),
    "proposal of a unit": Form(
        pages.proposals(for_unit=False),
        cast.HEAD,
        (cast.OFFICER, *OUT, cast.FOLLOWER),
        {"text": "Bổ sung biên chế."},
        409,
        "đang chờ trả lời",
    ),
    "proposal from paper": Form(
        pages.proposals(for_unit=True),
        cast.CLERK,
        (*UNIT, *OUT, cast.LEADER),
        {
            "text": "Bổ sung biên chế.",
            "reference": "31/UBND-VP",
            "sent_on": "20/9/2026",
        },
        409,
        "đang chờ trả lời",
    ),
    "answer to a proposal": Form(
        pages.proposal,
        cast.FOLLOWER,
        (*UNIT, *OUT, cast.CLERK),
        {
            "answer": "Đã đề nghị cấp trên.",
            "answered_on": "22/9/2026",
        },
    ),
    "number of a plan": Form(
        pages.plan_number(for_unit=False),
        cast.OFFICER,
        (*OUT, cast.FOLLOWER),
        {
            "reference": "15/KH-UBND",
            "document_on": "20/9/2026",
        },
        409,
        "đã được ghi",
    ),
    "number of a plan for the unit": Form(
        pages.plan_number(for_unit=True),
        cast.CLERK,
        (*UNIT, *OUT, cast.LEADER),
        {
            "reference": "15/KH-UBND",
            "document_on": "20/9/2026",
        },
        409,
        "đã được ghi",
    ),
}


def everything(session: Session) -> dict[str, list[str]]:
    session.expire_all()
    return {
        table.name: sorted(map(repr, session.execute(sa.select(table))))
        for table in db.metadata.sorted_tables
        if table.name not in UNTOUCHED
    }


def held(client: Browser, page: Page) -> MultiDict[str, object]:
    """What the form of the page that goes there would send, with every line ticked."""
    found = [
        f
        for f in client.page.select("main form[method=post]")
        if str(f.get("action", "")).split("?")[0] == page.action
    ]
    found += [b.find_parent("form") for b in client.page.select(f"main [formaction^='{page.action}']")]
    assert found, [f.get("action") for f in client.page.select("main form")]
    values = form_values(found[0])
    for tick in client.page.select(f"input[name=pick][form='{found[0].get('id')}']"):
        if tick["value"] not in values.getlist("pick"):
            values.add("pick", str(tick["value"]))
    return values


@pytest.mark.parametrize("name", FORMS)
def test_wrong_people_and_second_sendings_change_nothing(
    client: Browser, session: Session, name: str
) -> None:
    form = FORMS[name]
    page = form.page()
    session.commit()
    client.sign_in(form.may).get(page.path)
    sending = held(client, page)
    for field, value in form.typed.items():
        sending.poplist(field)
        sending.add(field, value)
    if name == "hand over many":
        sending["follower_id"] = str(cast.person(cast.PLANNER).id)
    sending.poplist("csrf_token")
    before = everything(session)
    for part in form.never:
        client.sign_in(part).get("/khong-co", expect=404)
        answer = client.client.post(
            page.action, data={**sending.to_dict(flat=False), "csrf_token": client._token()}
        )
        assert answer.status_code in (403, 404), (part, answer.status_code)
        assert everything(session) == before, part
    client.sign_in(form.may).get("/khong-co", expect=404)
    with clock.frozen(clock.at(DAY, 10, 4)):
        client.post(page.action, sending.copy())
    after = everything(session)
    assert after != before, "it was sent"
    with clock.frozen(clock.at(DAY, 10, 5)):
        client.get("/khong-co", expect=404)
        client.post(page.action, sending.copy(), expect=form.again)
        if form.again == 303:
            client.follow()
    assert everything(session) == after
    print(
        "TOLD",
        name,
        client.response.status_code,
        [
            one.get_text(" ", strip=True)[:200]
            for one in client.page.select(
                ".kl-errors, main .kl-note, .kl-flash, [role=status], .invalid-feedback"
            )
        ]
        or client.text[:300],
    )
    assert form.told in client.page.text
