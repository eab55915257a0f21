"""Address × person × whose it is: nobody gets what is not theirs, and everything opens for somebody.

What somebody may do is read from the table written by hand (tests/unit/policy/rights.py), what they are to
the things of this world from `CAN_BE` below; the product's own policy is not asked.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.policy import Action
from tests import cast
from tests.conftest import ENGINE
from tests.guards.addresses import Address
from tests.guards.survey import NOBODY, PARTS, UNIT_PEOPLE, Answer, Survey, read_everything, send_everything
from tests.processes import DEEP
from tests.unit.policy.rights import allowed

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

CAN_BE: dict[str, set[str]] = {
    cast.PLANNER: {"drafter", "creator"},
    cast.LEADER: {"signer"},
    cast.TEAM_LEADER: {"team_leader", "team_member"},
    cast.SECRETARY: {"team_secretary", "team_member"},
    cast.MEMBER: {"team_member", "assigned"},
    cast.FOLLOWER: {"follower", "drafter"},  # of a reminder letter
    cast.CONTENT_CHECKER: {"receiver"},  # of a list handed over
    cast.HEAD: {"unit_head", "unit_officer", "oneself", "receiver"},  # of what the head before left open
    cast.OFFICER: {"unit_officer"},
    cast.OTHER_HEAD: {"unit_head", "unit_officer"},
}
"""What people of the cast are to some thing of this world, at most."""
TURN = "stands there when it is its turn; this world's notice and paper are drafts (test_words_kept.py)"
NOT_HERE = {
    **dict.fromkeys(
        (
            "notices.approve",
            "notices.approve_with_changes",
            "notices.check_content",
            "notices.check_form",
            "notices.issue",
            "notices.return_back",
            "notices.seal",
            "notices.sign",
            "notices.take_back",
            "documents.approve_paper",
            "documents.approve_with_changes_paper",
            "documents.check_content_paper",
            "documents.check_form_paper",
            "documents.issue_paper",
            "documents.return_back_paper",
            "documents.seal_paper",
            "documents.sign_paper",
            "documents.take_back_paper",
        ),
        TURN,
    ),
    **dict.fromkeys(
        (
            "documents.details_paper",
            "documents.word_back_paper",
            "documents.submit_paper",
        ),
        "is its drafter's, one of two here (tests/documents_flow/test_paper_pages.py, test_paper_word.py)",
    ),
    **dict.fromkeys(
        ("documents.annexes", "documents.file_to_sign", "documents.signing", "documents.ticket_file"),
        "needs a paper that waits for a signature (tests/signatures)",
    ),
    **dict.fromkeys(
        ("documents.ask_removal", "documents.ask_removed"),
        "needs a notice that was recalled (tests/notices/test_removal_confirmed.py)",
    ),
    **dict.fromkeys(
        ("notices.ask_replacement", "notices.replaced_tasks"),
        "needs a notice with its conclusion (tests/notices/test_replacement_pages.py)",
    ),
    "documents.receipt_slip": "needs a notice that was received (tests/documents_flow/test_receipt_slip.py)",
    "documents.compare_paper": "stands between an upload and its confirmation",
    "notices.compare": "stands between an upload and its confirmation",
    "documents.word_changes_paper": "stands between an upload and its confirmation",
    "notices.word_changes": "stands between an upload and its confirmation",
    "followup.calendar_file": "needs the secret address (tests/followup/test_calendar_feed.py)",
    "fieldwork.minutes_pdf": "needs minutes that were printed, which takes a second",
    "fieldwork.minutes_word": "needs minutes with their hours (tests/fieldwork/test_minutes_word.py)",
}
"""Pages that this world has nothing to show on, each with the reason."""
ROLES = {who.sign_in: {role.value for role in who.roles} for who in cast.PEOPLE}
PARTS_HERE = PARTS if ENGINE == "sqlite" else (cast.PLANNER, cast.TEAM_LEADER, cast.CLERK, *UNIT_PEOPLE)
"""Rights are asked in Python; on the second engine some of the cast suffice to see every statement run."""


def may_ever(part: str, action: Action) -> bool:
    """Whether the person may do this to anything at all in this world (duties that stay apart left aside)."""
    standings = {s for s in CAN_BE.get(part, set()) if s not in ("drafter", "signer")}
    return allowed(action.value, ROLES[part], standings) or allowed(
        action.value, ROLES[part], CAN_BE.get(part, set())
    )


def asked(address: Address, place: int) -> tuple[str, ...]:
    """Who asks for an address: in `make deep` everybody.

    Otherwise the first of those who may, who mostly sees every case, two more of them in turn, the head of
    another unit, and one who may not.
    """
    if DEEP or not isinstance(address.action, Action):
        return PARTS_HERE
    may = [part for part in PARTS_HERE if may_ever(part, address.action)]
    others = [part for part in PARTS_HERE if part not in may]
    if ENGINE == "sqlite":
        chosen = {cast.OTHER_HEAD, *may[:1], *in_turn(may, 2, place), *in_turn(others, 1, place)}
    else:  # rights are asked in Python: here it is enough that every statement runs
        chosen = {cast.OTHER_HEAD, *in_turn(may, 1, place)}
    return tuple(part for part in PARTS_HERE if part in chosen)


def in_turn(parts: list[str], most: int, place: int) -> list[str]:
    """Up to `most` of `parts`, for each address the next ones."""
    start = most * place % max(1, len(parts))
    return (parts + parts)[start : start + most]


def guarded(survey: Survey) -> list[Answer]:
    """Answers of addresses that ask for a right."""
    return [answer for answer in survey.answers if isinstance(answer.address.action, Action)]


def broken(survey: Survey) -> list[str]:
    """Nothing breaks, for anybody, on any page, with any empty form."""
    return sorted({str(a) for a in survey.answers if a.status >= 500})


def let_in(survey: Survey) -> list[str]:
    """Who is not signed in is asked to, and learns nothing."""
    return [
        str(a)
        for a in guarded(survey)
        if a.part == NOBODY and not (a.status == 303 and a.location.startswith("/sign-in"))
    ]


def sent_away(survey: Survey) -> list[str]:
    """Who is signed in is never told to sign in."""
    return [str(a) for a in guarded(survey) if a.part != NOBODY and a.location.startswith("/sign-in")]


def given_without_right(survey: Survey) -> list[str]:
    """Who has no right gets 403 or 404, and changes nothing."""
    return [
        f"{a} {a.wrote}"
        for a in guarded(survey)
        if a.part != NOBODY
        and not may_ever(a.part, a.address.action)
        and (a.status not in (403, 404) or a.wrote)
    ]


def given_away(survey: Survey) -> list[str]:
    """A unit never learns that another unit's things exist: the answer is that for a key that no row has."""
    wrong = []
    for answer in guarded(survey):
        absent = survey.absent.get((answer.part, answer.address.rule))
        owners = survey.owners.get(answer.path)
        hidden = owners is not None and answer.part not in owners
        if hidden and absent is not None and answer.status in (403, 404) and answer.status != absent:
            wrong.append(f"{answer}, a missing one {absent}")
    return wrong


def open_to_nobody(survey: Survey) -> list[str]:
    """Every page opens for somebody (asked where the whole cast is there)."""
    if PARTS_HERE != PARTS:
        return []
    good = {
        a.address for a in survey.answers if a.status == 200 or (a.status in (302, 303) and a.part != NOBODY)
    }
    asked = {a.address for a in survey.answers}
    return sorted(str(address) for address in asked - good if address.endpoint not in NOT_HERE)


def writing(survey: Survey) -> list[str]:
    """No page changes anything when it is read."""
    return [f"{a} wrote {a.wrote}" for a in survey.answers if a.wrote or a.dirty]


def bad_html(survey: Survey) -> list[str]:
    """Every page is good HTML, with labels, one h1 and no code of its own."""
    seen, wrong = set(), []
    for answer in survey.answers:
        if answer.problems and answer.address not in seen:
            seen.add(answer.address)
            wrong.append(f"{answer}: {answer.problems[:3]}")
    return wrong


def refused_and_written(survey: Survey) -> list[str]:
    """A form that is refused (4xx) writes nothing."""
    return [f"{a} {a.wrote}" for a in guarded(survey) if 400 <= a.status < 500 and a.wrote]


def found(survey: Survey, *rules: Callable[[Survey], list[str]]) -> str:
    """What breaks the rules, a paragraph for each."""
    lines = [(rule.__doc__ or "", rule(survey)) for rule in rules]
    return "\n".join(f"{doc}\n  " + "\n  ".join(wrong) for doc, wrong in lines if wrong)


def test_every_page_gives_everybody_what_is_theirs_and_no_more(browser, app, session):
    survey = read_everything(browser, app, session, asked)
    wrong = found(
        survey, broken, let_in, sent_away, given_without_right, given_away, open_to_nobody, writing, bad_html
    )
    assert wrong == "", wrong


def test_every_form_is_taken_from_those_whose_work_it_is(browser, app, session):
    survey = send_everything(browser, app, session, asked)
    wrong = found(survey, broken, let_in, sent_away, given_without_right, given_away, refused_and_written)
    assert wrong == "", wrong


def test_the_cast_of_the_matrix_is_whole():
    assert set(CAN_BE) <= set(PARTS) and set(UNIT_PEOPLE) <= set(PARTS)
