"""Constraints in play: what the seeker asks for holds for replies, is declined otherwise, and is judged."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from support.seats import after, draw, grounded
from support.shop import KNOWLEDGE, SHOP, said, wanting
from usbrec import enhance, evaluate
from usbrec.dialogue import Constraint, Sample, Turn
from usbrec.errors import ConfigError, InputError
from usbrec.items import AttributeRetriever
from usbrec.items.constraints.filters import FilterError, read_filter
from usbrec.judge.facts import reply_facts
from usbrec.judge.rules import RulesProfileJudge, RulesTargetJudge
from usbrec.llm import ScriptedModel
from usbrec.play.baselines import BaselineRecommender
from usbrec.play.grounding.candidates import Grounding
from usbrec.play.grounding.nothing_fits import nothing_fits
from usbrec.play.languages import Languages
from usbrec.play.preferences.record import Constraints, Preferences
from usbrec.play.seekers.rules import RulesTargetSimulator
from usbrec.play.seekers.voices import Voices
from usbrec.play.seekers.wishes import check_wishes, read_wishes, says_nothing_fits, spoken, untold
from usbrec.play.targets import Targets
from usbrec.prompts import Prompts

PROMPTS = Prompts()
RETRIEVER = AttributeRetriever(SHOP, KNOWLEDGE.linker, KNOWLEDGE.similarity)
GROUNDING = Grounding(KNOWLEDGE, RETRIEVER, PROMPTS, 5)
ASKED = "I need running shoes under 80 euros that you have in stock."


def filtered(wanted: Any) -> tuple[Constraint, ...]:
    return read_filter(wanted, KNOWLEDGE.columns)


def reply(model: Any, *texts: str, **place: Any) -> Any:
    drawn = asyncio.run(draw(grounded(ScriptedModel(model), GROUNDING), after(*said(*texts), **place)))
    return drawn.replies[0]


def test_candidates_meet_what_is_asked_for() -> None:
    shown = GROUNDING.candidates(said(ASKED))
    assert shown
    assert all(
        not KNOWLEDGE.violated(item.id, filtered({"price": {"below": 80}, "stock": {"min": 1}}))
        for item in shown
    )
    assert {item.id for item in GROUNDING.candidates(said("Running shoes, please."))} > {"S01"}


def test_a_reply_that_names_what_is_too_dear_is_never_said() -> None:
    model = ScriptedModel(
        lambda request: "Try the Trail Runner Pro." if request.temperature == 0 else "Or Storm Shell."
    )
    drawn = asyncio.run(draw(grounded(model, GROUNDING), after(*said(ASKED))))
    assert drawn.text == "I would suggest Park Jogger."
    assert drawn.replies[0].grounding["fallback"]
    assert len(model.requests) == 3


def test_a_reply_of_before_that_fits_no_more_is_not_said_again() -> None:
    before = "Try the Trail Runner Pro."
    talk = ("Running shoes, please.", before, "That is too dear. Under 80 euros, please.")
    found = reply(lambda request: before, *talk)
    assert found.text != before
    assert found.grounding["fallback"]
    assert all(GROUNDING.knowledge.named(found.text) != (one,) for one in KNOWLEDGE.named(before))
    # What still fits may be said again, where no draw has anything else.
    assert reply(lambda request: before, talk[0], before, "Really, running shoes!").text == before


def test_a_second_draw_that_fits_is_said() -> None:
    found = reply(lambda request: "Trail Runner Pro!" if request.temperature == 0 else "City Sprint!", ASKED)
    assert found.text == "City Sprint!"
    assert found.grounding["redraws"] == 1


def test_a_filter_of_the_request_holds_beside_the_words() -> None:
    constraints = filtered({"colour": "black"})
    found = reply(lambda request: "Park Jogger!", ASKED, constraints=constraints)
    assert found.text == "I would suggest City Sprint."


def test_where_nothing_fits_that_is_said_and_the_model_is_not_asked() -> None:
    model = ScriptedModel(lambda request: "Park Jogger!")
    drawn = asyncio.run(
        draw(grounded(model, GROUNDING), after(*said("Boots under 20 euros, they must be boots.")))
    )
    assert not model.requests
    assert drawn.text == (
        'I am sorry, nothing here fits: no item meets "genres is boots, price below 20". '
        "The lowest price that fits otherwise is 129 €."
    )
    assert KNOWLEDGE.named(drawn.text) == ()


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"price": {"max": 1}}, '"price at most 1". The lowest price is 9.90 €.'),
        ({"price": {"min": 5000}}, '"price at least 5000". The highest price is 1049 €.'),
        ({"price": 60}, '"price exactly 60". The nearest price is 59 €.'),
        ({"colour": "pink"}, '"colour is pink". There is colour: black, blue, brown, green.'),
        (
            {"genres": "boots", "brand": {"not": "Kolbe"}, "price": {"min": 5}},
            '"genres is boots, brand not Kolbe". There is brand: Kolbe.',
        ),
        (
            {"price": {"max": 1}, "colour": "pink"},
            '"colour is pink". There is colour: black, blue, brown, green.',
        ),
    ],
)
def test_nothing_fits_says_which_constraint_leaves_nothing_and_what_is_nearest(
    wanted: dict[str, Any], expected: str
) -> None:
    sentence = nothing_fits(filtered(wanted), KNOWLEDGE, PROMPTS)
    assert sentence == f"I am sorry, nothing here fits: no item meets {expected}"
    assert says_nothing_fits(sentence)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"price": {"max": 1}}, "„Preis höchstens 1“. Preis: ab 9,90 €."),
        (
            {"price": {"min": 9999.5}, "stock": {"min": 1}},
            "„Preis mindestens 9999,5“. Preis, wenn der Rest passen soll: bis 219 €.",
        ),
        ({"colour": "pink"}, "„Farbe ist pink“. Bei „Farbe“ gibt es: black, blue, brown, green."),
        ({"stock": 77}, "„Bestand genau 77“. Bestand: am nächsten ist 40."),
    ],
)
def test_that_nothing_fits_is_said_in_german(wanted: dict[str, Any], expected: str) -> None:
    sentence = nothing_fits(filtered(wanted), KNOWLEDGE, PROMPTS, "de")
    assert sentence == f"Es tut mir leid, hier passt nichts: Kein Artikel erfüllt {expected}"
    assert says_nothing_fits(sentence)
    assert KNOWLEDGE.named(sentence) == ()


def test_that_nothing_fits_is_said_in_the_language_of_the_dialogue() -> None:
    grounding = replace(GROUNDING, languages=Languages())
    for turns, begins in (
        (said("Ich suche Stiefel unter 20 Euro, es müssen Stiefel sein."), "Es tut mir leid"),
        (said("I am looking for boots under 20 euros."), "I am sorry"),
        # Rules have no words for it: one whole sentence in English.
        (said("Je cherche des bottes, pas trop chères, pour ma fille."), "I am sorry"),
    ):
        sentence = grounding.nothing_fits(filtered({"price": {"max": 1}}), turns)
        assert sentence is not None
        assert sentence.startswith(begins)
    baseline = BaselineRecommender("retriever", KNOWLEDGE, RETRIEVER, languages=Languages())
    told = asyncio.run(draw(baseline, after(*said("Ich suche Schuhe, die höchstens 1 Euro kosten."))))
    assert told.text.endswith("Preis: ab 9,90 €.")


def test_nothing_is_said_to_fit_nothing_where_something_does() -> None:
    assert nothing_fits(filtered({"colour": "red"}), KNOWLEDGE, PROMPTS) is None
    assert nothing_fits((), KNOWLEDGE, PROMPTS) is None
    assert not says_nothing_fits("Nothing Compares 2 U is a song.")


@pytest.mark.parametrize("kind", ["random", "retriever", "best"])
def test_baselines_recommend_what_is_asked_for(kind: Any) -> None:
    baseline = BaselineRecommender(kind, KNOWLEDGE, RETRIEVER)
    for seed in range(5):
        drawn = asyncio.run(draw(baseline, after(*said(ASKED)), n=2, seed=seed))
        named = [item for one in drawn.replies for item in KNOWLEDGE.named(one.text)]
        assert len(named) == 2
        assert not [
            item
            for item in named
            if KNOWLEDGE.violated(
                item, filtered({"price": {"below": 80}, "stock": 1} | {"stock": {"min": 1}})
            )
        ]
    assert "nothing here fits" in asyncio.run(draw(baseline, after(*said("under 1 euro")))).text


def targets_of(sample: Sample) -> Targets:
    return Targets.of(sample, KNOWLEDGE)


def judged(sample: Sample, *texts: str) -> Any:
    played = [Turn("recommender" if place % 2 == 0 else "seeker", text) for place, text in enumerate(texts)]
    return RulesTargetJudge(KNOWLEDGE).judge(sample.turns, played, targets_of(sample))


def test_a_recommendation_that_violates_what_was_asked_for_scores_nothing() -> None:
    sample = wanting(ASKED, ("Park Jogger",))
    score = judged(sample, "Try the Trail Runner Pro.")
    assert score.value == 0.0
    assert score.detail["violated"] == ["stock above 0", "price below 80"]
    assert judged(sample, "Try Park Jogger.").value == 2.0
    assert judged(sample, "Try City Sprint.").value > 0.0
    assert (
        judged(wanting("Running shoes, please.", ("Park Jogger",)), "Try the Trail Runner Pro.").value > 0.0
    )


def test_a_reading_that_no_target_meets_is_not_held_against_a_reply() -> None:
    sample = wanting("Something under 10 euros.", ("Park Jogger",))
    assert judged(sample, "Try Park Jogger.").value == 2.0


def test_what_a_sample_says_is_held_whether_it_was_told_or_not() -> None:
    sample = wanting("Hello.", ("Park Jogger",), {"price": {"max": 60, "told": "kept"}})
    assert judged(sample, "Try City Sprint.").value == 0.0
    assert judged(sample, "Try Park Jogger.").value == 2.0


def test_where_nothing_fits_to_say_so_is_what_a_target_is() -> None:
    sample = wanting("Boots.", (), {"genres": "boots", "brand": {"not": "Kolbe"}})
    assert judged(sample, "Sorry, nothing here fits.").value == 2.0
    assert judged(sample, "Nothing fits, but try Harbour Boot.").value == 0.0
    assert judged(sample, "Try Harbour Boot.").value == 0.0
    assert judged(sample, "Hello!").value == 0.0


def test_facts_say_what_a_reply_violates_only_where_something_is_asked() -> None:
    def facts(sample: Sample) -> Any:
        return reply_facts(
            sample.turns,
            [Turn("recommender", "Try the Trail Runner Pro.")],
            unfinished=0,
            targets=targets_of(sample),
        )

    told = facts(wanting(ASKED, ("Park Jogger",)))
    assert (told["constraints"], told["violated"]) == ([2], [["stock above 0", "price below 80"]])
    assert "violated" not in facts(wanting("Hello.", ("Park Jogger",)))


def test_inside_the_search_too_a_violation_scores_nothing() -> None:
    hard = filtered({"price": {"max": 80}})
    preferences = Preferences(constraints=Constraints(hard=hard))
    judge = RulesProfileJudge(KNOWLEDGE)
    assert judge.judge(said("Hello."), [Turn("recommender", "Trail Runner Pro!")], preferences).detail[
        "violated"
    ]
    assert (
        "violated"
        not in judge.judge(said("Hello."), [Turn("recommender", "Park Jogger!")], preferences).detail
    )


def test_a_search_without_candidates_says_a_draft_that_fits() -> None:
    drafts = ["Trail Runner Pro is for you.", "Storm Shell, perhaps.", "Park Jogger, perhaps."]
    model = ScriptedModel(lambda request: drafts[:1] if request.temperature == 0 else drafts[1:])
    better = enhance(model, catalogue=SHOP, candidates=0, drafts=3)
    found = better.reply_sync([ASKED])
    assert found.items == ("S02",)
    better.close()


def test_a_filter_in_python_holds_and_is_checked() -> None:
    better = enhance(ScriptedModel(lambda request: "Trail Runner Pro!"), catalogue=SHOP, drafts=2)
    found = better.reply_sync(["Running shoes, please."], filter={"price": {"max": 60}})
    assert found.items == ("S02",)
    with pytest.raises(FilterError, match="did you mean 'price'"):
        better.reply_sync(["Hello"], filter={"prize": 3})
    better.close()
    plain = enhance(ScriptedModel(lambda request: "Hello!"))
    with pytest.raises(InputError, match="catalogue"):
        plain.reply_sync(["Hello"], filter={"price": 3})
    plain.close()


def answer(sample: Sample, *texts: str, seed: int = 1) -> Any:
    """What the seeker by rules says to these turns after the sample's."""
    seeker = RulesTargetSimulator(KNOWLEDGE, "Why?").seat(targets_of(sample))
    turns = [
        *sample.turns,
        *(Turn("recommender" if n % 2 == 0 else "seeker", text) for n, text in enumerate(texts)),
    ]
    return asyncio.run(seeker.answer(turns, explain=False, seed=seed))


def constraints_read(text: str) -> Sequence[Constraint]:
    return KNOWLEDGE.reader.read(said(text)) if KNOWLEDGE.reader else ()


def test_the_seeker_declines_what_violates_a_wish_with_the_reason() -> None:
    sample = wanting("Hello.", ("Park Jogger",), {"price": {"max": 60, "told": "kept"}})
    told = answer(sample, "Try City Sprint.")
    assert not told.accepted
    assert filtered({"price": {"max": 60}})[0] in [
        *constraints_read(told.text),
        *(Constraint(one.column, "<=", one.value) for one in constraints_read(told.text)),
    ]
    assert answer(sample, "Try Park Jogger.").accepted


def test_a_wish_is_told_unasked_when_asked_or_not_at_all() -> None:
    def told(when: str, recommender: str) -> str:
        sample = wanting("Hello.", ("Park Jogger",), {"price": {"max": 60, "told": when}})
        return str(answer(sample, recommender).text)

    assert "60" in told("volunteered", "What do you like?")
    assert "60" not in told("asked", "What do you like?")
    assert "60" in told("asked", "What is your budget?")
    assert "60" not in told("kept", "What is your budget?")


def test_a_german_seeker_tells_wishes_in_german() -> None:
    def told(wanted: dict[str, Any], recommender: str) -> str:
        sample = wanting("Guten Tag, ich suche Schuhe für den Alltag.", ("Park Jogger",), wanted)
        voices = Voices.about(SHOP, Languages())
        seeker = RulesTargetSimulator(KNOWLEDGE, "Warum?", voices).seat(targets_of(sample))
        turns = [*sample.turns, Turn("recommender", recommender)]
        return asyncio.run(seeker.answer(turns, explain=False, seed=0)).text

    for wanted in ({"stock": {"min": 1}}, {"price": {"max": 60}}, {"brand": {"not": "Kolbe"}}):
        for recommender in ("Was mögen Sie?", "Wie wäre es mit City Sprint?"):
            text = told(wanted, recommender)
            assert not {"please", "should", "must", "has", "need", "budget", "My"} & set(text.split()), text
            assert any(word in text for word in ("auf Lager", "vorrätig", "60", "Kolbe")), text
    assert "60" in told({"price": {"max": 60, "told": "asked"}}, "Wie hoch darf der Preis sein?")
    assert "60" not in told({"price": {"max": 60, "told": "asked"}}, "Welche Farbe gefällt Ihnen?")
    # A catalogue's English column is asked for by its German name.
    assert "red" in told({"colour": {"is": "red", "told": "asked"}}, "Welche Farbe soll es sein?")


def test_a_wish_that_was_told_is_not_told_again() -> None:
    sample = wanting("Shoes for at most 60 euro, please.", ("Park Jogger",), {"price": {"max": 60}})
    assert "60" not in answer(sample, "What do you like?").text
    in_stock = wanting("It has to be in stock.", ("Park Jogger",), {"stock": {"min": 1}})
    assert "stock" not in answer(in_stock, "What do you like?").text


def test_the_seeker_accepts_that_nothing_fits_where_that_is_so() -> None:
    nothing = wanting("Boots.", (), {"genres": "boots", "brand": {"not": "Kolbe"}})
    assert answer(nothing, "I am sorry, nothing here fits.").accepted
    assert not answer(nothing, "Try Harbour Boot.").accepted
    assert not answer(nothing, "Nothing fits, but take Harbour Boot.").accepted
    something = wanting("Boots.", ("Harbour Boot",), {"genres": "boots"})
    assert not answer(something, "I am sorry, nothing here fits.").accepted


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    "wanted",
    [
        {"price": {"max": 60}},
        {"price": {"min": 60}},
        {"stock": {"min": 1}},
        {"brand": {"not": "Kolbe"}},
        {"brand": {"not": ["Kolbe", "Altro"]}},
        {"colour": "red"},
        {"colour": {"not": "red"}},
        {"colour": ["red", "blue"]},
    ],
)
def test_what_a_seeker_says_of_a_wish_is_read_as_that_wish(wanted: dict[str, Any], language: str) -> None:
    for wish in read_wishes(wanted, KNOWLEDGE.columns):
        for seed in range(8):
            text = spoken(wish, seed, language)
            assert untold([wish], said(text), KNOWLEDGE) == []
            heard = KNOWLEDGE.columns.allowed(constraints_read(text)).mask_n
            assert (heard == KNOWLEDGE.columns.allowed([wish.constraint]).mask_n).all(), text


def test_wishes_that_the_catalogue_cannot_meet_are_told_before_anybody_plays() -> None:
    assert check_wishes(wanting("Hi", ("Park Jogger",), {"price": {"max": 60}}), SHOP) is None
    assert check_wishes(wanting("Hi", (), {"price": {"max": 1}}), SHOP) is None
    problems = [
        check_wishes(wanting("Hi", ("Park Jogger",), {"prize": 1}), SHOP),
        check_wishes(wanting("Hi", ("Park Jogger",), {"price": {"max": 20}}), SHOP),
        check_wishes(wanting("Hi", (), {"price": {"max": 60}}), SHOP),
    ]
    for problem, words in zip(
        problems, ["did you mean 'price'", "none of its targets", "no targets, though"], strict=True
    ):
        assert problem is not None
        assert words in problem


def test_a_model_may_read_what_is_asked_for_in_place_of_rules() -> None:
    def model(request: Any) -> str:
        if "JSON object" in request.messages[0].content:
            assert "colour (category): black" in request.messages[0].content
            return 'Here: {"price": {"max": 60}, "wheels": 3, "colour": {"max": 1}}, that is all.'
        return "Trail Runner Pro!"

    def found(model: Any, text: str) -> Any:
        better = enhance(
            ScriptedModel(model), catalogue=SHOP, drafts=2, config={"play": {"constraints": "model"}}
        )
        reply = better.reply_sync([text])
        better.close()
        return reply

    assert found(model, "Etwas Günstiges für die Straße.").items == ("S02",)
    for odd in ("", "{", "{}", "[1]", "none", '{"price": {"max": 3, "min": 5}}', "{'a': 1}}}"):

        def says(request: Any, odd: str = odd) -> str:
            return odd if "JSON object" in request.messages[0].content else "Storm Shell!"

        assert found(says, "Hello").items == ("S08",)
    with pytest.raises(ConfigError, match="Use 'rules'"):
        evaluate(
            [wanting("Hello", ("Park Jogger",))],
            catalogue=SHOP,
            recommender="rules:retriever",
            candidates=2,
            config={"play": {"constraints": "model"}},
            progress=False,
        )
