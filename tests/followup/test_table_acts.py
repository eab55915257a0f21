"""What the table does with lines that moved, with strange keys, and for who follows without the role."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.followup import figures, queries
from app.followup.filters import Filters
from app.remediation import services
from app.remediation.models import TaskState
from app.remediation.values import LineValues
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation as made
from tests.queries import count_queries


def test_a_line_that_moved_since_it_was_ticked_is_not_accepted(client: Browser, session: Session) -> None:
    task = made.submitted(made.issued()[0])
    client.sign_in("follower").get("/follow-up")
    seen = f"{task.id}:{task.version}"
    services.edit_line(task, LineValues(note="Báo cáo thiếu ảnh"), actor=cast.actor(cast.FOLLOWER))
    session.commit()
    for tick in (seen, str(task.id)):
        client.get("/follow-up")
        client.post("/follow-up/accept", {"pick": tick})
        client.follow()
        assert f"{task.code}: vừa được cập nhật" in client.text
    session.expire_all()
    assert task.state is TaskState.SUBMITTED


@pytest.mark.parametrize("tick", ["²", "9" * 5000, ":", "x:1"])
def test_a_strange_tick_is_no_tick(client: Browser, session: Session, tick: str) -> None:
    made.issued()
    client.sign_in("follower").get("/follow-up")
    client.post("/follow-up/report", {"pick": tick}, expect=422)
    client.get("/follow-up")
    client.post("/follow-up/choose", {"pick": tick, "act": "urge"}, expect=422)
    client.get("/follow-up")
    client.post("/follow-up/accept", {"pick": tick}, expect=422)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/follow-up?q=%C2%A8", 200),
        ("/follow-up?edit=" + "9" * 40, 200),
        ("/follow-up?notice=" + "9" * 22, 200),
        ("/remediation?notice=" + "9" * 22, 200),
        ("/search?q=%C2%A8", 200),
        ("/calendar?version=" + "9" * 22, 404),
        ("/calendar?version=" + "9" * 18, 404),
        ("/calendar?version=", 404),
    ],
)
def test_strange_words_of_an_address_are_answered(
    client: Browser, session: Session, path: str, status: int
) -> None:
    made.issued()
    client.sign_in("follower").get(path, expect=status)


def test_what_was_typed_is_kept_when_the_line_left_the_filter(client: Browser, session: Session) -> None:
    task = made.issued(due_on=date(2026, 9, 11))[0]
    client.sign_in("follower").get(f"/follow-up?state=open_late&edit={task.id}")
    form = client.page.select_one("form[action*='edit-line']")
    assert form is not None
    version = form.select_one("input[name=version]")
    assert version is not None
    made.submitted(task)
    client.post(
        f"/follow-up/{task.id}/edit-line?state=open_late",
        {"version": str(version["value"]), "note": "Đã gọi điện", "progress_text": "Đang in"},
        expect=409,
    )
    assert "vừa được" in client.text
    assert client.page.select_one("input[name=note]")["value"] == "Đã gọi điện"
    assert client.page.select_one("input[name=progress_text]")["value"] == "Đang in"


def test_a_long_paste_is_refused_whole_instead_of_cut(client: Browser, session: Session) -> None:
    task = made.issued()[0]
    client.sign_in("follower").get(f"/follow-up?edit={task.id}")
    form = client.page.select_one("form[action*='edit-line']")
    assert form is not None
    assert str(form["action"]).endswith("#kl-errors"), "a refusal is read before the line"
    assert form.select("[maxlength]") == []
    client.submit("form[action*='edit-line']", {"progress_text": "x" * 3000}, expect=422)
    assert "2.000" in client.text or "2000" in client.text
    typed = client.page.select_one("[name=progress_text]")
    assert typed is not None
    assert len(str(typed["value"])) == 3000


def test_a_line_without_its_version_is_not_saved(client: Browser, session: Session) -> None:
    task = made.issued()[0]
    client.sign_in("follower").get("/follow-up")
    client.post(f"/follow-up/{task.id}/edit-line", {"note": "x"}, expect=422)
    session.expire_all()
    assert task.note == ""


def test_the_last_urging_paper_is_not_offered_as_a_new_one(client: Browser, session: Session) -> None:
    task = made.issued()[0]
    values = LineValues(urged_reference="CV 688/SNV-CCHC")
    services.edit_line(task, values, actor=cast.actor(cast.FOLLOWER))
    session.commit()
    client.sign_in("follower").get(f"/follow-up?edit={task.id}")
    client.submit("form[action*='edit-line']", {"note": "Đã gọi điện"})
    session.expire_all()
    assert (task.urged_count, task.note) == (1, "Đã gọi điện")


def test_who_follows_without_the_role_works_on_their_own_lines(client: Browser, session: Session) -> None:
    own, other = made.issued(findings=2)
    own.follower_id = cast.person(cast.PLANNER).id
    session.commit()
    client.sign_in("planner").get("/follow-up")
    links = [str(a["href"]) for a in client.page.select("a[href*='edit=']")]
    assert len(links) == 1 and f"edit={own.id}" in links[0]
    client.post("/follow-up/choose", {"pick": [str(own.id), str(other.id)], "act": "urge"})
    client.follow()
    client.submit("form[action*='/urge']", {"reference": "CV 688/SNV-CCHC", "urged_on": "22/9/2026"})
    session.expire_all()
    assert (own.urged_count, other.urged_count) == (1, 0)


def test_who_follows_nothing_and_has_no_role_for_it_is_refused(client: Browser, session: Session) -> None:
    task = made.issued()[0]
    client.sign_in("planner").get("/follow-up")
    assert client.page.select("input[name=pick]") == []
    client.post("/follow-up/choose", {"pick": str(task.id), "act": "urge"}, expect=403)
    client.get("/follow-up")
    client.post("/follow-up/accept", {"pick": str(task.id)}, expect=403)


def test_the_head_of_the_division_accepts_several(client: Browser, session: Session) -> None:
    task = made.submitted(made.issued()[0])
    client.sign_in("checker").get("/follow-up")
    client.post("/follow-up/accept", {"pick": f"{task.id}:{task.version}"})
    session.expire_all()
    assert task.state is TaskState.ACCEPTED


def test_ticked_lines_are_read_at_once(client: Browser, session: Session) -> None:
    tasks = made.issued(findings=3, units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    client.sign_in("follower").get("/follow-up")
    ticked = "&".join(f"pick={task.id}" for task in tasks)
    session.expunge_all()
    with count_queries(session) as sent:
        client.get(f"/follow-up/urge?{ticked}")
    assert len(client.page.select("input[name=pick]")) == 6
    assert len(sent) <= 14


def test_the_filter_names_a_notice_as_people_write_it(session: Session) -> None:
    made.issued()
    found = figures.choices(cast.actor(cast.FOLLOWER)).notices
    assert [label.split("/", 1)[1] for _key, label in found] == ["TB-SNV, 12/8/2026"]


def test_a_number_below_ten_has_two_digits(session: Session) -> None:
    task = made.issued()[0]
    assert task.document is not None
    assert figures._notice(f"2026-08-12 5/{task.document.symbol}") == "05/TB-SNV, 12/8/2026"


def test_a_print_out_says_what_it_leaves_out(
    client: Browser, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.issued(findings=3)
    monkeypatch.setattr(queries, "EXPORTED", 2)
    whole = queries.whole_table(cast.actor(cast.FOLLOWER), Filters())
    assert (len(whole.lines), whole.left_out, whole.four.total) == (2, 1, 3)
    client.sign_in("follower").get("/follow-up/print")
    assert "còn 1 nội dung chưa in" in client.text
