"""Sampling checks: several replies at once, temperature, seeds, greedy replies, penalties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from usbrec.llm.probing.asking import Answered, Declined, Trial, user
from usbrec.llm.probing.findings import Finding

#: Replies that are asked for at once.
N = 3
#: Leaves so much open that two drawn replies are hardly ever the same.
_PERSON = user("Make up a person in one sentence: their name, their town, and two odd things in their bag.")
_AGAIN = user("Write the word moon thirty times, with a blank between, and nothing else.")
#: Far from the seed of those drawn at once: some servers give these the seeds that follow it.
_SEED, _OTHER = 1201, 1307
#: A word said so often is one that a penalty on repeating changes.
_REPEATED = 6

_ONE_BY_ONE = "Drafts and votes are asked for one by one: as many calls, and the prompt is read each time"
COPIES = "copies"


def _texts(answers: Sequence[Answered | Declined]) -> list[str]:
    return [
        said.whole for answer in answers if isinstance(answer, Answered) for said in answer.said if said.whole
    ]


async def check_draws(trial: Trial, *, alone: bool = True) -> tuple[Finding, Finding, list[Answered]]:
    """`n` and `temperature`, and the replies that were drawn one by one with two seeds.

    Without `alone`, these are drawn only where those drawn at once do not tell."""
    many = await trial.say(_PERSON, n=N, temperature=1.0, seed=11)
    together = _texts([many])
    singles: list[Answered | Declined] = []
    if alone or len(set(together)) < 2:
        singles = [await trial.say(_PERSON, temperature=1.0, seed=seed) for seed in (_SEED, _OTHER)]
    temperature = _temperature(trial, together + _texts(singles))
    drawn = [one for one in singles if isinstance(one, Answered)]
    return _several(many, together, temperature), temperature, drawn


def _several(many: Answered | Declined, texts: Sequence[str], temperature: Finding) -> Finding:
    if isinstance(many, Declined):
        if many.gone:
            return Finding("n", "unknown", f"{N} replies at once: {many.reason}")
        return Finding("n", "no", f"{N} replies at once are refused ({many.reason})", _ONE_BY_ONE)
    if len(many.said) < N:
        return Finding("n", "no", f"{N} replies were asked for at once, {len(many.said)} came", _ONE_BY_ONE)
    if len(texts) < N:
        return Finding("n", "unknown", f"{N} replies came at once, {N - len(texts)} of them empty")
    different = len(set(texts))
    if different == 1 and temperature.supported == "yes":
        return Finding(
            "n",
            "no",
            f"{N} replies came at once and are {COPIES} of one, while replies asked for one by one differ",
            f"{_ONE_BY_ONE} (asked for at once, all drafts and votes would be one)",
        )
    return Finding("n", "yes", f"{N} replies were asked for at once, {N} came, {different} of them different")


def _temperature(trial: Trial, texts: Sequence[str]) -> Finding:
    if "temperature" in trial.asker.left_out:
        return Finding(
            "temperature",
            "no",
            "the server refuses it, so none is sent and its own holds",
            "Greedy replies are drawn, and drafts and votes at a temperature that nobody chose",
        )
    if len(texts) < 2:
        return Finding("temperature", "unknown", "fewer than two replies came that could be compared")
    if len(set(texts)) > 1:
        return Finding(
            "temperature", "yes", f"{len(set(texts))} of {len(texts)} replies at temperature 1 differ"
        )
    return Finding(
        "temperature",
        "no",
        f"{len(texts)} replies at temperature 1, with different seeds, are all the same: nothing is sampled",
        "All drafts are one and ten votes are one: self-enhancement has nothing to choose from, pairs find "
        "nothing to prefer, and votes say nothing of how sure the judge is",
        "Let the server sample: transformers' server does where the checkpoint's generation_config.json has "
        "do_sample = true (`usbrec export --merge` writes it), or send it by "
        f"{trial.asker.settings}.extra_body"
        " = { generation_config = '{\"do_sample\": true}' }",
    )


async def check_seed(trial: Trial, drawn: Sequence[Answered]) -> Finding:
    """Whether a seed repeats what it gave; `drawn` came of the first seed and another."""
    if "seed" in trial.asker.left_out:
        return Finding("seed", "no", "the server refuses it, so none is sent", _NOT_REPEATED)
    again = await trial.say(_PERSON, temperature=1.0, seed=_SEED)
    if isinstance(again, Declined) or len(drawn) < 2 or not again.first.whole:
        return Finding("seed", "unknown", "fewer than two replies came that could be compared")
    first, other = (one.first.whole for one in drawn[:2])
    if first != again.first.whole:
        return Finding("seed", "no", "the same seed gave another reply the second time", _NOT_REPEATED)
    if first == other:
        return Finding("seed", "unknown", "every seed gives the same reply, so that nobody can tell")
    return Finding("seed", "yes", "the same seed gave the same reply, another seed another one")


_NOT_REPEATED = "The same command in another folder gives other words; `--replay` repeats a run word by word"


async def check_greedy(trial: Trial) -> Finding:
    """Whether temperature 0 gives one reply whatever the seed."""
    said = _texts([await trial.say(_PERSON, seed=seed) for seed in (21, 22)])
    if len(said) < 2:
        return Finding("temperature 0", "unknown", "fewer than two replies came that could be compared")
    if said[0] == said[1]:
        return Finding("temperature 0", "yes", "two replies at temperature 0 are the same")
    return Finding(
        "temperature 0",
        "no",
        "two replies at temperature 0 differ",
        "Replies that should be the likeliest ones are drawn, or the server's sums are not repeatable: the "
        "same command gives other words, and differences between runs hold that noise",
        "`--replay` repeats a recorded run; look for the server's option of deterministic or greedy replies",
    )


async def check_penalties(trial: Trial) -> list[Finding]:
    """Whether penalties on repeating change a reply that repeats a word; a best guess."""
    plain = await trial.say(_AGAIN)
    findings = []
    kinds = (("frequency_penalty", True), ("presence_penalty", False))
    for name, sure in kinds if trial.asker.is_server else kinds[:1]:
        if name in trial.asker.left_out:
            findings.append(Finding(name, "no", "the server refuses it, so none is sent", _LOOPS))
            continue
        findings.append(await _penalty(trial, plain, name, sure=sure))
    return findings


_LOOPS = "Small models go round in circles and say a reply again"


async def _penalty(trial: Trial, plain: Answered | Declined, name: str, *, sure: bool) -> Finding:
    changed = await trial.say(_AGAIN, **{name: 2.0})
    if isinstance(changed, Declined):
        if changed.gone:
            return Finding(name, "unknown", changed.reason)
        wrong = _LOOPS if sure else ""
        return Finding(name, "no", f"it is refused ({changed.reason})", wrong)
    if isinstance(plain, Declined):
        return Finding(name, "unknown", "there was no reply without it to compare")
    before, after = plain.first.whole, changed.first.whole
    words = Counter(before.casefold().split())
    often = max(words.values(), default=0)
    if before == after and often >= _REPEATED and sure:
        return Finding(
            name,
            "no",
            f"a reply with one word {often} times is the same with a penalty of 2: ignored",
            _LOOPS,
        )
    if before == after:
        return Finding(name, "unknown", "a reply is the same with a penalty of 2, which may be right")
    same = await trial.say(_AGAIN)
    if isinstance(same, Answered) and same.first.whole == before:
        return Finding(name, "yes", "a penalty of 2 changes a reply that is else the same again")
    return Finding(name, "unknown", "replies at temperature 0 differ anyway, so that nobody can tell")
