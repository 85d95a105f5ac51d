"""Tokens of a dialogue: what transformers' tokenizers make of a chat template's text, and of what was said.

Whoever trains a model and whoever asks it take the tokens of a prompt from here, and so the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from usbrec.llm.chat_template import ChatTemplate, Rendered, Said, TemplateRefusal
from usbrec.llm.reasoning import ReasoningMarks, marks_among

_ASKED: Said = {"role": "user", "content": "Hello!"}


def chat_template(tokenizer: Any, name: str, *, thinking: bool = False) -> ChatTemplate:
    """The tokenizer's chat template; `name` is the model's, for messages."""

    def render(messages: Sequence[Said], asks: bool, variables: Mapping[str, Any]) -> str:
        text = tokenizer.apply_chat_template(
            [dict(message) for message in messages], tokenize=False, add_generation_prompt=asks, **variables
        )
        return str(text)

    return ChatTemplate(render, tokenizer.get_chat_template(), name, thinking=thinking)


def encode(tokenizer: Any, text: str) -> list[int]:
    """The tokens of text that a template has written, which has its own first and last ones."""
    ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    return ids


def end_of_reply(tokenizer: Any, read: Rendered) -> str | None:
    """What a reply ends with where `read` was rendered: all up to the tokenizer's own end, else up to the
    first special token; None where the template writes neither."""
    own = tokenizer.eos_token
    last = own if own and own in read.end else _first_special(tokenizer, read.end)
    return None if last is None else read.end[: read.end.index(last) + len(last)]


def _first_special(tokenizer: Any, text: str) -> str | None:
    special = [token.content for token in tokenizer.added_tokens_decoder.values() if token.special]
    found = [(place, token) for token in special if (place := text.find(token)) >= 0]
    return min(found, key=lambda one: (one[0], -len(one[1])))[1] if found else None


def end_tokens(tokenizer: Any, template: ChatTemplate, config: Any = None) -> frozenset[int]:
    """The tokens that end a reply: the tokenizer's own, the first one that the template writes behind it, and
    those of a generation `config`, which knows only some of them in many checkpoints."""
    ends = {tokenizer.eos_token_id}
    own = getattr(config, "eos_token_id", None)
    ends.update(own if isinstance(own, list) else [own])
    try:
        token = _first_special(tokenizer, template.read([_ASKED]).end)
    except TemplateRefusal:
        token = None
    if token is not None:
        ends.add(tokenizer.convert_tokens_to_ids(token))
    return frozenset(ends - {None})


def turn_tokens(tokenizer: Any, template: ChatTemplate) -> set[int]:
    """The tokens of a short dialogue with what the template writes around it; none where it is refused."""
    try:
        return set(encode(tokenizer, template.prompt([_ASKED])))
    except TemplateRefusal:
        return set()


class ReplyDecoder:
    """Decodes a reply as its tokenizer does; of its special tokens those that mark thoughts stay."""

    def __init__(self, tokenizer: Any, marks: ReasoningMarks = "auto") -> None:
        self._tokenizer = tokenizer
        special = {
            number: one.content for number, one in tokenizer.added_tokens_decoder.items() if one.special
        }
        kept = marks_among(special.values(), marks)
        self._left_out = frozenset(number for number, token in special.items() if token not in kept)

    def decode(self, ids: Sequence[int], *, skip_special_tokens: bool = False) -> str:
        """Named and called as a tokenizer's own."""
        kept = [one for one in ids if one not in self._left_out] if skip_special_tokens else list(ids)
        return str(self._tokenizer.decode(kept))
