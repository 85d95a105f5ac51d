"""Option reading: only an answer that *is* an option counts.

Strictly, so that a mention is never taken for an answer. The published code takes any 0, 1 or 2
anywhere in a text for the score; here "Toy Story 2 is great, so 1" is unreadable. Only an answer that
*is* an option is read: in quotes, brackets or emphasis, with a full stop, or after one word and a colon
or an equals sign ("Score: 1"). Of numbers the word has to be a score's ("Maximum: 2" is none); an object in
JSON is read by its field for the score, and where a reason stands in lines of its own, the score's line is.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from usbrec.llm.score_labels import LABELS, is_field, is_label

#: What people and models put around an answer without changing it.
_WRAPPING = " \t\r\n*_`\"'“”‘’()[]{}"
_SEPARATORS = (":", "：", "=")
#: A block of code, also where the limit of tokens cut its end off.
_FENCED = re.compile(r"```\w*[ \t]*\n(?P<inside>.*?)\s*`{0,3}", re.DOTALL)
#: The scale beside the label of a score.
_SCALE = re.compile(r"\s*[(\[（]\s*(?P<low>\d+)\s*(?:-|–|—|~|to|bis|à|a)\s*(?P<high>\d+)\s*[)\]）]")
#: An object inside another one.
_INSIDE = object()
#: A labelled number, wherever it stands.
_LABELLED = re.compile(
    rf"(?<![^\W\d_])(?:{'|'.join(sorted(map(re.escape, LABELS), key=len, reverse=True))})"
    r"[*_\"']*\s*[:：=][*_\"'\s]*\d",
    re.IGNORECASE,
)
#: How tokenizers write the blank or the line break that a token begins with, where a server shows their form.
_BLANKS = str.maketrans({"\u2581": " ", "\u0120": " ", "\u010a": "\n"})
#: The probabilities of different tokens are 1 together, but for rounding.
_MOST_TOGETHER = 1.01


def read_option(text: str, options: Sequence[str]) -> str | None:
    """The one option that `text` is, or None.

    An exact match wins; otherwise wrapping, a closing full stop, case and one leading word ("Score:")
    are looked past, and an answer that then fits two options is None.
    """
    answer = text.strip()
    for option in options:
        if answer == option.strip():
            return option
    if (found := _only_option(answer, options)) is not None:
        return found
    scores = all(option.isdecimal() for option in options)
    if scores and (fields := _fields_of(answer)) is not None:
        return _in_fields(fields, options)
    lines = answer.splitlines()
    if scores and len(lines) > 1:
        return _in_lines([line for line in lines if line.strip()], options)
    labelled = _after_label(answer, options, scores=scores)
    return None if labelled is None else _only_option(labelled, options)


def _only_option(text: str, options: Sequence[str]) -> str | None:
    bare = _bare(text)
    fitting = [option for option in options if bare and _bare(option) == bare]
    return fitting[0] if len(fitting) == 1 else None


def _fields_of(answer: str) -> list[tuple[str, Any]] | None:
    """The fields of an object in JSON, also of those inside it and in a block of code; None for no object."""
    fenced = _FENCED.fullmatch(answer)
    text = answer if fenced is None else fenced["inside"].strip()
    if not text.startswith("{"):
        return None
    fields: list[tuple[str, Any]] = []

    def keep(pairs: list[tuple[str, Any]]) -> object:
        # A field that stands there twice counts twice.
        fields.extend((name, value) for name, value in pairs if value is not _INSIDE)
        return _INSIDE

    try:
        json.loads(text, object_pairs_hook=keep)
    except (ValueError, RecursionError):
        return None
    return fields


def _in_fields(fields: Sequence[tuple[str, Any]], options: Sequence[str]) -> str | None:
    """The option that all fields for a score hold."""
    values = [value for name, value in fields if is_field(name)]
    read = {_only_option(_in_words(value), options) for value in values}
    return next(iter(read)) if len(read) == 1 else None


def _in_words(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""


def _in_lines(lines: Sequence[str], options: Sequence[str]) -> str | None:
    """The option in the only line that is a labelled score: the last one, or the first where no other number
    follows."""
    found = [(place, read) for place, line in enumerate(lines) if (read := _in_line(line, options))]
    marked = sum(len(_LABELLED.findall(line)) for line in lines)
    if len(found) != 1 or marked > 1:
        return None
    place, option = found[0]
    last = place == len(lines) - 1
    alone = place == 0 and not any(map(str.isdecimal, "".join(lines[1:])))
    return option if last or alone else None


def _in_line(line: str, options: Sequence[str]) -> str | None:
    labelled = _after_label(line.strip(), options, scores=True)
    return None if labelled is None else _only_option(labelled, options)


@dataclass(frozen=True, slots=True)
class FirstToken:
    """What the listed probabilities of a first token say of the options.

    `listed` has the options among them, not renormalised; of an option that is not, no more is known than
    that its probability is at most `least`, the smallest one listed. Where an option stands there in several
    forms ("0" and " 0"), each option may have them: `hidden` is the most that its unlisted forms may hold
    beside that, without those of which there is nothing to hold.
    """

    listed: Mapping[str, float]
    least: float
    hidden: Mapping[str, float] = field(default_factory=dict)

    @property
    def mass(self) -> float:
        """The probability of all listed options together."""
        return min(1.0, sum(self.listed.values()))


def read_first_token(tokens: Sequence[tuple[str, float]], options: Sequence[str]) -> FirstToken | None:
    """The probability of each option out of (token, probability) of a first token.

    None when the first token cannot tell: no token is listed, or an option is not, but its beginning is, so
    that it takes several tokens and another option may begin in the same way; or what is listed holds more
    than 1 together, as made-up log-probabilities do. A token counts in whatever form it is shown: with a
    tokenizer's own sign for a blank, or in full width; and once where a server lists it twice.
    """
    tokens = tuple(dict.fromkeys(tokens))
    if _together(tokens) > _MOST_TOGETHER:
        return None
    forms: dict[str, Counter[str]] = {option: Counter() for option in options}
    found: dict[str, float] = {}
    shown = [(*_plain(token, options), probability) for token, probability in tokens]
    for token, form, probability in shown:
        if token in forms:
            found[token] = found.get(token, 0.0) + probability
            forms[token][form] += 1
    begun = {token for token, _, _ in shown} - {""}
    for option in options:
        if option not in found and any(option != start and option.startswith(start) for start in begun):
            return None
    if not tokens:
        return None
    least = min(probability for _, probability in tokens)
    left = 1.0 - math.fsum(probability for _, probability in tokens)
    return FirstToken(found, least, _hidden(forms, least, left))


def why_untold(tokens: Sequence[tuple[str, float]]) -> str:
    """In words: why listed tokens of which `read_first_token` makes nothing do not tell; "" without any."""
    if not tokens:
        return ""
    if (together := _together(tuple(dict.fromkeys(tokens)))) > _MOST_TOGETHER:
        return (
            f"the log-probabilities that it lists for one token are none: as probabilities they are "
            f"{together:.2f} together, which is more than 1"
        )
    return "an answer takes several tokens, of which the first does not tell it from another"


def _together(tokens: Sequence[tuple[str, float]]) -> float:
    return math.fsum(probability for _, probability in tokens)


def _hidden(forms: Mapping[str, Counter[str]], least: float, left: float) -> dict[str, float]:
    """The most that the unlisted forms of each option may hold, where the list shows that there are several.

    None of them is above `least`, and together they hold at most what the list has `left`. An option without
    any form listed lacks one more, of which `FirstToken.least` speaks.
    """
    if all(shown.total() < 2 for shown in forms.values()):
        return {}
    every: Counter[str] = Counter()
    for shown in forms.values():
        every |= shown
    lacking = {option: (every - shown).total() - (not shown) for option, shown in forms.items()}
    most = {option: min(number * least, left) for option, number in lacking.items()}
    return {option: bound for option, bound in most.items() if bound > 0.0}


def _plain(token: str, options: Sequence[str]) -> tuple[str, str]:
    """A token without its blanks and in plain characters, and in which form it was shown."""
    blanks = token.translate(_BLANKS)
    bare = blanks.strip()
    plain = bare if bare in options else folded(blanks).strip()
    form = blanks if not bare else blanks.replace(bare, "#" if bare == plain else "＃", 1)
    return plain, form


def folded(text: str) -> str:
    """The text with letters and digits of another width, fount or script as plain ones. A superscript or a
    digit in a circle is another sign: a square, a footnote, a place in a list."""
    return text if text.isascii() else "".join(map(_folded, text))


def _folded(sign: str) -> str:
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    same = unicodedata.decomposition(sign).startswith(("<wide>", "<narrow>", "<font>"))
    return unicodedata.normalize("NFKC", sign) if same else sign


def _bare(text: str) -> str:
    text = folded(text)
    return text.strip(_WRAPPING).removesuffix(".").removesuffix("。").strip(_WRAPPING).casefold()


def _after_label(answer: str, options: Sequence[str], *, scores: bool) -> str | None:
    """What follows one word and a separator. A word that is an option itself is no label ("yes: no"), and
    before `scores` only a score's is one, with the scale in brackets or without it ("Score (0-2): 1")."""
    places = [place for separator in _SEPARATORS if (place := answer.find(separator)) >= 0]
    if not places:
        return None
    place = min(places)
    label = answer[:place]
    if scores:
        scale = _SCALE.search(folded(label))
        if scale is not None and {scale["low"], scale["high"]} == {
            min(options, key=int),
            max(options, key=int),
        }:
            label = label[: scale.start()] + label[scale.end() :]
        return answer[place + 1 :] if is_label(_bare(label)) else None
    bare = _bare(label)
    if not bare.isalpha() or bare in {_bare(option) for option in options}:
        return None
    return answer[place + 1 :]
