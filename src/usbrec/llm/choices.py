"""Reading an option out of an answer: only an answer that *is* an option counts.

Strictly, so that a mention is never taken for an answer. The published code takes any 0, 1 or 2
anywhere in a text for the score; here "Toy Story 2 is great, so 1" is unreadable. Only an answer that
*is* an option is read: in quotes, brackets or emphasis, with a full stop, or after one word and a colon
or an equals sign ("Score: 1").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

#: What people and models put around an answer without changing it.
_WRAPPING = " \t\r\n*_`\"'“”‘’()[]{}"
_SEPARATORS = (":", "：", "=")


def read_option(text: str, options: Sequence[str]) -> str | None:
    """The one option that `text` is, or None.

    An exact match wins; otherwise wrapping, a closing full stop, case and one leading word ("Score:")
    are looked past, and an answer that then fits two options is None.
    """
    answer = text.strip()
    for option in options:
        if answer == option.strip():
            return option
    for wanted in (answer, _after_label(answer, options)):
        bare = _bare(wanted or "")
        fitting = [option for option in options if bare and _bare(option) == bare]
        if fitting:
            return fitting[0] if len(fitting) == 1 else None
    return None


def read_first_token(tokens: Sequence[tuple[str, float]], options: Sequence[str]) -> dict[str, float] | None:
    """The probability of each option, not renormalised, out of (token, probability) of a first token.

    None when the first token cannot tell: no option is among the tokens; or one is not, but its
    beginning is, so that it takes several tokens and another option may begin in the same way.
    """
    found = dict.fromkeys(options, 0.0)
    for token, probability in tokens:
        if token.strip() in found:
            found[token.strip()] += probability
    begun = {token.strip() for token, _ in tokens} - {""}
    for option, probability in found.items():
        if probability == 0.0 and any(option != start and option.startswith(start) for start in begun):
            return None
    return found if sum(found.values()) > 0.0 else None


def _bare(text: str) -> str:
    return text.strip(_WRAPPING).removesuffix(".").strip(_WRAPPING).casefold()


def _after_label(answer: str, options: Iterable[str]) -> str | None:
    """What follows one word and a separator. A word that is an option itself is no label ("yes: no")."""
    places = [place for separator in _SEPARATORS if (place := answer.find(separator)) >= 0]
    if not places:
        return None
    place = min(places)
    label = _bare(answer[:place])
    if not label.isalpha() or label in {_bare(option) for option in options}:
        return None
    return answer[place + 1 :]
