"""Limit checks: where an answer ends, by its length and by stop texts."""

from __future__ import annotations

import re

from usbrec.llm.probing.asking import Answered, Declined, Trial, user
from usbrec.llm.probing.findings import Finding

_COUNT = user("Count from one to nine in words, with commas between.")
#: Tokens that the check of the limit allows, and letters that so many tokens never have.
_FEW, _MANY_LETTERS = 4, 80


async def check_max_tokens(trial: Trial) -> Finding:
    """Whether an answer ends at its limit, and says so."""
    answer = await trial.ask(_COUNT, max_tokens=_FEW)
    if isinstance(answer, Declined):
        return Finding("max_tokens", "unknown", answer.reason)
    letters, counted = len(answer.first.whole), answer.completion
    told = f"{counted} tokens" if counted else f"{letters} letters"
    if letters > _MANY_LETTERS or (counted or 0) > 2 * _FEW:
        return Finding(
            "max_tokens",
            "no",
            f"{_FEW} tokens were allowed, {told} came",
            "Replies are as long as the model likes, and searches cost more than the settings allow",
        )
    if not answer.first.cut and (answer.completion or _FEW) >= _FEW:
        return Finding(
            "max_tokens",
            "yes",
            f"{_FEW} tokens were allowed, {told} came, but the end is not called a cut",
            "Replies that were cut off look finished: `replies.unfinished` in the results is too low",
        )
    return Finding("max_tokens", "yes", f"{_FEW} tokens were allowed, {told} came")


async def check_stop(trial: Trial) -> Finding:
    """Whether an answer ends at a stop text, which is one of its own words."""
    whole = await trial.say(_COUNT)
    word = "" if isinstance(whole, Declined) else _third_word(whole)
    if not word:
        return Finding("stop", "unknown", "no reply came that could be stopped")
    stopped = await trial.say(_COUNT, stop=(word,))
    if isinstance(stopped, Declined):
        if stopped.gone:
            return Finding("stop", "unknown", stopped.reason)
        return Finding("stop", "no", f"it is refused ({stopped.reason})", _RUNS_ON)
    said = stopped.first.text
    if word not in said:
        return Finding("stop", "yes", f"a reply ended before {word!r}")
    if said.rstrip().endswith(word):
        return Finding("stop", "yes", f"a reply ended behind {word!r}, and the stop text stays in it")
    return Finding("stop", "no", f"a reply went on behind {word!r}", _RUNS_ON)


_RUNS_ON = "What should end at a stop text runs on to the limit of tokens"


def _third_word(answer: Answered) -> str:
    """A word of the reply that comes once, with words before and behind it."""
    text = answer.first.text
    return next((word for word in re.findall(r"\w+", text)[2:-1] if text.count(word) == 1), "")
