"""What events say on a timeline."""

from __future__ import annotations

import re

import pytest

from app.audit import sentences
from app.audit.sentences import SENTENCES, UNKNOWN, sentence_of, text_of


def test_a_sentence_takes_the_values_of_its_event():
    assert (
        text_of("task_extended", {"old": "01/10/2026", "new": "15/10/2026"})
        == "Gia hạn từ 01/10/2026 đến 15/10/2026"
    )


def test_a_place_without_a_value_is_left_out():
    assert text_of("task_assigned", {}) == "Giao người thực hiện"


def test_the_reason_follows_the_words():
    assert text_of("inspection_suspended", {"reason": "bão"}) == "Tạm dừng kiểm tra: bão"
    assert text_of("inspection_suspended", {}) == "Tạm dừng kiểm tra"


def test_an_event_nobody_worded_still_says_something():
    assert sentence_of("never_heard_of") is UNKNOWN
    assert text_of("never_heard_of", {}) == UNKNOWN.text


@pytest.mark.parametrize("name", SENTENCES)
def test_every_sentence_is_short_plain_and_about_the_past(name):
    sentence = SENTENCES[name]
    assert re.fullmatch(r"[a-z]+(_[a-z]+)+", name)
    assert sentence.text[0].isupper() and len(sentence.text) <= 70
    assert not sentence.text.endswith((".", "!"))
    assert sentence.kind in ("", "key")
    assert not sentence.sealed or sentence.kind == "key"


def test_the_table_is_the_one_the_timeline_reads():
    assert sentences.SENTENCES is SENTENCES
