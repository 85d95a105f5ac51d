"""Training examples: a prompt, the reply to give, and for preferences the one not to give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from usbrec.dialogue import PreferencePair
from usbrec.errors import InputError
from usbrec.keys import derive_seed, digest
from usbrec.llm.chat_template import TemplateRefusal
from usbrec.llm.reasoning import separate
from usbrec.llm.transformers.tokens import chat_template, encode, end_of_reply


@dataclass(frozen=True, slots=True)
class Example:
    """`prompt` is a chat that ends with the user; `rejected` is None where there is only a reply to give.

    `titles` is how many items the two replies name, where that is known.
    """

    sample_id: str
    dialogue_id: str
    prompt: tuple[Mapping[str, str], ...]
    chosen: str
    rejected: str | None = None
    titles: tuple[int, int] | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "sample_id": self.sample_id,
            "dialogue_id": self.dialogue_id,
            "prompt": [dict(message) for message in self.prompt],
            "chosen": self.chosen,
            "rejected": self.rejected,
        }


@dataclass(frozen=True, slots=True)
class Encoded:
    """An example in tokens. `prompt` ends where the recommender's turn begins; a reply ends with the token
    that ends a turn. Nothing but replies is learnt."""

    example: Example
    prompt: tuple[int, ...]
    chosen: tuple[int, ...]
    rejected: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Split:
    train: tuple[Example, ...]
    held_out: tuple[Example, ...]


def from_pairs(pairs: Iterable[PreferencePair]) -> tuple[Example, ...]:
    """Every pair as an example, without thoughts that stand in its texts. Pairs whose sides are equal, or
    whose side says nothing beside its thoughts, teach nothing and are left out."""
    examples = (
        Example(
            pair.sample_id,
            pair.dialogue_id,
            tuple(_without_thoughts(message) for message in pair.prompt),
            separate(pair.chosen).text,
            separate(pair.rejected).text,
            _titles(pair.provenance),
        )
        for pair in pairs
    )
    return tuple(
        one
        for one in examples
        if one.rejected is not None
        and one.chosen.strip()
        and one.rejected.strip()
        and one.chosen.strip() != one.rejected.strip()
    )


def _without_thoughts(message: Mapping[str, str]) -> dict[str, str]:
    said = dict(message)
    if said.get("role") == "assistant":
        said["content"] = separate(said["content"]).text
    return said


def _titles(provenance: Mapping[str, Any]) -> tuple[int, int] | None:
    sides = [provenance.get(side, {}) for side in ("chosen", "rejected")]
    chosen, rejected = (side.get("titles") if isinstance(side, Mapping) else None for side in sides)
    return (chosen, rejected) if isinstance(chosen, int) and isinstance(rejected, int) else None


def split(examples: Sequence[Example], *, share: float, seed: int) -> Split:
    """Hold out about `share` of the dialogues, whole, chosen by hash: at least one where there are two.

    Raises InputError when nothing is there to learn from.
    """
    if not examples:
        raise InputError(
            "Nothing to learn from: no pair has two different replies, or no sample a label that counts "
            '(where candidates are shown, it has to name a target first; train.labels = "naming": it alone).'
        )
    dialogues = sorted(
        {example.dialogue_id for example in examples}, key=lambda name: derive_seed(seed, "held out", name)
    )
    count = 0 if share == 0.0 or len(dialogues) < 2 else max(1, round(share * len(dialogues)))
    held = set(dialogues[: min(count, len(dialogues) - 1)])
    return Split(
        tuple(example for example in examples if example.dialogue_id not in held),
        tuple(example for example in examples if example.dialogue_id in held),
    )


def digest_of(examples: Sequence[Example]) -> str:
    """64 hex digits that change with any example and with their order."""
    return digest([example.to_json() for example in examples])


class Encoder:
    """Turns examples into tokens by the model's own chat template, as who asks the trained model does: what
    the template puts before a reply is prompt, and the reply with its end of turn is all that is learnt."""

    def __init__(self, tokenizer: Any, name: str = "the model") -> None:
        self._tokenizer = tokenizer
        self._name = name
        self._template = chat_template(tokenizer, name)

    def __call__(self, example: Example) -> Encoded:
        """Raises InputError when the template refuses the dialogue, or does not write replies."""
        where = f"sample {example.sample_id}: the chat template of {self._name}"
        try:
            read = self._template.read(example.prompt)
        except TemplateRefusal as refusal:
            raise InputError(f"{where} refuses the prompt ({refusal}). Use another base model.") from None
        if not read.known:
            raise InputError(
                f"{where} writes a reply otherwise than it asks for one, so that what is trained would "
                "not be what is asked. Use another base model."
            )
        # What the template puts behind the end of the turn is not said by the model and not learnt.
        after = end_of_reply(self._tokenizer, read)
        if after is None:
            after = f"{read.end.rstrip()}{self._tokenizer.eos_token}"

        def reply(text: str) -> tuple[int, ...]:
            # Tokenised apart from the prompt, as the model itself writes it: token by token after the prompt.
            return tuple(encode(self._tokenizer, f"{read.lead}{text.strip()}{after}"))

        return Encoded(
            example,
            tuple(encode(self._tokenizer, read.prompt)),
            reply(example.chosen),
            None if example.rejected is None else reply(example.rejected),
        )
