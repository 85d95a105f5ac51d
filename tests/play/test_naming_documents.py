"""Replies in JSON: what they say is held to the catalogue, their syntax is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.films import FILMS, KNOWLEDGE, seeker
from usbrec.play.grounding.grounded import heard_in
from usbrec.play.grounding.naming.check import ReplyCheck
from usbrec.play.grounding.naming.documents import as_sentences

HEARD = heard_in([seeker("A crime film, please")])


def made_up(reply: str, *, strict: bool) -> tuple[str, ...]:
    return ReplyCheck(KNOWLEDGE, strict).made_up(reply, FILMS[:5], HEARD)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(
    "reply",
    [
        '{"title": "Casino (1995)", "year": 1995}',
        '{"title": "Casino", "year": 1995}',
        '```json\n{\n  "title": "Casino (1995)",\n  "year": "1995"\n}\n```',
        '{"films": [{"title": "Casino", "year": 1995}], "why": "A crime film by Martin Scorsese."}',
        '{"name": "Casino", "director": "Martin Scorsese", "rating": 4}',
        '[{"title": "Casino"}, {"title": "Heat (1995)"}]',
        '{"Casino (1995)": "A crime film."}',
        'Sure!\n```json\n{"title": "Casino", "year": 1995}\n```',
        'Here is one: {"title": "Casino", "year": 1995}',
        "| Title | Year |\n|---|---|\n| Casino | 1995 |\n| Heat | 1995 |",
        "Casino - 1995",
        "Casino ('95)",
    ],
)
def test_a_document_of_what_there_is_makes_nothing_up(reply: str, *, strict: bool) -> None:
    assert made_up(reply, strict=strict) == ()


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ('{"title": "Casino (1995)", "year": 1996}', "1996"),
        ('{"title": "Blade Walker", "year": 1995}', "Blade Walker"),
        ('{"title": "Casino (1995)", "director": "John Carpenter"}', "John Carpenter"),
        ('[{"title": "Casino"}, {"title": "Blade Walker"}]', "Blade Walker"),
        ('{"title": "Casino", "Blade Walker": "It is dark."}', "Blade Walker"),
    ],
)
def test_what_a_document_makes_up_is_found_and_nothing_is_cut_out_of_it(
    reply: str, found: str, *, strict: bool
) -> None:
    assert any(found in one for one in made_up(reply, strict=strict))
    assert ReplyCheck(KNOWLEDGE, strict).cut(reply, FILMS[:5], HEARD) is None
    assert ReplyCheck(KNOWLEDGE, strict).mended(reply, HEARD) == reply


@pytest.mark.parametrize(
    "reply", ["Try Casino (1995).", "[Casino]", "{Casino}", '"Casino"', "1995", "", "[" * 9]
)
def test_any_other_reply_is_read_as_it_stands(reply: str) -> None:
    assert as_sentences(reply) is None


@given(st.text('{}[]":, a1\n', max_size=40))
def test_whatever_looks_like_a_document_is_read_without_an_error(reply: str) -> None:
    as_sentences(reply)
