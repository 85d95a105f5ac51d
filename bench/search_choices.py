"""Whether settings that save requests of a search change its choice, with the packaged model.

    python bench/search_choices.py ask --out looks.jsonl [--rows 100]
    python bench/search_choices.py read looks.jsonl

`ask` plays one whole search a row of the demo (first of two rounds, seekers by rules, the packaged model
drafts and judges by log-probabilities), and has the judge look at each draft where it stands, too. `read`
holds against its choice what `first_look` and `alike` would have chosen, and votes drawn by the judge's own
distribution, 20 times a row, raced by `race`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from usbrec.config import Config
from usbrec.dialogue import Conversation, Score, Turn
from usbrec.enhancement import SelfEnhanced
from usbrec.enhancement.vote_race import Tally, VoteRace
from usbrec.judge.base import ProfileJudge
from usbrec.judge.model import DIGITS, score_of
from usbrec.keys import derive_seed, digest
from usbrec.llm.protocol import Choice
from usbrec.play.preferences.record import Preferences
from usbrec.play.protocol import Sampling
from usbrec.stages.inputs import read_inputs
from usbrec.stages.resolve import resolve
from usbrec.stages.wiring import seat_participants

DEMO = Path(__file__).resolve().parent.parent / "src/usbrec/data/demo"
VOTES, REPEATS = 10, 20


class _Looking:
    """A judge that scores what was played, and beside it the draft where it stands."""

    def __init__(self, inner: ProfileJudge) -> None:
        self.inner = inner
        self.looks: list[dict[str, Any]] = []

    async def score(
        self, context: Sequence[Turn], played: Sequence[Turn], preferences: Preferences, *, seed: int
    ) -> Score:
        full = await self.inner.score(context, played, preferences, seed=seed)
        stands = await self.inner.score(context, played[:1], preferences, seed=seed)
        self.looks.append({"draft": played[0].text, "full": full.to_json(), "stands": stands.to_json()})
        return full


async def ask(out: Path, rows: int) -> None:
    config = Config.model_validate(
        {
            "enhanced": True,
            "seats": {"recommender": "smollm2-135m", "simulator": "rules", "judge": "rules"},
            "search": {"simulator": "rules", "judge": "smollm2-135m"},
            "judging": {"way": "exact", "mass_floor": 0.0, "second": False},
            "models": {"concurrency": 1},
        }
    )
    inputs = read_inputs(config, DEMO / "dialogues.jsonl", DEMO / "catalogue.csv", None)
    config = resolve(config, inputs.catalogue)
    participants = seat_participants(config, inputs.prompts, inputs.catalogue)
    enhanced, knowledge = participants.runner.recommender.recommender, participants.runner.knowledge
    assert isinstance(enhanced, SelfEnhanced)
    assert knowledge is not None
    for judge in participants.judges.values():
        judge.scoring.way = "exact"
    looking = _Looking(enhanced._seats.judge)
    enhanced._seats = replace(enhanced._seats, judge=looking)
    with out.open("a", encoding="utf-8") as file:
        for sample in sorted(inputs.samples, key=lambda one: digest(one.id))[:rows]:
            looking.looks = []
            sampling = Sampling(frequency_penalty=0.5, seed=derive_seed(0, sample.id))
            drawn = await enhanced.draw(Conversation(tuple(sample.turns), round=1, rounds=2), sampling)
            said = knowledge.named_in(sample.turns)
            drafts = [] if drawn.trace is None else drawn.trace["drafts"]
            items = [list(knowledge.named(draft["text"], said)) for draft in drafts]
            row = {"id": sample.id, "trace": drawn.trace, "looks": looking.looks, "items": items}
            file.write(json.dumps({**row, "said": sorted(said)}) + "\n")
            file.flush()
    await participants.aclose()


def read(rows: Sequence[dict[str, Any]]) -> None:
    """Say for each setting how often the choice stays, and what the score of the choice loses."""
    found: dict[str, list[tuple[float, float, float]]] = {}
    generator = random.Random(1)
    for row in rows:
        drafts, chosen = row["trace"]["drafts"], row["trace"]["chosen"]
        by_text = {look["draft"]: look for look in row["looks"]}
        full = [by_text[draft["text"]]["full"]["value"] for draft in drafts]
        stands = [by_text[draft["text"]]["stands"]["value"] for draft in drafts]

        for keep in (1, 2, 3):
            order = sorted(range(len(drafts)), key=[-value for value in stands].__getitem__)[:keep]
            found.setdefault(f"first_look = {keep}", []).append(_taken(order, full, chosen))
        new = [frozenset(items) - set(row["said"]) for items in row["items"]]
        once = [place for place, items in enumerate(new) if not items or items not in new[:place]]
        found.setdefault("alike (items)", []).append(_taken(once, full, chosen))
        shares = [[by_text[draft["text"]]["full"]["distribution"][d] for d in DIGITS] for draft in drafts]
        for chance in (0.0, 0.05, 0.1) if len(drafts) > 1 else ():
            plans = [[generator.choices(DIGITS, one, k=VOTES) for one in shares] for _ in range(REPEATS)]
            races = [_raced(votes, chance) for votes in plans]
            same, lost, drawn = (sum(values) / REPEATS for values in zip(*races, strict=True))
            found.setdefault(f"race = {chance:g}", []).append((same, lost, drawn))
    for name, values in found.items():
        told = ", ".join(
            f"{what} {_interval([one[place] for one in values])}"
            for place, what in enumerate(("same", "score", "drafts or votes"))
        )
        print(f"{name} (n {len(values)}): {told}")


def _taken(kept: Sequence[int], full: Sequence[float], best: int) -> tuple[float, float, float]:
    """Whether the best of the drafts kept is the best of all, what its score loses, and how many are kept."""
    pick = max(kept, key=lambda place: (full[place], -place))
    return float(pick == best), full[pick] - full[best], float(len(kept))


def _raced(votes: Sequence[Sequence[str]], chance: float) -> tuple[float, float, float]:
    """Whether a race chooses what all votes do, what they say it loses, and votes it draws a draft."""

    async def draw(draft: int, place: int) -> Choice:
        return Choice({digit: float(digit == votes[draft][place]) for digit in DIGITS}, "votes", 1)

    async def do_all(work: Iterable[Coroutine[Any, Any, None]]) -> None:
        for one in work:
            await one

    race = VoteRace([Tally(VOTES) for _ in votes], chance)
    asyncio.run(race.run(draw, do_all))
    whole = [sum(map(int, one)) / VOTES for one in votes]
    scores = [-1.0 if tally.out else score_of(tally.choice()).value or 0.0 for tally in race.tallies]
    best, pick = (max(range(len(one)), key=lambda place: (one[place], -place)) for one in (whole, scores))
    drawn = sum(tally.drawn for tally in race.tallies) / len(votes)
    return float(pick == best), whole[pick] - whole[best], drawn


def _interval(values: Sequence[float], resamples: int = 2000) -> str:
    generator = random.Random(0)
    means = sorted(sum(generator.choices(values, k=len(values))) / len(values) for _ in range(resamples))
    low, high = means[int(0.025 * resamples)], means[int(0.975 * resamples)]
    return f"{sum(values) / len(values):.3f} [{low:.3f}, {high:.3f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("command", choices=("ask", "read"))
    parser.add_argument("files", type=Path, nargs="*", help="what ask has written")
    parser.add_argument("--out", type=Path, help="where ask writes, after what is there")
    parser.add_argument("--rows", type=int, default=100)
    options = parser.parse_args()
    if options.command == "ask":
        asyncio.run(ask(options.out or parser.error("ask needs --out"), options.rows))
    else:
        read([json.loads(line) for file in options.files for line in file.read_text("utf-8").splitlines()])


if __name__ == "__main__":
    main()
