"""Option reading: only an answer that *is* an option counts.

Strictly, so that a mention is never taken for an answer. The published code takes any 0, 1 or 2
anywhere in a text for the score; here "Toy Story 2 is great, so 1" is unreadable. Only an answer that
*is* an option is read: in quotes, brackets or emphasis, with a full stop, or after one word and a colon
or an equals sign ("Score: 1"). Scores, whose labels and reasons are many, are read in written_scores.py.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from usbrec.llm.option_forms import bare, folded, only_option, separator_in
from usbrec.llm.written_scores import read_score

#: How tokenizers write the blank or the line break that a token begins with, where a server shows their form.
_BLANKS = str.maketrans({"\u2581": " ", "\u0120": " ", "\u010a": "\n"})
#: So much of an answer is shown in a message.
_SHOWN = 40
#: Tokens of a vote: a digit with a word such as "Score:" before it. Longer options get more.
VOTE_TOKENS = 8
#: Tokens of an answer in this process that are looked at beside its first: enough for "1/10" and "1 or 2".
LOOKED_AT = 32
#: Why the first token of a model that reasons first is no score.
OF_THOUGHTS = "the log-probabilities are of its thoughts, which stand before its answer"
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
    if (found := only_option(answer, options)) is not None:
        return found
    if all(option.isdecimal() for option in options):
        return read_score(answer, options)
    labelled = _after_word(answer, options)
    return None if labelled is None else only_option(labelled, options)


def _after_word(answer: str, options: Sequence[str]) -> str | None:
    """What follows one word and a separator. A word that is an option itself is no label ("yes: no")."""
    place = separator_in(answer)
    label = "" if place is None else bare(answer[:place])
    if place is None or not label.isalpha() or label in {bare(option) for option in options}:
        return None
    return answer[place + 1 :]


def goes_on(said: str, read: str, options: Sequence[str]) -> str:
    """Why an answer that begins with an option is not that option as a whole; "" where it is, or begins with
    none. `said` is all that was said, `read` what is left without thoughts."""
    begun = [option for option in options if said.strip().startswith(option)]
    if begun and read_option(read, options) not in begun:
        return f"its answer goes on behind the digit ({quoted(said)}), so that this is not its score"
    return ""


def quoted(text: str) -> str:
    """The beginning of an answer, as it stands in messages."""
    line = " ".join(text.split())
    return repr(line if len(line) <= _SHOWN else f"{line[: _SHOWN - 3]}...")


def begins_with(text: str, token: str, options: Sequence[str]) -> bool:
    """Whether a text begins with a first token, in whatever form that is shown."""
    return folded(text).strip().startswith(_plain(token, options)[0])


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
    sign = blanks.strip()
    plain = sign if sign in options else folded(blanks).strip()
    form = blanks if not sign else blanks.replace(sign, "#" if sign == plain else "＃", 1)
    return plain, form
