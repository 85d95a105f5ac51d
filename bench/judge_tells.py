"""What a model judge tells apart: the target, a like item, an unlike one, random ones, a question; and
whether its scores of played dialogues agree with the facts, as they are and held against fixed replies of the
same row.

    python bench/judge_tells.py ask ROWS --catalogue FILE --judge SEAT --rows N --out tells.jsonl
    python bench/judge_tells.py read tells.jsonl ...

`ask` puts fixed replies behind the recorded context of each row, and dialogues of two rounds that rules play
(random, the retriever's first, the best of its ten; the seeker by rules), and asks the judge about each by
each prompt of `--prompts` (a folder of bench/judge_prompts, "packaged", or "item": one question for each
recommended item, with its facts). It goes on where it stopped. Rows are the `--rows` of the file with the
smallest digests whose context names no target of theirs, from the `--skip`-th on. `read` prints tables:
areas under the curve with intervals over dialogues, agreement with target named and with the score by rules.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from scipy.stats import spearmanr

from usbrec.config import Config, Models
from usbrec.data import limit_samples, load_samples
from usbrec.dialogue import Item, Sample, Turn
from usbrec.evaluation.statistics import mean_interval
from usbrec.items import Similarity, load_catalogue
from usbrec.items.knowledge import Knowledge
from usbrec.judge.anchors import anchors_of
from usbrec.judge.facts import first_new_items
from usbrec.judge.model import ModelJudge, ModelTargetJudge, Scoring, score_of
from usbrec.keys import derive_seed
from usbrec.llm import open_model
from usbrec.lockstep import Scope, current_scope
from usbrec.play.seekers.facts import describe_items
from usbrec.play.targets import Targets
from usbrec.prompts import Prompts
from usbrec.stages import evaluate

PROMPTS = Path(__file__).parent / "judge_prompts"
SYSTEMS = ("random", "retriever", "best")
RANDOM = 2
ITEM = """The seeker wanted: {targets}
About it: {facts}
The recommender recommended: {item}
About it: {about}
Is that what the seeker wanted?
0: no, something of another kind. 1: something like it. 2: yes, exactly that.
Answer with the digit alone."""


def chosen(path: str, knowledge: Knowledge, rows: int, skip: int) -> list[Sample]:
    """Rows with a known target that the context does not name."""
    fresh = []
    for sample in load_samples(path):
        targets = Targets.of(sample, knowledge)
        if targets.items and sample.turns and not targets.named_in(sample.turns):
            fresh.append(sample)
    first = limit_samples(fresh, skip) if skip else ()
    left_out = {sample.id for sample in first}
    return [sample for sample in limit_samples(fresh, rows + skip) if sample.id not in left_out]


def like_and_unlike(sample: Sample, targets: Targets, knowledge: Knowledge) -> tuple[Item, Item]:
    """The item most like a target, and the least like one of two hundred drawn ones; neither named."""
    left_out = {item.id for item in targets.items} | knowledge.named_in(sample.turns)
    wanted = [knowledge.traits[item.id] for item in targets.items]
    items = [item for item in knowledge.catalogue if item.id not in left_out]
    near = {item.id: knowledge.similarity.best(knowledge.traits[item.id], wanted) for item in items}
    drawn = random.Random(derive_seed(0, sample.id, "unlike")).sample(items, min(200, len(items)))
    like = min(items, key=lambda item: (-near[item.id], item.id))
    return like, min(drawn, key=lambda item: (near[item.id], item.id))


def played_by_rules(path: Path, args: argparse.Namespace) -> Mapping[str, Mapping[str, Any]]:
    """By sample and system, the turns that were played, the hit and the score by rules."""
    found: dict[str, dict[str, Any]] = {}
    for system in SYSTEMS:
        with tempfile.TemporaryDirectory() as out:
            config = Config().with_(
                seats={"recommender": f"rules:{system}", "simulator": "rules", "judge": "rules"},
                judging={"second": False},
                play={"rounds": 2},
            )
            evaluate(path, out, config=config, catalogue=args.catalogue, interactions=args.interactions)
            for line in (Path(out) / "episodes.jsonl").read_text("utf-8").splitlines():
                row = json.loads(line)
                if row["episode"] is not None:
                    found.setdefault(row["sample_id"], {})[system] = {
                        "turns": [Turn.from_json(turn) for turn in row["episode"]["played"]],
                        "hit": row["episode"]["hit"],
                        "rules": row["episode"]["score"]["value"],
                    }
    return found


def situations(
    sample: Sample, targets: Targets, knowledge: Knowledge, played: Mapping[str, Any]
) -> Iterator[tuple[str, tuple[Turn, ...], dict[str, Any]]]:
    """What the judge is asked about: its name, the turns, and what is known of them."""
    anchors = anchors_of(sample, targets, knowledge, count=RANDOM, seed=0)
    assert anchors is not None
    like, unlike = like_and_unlike(sample, targets, knowledge)
    items = {"target": anchors.target, "like": like, "unlike": unlike}
    items |= {f"random{number}": item for number, item in enumerate(anchors.others)}
    for name, item in items.items():
        yield name, (anchors.reply(item),), {}
    yield "question", (Turn("recommender", "What kind of thing do you usually like?"),), {}
    for system, said in played.items():
        known = {"hit": said["hit"], "rules": said["rules"]}
        yield f"played:{system}", tuple(said["turns"]), known
        yield f"each:{system}", tuple(said["turns"]), known


def asked(
    prompt: str, name: str, judge: ModelJudge, sample: Sample, turns: Sequence[Turn], targets: Targets
) -> list[str]:
    """The texts of the questions; their highest answer is the score. Of "each" dialogue every reply is put
    right behind the recorded context."""
    if name.startswith("each:"):
        replies = [(turn,) for turn in turns if turn.role == "recommender"]
        return [text for reply in replies for text in asked(prompt, "", judge, sample, reply, targets)]
    if prompt != "item":
        return [ModelTargetJudge(judge).text(sample.turns, turns, targets)]
    knowledge = targets.knowledge
    assert knowledge is not None
    ids = [items[0] for items in first_new_items(sample.turns, turns, knowledge) if items]
    items = [item for item_id in dict.fromkeys(ids) if (item := knowledge.catalogue.get(item_id))]
    return [
        ITEM.format(
            targets="; ".join(targets.titles),
            facts=describe_items(targets.items) or "nothing more is known",
            item="nothing" if item is None else item.name,
            about="nothing" if item is None else describe_items([item]) or "nothing more is known",
        )
        for item in (items or [None])
    ]


def ask(args: argparse.Namespace) -> None:
    knowledge = Knowledge.of(load_catalogue(args.catalogue), Similarity(), seed=0)
    samples = chosen(args.samples, knowledge, args.rows, args.skip)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        path.write_text("".join(json.dumps(sample.to_json()) + "\n" for sample in samples), "utf-8")
        played = played_by_rules(path, args)
    out = Path(args.out)
    done = {(row["sample"], row["prompt"]): row["said"] for row in read_rows([out])} if out.exists() else {}
    with out.open("a", encoding="utf-8") as file:
        asyncio.run(ask_all(args, knowledge, samples, played, done, file))


async def ask_all(
    args: argparse.Namespace,
    knowledge: Knowledge,
    samples: Sequence[Sample],
    played: Mapping[str, Mapping[str, Any]],
    done: Mapping[tuple[str, str], Mapping[str, Any]],
    file: IO[str],
) -> None:
    model = open_model(args.judge, Models(threads=args.threads, context=args.context))
    for sample in samples:
        targets = Targets.of(sample, knowledge)
        for prompt in args.prompts.split(","):
            own = prompt not in ("packaged", "item")
            judge = ModelJudge(model, Prompts(PROMPTS / prompt if own else None), scoring=Scoring("exact"))
            current_scope.set(Scope(f"{sample.id}/{prompt}", 0))
            before = done.get((sample.id, prompt), {})
            said: dict[str, Any] = {}
            for name, turns, known in situations(sample, targets, knowledge, played.get(sample.id, {})):
                said[name] = before.get(name) or {
                    **await answered(prompt, name, judge, sample, turns, targets),
                    **known,
                }
            if said.keys() <= before.keys():
                continue
            row = {"sample": sample.id, "dialogue": sample.dialogue_id, "prompt": prompt, "judge": args.judge}
            file.write(json.dumps({**row, "said": said}) + "\n")
            file.flush()
    await model.aclose()


async def answered(
    prompt: str, name: str, judge: ModelJudge, sample: Sample, turns: Sequence[Turn], targets: Targets
) -> dict[str, Any]:
    """The highest score of the questions about these turns, and what they cost together."""
    started = time.process_time()
    answers = []
    for text in asked(prompt, name, judge, sample, turns, targets):
        choice = await judge.model.choose(judge.request(text, seed=0))
        score = score_of(choice, temperature=judge.temperature, mass_floor=judge.mass_floor)
        answers.append((score.value, score.mass, choice.usage))
    return {
        "value": max((value for value, _, _ in answers if value is not None), default=None),
        "mass": min((mass for _, mass, _ in answers if mass is not None), default=None),
        "calls": len(answers),
        "tokens": sum(usage.prompt_tokens for _, _, usage in answers),
        "cached": sum(usage.cached_tokens for _, _, usage in answers),
        "seconds": round(time.process_time() - started, 3),
    }


def read_rows(paths: Iterable[Path]) -> list[dict[str, Any]]:
    return [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]


def shown(values: Sequence[float], clusters: Sequence[str]) -> str:
    found = mean_interval(values, clusters, seed=0)
    if found.mean is None:
        return "-"
    return f"{found.mean:.2f}" + ("" if found.low is None else f" [{found.low:.2f}, {found.high:.2f}]")


def above(one: float, other: float) -> float:
    return float(one > other) + 0.5 * (one == other)


def pooled_auc(positive: Sequence[float], negative: Sequence[float]) -> float:
    if not positive or not negative:
        return float("nan")
    return float(np.mean([[above(p, n) for n in negative] for p in positive]))


def pooled_interval(cases: Sequence[tuple[str, bool, float]]) -> str:
    """Area under the curve over all rows, with an interval over dialogues, of (dialogue, is so, value)."""
    by: dict[str, list[tuple[bool, float]]] = {}
    for dialogue, positive, value in cases:
        by.setdefault(dialogue, []).append((positive, value))
    names, draw = sorted(by), np.random.default_rng(0)

    def area(picked: Sequence[str]) -> float:
        pooled = [case for name in picked for case in by[name]]
        return pooled_auc([v for p, v in pooled if p], [v for p, v in pooled if not p])

    resampled = [area([names[i] for i in draw.integers(0, len(names), len(names))]) for _ in range(400)]
    low, high = np.nanpercentile(resampled, [2.5, 97.5])
    return f"{area(names):.2f} [{low:.2f}, {high:.2f}]"


def values_of(said: Mapping[str, Any], name: str, way: str, anchors: int) -> float | None:
    """A situation's score: raw, above the random items, or its place between these and the target."""
    raw = said[name]["value"] if name in said else None
    if raw is None or way == "raw":
        return raw
    numbers = range(anchors) if not name.startswith("random") else range(1, RANDOM)
    others = [said[f"random{number}"]["value"] for number in numbers]
    target = said["target"]["value"]
    if target is None or any(value is None for value in others):
        return None
    low = sum(others) / len(others)
    if way == "above":
        return raw - low
    return None if target - low < 0.02 else min(2.0, max(0.0, 2 * (raw - low) / (target - low)))


def read(args: argparse.Namespace) -> None:
    # A line that came later has what an earlier one lacks.
    by_key = {(row["sample"], row["prompt"], row["judge"]): row for row in read_rows(map(Path, args.files))}
    rows = list(by_key.values())
    for judge, prompt in dict.fromkeys((row["judge"], row["prompt"]) for row in rows):
        mine = [row for row in rows if (row["judge"], row["prompt"]) == (judge, prompt)]
        said = [(row["dialogue"], row["said"]) for row in mine]
        costs = [one for _, each in said for one in each.values()]
        print(
            f"\n## {mine[0]['judge']}, {prompt}: {len(mine)} rows, "
            f"{sum(one['value'] is None for one in costs)} of {len(costs)} unreadable, mass "
            f"{np.median([one['mass'] for one in costs if one['mass'] is not None]):.2f} (least "
            f"{min(one['mass'] for one in costs if one['mass'] is not None):.2f}), "
            f"{np.mean([one['tokens'] for one in costs]):.0f} tokens "
            f"({np.mean([one['cached'] for one in costs]):.0f} cached), "
            f"{np.mean([one['seconds'] for one in costs]):.2f} s of processor time a question"
        )
        names = ["target", "like", "unlike", "random0", "question"]
        for name in [*names, *(f"{kind}:{system}" for kind in ("played", "each") for system in SYSTEMS)]:
            known = [(d, s[name]["value"]) for d, s in said if name in s and s[name]["value"] is not None]
            print(f"  {name:18} mean {shown([v for _, v in known], [d for d, _ in known])}")
        for other in names[1:]:
            pairs = [
                (d, s["target"]["value"], s[other]["value"])
                for d, s in said
                if s["target"]["value"] is not None and s[other]["value"] is not None
            ]
            within = shown([above(a, b) for _, a, b in pairs], [d for d, _, _ in pairs])
            cases = [(d, True, a) for d, a, _ in pairs] + [(d, False, b) for d, _, b in pairs]
            print(f"  target over {other:10} AUC in the row {within}, over rows {pooled_interval(cases)}")
        like = [
            (d, s["like"]["value"], s["unlike"]["value"])
            for d, s in said
            if s["like"]["value"] is not None and s["unlike"]["value"] is not None
        ]
        within = shown([above(a, b) for _, a, b in like], [d for d, _, _ in like])
        print(f"  like over unlike       AUC in the row {within}")
        ways = (("raw", 0), ("above", 1), ("above", 2), ("between", 1), ("between", 2))
        for kind, (way, anchors) in itertools.product(("played", "each"), ways):
            cases, scores, facts = [], [], []
            by_system: dict[str, dict[int, float]] = {}
            lost = 0
            for place, (dialogue, each) in enumerate(said):
                for system in SYSTEMS:
                    name = f"{kind}:{system}"
                    if name not in each:
                        continue
                    value = values_of(each, name, way, anchors)
                    if value is None:
                        lost += 1
                        continue
                    cases.append((dialogue, bool(each[name]["hit"]), value))
                    scores.append(value)
                    facts.append(each[name]["rules"] or 0.0)
                    by_system.setdefault(system, {})[place] = value
            hits = sum(positive for _, positive, _ in cases)
            area = f"hit AUC {pooled_interval(cases)} ({hits} hits of {len(cases)}, {lost} lost)"
            rank = spearmanr(scores, facts).statistic
            print(f"  {kind:6} {way:8}{anchors or '':2}: {area}, rank correlation with rules {rank:.2f}")
            for better, worse in (("retriever", "random"), ("best", "retriever"), ("best", "random")):
                one, other = by_system.get(better, {}), by_system.get(worse, {})
                both = sorted(one.keys() & other.keys())
                gaps = [one[place] - other[place] for place in both]
                spread = float(np.std(gaps, ddof=1)) if len(gaps) > 1 else float("nan")
                effect = float(np.mean(gaps)) / spread if spread else float("nan")
                print(
                    f"      {better} - {worse}: {shown(gaps, [said[place][0] for place in both])}, "
                    f"{effect:.2f} standard deviations"
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    commands = parser.add_subparsers(required=True)
    asking = commands.add_parser("ask")
    asking.add_argument("samples")
    asking.add_argument("--catalogue", required=True)
    asking.add_argument("--interactions")
    asking.add_argument("--judge", default="qwen2.5-coder-0.5b")
    asking.add_argument("--rows", type=int, default=24)
    asking.add_argument("--skip", type=int, default=0)
    asking.add_argument("--prompts", default="packaged,near,shots,item")
    asking.add_argument("--threads", type=int, default=1)
    asking.add_argument("--context", type=int, default=4096)
    asking.add_argument("--out", required=True)
    asking.set_defaults(run=ask)
    reading = commands.add_parser("read")
    reading.add_argument("files", nargs="+")
    reading.set_defaults(run=read)
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
