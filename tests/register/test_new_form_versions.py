"""The guard through form versions: claims of version 1, questions and claims of version 2."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.errors import DomainError
from app.form_library import queries as forms
from app.form_library.models import WHOLE
from app.form_library.panels import Range, Standing, standing_on
from app.register import asking, listing, replaced, services, typed
from app.register.asking import Answer, Question, Status
from app.register.boxes import Box
from app.register.models import Level
from app.register.services import ClaimRefused, ClaimWanted
from tests import cast
from tests.conftest import Browser
from tests.factories import form_versions
from tests.factories import register as factory
from tests.register.reading import FIRST, LAST
from tests.register.reading import ask as address

NOTICE = "Thông báo số 45/TB-SNV ngày 12/8/2026"


def old(key: str, unit: str = cast.LONG_PHUOC) -> tuple[Box, str]:
    return factory.box(unit, key, FIRST, LAST), key


def boxes(key: str, unit: str = cast.LONG_PHUOC) -> list[Box]:
    """What the newest criterion of that key takes of a unit."""
    here = factory.box(unit, "MC-06", FIRST, LAST)
    return [
        Box(here.unit_id, part.content_id, here.starts_on, here.ends_on, part.part_from, part.part_to)
        for part in factory.criterion(key).parts
    ]


def asked(key: str, version: int | None = None, field: str = "") -> Answer:
    criterion = forms.find_criterion(key, version)
    assert criterion is not None
    chosen = next((one for one in forms.list_fields() if one.code == field), None)
    question = Question(
        cast.unit(cast.LONG_PHUOC), criterion, FIRST, factory.box("LP", "MC-06", FIRST, LAST).ends_on, chosen
    )
    return asking.ask(question, level=Level.DEPARTMENT)


def first_version() -> int:
    return min(version.id for version in forms.list_versions())


def claims(key: str) -> None:
    """Another team claims the newest criterion of that key."""
    services.claim(factory.mandate("130/QĐ-SNV"), [ClaimWanted(None, box) for box in boxes(key)], actor=None)


def test_what_is_kept_is_refused_as_before(session: Session) -> None:
    factory.concluded([old("MC-06")])
    form_versions.second()
    answer = asked("MC-06")
    assert answer.status is Status.BLOCKED and answer.blocks[0].under is None
    assert "theo tiêu chí" not in answer.sentences[0]


def test_a_renamed_criterion_cites_the_old_one_and_is_refused(session: Session) -> None:
    factory.concluded([old("MC-04")])
    form_versions.second()
    answer = asked("MC-30")
    assert (answer.status, answer.kind) == (Status.BLOCKED, "done")
    assert (
        f"đã có kết luận theo tiêu chí MC-04 của phiếu phiên bản 01 tại {NOTICE} của Sở Nội vụ."
        in answer.sentences[0]
    )
    with pytest.raises(ClaimRefused):
        claims("MC-30")


def test_both_halves_of_a_split_are_concluded_by_the_old_whole(session: Session) -> None:
    factory.concluded([old("MC-05")])
    form_versions.second()
    for key in ("MC-31", "MC-32"):
        assert asked(key).status is Status.BLOCKED
        assert "theo tiêu chí MC-05 của phiếu phiên bản 01" in asked(key).sentences[0]
        with pytest.raises(ClaimRefused):
            claims(key)


def test_one_half_leaves_the_other_free_and_the_old_key_partly(session: Session) -> None:
    form_versions.second()
    factory.concluded([(box, "MC-31") for box in boxes("MC-31")])
    assert asked("MC-31").status is Status.BLOCKED and asked("MC-31").blocks[0].under is None
    assert asked("MC-32").status is Status.FREE
    whole = asked("MC-05")
    assert (whole.status, whole.kind) == (Status.PARTLY, "part")
    assert whole.blocks[0].fields == "phần thuộc tiêu chí MC-31"
    assert "theo tiêu chí MC-31 của phiếu phiên bản 02" in whole.sentences[0]
    assert [left.fields for left in whole.left] == ["phần thuộc tiêu chí MC-32"]
    claims("MC-32")
    assert asked("MC-05").status is Status.BLOCKED


def test_a_held_half_names_the_part(session: Session) -> None:
    form_versions.second()
    claims("MC-31")
    whole = asked("MC-05")
    assert whole.kind == "part" or whole.kind == "held"
    assert "phần thuộc tiêu chí MC-31" in whole.sentences[0] and whole.blocks[0].under is None


def test_a_split_of_a_split_follows_through_three_versions(session: Session) -> None:
    factory.concluded([old("MC-05")])
    second = form_versions.second()
    form_versions.publish(
        form_versions.text(
            3, source=second.source, dropped=["MC-31"],
            added={
                "MC-41": [{"key": "MC-31", "part": "1/3"}],
                "MC-42": [{"key": "MC-31", "part": "2/3"}],
            },
        )
    )  # fmt: skip
    parts = [factory.criterion(key).parts[0] for key in ("MC-41", "MC-42", "MC-32")]
    edges = [(part.part_from, part.part_to) for part in parts]
    assert edges == [(0, WHOLE // 6), (WHOLE // 6, WHOLE // 2), (WHOLE // 2, WHOLE)]
    for key in ("MC-41", "MC-42", "MC-32"):
        assert "theo tiêu chí MC-05 của phiếu phiên bản 01" in asked(key).sentences[0]


def test_a_merger_is_refused_for_the_concluded_part_and_tells_the_rest(session: Session) -> None:
    factory.concluded([old("MC-08")])
    form_versions.second()
    answer = asked("MC-33")
    assert (answer.status, answer.kind) == (Status.BLOCKED, "part")
    assert "(phần thuộc tiêu chí MC-08)" in answer.sentences[0]
    assert answer.rest_texts == answer.sentences[-1:]
    assert "phần thuộc tiêu chí MC-10" in answer.rest_texts[0]
    assert "chọn tiêu chí MC-10 của phiếu phiên bản 01." in answer.rest_texts[0]
    with pytest.raises(ClaimRefused):
        claims("MC-33")
    factory.concluded([old("MC-10")], "46/TB-SNV")
    assert asked("MC-33").kind == "done" and asked("MC-33").rest == ()


def test_a_unit_is_told_what_of_a_merger_is_not_concluded(session: Session) -> None:
    factory.concluded([old("MC-08")])
    form_versions.second()
    question = asked("MC-33").question
    answer = asking.ask(question, level=Level.DEPARTMENT, concluded_only=True)
    assert answer.rest_texts[0].endswith("chưa có thông báo kết luận.")


def test_a_merger_that_keeps_a_key_names_its_old_self_with_the_version(session: Session) -> None:
    factory.concluded([old("MC-08")])
    form_versions.publish(
        form_versions.text(
            dropped=["MC-10"], changed={"MC-08": {"replaces": [{"key": "MC-08"}, {"key": "MC-10"}]}}
        )
    )
    said = asked("MC-08").sentences[0]
    assert "phần thuộc tiêu chí MC-08 (phiên bản 01)" in said


def test_a_merger_by_field_tells_part_and_field(session: Session) -> None:
    land = factory.box(cast.LONG_PHUOC, "MC-11", FIRST, LAST, field="dat-dai")
    factory.concluded([(land, "MC-11")])
    form_versions.publish(
        form_versions.text(
            dropped=["MC-11", "MC-13"],
            added={"MC-36": [{"key": "MC-11"}, {"key": "MC-13"}]},
            changed={"MC-36": {"by_field": True}},
        )
    )
    answer = asked("MC-36")
    assert answer.blocks[0].fields == "phần thuộc tiêu chí MC-11; lĩnh vực Đất đai"
    assert [left.fields for left in answer.left] == ["trừ lĩnh vực Đất đai"]
    assert [(one.under.key, one.left.fields) for one in answer.rest] == [("MC-13", "lĩnh vực Đất đai")]
    assert "MC-13" in answer.rest_texts[0] and "(lĩnh vực Đất đai)" in answer.rest_texts[0]
    assert asked("MC-36", field="xay-dung").status is Status.FREE


def test_each_half_of_one_notice_is_its_own(session: Session) -> None:
    form_versions.second()
    factory.concluded([(box, key) for key in ("MC-31", "MC-32") for box in boxes(key)])
    assert asked("MC-32").status is Status.BLOCKED and asked("MC-32").blocks[0].under is None
    whole = asked("MC-05")
    assert whole.status is Status.BLOCKED and whole.blocks[0].fields == ""
    assert whole.blocks[0].under is not None and whole.blocks[0].under.key == "MC-31"


def test_a_retired_criterion_still_answers(session: Session) -> None:
    factory.concluded([old("MC-07")])
    form_versions.second()
    assert asked("MC-07").status is Status.BLOCKED
    assert asked("MC-34").status is Status.FREE, "new, and nothing stands on it"


def test_what_nobody_names_any_more_is_called_a_part(session: Session) -> None:
    """Half of MC-05 was retired: no criterion asks it."""
    form_versions.publish(
        form_versions.text(
            changed={"MC-05": {"replaces": [{"key": "MC-05", "part": "1/2"}]}},
            retired={"MC-05": "Nửa sau đã bãi bỏ."},
        )
    )
    content = factory.content("MC-05").id
    here = factory.box(cast.LONG_PHUOC, "MC-05", FIRST, LAST)
    factory.concluded(
        [(Box(here.unit_id, content, here.starts_on, here.ends_on, WHOLE // 2, WHOLE), "")], "47/TB-SNV"
    )
    assert asked("MC-05").status is Status.FREE, "the newest version asks the other half"
    answer = asked("MC-05", first_version())
    assert answer.blocks[0].fields == "một phần" and answer.blocks[0].under is None
    assert [left.fields for left in answer.left] == ["phần thuộc tiêu chí MC-05 (phiên bản 02)"]


def test_a_key_that_no_form_knows_is_not_cited(session: Session) -> None:
    factory.concluded([(factory.box(cast.LONG_PHUOC, "MC-04", FIRST, LAST), "A-1")])
    form_versions.second()
    assert asked("MC-30").blocks[0].under is None


def test_old_keys_are_found_in_older_versions(session: Session) -> None:
    newest = form_versions.second()
    assert typed.find_criterion("mc-05").version_id == first_version()
    assert typed.find_criterion("MC-05", newest).version_id == first_version()
    assert typed.find_criterion("MC-06", newest).version_id == newest.id
    with pytest.raises(DomainError):
        typed.find_criterion("MC-99", newest)


def test_the_command_tells_it_as_text_and_json(app: Flask, session: Session) -> None:
    factory.concluded([old("MC-04"), old("MC-08")])
    form_versions.second()

    def check(key: str) -> dict[str, Any]:
        arguments = ["--unit", "LP", "--criterion", key, "--from", "2026-01-01", "--to", "2026-06-30"]
        ended = app.test_cli_runner().invoke(args=["register", "check", *arguments, "--json"])
        found: dict[str, Any] = json.loads(ended.stdout)
        return found

    assert check("MC-30")["blocking"][0]["under"] == {"criterion": "MC-04", "version": 1}
    assert check("MC-33")["rest"] == [
        {
            "unit": "LP", "from": "2026-01-01", "to": "2026-06-30", "fields": "",
            "criterion": "MC-10", "version": 1,
        }
    ]  # fmt: skip
    assert check("MC-04")["blocking"][0]["under"] is None


def test_the_question_page_answers_for_new_and_old_keys(client: Browser, session: Session) -> None:
    factory.concluded([old("MC-04"), old("MC-08")])
    form_versions.second()
    session.commit()
    client.sign_in("planner").get(address(criterion="MC-30", ends_on="30/6/2026"))
    assert "theo tiêu chí MC-04 của phiếu phiên bản 01" in client.text
    client.get(address(criterion="MC-04", ends_on="30/6/2026"))
    assert "đã có kết luận tại" in client.text
    client.get(address(criterion="MC-33", ends_on="30/6/2026"))
    assert "Đã kết luận một phần" in client.text and "chọn tiêu chí MC-10" in client.text
    client.get(address(criterion="MC-99"), expect=422)


def test_the_list_calls_rows_as_they_were_decided(session: Session) -> None:
    factory.concluded([old("MC-04")])
    form_versions.second()
    merged = [(box, "MC-33") for box in boxes("MC-33")]
    factory.concluded([*merged, *((box, "MC-31") for box in boxes("MC-31"))], "46/TB-SNV")
    rows = listing.list_contents(cast.actor("planner"), listing.Filters(), None)
    assert [row.content for row in rows] == [
        "MC-33 – Tiêu chí thử MC-33 (phần MC-08)",
        "MC-33 – Tiêu chí thử MC-33 (phần MC-10)",
        "MC-31 – Tiêu chí thử MC-31",
        f"MC-04 – {factory.content('MC-04').title}",
    ]


def test_a_free_answer_reads_nothing_of_other_versions() -> None:
    assert replaced.behind([]) == replaced.Known()
    assert replaced.called([]) == {}


def test_what_stands_is_counted_for_all_groups_at_once(session: Session) -> None:
    factory.concluded([old("MC-05"), old("MC-05", cast.AN_PHUOC)])
    factory.concluded([old("MC-04")], "46/TB-SNV", record_only=True)
    holder = factory.held([factory.box(cast.LONG_THANH, "MC-05", FIRST, LAST)])
    factory.held([factory.box(cast.LONG_THANH, "MC-08", FIRST, LAST)], holder)
    five, four, eight = (factory.content(key).id for key in ("MC-05", "MC-04", "MC-08"))
    groups = [
        [Range(five, 0, 10)], [Range(four, 0, WHOLE)],
        [Range(eight, 0, 5), Range(five, WHOLE // 2, WHOLE)], []
    ]  # fmt: skip
    assert standing_on(groups, teams=True) == [
        Standing(1, 1, 3), Standing(), Standing(1, 1, 3), Standing()
    ]  # fmt: skip
    half = Box(cast.unit("LP").id, four, FIRST, LAST, 0, WHOLE // 2)
    factory.concluded([(half, "MC-04")], "47/TB-SNV")
    other = [[Range(four, WHOLE // 2, WHOLE)], [Range(four, 0, 1)]]
    assert standing_on(other, teams=True) == [Standing(), Standing(1, 0, 1)]
    assert standing_on(groups, teams=False)[0] == Standing(1, 0, 2)
    assert standing_on([], teams=True) == []
    assert standing_on([[]], teams=True) == [Standing()]
