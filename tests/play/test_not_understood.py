"""Words that no item has are told with every reply that had candidates, and only then."""

from __future__ import annotations

from support.films import KNOWLEDGE, sample, seeker
from support.seats import after, draw, grounded
from support.shop import KNOWLEDGE as SHOP
from usbrec.dialogue import Turn
from usbrec.items import AttributeRetriever, Retriever
from usbrec.items.retrieval import RequestRetriever
from usbrec.judge.facts import reply_facts
from usbrec.llm import ScriptedModel
from usbrec.play.grounding.candidates import Grounding, not_understood
from usbrec.play.targets import Targets
from usbrec.prompts import Prompts

READS = RequestRetriever(KNOWLEDGE.catalogue, KNOWLEDGE.linker, KNOWLEDGE.similarity)
READS_NOT = AttributeRetriever(KNOWLEDGE.catalogue, KNOWLEDGE.linker, KNOWLEDGE.similarity)
REQUEST = seeker("I loved Goodfellas (1990). Crime with zeppelins, please.")


async def _grounding_of(turn: Turn, retriever: Retriever) -> dict[str, object]:
    grounding = Grounding(KNOWLEDGE, retriever, Prompts(), 4)
    drawn = await draw(grounded(ScriptedModel(lambda request: "Casino (1995)!"), grounding), after(turn))
    assert drawn.replies[0].grounding is not None
    return dict(drawn.replies[0].grounding)


async def test_a_grounded_reply_tells_the_words_that_no_item_has() -> None:
    assert (await _grounding_of(REQUEST, READS))["not_understood"] == ["zeppelins"]


async def test_nothing_is_told_where_all_is_understood_or_nobody_reads_words() -> None:
    understood = await _grounding_of(seeker("I loved Goodfellas (1990). More crime please."), READS)
    assert "not_understood" not in understood
    assert "not_understood" not in await _grounding_of(REQUEST, READS_NOT)


async def test_the_facts_of_an_episode_have_them_for_each_reply_or_not_at_all() -> None:
    told, untold = await _grounding_of(REQUEST, READS), await _grounding_of(REQUEST, READS_NOT)
    targets = Targets.of(sample(), KNOWLEDGE)
    played = (Turn("recommender", "Casino (1995)!"), seeker("Hm."), Turn("recommender", "Heat (1995)."))
    facts = reply_facts([REQUEST], played, unfinished=0, targets=targets, groundings=[told, untold])
    assert facts["not_understood"] == [["zeppelins"], []]
    without = reply_facts([REQUEST], played, unfinished=0, targets=targets, groundings=[untold, untold])
    assert "not_understood" not in without


def test_a_word_that_a_constraint_was_read_from_was_understood() -> None:
    """The catalogue says "blue" where the seeker says "blaue"."""
    reads = RequestRetriever(SHOP.catalogue, SHOP.linker, SHOP.similarity)
    assert SHOP.reader is not None

    def told(said: str) -> tuple[str, ...]:
        return not_understood([seeker(said)], SHOP, reads)

    assert [one.value for one in SHOP.reader.read([seeker("Doch lieber eine blaue.")])] == ["blue"]
    assert told("Doch lieber eine blaue.") == ()
    assert told("Doch lieber eine blaue mit Zeppelin.") == ("Zeppelin",)
