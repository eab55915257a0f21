"""Published forms, to be read."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.form_library import queries
from tests.conftest import Browser
from tests.factories import form_versions
from tests.queries import count_queries


def test_a_form_lists_its_criteria_by_group(client: Browser, session: Session) -> None:
    client.sign_in("member").get("/forms")
    client.get(str(client.page.select_one("main tbody a")["href"]))
    assert len(client.page.select("main tbody tr")) == 79
    assert len(client.page.select("main section h2")) == 10


def test_a_criterion_says_evidence_and_basis_in_force(client: Browser) -> None:
    version = queries.latest_version()
    item = queries.definition_of(version).criterion("MC-05")
    client.sign_in("observer").get(f"/forms/{version.id}/criteria/MC-05")
    assert all(text in client.text for text in item.evidence)
    assert "Thông tư số 03/2025/TT-VPCP" in client.text
    assert "Thông tư số 01/2018/TT-VPCP" not in client.text, "no longer in force today"


def test_a_later_version_says_what_it_replaces_and_retires(client: Browser, session: Session) -> None:
    version = form_versions.second()
    session.commit()
    client.sign_in("member").get(f"/forms/{version.id}")
    assert "MC-07: Quy định đã bãi bỏ." in client.text
    client.get(f"/forms/{version.id}/criteria/MC-31")
    assert "Thay thế tiêu chí của phiên bản trước" in client.text and "MC-05, phần 1/2" in client.text


def test_every_criterion_has_its_page(client: Browser) -> None:
    version = queries.latest_version()
    client.sign_in("member")
    for item in queries.definition_of(version).criteria:
        client.get(f"/forms/{version.id}/criteria/{item.key}")


def test_the_page_costs_few_queries(client: Browser, session: Session) -> None:
    version = queries.latest_version().id
    client.sign_in("member")
    session.expire_all()
    with count_queries(session) as sent:
        client.get(f"/forms/{version}")
    assert len(sent) <= 12


def test_what_is_not_there_is_not_found(client: Browser) -> None:
    version = queries.latest_version().id
    client.sign_in("member").get("/forms/99999", expect=404)
    client.get(f"/forms/{version}/criteria/XX-99", expect=404)
    client.sign_in("outsider").get(f"/forms/{version}", expect=403)
