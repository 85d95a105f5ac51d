"""Naming: what a reply calls by a name and says of it, in a shop and a cinema; grammar and slots."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from support.films import CATALOGUE, KNOWLEDGE, seeker
from support.seats import after, draw, grounded
from usbrec.config import Config
from usbrec.dialogue import Item, Turn
from usbrec.errors import ConfigError
from usbrec.items import AttributeRetriever, Catalogue, Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.llm import ChatRequest, ScriptedModel
from usbrec.llm.grammar import OPENINGS, TitleGrammar
from usbrec.play.grounding.candidates import Grounding
from usbrec.play.grounding.examples import worked_examples
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in
from usbrec.play.grounding.naming.slots import filled, unfilled
from usbrec.play.protocol import Drawn
from usbrec.prompts import Prompts
from usbrec.stages.resolve import resolve
from usbrec.stages.wiring import seat_participants


def _item(number: int, title: str, brand: str, price: str, stock: str, year: int, text: str = "") -> Item:
    extra = {"Price": price, "Stock": stock, "Colour": "white"}
    extra = {name: value for name, value in extra.items() if value}
    return Item(f"p{number}", title, year, ("over-ear headphones",), (brand,), text, 0.0, extra)


_SOUND = "A light headphone with warm sound, noise cancelling and a detachable cable."
SHOP = Catalogue.from_items(
    (
        _item(1, "Galmori HX-248", "Galmori", "59", "4", 2021, _SOUND),
        _item(2, "Galmori HX-495 Air", "Galmori", "129.9", "0", 2022, _SOUND),
        _item(3, "Murmio Dovel", "Murmio", "89", "2", 2020, _SOUND),
        _item(4, "Quarzo 32", "Quarzo", "", "", 2019, _SOUND),
        _item(5, "Evenmoor Long Haul 2", "Evenmoor", "200", "1", 2023, _SOUND),
        _item(6, "Otonami みどり", "Otonami", "75", "3", 2018, _SOUND),
    )
)
SHELF = Knowledge.of(SHOP, Similarity(), seed=0)
CHECK = ReplyCheck(SHELF)
WISH = (seeker("I need headphones for the train under 100 euro. My Sony ones broke."),)
HEARD = heard_in(WISH)


@pytest.mark.parametrize(
    "reply",
    [
        "Try the Apple AirPods Max.",
        "I suggest the Bose QuietComfort 45, it is very comfortable.",
        "The Sony SR-121 Black would suit you.",
        "you could get the bose quietcomfort 45",
        "How about the Galmori HX-249?",
        "How about the Galmori HY-248 (2021)?",
        "The Galmori HX-248 Ultra is what I would buy.",
        "I would take the Quarzo HX-248.",
        "Quarzo 33 is a good choice.",
        "Perhaps the Tavro?",
        "The クワイエット has warm sound.",
        "1. Galmori HX-248: warm\n2. Silent Hours: clear",
        'I recommend "Silent Hours" for the train.',
        "**Solace** is great for calls.",
        "Ich empfehle Ihnen den Bose QuietComfort 45, er passt sehr gut.",
        "我推荐《静音大师》。",
    ],
)
def test_a_product_that_is_not_in_the_catalogue_is_made_up_however_it_is_written(reply: str) -> None:
    assert CHECK.made_up(reply, SHOP.items, HEARD)


@pytest.mark.parametrize(
    "reply",
    [
        "You should try the Galmori HX-248, because it has noise cancelling and a detachable cable.",
        "The Evenmoor Long Haul 2 is comfortable, and its warm sound is a delight on the train.",
        "What will you use the headphones for, and do you prefer Bluetooth or a cable?",
        "Hello! I'm happy to help. Shall it be something for Germany or the United States?",
        "1. Galmori HX-248: warm sound\n2. Quarzo 32 - light",
        "Since your Sony broke, the Murmio Dovel in white is a good match.",
        "Ich empfehle Ihnen den Murmio Dovel, weil er leicht ist und einen warmen Klang hat.",
        "Wie viel möchten Sie ausgeben, und brauchen Sie Geräuschunterdrückung?",
        "The Otonami みどり is light.",
        "Galmori makes light headphones. Which colour would you like?",
    ],
)
def test_a_reply_about_our_products_in_ordinary_words_is_left_as_it_is(reply: str) -> None:
    assert CHECK.made_up(reply, SHOP.items, HEARD) == ()
    assert CHECK.mended(reply, HEARD) == reply


@pytest.mark.parametrize(
    ("reply", "right"),
    [
        ("The Galmori HX-248 costs 49 euro.", "The Galmori HX-248 costs 59 euro."),
        ("For €49 you get the Galmori HX-248.", "For €59 you get the Galmori HX-248."),
        ("Den Galmori HX-495 Air gibt es für 99,00 €.", "Den Galmori HX-495 Air gibt es für 129,90 €."),
        ("The Murmio Dovel is priced at 70.", "The Murmio Dovel is priced at 89."),
        ("The Murmio Dovel from 2017 is light.", "The Murmio Dovel from 2020 is light."),
    ],
)
def test_a_wrong_price_or_year_of_one_item_is_set_right(reply: str, right: str) -> None:
    assert CHECK.made_up(reply, SHOP.items, HEARD)
    assert CHECK.mended(reply, HEARD) == right
    assert CHECK.made_up(right, SHOP.items, HEARD) == ()


@pytest.mark.parametrize(
    "reply",
    [
        "The Quarzo 32 costs 40 euro.",
        "The Galmori HX-495 Air is in stock.",
        "The Galmori HX-248 is sold out.",
        "Der Galmori HX-495 Air ist sofort lieferbar.",
        "The Quarzo 32 is in stock.",
        "Only 7 left of the Galmori HX-248: only 7 left!",
        "The Evenmoor Long Haul 2 is under 100 euro.",
        "The Murmio Dovel is made by Galmori.",
        "Save 20 euro on the Murmio Dovel.",
    ],
)
def test_a_claim_that_the_catalogue_does_not_bear_out_is_made_up_and_stays_so(reply: str) -> None:
    mended = CHECK.mended(reply, HEARD)
    assert mended == reply
    assert CHECK.made_up(mended, SHOP.items, HEARD)


@pytest.mark.parametrize(
    "reply",
    [
        "The Galmori HX-248 costs 59 euro and is in stock.",
        "The Galmori HX-248 is under 100 euro, as you asked.",
        "The Galmori HX-495 Air costs about 130 euro, but it is sold out.",
        "You said 100 euro at most: may it be in stock only next week?",
        "Der Murmio Dovel kostet 89,00 € und ist lieferbar.",
        "The Murmio Dovel by Murmio came out in 2020.",
    ],
)
def test_a_claim_that_the_catalogue_bears_out_is_said(reply: str) -> None:
    assert CHECK.made_up(reply, SHOP.items, HEARD) == ()
    assert CHECK.mended(reply, HEARD) == reply


FILM_CHECK = ReplyCheck(KNOWLEDGE)


@pytest.mark.parametrize(
    "reply",
    [
        "You should try 1917.",
        "Have you seen inception?",
        "Inception is great.",
        "Try Heat, directed by Christopher Nolan.",
        "You might like Heat with Tom Hanks.",
        "Heat 3 is even better.",
        "Watch Casino: The Return tonight.",
        "I'd pick The Zero Theorem.",
        "Okay, then Сталкер it is.",
    ],
)
def test_a_film_or_a_person_that_is_not_the_catalogues_is_made_up(reply: str) -> None:
    assert FILM_CHECK.made_up(reply, CATALOGUE.items, HEARD)


@pytest.mark.parametrize(
    "reply",
    [
        "Try Heat (1995), a crime film by Michael Mann with Al Pacino and Robert De Niro.",
        "If you like Tom Hanks, Toy Story is fun.",
        "I am so glad.",
        "The ending is great, and Pacino shines. Al Pacino is in Heat.",
        "Do you like films set in New York or in Paris?",
    ],
)
def test_a_film_with_its_own_people_is_said(reply: str) -> None:
    assert FILM_CHECK.made_up(reply, CATALOGUE.items, HEARD) == ()


def test_what_the_seeker_has_said_may_be_repeated_but_not_recommended() -> None:
    heard = heard_in((seeker("I liked Zanzibar Nights a lot."),))
    assert FILM_CHECK.made_up("Since you liked Zanzibar Nights, try Heat.", CATALOGUE.items, heard) == ()
    assert FILM_CHECK.made_up("I recommend Zanzibar Nights.", CATALOGUE.items, heard)


def _grounding(*, slots: bool = False) -> Grounding:
    retriever = AttributeRetriever(SHOP, SHELF.linker, SHELF.similarity)
    return Grounding(SHELF, retriever, Prompts(), 4, slots=slots)


async def _drawn(model: ScriptedModel, *, slots: bool = False, **settings: Any) -> Drawn:
    return await draw(grounded(model, _grounding(slots=slots), **settings), after(*WISH))


def _says(*replies: str) -> ScriptedModel:
    listed = iter(replies)
    return ScriptedModel(lambda request: next(listed))


async def test_a_made_up_product_is_drawn_again_and_at_last_a_fixed_sentence_stands_in() -> None:
    again = await _drawn(_says("Try the Apple AirPods Max.", "Try the Galmori HX-248."))
    assert again.text == "Try the Galmori HX-248."
    never = await _drawn(ScriptedModel(lambda request: "Try the Apple AirPods Max."))
    assert (never.replies[0].grounding or {})["fallback"] is True
    assert SHELF.named(never.text)


async def test_a_wrong_price_is_said_right_and_counted_as_mended() -> None:
    reply = await _drawn(_says("The Galmori HX-248 costs 49 euro."))
    assert reply.text == "The Galmori HX-248 costs 59 euro."
    assert (reply.replies[0].grounding or {})["mended"] is True


# Slots


async def test_with_slots_the_list_has_markers_and_a_reply_gets_its_title() -> None:
    model = _says("You should try [2], because it is light.")
    reply = await _drawn(model, slots=True, naming="slots")
    items = _grounding().candidates(WISH)
    assert reply.text == f"You should try {items[1].name}, because it is light."
    (request,) = [one for one in model.requests if isinstance(one, ChatRequest)]
    assert f"\n[2] {items[1].name}" in request.messages[-1].content
    assert (reply.replies[0].grounding or {})["naming"] == "slots"


async def test_a_marker_without_an_item_is_not_said_and_a_name_beside_one_is_cut() -> None:
    reply = await _drawn(ScriptedModel(lambda request: "Try [9]."), slots=True, naming="slots")
    assert (reply.replies[0].grounding or {})["fallback"] is True
    reply = await _drawn(_says("Try [1] or the Apple AirPods Max."), slots=True, naming="slots")
    assert reply.text == f"Try {_grounding().candidates(WISH)[0].name}."
    assert (reply.replies[0].grounding or {})["mended"] is True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Try [1] or [ 2 ].", "Try Heat (1995) or Up."),
        ("Try Heat (1995) [1].", "Try Heat (1995)."),
        ("[3] and [0]", "[3] and [0]"),
        ("nothing", "nothing"),
    ],
)
def test_markers_become_titles_and_are_left_out_beside_them(text: str, expected: str) -> None:
    assert filled(text, ["Heat (1995)", "Up"]) == expected
    assert unfilled(expected) == ("[" in expected)


def test_worked_examples_answer_with_the_marker_of_the_title_that_fits() -> None:
    retriever = AttributeRetriever(CATALOGUE, KNOWLEDGE.linker, KNOWLEDGE.similarity)
    grounding = Grounding(KNOWLEDGE, retriever, Prompts(), 4, slots=True)
    for shown in (False, True):
        listed = Grounding(KNOWLEDGE, retriever, Prompts(), 4, slots=shown)
        examples = worked_examples(CATALOGUE, Similarity(), Prompts(), count=2, seed=0, grounding=listed)
        answers = [one.content for one in examples if one.role == "assistant"]
        assert all(bool(re.search(r"\[\d\]", answer)) is shown for answer in answers)
    assert grounding.format.number(0) == "[1]"


# Constrained


async def test_constrained_a_model_is_asked_with_a_grammar_of_the_titles_that_it_is_shown() -> None:
    model = _says("You should try Galmori HX-248 (2021).")
    reply = await _drawn(model, naming="constrained")
    (request,) = [one for one in model.requests if isinstance(one, ChatRequest)]
    items = _grounding().candidates(WISH)
    assert request.grammar == TitleGrammar(tuple(item.name for item in items))
    assert request.to_json()["grammar"] == {"titles": [item.name for item in items]}
    assert (reply.replies[0].grounding or {})["naming"] == "constrained"


async def test_checked_a_request_is_what_it_always_was() -> None:
    model = _says("You should try Galmori HX-248 (2021).")
    reply = await _drawn(model)
    (request,) = [one for one in model.requests if isinstance(one, ChatRequest)]
    assert "grammar" not in request.to_json()
    assert "naming" not in (reply.replies[0].grounding or {})


def test_each_kind_of_server_gets_the_grammar_in_its_own_field() -> None:
    grammar = TitleGrammar(('The "Thing" (1982)',))
    assert grammar.request("grammar") == {"grammar": grammar.gbnf}
    assert grammar.request("structured") == {"structured_outputs": {"grammar": grammar.gbnf}}
    assert grammar.request("guided") == {"guided_grammar": grammar.gbnf}
    assert grammar.request("none") == {}
    assert r'"The \"Thing\" (1982)"' in grammar.gbnf
    assert r'"The \"Thing\" (1982)"' in grammar.lark


def _accepted(grammar: TitleGrammar, texts: Sequence[str]) -> list[bool]:
    """Which texts llguidance lets be written to their end, byte by byte."""
    llguidance = pytest.importorskip("llguidance")
    tokenizer = llguidance.LLTokenizer("byte")
    found = []
    for text in texts:
        matcher = llguidance.LLMatcher(tokenizer, llguidance.LLMatcher.grammar_from_lark(grammar.lark))
        assert not matcher.is_error(), matcher.get_error()
        tokens = tokenizer.tokenize_str(text)
        found.append(matcher.try_consume_tokens(tokens) == len(tokens) and matcher.is_accepting())
    return found


def test_the_grammar_lets_titles_and_plain_words_be_written_and_no_other_name() -> None:
    grammar = TitleGrammar(("Heat (1995)", "Galmori HX-248"))
    good = [
        "You should try Heat (1995), because it's tense.",
        "Heat (1995).",
        "What do you like? I can help.",
    ]
    bad = [
        "Try Casino.",
        "Try Heat (1996).",
        "Heat (1995) costs 5.",
        'Try "heat".',
        "1. Heat (1995)",
        "Сталкер",
    ]
    assert _accepted(grammar, good) == [True] * len(good)
    assert _accepted(grammar, bad) == [False] * len(bad)
    assert "Try" in OPENINGS


def test_constrained_needs_a_server_that_can_limit_what_is_written(tmp_path: Path) -> None:
    def config(constrain: str) -> Config:
        return Config.model_validate(
            {
                "seats": {"recommender": "openai:m", "simulator": "rules", "judge": "rules"},
                "models": {"base_url": "http://127.0.0.1:9/v1", "constrain": constrain},
                "play": {"candidates": 3, "naming": "constrained"},
            }
        )

    with pytest.raises(ConfigError, match=r"models\.constrain"):
        seat_participants(resolve(config("none"), SHOP), Prompts(), SHOP)
    seat_participants(resolve(config("grammar"), SHOP), Prompts(), SHOP)


def test_the_slots_prompt_leaves_the_digest_of_earlier_runs_as_it_was(tmp_path: Path) -> None:
    assert "recommender_slots" not in Prompts().texts()
    (tmp_path / "recommender_slots.txt").write_text("Mine.", encoding="utf-8")
    assert Prompts(tmp_path).texts()["recommender_slots"] == "Mine."


def test_turns_of_the_recommender_are_nothing_that_was_heard() -> None:
    heard = heard_in((Turn("recommender", "Bose"), seeker("Sony, please")))
    assert heard.words == " sony please "
