"""Training examples: a prompt, the reply to give, and for preferences the one not to give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from usbrec.dialogue import PreferencePair
from usbrec.errors import InputError
from usbrec.keys import derive_seed, digest


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
    """Every pair as an example. Pairs whose sides are equal teach nothing and are left out."""
    return tuple(
        Example(
            pair.sample_id,
            pair.dialogue_id,
            tuple(dict(message) for message in pair.prompt),
            pair.chosen,
            pair.rejected,
            _titles(pair.provenance),
        )
        for pair in pairs
        if pair.chosen.strip() != pair.rejected.strip()
    )


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
    """Turns examples into tokens by the model's own chat template."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def __call__(self, example: Example) -> Encoded:
        """Raises InputError when the template drops or changes what stands before the reply."""
        start = self._render(example, None)
        return Encoded(
            example,
            self._tokens(start),
            self._reply(example, start, example.chosen),
            None if example.rejected is None else self._reply(example, start, example.rejected),
        )

    def _render(self, example: Example, reply: str | None) -> str:
        messages = [dict(message) for message in example.prompt]
        if reply is not None:
            messages.append({"role": "assistant", "content": reply})
        try:
            text = self._tokenizer.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=reply is None
            )
        except Exception as error:  # noqa: BLE001 - a template is somebody's program
            raise InputError(
                f"sample {example.sample_id}: the model's chat template refuses the prompt ({error})."
            ) from None
        return str(text)

    def _reply(self, example: Example, start: str, reply: str) -> tuple[int, ...]:
        whole = self._render(example, reply.strip())
        if not whole.startswith(start):
            raise InputError(
                f"sample {example.sample_id}: the model's chat template writes the dialogue otherwise once a "
                "reply follows, so that what is trained would not be what is asked. Use another base model."
            )
        # Tokenised apart from the prompt, as the model itself writes it: token by token after the prompt.
        # What the template puts behind the end of the turn is not said by the model and not learnt.
        return self._tokens(_until_end(whole[len(start) :], self._tokenizer.eos_token))

    def _tokens(self, text: str) -> tuple[int, ...]:
        return tuple(self._tokenizer(text, add_special_tokens=False)["input_ids"])


def _until_end(text: str, end: str) -> str:
    """`text` up to and with its last end-of-turn; one is added where the template writes none."""
    cut = text.rfind(end)
    return text.rstrip() + end if cut < 0 else text[: cut + len(end)]
