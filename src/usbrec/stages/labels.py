"""Label examples: each sample's label as the reply to what the recommender's seat would be shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from usbrec.config import Config
from usbrec.dialogue import Sample
from usbrec.event_loop import run
from usbrec.items.knowledge import Knowledge
from usbrec.llm.reasoning import separate
from usbrec.patterns import LazyPattern
from usbrec.play.targets import Targets
from usbrec.stages.inputs import GivenCatalogue, GivenSamples, read_inputs
from usbrec.stages.resolve import resolve, to_read
from usbrec.stages.wiring import Participants, seat_participants
from usbrec.training import Example


def labels_as_examples(
    given: GivenSamples,
    config: Config,
    catalogue: GivenCatalogue | None,
    interactions: str | Path | None,
) -> tuple[Example, ...]:
    """Labels of samples as replies to what the seat would be shown.

    With candidates in the prompt only labels are learnt that name one of them, first of all that they
    name: another would teach the model to pass the list over. Where the search shows a draft some candidates
    alone (``search.focus``), each label that names a target first is learnt as a reply to that one shown
    alone, too, whether it is a candidate or not. How much of a label is learnt then, ``train.labels`` says.
    Raises InputError, BadLines, ConfigError.
    """
    config = to_read(config, catalogue=catalogue is not None)
    inputs = read_inputs(config, given, catalogue, interactions)
    config = resolve(config, inputs.catalogue)
    participants = seat_participants(config, inputs.prompts, inputs.catalogue, languages=inputs.languages)
    naming = config.train.labels == "naming"
    try:
        return _examples(participants, inputs.samples, focused=config.search.focus > 0, naming=naming)
    finally:
        run(participants.aclose())


def _examples(
    participants: Participants, samples: Sequence[Sample], *, focused: bool, naming: bool
) -> tuple[Example, ...]:
    seat, knowledge = participants.runner.recommender, participants.runner.knowledge
    examples = []
    for sample in samples:
        # Thoughts that somebody's data has in a label are nobody's reply.
        label: str | None = separate(sample.label or "").text
        if not label or not label.strip():
            continue
        foci: list[tuple[str, ...] | None] = [None]
        if seat.grounding is not None and knowledge is not None:
            wanted = {item.id for item in Targets.of(sample, knowledge).items}
            said = knowledge.named_in(sample.turns)
            if naming:
                label = naming_sentence(label, knowledge, said)
            named = knowledge.named(label or "", said)
            if not label or not named or named[0] not in wanted:
                continue
            shown = {item.id for item in seat.candidates(sample.turns)}
            foci = [None] if named[0] in shown else []
            foci += [named[:1]] if focused else []
        for focus in foci:
            prompt = tuple(message.to_json() for message in seat.prompt(sample.turns, focus))
            examples.append(Example(sample.id, sample.dialogue_id, prompt, label))
    return tuple(examples)


#: Where a sentence ends, with what follows up to the next one.
_END = LazyPattern(r"[.!?]+[\"')\]]*\s+")


def naming_sentence(label: str, knowledge: Knowledge, said: frozenset[str]) -> str | None:
    """The first sentence of `label` that names an item, if it names this one alone; else None.

    `said` are the ids named before it. What people say around it is to each other, and of things that no
    prompt shows: a small model that learns it makes up the like.
    """
    for sentence in _sentences(label, knowledge):
        if named := knowledge.named(sentence, said):
            return sentence if len(set(named)) == 1 else None
    return None


def _sentences(text: str, knowledge: Knowledge) -> Iterator[str]:
    """Sentences in order; what ends one does not count inside a title ("Mr. Nobody")."""
    titles = [range(mention.start, mention.end) for mention in knowledge.linker.link(text)]
    start = 0
    for end in _END.finditer(text):
        # The last sign of a title may end the sentence too ("Have you seen Up!"), so it is taken to.
        if any(title.start <= end.start() < title.stop - 1 for title in titles):
            continue
        yield text[start : end.end()].strip()
        start = end.end()
    if rest := text[start:].strip():
        yield rest
