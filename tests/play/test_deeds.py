"""What a reply plainly says that a person did is held against the item, whoever spoke of the person first."""

from __future__ import annotations

import pytest

from support.films import KNOWLEDGE, seeker
from support.seats import after, draw, grounded
from usbrec import load_catalogue
from usbrec.items import AttributeRetriever, Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.llm import ScriptedModel
from usbrec.play.grounding.candidates import Grounding
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in
from usbrec.prompts import Prompts

FILMS = load_catalogue(
    [
        {"title": title, "year": year, "director": director, "actors": actors, "genres": genres}
        for title, year, director, actors, genres in (
            ("The Skulls", 2000, "Rob Cohen", "Paul Walker", "thriller"),
            ("The Hunted", 2003, "William Friedkin", "Tommy Lee Jones", "action"),
            ("Looper", 2012, "Rian Johnson", "Bruce Willis", "science fiction"),
            ("Red Two", 2013, "Dean Parisot", "Bruce Willis", "comedy"),
            ("Space Jam", 1996, "Joe Pytka", "Bill Farmer", "family"),
            ("Hudson Hawk", 1991, "Michael Lehmann", "Bruce Willis", "comedy"),
            ("Ace Ventura: Pet Detective", 1994, "Tom Shadyac", "Jim Carrey", "comedy"),
            ("The Substitute", None, "Robert Mandel", "Tom Berenger", "action"),
        )
    ]
)
CHECK = ReplyCheck(Knowledge.of(FILMS, Similarity(), seed=0))
ASKED = heard_in([seeker("What did William Friedkin direct, and where does Bruce Willis play?")])


def found(reply: str) -> tuple[str, ...]:
    return CHECK.made_up(reply, list(FILMS), ASKED)


@pytest.mark.parametrize(
    "reply",
    [
        'The movie that William Friedkin directed is "The Skulls" (2000).',
        "William Friedkin directed The Skulls (2000).",
        "The movies that William Friedkin directed are:\n1. The Skulls (2000)",
        "William Friedkin's films include The Skulls.",
        "William Friedkin's best film is The Skulls.",
        "William Friedkin's film The Skulls is tense.",
        "Thanks to William Friedkin's direction of The Skulls it is tense.",
        "Bruce Willis starred in Space Jam (1996).",
        "Bruce Willis' direction of Looper is a surprise.",
        "Der Film, den William Friedkin gedreht hat, ist The Skulls.",
        '"Looper" by Red Two is about time.',
        "Bruce Willis' film by the director, Bruce Willis, is Looper.",
        "I recommend Looper, and then Hudson Hawk by Space Jam.",
    ],
)
def test_a_deed_that_is_not_so_is_a_fault_though_the_seeker_named_the_person(reply: str) -> None:
    assert found(reply)


@pytest.mark.parametrize(
    "reply",
    [
        'The movie that William Friedkin directed is "The Hunted" (2003).',
        "William Friedkin directed The Hunted (2003).",
        "William Friedkin's best film is The Hunted.",
        "Bruce Willis starred in Looper (2012).",
        "Bruce Willis' role in Looper is a good one.",
        "You like William Friedkin, so try The Skulls.",
        "I don't think that William Friedkin directed The Skulls.",
        "William Friedkin never directed The Skulls.",
        "Did William Friedkin direct The Skulls?",
        "Fans of William Friedkin's films enjoy The Skulls.",
        "If you liked what William Friedkin directed, try The Skulls.",
        "I was surprised by Looper.",
        "Ace Ventura: Pet Detective is a comedy. Ace Ventura has a lot of fun.",
        'The "Looper" title fits well.',
        "Looper has complex plotlines.",
    ],
)
def test_what_is_so_or_no_deed_at_all_may_be_said(reply: str) -> None:
    assert found(reply) == ()


def test_a_year_is_taken_from_a_title_that_has_none_in_the_catalogue() -> None:
    assert CHECK.mended('Try "The Substitute" (1996), or Looper (2012).', ASKED) == (
        'Try "The Substitute", or Looper (2012).'
    )
    asked = heard_in([seeker("Do you know The Substitute (1996)?")])
    assert CHECK.mended("The Substitute (1996) is good.", asked) == "The Substitute (1996) is good."
    asked = heard_in([seeker("Do you know Scream (1996)?")])
    assert CHECK.mended("The Substitute (1996) is good.", asked) == "The Substitute is good."


def test_a_wrong_credit_is_cut_without_the_rest_of_its_sentence() -> None:
    reply = 'The film "Space Jam" by Tommy Lee Jones is a great choice. It is for families.'
    assert CHECK.cut(reply, list(FILMS), ASKED) == (
        'The film "Space Jam" is a great choice. It is for families.'
    )


def test_no_sentence_is_left_without_its_subject() -> None:
    for reply in (
        'The film by the director, Tommy Lee Jones, is "Looper" (2012). It is about time.',
        "Great choices. Shadow Falls (1992) fits in with the darker, more serious tone of Looper (2012).",
    ):
        assert found(reply)
        assert CHECK.cut(reply, list(FILMS), ASKED) is None


def test_no_mark_of_a_list_is_left_before_the_next() -> None:
    reply = "My choice:\n1. Shadow Falls (2011) | comedy\n2. Looper (2012) | comedy\n3. Hudson Hawk (1991)"
    assert CHECK.cut(reply, list(FILMS), ASKED) is None


@pytest.mark.parametrize(
    ("text", "tokens", "kept"),
    [
        ("Casino (1995) is a tale of a hustlinggamb and more", 8, True),
        ("Casino (1995) is a tale of a hustlinggamb and more", 9, False),
        ("Casino (1995) is a tale like Shadow Falls and more", 8, False),
    ],
)
async def test_half_a_word_at_the_end_of_a_reply_names_nothing(text: str, tokens: int, kept: bool) -> None:
    retriever = AttributeRetriever(KNOWLEDGE.catalogue, KNOWLEDGE.linker, KNOWLEDGE.similarity)
    recommender = grounded(ScriptedModel(lambda request: text), Grounding(KNOWLEDGE, retriever, Prompts(), 4))
    wish = after(seeker("I loved Goodfellas (1990). More crime please."))
    reply = (await draw(recommender, wish, max_tokens=tokens)).replies[0]
    assert (reply.text == " ".join(text.split()[:tokens])) is kept
