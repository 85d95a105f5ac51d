"""Tokens of chat templates around a turn, which some servers leave in the text: before it and behind it.

The commonest are listed. Others are known by their shape, behind a reply that has come to an end: alone at
the end of the text, before another token, or with a role in them or behind them.
"""

from __future__ import annotations

import functools
import re

from usbrec.patterns import LazyPattern
from usbrec.prompts.speakers import RECOMMENDERS, SEEKERS

#: What ends a turn in the templates of families.
ENDS = (
    *("<|im_end|>", "<|endoftext|>", "<|end_of_text|>", "<|eot_id|>", "<|eom_id|>", "<|eot|>", "<|eos|>"),
    *("<|end_of_turn|>", "<|endofturn|>", "<|end_of_turn_token|>", "<|end|>", "<|return|>"),
    *("<|message_end|>", "<|end_of_sentence|>", "<|endofresponse|>", "<|assistant_end|>", "<|role_end|>"),
    *("<end_of_turn>", "<turn|>", "[|endofturn|]", "</s>", "<eos>", "[EOS]", "<|flush|>", "[e~["),
    *("<｜end▁of▁sentence｜>", "<｜end▁of▁turn｜>", "[END FINAL RESPONSE]", "[[ ## completed ## ]]"),
    *("<|end_of_box|>", "<|end_response|>", "<|end_text|>"),
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
_BEFORE_TEXT = (
    *("<s>", "<bos>", "<|begin_of_text|>", "<|startoftext|>", "<｜begin▁of▁sentence｜>"),
    *("<|begin_of_box|>", "<|start_response|>", "<|start_text|>"),
)
_BEFORE_ROLE = ("<|im_start|>", "<|start_header_id|>", "<|start_of_role|>", "<start_of_turn>", "<|turn>")
#: All of them, for whoever waits for the end of one.
TOKENS = (
    *(*ENDS, *BEGINS, *_BEFORE_REPLY, *_BEFORE_TEXT, "]~b]", "<role>"),
    *("[PAD]", "[SEP]", "[UNK]", "[CLS]", "[USER]", "[/USER]", "[ASSISTANT]", "[/ASSISTANT]"),
)
#: What the names of tokens hold that end no turn: calls of tools, thoughts, pictures, parts of a message.
_NO_TURN = (
    r"(?![^<>\[\]]{0,40}(?:tool|func|call|action|python|code|quer|search|vision|image|video|audio|box|object|quad"
    r"|think|thought|thinking|reason|plan|solution|response|channel|constrain|content|prefix|suffix|message\|))"
)
#: A token of any template: a name between bars, or one that no tag of HTML has.
SHAPE = (
    rf"(?:<\|{_NO_TURN}[\w:./-]{{1,40}}\|>|<｜{_NO_TURN}[\w▁ :.-]{{1,40}}｜>|\[\|[\w -]{{1,20}}\|\]"
    r"|<(?:\w{1,12}:)?(?:[be]o[aehmstu]|sep|pad|unk)>|<0x[0-9a-f]{2}>|(?-i:\[(?:PAD|SEP|UNK|CLS|/INST)\])|<(?:extra_id|special|unused|reserved(?:_\w{1,20})?)_?\d{1,4}>"
    r"|<(?:end|start)_of_(?!thought|think|reason|image)\w{1,20}>|\[e~\[|\]~b\])"
)
_ROLE = rf"(?:{SEEKERS}|{RECOMMENDERS}|system|model|ai|bot|chatbot|developer|observation|environment)"
#: One with a role in its name, or between two tags.
_ROLE_TOKEN = (
    rf"(?:[<\[][|｜](?:[a-z]{{1,12}}[_▁:])?{_ROLE}(?:[_▁:][a-z]{{1,12}})?[|｜][>\]]"
    rf"|<role>\s*{_ROLE}\s*</role>|(?-i:\[/?(?:USER|ASSISTANT)\]))"
)
#: Which words follow a token that is spoken of shows in so many characters.
_SHOWN = 12
_BEHIND = 200


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


@functools.cache
def _by_shape() -> re.Pattern[str]:
    any_token = rf"(?:{SHAPE}|{_any_of(tuple(one for one in ENDS + BEGINS if one not in ('<s>', '</s>')))})"
    return re.compile(
        rf"(?:(?P<role>{_ROLE_TOKEN})|{any_token})(?P<more>(?:\s*(?:{_ROLE_TOKEN}|{any_token})){{0,20}})"
        rf"(?P<named>\s*{_ROLE}[ \t]*(?:[\n:：]|\Z|(?=[<\[])))?",
        re.IGNORECASE,
    )


#: A sign of a token that is known by its shape.
_SIGNS = ("|>", "｜>", "|]", "[e~[", "]~b]", "_of_", "<role>")
_NAMED_SIGN = LazyPattern(
    r"<(?:\w{1,12}:)?(?:[be]o[aehmstu]|sep|pad|unk)>|<\w{1,30}\d[0-9a-f]?>|(?-i:\[/?[A-Z]{3,9}\])", re.I
)
#: The beginning of a token, where the text was cut in it.
_CUT = LazyPattern(r"<\|\w{2,30}\|?\Z|</s\Z|<end_of_turn\Z")
_ROLE_LINE = LazyPattern(r"\s*assistant[ \t]*\n\s*(?=\S)")
#: Words behind a token that may yet become a role.
_WORD_BEGUN = LazyPattern(r"\s*[^\W\d_]{0,24}[ \t]*|\s*<role>[^<]{0,20}(?:<[^>]{0,6})?")
#: A role that has not been named whole.
_ROLE_BEGUN = LazyPattern(rf"(?:{_any_of(_BEFORE_ROLE)})[^\n>]{{0,40}}>?\Z", re.IGNORECASE)
#: What stands behind a token that a sentence speaks of.
_SPOKEN = LazyPattern(
    r"[.,;:!?)`'\"”]|(?:is|are|was|and|or|opens?|ends?|begins?|starts?|marks?|means?|stands?|in|tokens?|tags?)\b"
)


def without_end(text: str) -> str | None:
    """The text before the token that ends its turn; None where it has none. A token that is quoted, or behind
    which something else is said, is a part of the text."""
    return end_of_turn(text)[0]


def end_of_turn(text: str) -> tuple[str | None, bool]:
    """The same, and whether what follows may show that a token ends the turn."""
    if "<" not in text and "[" not in text and "]~b]" not in text:
        return None, False
    ends = (match.start() for match in _end().finditer(text) if not _is_part(text, match))
    end, unsure = next(ends, len(text)), False
    if any(sign in text for sign in _SIGNS) or _NAMED_SIGN.search(text) is not None:
        for match in _by_shape().finditer(text):
            if match.start() >= end:
                break
            if not _is_finished(text, match.start()):
                continue
            # As much as is looked at; the whole text may hold many tokens.
            rest = text[match.end() : match.end() + _BEHIND]
            if match["named"] or not rest.strip():
                end = match.start()
                break
            if (match["role"] or match["more"]) and _SPOKEN.match(rest.lstrip(" \t:")) is None:
                unsure = len(rest) < _SHOWN
                end = match.start()
                break
            unsure = unsure or _WORD_BEGUN.fullmatch(rest) is not None
    if end == len(text) and (cut := _CUT.search(text, max(0, end - _SHOWN * 3))) is not None:
        end = cut.start() if _is_finished(text, cut.start()) else end
    return (text[:end].rstrip() if end < len(text) else None), unsure


def _is_part(text: str, match: re.Match[str]) -> bool:
    """Whether the end of a turn is a part of the text: of a line through a word, in HTML, or of code."""
    if match["end"].lower() == "</s>" and "<s>" in text[: match.start()].lower():
        return True
    return bool(text[match.end() :].strip()) and _is_in_block(text, match.start())


def _is_finished(text: str, place: int) -> bool:
    """Whether the reply before a token has come to an end there."""
    said = text[:place].rstrip()
    between = text[len(said) : place]
    if not said or said[-1] in "`'\"“„«([{:：,;=" or _is_in_block(text, place):
        return False
    return not between or "\n" in between or said[-1] in ".!?…)]}*_”»。！？」》>"


def _is_in_block(text: str, place: int) -> bool:
    """Whether a place stands in a block of code."""
    before = text[:place]
    return "```" in before and len(_FENCES.findall(before)) % 2 == 1


_FENCES = LazyPattern(r"^[ \t]*`{3,}", re.MULTILINE)


def role_line(text: str) -> tuple[int, bool]:
    """Where a reply begins behind a line with a role alone, which a template has left behind thoughts, and
    whether what follows may change that."""
    begun = text.lstrip()[:_SHOWN].rstrip()
    found = _ROLE_LINE.match(text) if begun.startswith("assistant") else None
    return 0 if found is None else found.end(), bool(begun) and "assistant".startswith(begun)


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
