"""Tokens of chat templates around a turn, which some servers leave in the text: before it and behind it."""

from __future__ import annotations

import functools
import re

from usbrec.patterns import LazyPattern

#: What ends a turn in the templates of families.
ENDS = (
    *("<|im_end|>", "<|endoftext|>", "<|end_of_text|>", "<|eot_id|>", "<|eom_id|>", "<|eot|>", "<|eos|>"),
    *("<|end_of_turn|>", "<|endofturn|>", "<|end_of_turn_token|>", "<|end|>", "<|return|>"),
    *("<|message_end|>", "<|end_of_sentence|>", "<|endofresponse|>", "<|assistant_end|>", "<|role_end|>"),
    *("<end_of_turn>", "<turn|>", "[|endofturn|]", "</s>", "<eos>", "[EOS]", "<|flush|>", "[e~["),
    *("<｜end▁of▁sentence｜>", "<｜end▁of▁turn｜>"),
)
#: And what begins one: behind the end of a turn nothing is said by the one whose turn it was.
BEGINS = (
    *("<|im_start|>", "<|start_header_id|>", "<start_of_turn>", "<|start_of_role|>", "<|begin_of_text|>"),
    *("<|start_of_turn_token|>", "<|user|>", "<|assistant|>", "<|system|>", "<|observation|>", "<|turn>"),
    *("<｜user｜>", "<｜assistant｜>", "<｜begin▁of▁sentence｜>", "[|user|]", "[|assistant|]"),
    *("[INST]", "<s>", "<bos>"),
)
#: Tokens that stand before a reply by themselves, and those that a role follows.
_BEFORE_REPLY = ("[/INST]", "<|assistant|>", "<｜assistant｜>", "[|assistant|]", "<|im_sep|>")
_BEFORE_TEXT = ("<s>", "<bos>", "<|begin_of_text|>", "<|startoftext|>", "<｜begin▁of▁sentence｜>")
_BEFORE_ROLE = ("<|im_start|>", "<|start_header_id|>", "<|start_of_role|>", "<start_of_turn>", "<|turn>")
#: All of them, for whoever waits for the end of one.
TOKENS = (*ENDS, *BEGINS, *_BEFORE_REPLY, *_BEFORE_TEXT)
#: Which words follow a token that is spoken of shows in so many characters.
_SHOWN = 12


def _any_of(tokens: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, tokens))


@functools.cache
def _end() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<end>{_any_of(ENDS)})(?:\s*(?:{_any_of(ENDS)}))*\s*(?=\Z|{_any_of(BEGINS)})", re.IGNORECASE
    )


@functools.cache
def _before() -> re.Pattern[str]:
    role = rf"(?:{_any_of(_BEFORE_ROLE)})\s*(?:assistant|model)"
    role += r"(?:<\|end_header_id\|>|<\|end_of_role\|>|\s|<\|im_sep\|>|\Z)"
    return re.compile(
        rf"(?:\s*(?:(?P<begins>{_any_of(_BEFORE_REPLY + _BEFORE_TEXT)}|{role})|{_any_of(ENDS)})){{1,20}}\s*",
        re.IGNORECASE,
    )


#: A role that has not been named whole.
_ROLE_BEGUN = LazyPattern(rf"(?:{_any_of(_BEFORE_ROLE)})[^\n>]{{0,40}}>?\Z", re.IGNORECASE)
#: What stands behind a token that a sentence speaks of.
_SPOKEN = LazyPattern(
    r"[.,;:!?)`'\"”]|(?:is|are|was|and|or|opens?|ends?|begins?|starts?|marks?|means?|stands?|in|tokens?|tags?)\b"
)


def without_end(text: str) -> str | None:
    """The text before the token that ends its turn; None where it has none. A token that is quoted, or behind
    which something else is said, is a part of the text."""
    for match in _end().finditer(text) if "<" in text or "[" in text else ():
        # A line through a word, in HTML.
        if match["end"].lower() != "</s>" or "<s>" not in text[: match.start()].lower():
            return text[: match.start()].rstrip()
    return None


def begins(text: str) -> tuple[int, bool]:
    """Where a text begins behind the tokens before it, and whether what follows may change that. A token that
    is spoken of is a part of the text, and so is a word with a line through it, in HTML."""
    if text.lstrip()[:1] not in ("<", "["):
        return 0, False
    found = _before().match(text)
    if found is None:
        return 0, _ROLE_BEGUN.match(text.lstrip()) is not None
    rest = text[found.end() :]
    if not rest:
        # A token that ends a turn before its first word is told apart as such.
        return (len(text) if found["begins"] else 0), True
    unsure = len(rest) < _SHOWN or _ROLE_BEGUN.match(rest) is not None
    if _SPOKEN.match(rest) is not None or rest.lower().startswith(tuple(map(str.lower, BEGINS))):
        return 0, unsure
    if found[0].lower().endswith("<s>"):
        closes = rest.lower().find("</s>")
        if closes >= 0 and rest[closes + 4 :].strip():
            return 0, False
        unsure = True
    return found.end(), unsure
