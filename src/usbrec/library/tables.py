"""Flat tables of episodes, rankings and pairs: one row each, and what its columns hold."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from usbrec.dialogue import PreferencePair
from usbrec.evaluation.metrics import Row, calibrated, facts_of, hit, leaked, replies_of, score, second_score
from usbrec.extras import extra
from usbrec.items.scripts import count_words
from usbrec.judge.aspects import ASPECTS

if TYPE_CHECKING:
    import pandas as pd

#: Several values in one cell stand side by side with this between them.
_BETWEEN = "; "

#: Column of :meth:`usbrec.Run.to_pandas` -> what it holds; a cell is empty where there is nothing to say.
EPISODE_COLUMNS: Mapping[str, str] = {
    "sample_id": "the sample's id",
    "dialogue_id": "the dialogue it was cut from; rows of one are not independent",
    "targets": "titles that the seeker ended up with, `; ` between them",
    "score": "iEval score, 0 to 2; empty where the row failed or no score could be read",
    "hit": "whether the recommender named a target",
    "calibrated": "the score between those of fixed replies, 0 to 2; empty without `judging.anchors`",
    "second": "the second judge's score, 0 to 2",
    "repeat": "whether the context had named a target already",
    "leaked": "whether the seeker named a target before the recommender did",
    "replies": "how many replies the recommender gave",
    "words": "words a reply, on average",
    "recommended": "ids of the first new item of each reply, `; ` between them, `-` where a reply names none",
    "last_reply": "what the recommender said last",
    "calls": "model calls, of all seats",
    "prompt_tokens": "tokens of their prompts",
    "completion_tokens": "tokens of their answers",
    "seconds": "seconds of model time",
    "failed": "why there is no episode, where the model's side failed",
}
#: The same of a run that only ranks (mode retrieval).
RANKING_COLUMNS: Mapping[str, str] = {
    "sample_id": EPISODE_COLUMNS["sample_id"],
    "dialogue_id": EPISODE_COLUMNS["dialogue_id"],
    "targets": EPISODE_COLUMNS["targets"],
    "rank": "the best place of a target in the list, from 1; empty where none is in it",
    "fresh_rank": "the same without the items that the context names",
    "repeat": EPISODE_COLUMNS["repeat"],
    "seconds": "seconds that ranking took",
    "failed": "why there is no ranking",
}
#: The same of pairs (:meth:`usbrec.Pairs.to_pandas`).
PAIR_COLUMNS: Mapping[str, str] = {
    "sample_id": EPISODE_COLUMNS["sample_id"],
    "dialogue_id": EPISODE_COLUMNS["dialogue_id"],
    "prompt": "what the model read last, without instructions and earlier turns",
    "chosen": "the reply to prefer",
    "rejected": "the reply that is worth less",
    "chosen_score": "score of the episode that `chosen` began, 0 to 2",
    "rejected_score": "the same of `rejected`",
    "chosen_origin": "where `chosen` comes from: `draft`, `label`, ...",
    "rejected_origin": "the same of `rejected`",
}

#: The same of scored recorded dialogues (:meth:`usbrec.ScoredDialogues.to_pandas`).
RECORDED_COLUMNS: Mapping[str, str] = {
    "id": "the dialogue's id",
    "system": "who recommended, where the file says it",
    "dataset": "the data set that the dialogue or its system belongs to",
    "replies": "how many turns the recommender has",
    "recommends": "whether it named something new that is in the catalogue",
    "first_recommendation": "how many replies that took",
    "items": "how many items it recommended",
    "accepted": "whether the seeker accepted something, by label or rules",
    "target_named": "whether the recommender named a target; empty without targets",
    "failed": "why there are no facts and ratings, where the judge failed",
}
#: A column for each aspect, called by its name.
ASPECT_COLUMN = (
    "the judge's rating, of a turn's aspect the mean over the turns; empty where none could be read"
)

_SYSTEMS = "the same with whole systems drawn again; empty below three of them"
#: The same of a judge beside people (:meth:`usbrec.Agreement.to_pandas`): a row a rating and data set.
AGREEMENT_COLUMNS: Mapping[str, str] = {
    "rating": "the rating, called as in the file",
    "dataset": "the data set; `all` are all of them, `(not named)` dialogues without one",
    "n": "ratings by people that the judge's are held against",
    "dialogues": "dialogues that they are of",
    "systems": "systems whose dialogues these are",
    "pearson": "Pearson's correlation; empty where one side is constant",
    "pearson_low": "lower end of its 95 % interval, whole dialogues drawn again; empty below four of them",
    "pearson_high": "upper end of it",
    "pearson_systems_low": f"lower end: {_SYSTEMS}",
    "pearson_systems_high": "upper end of it",
    "spearman": "Spearman's correlation, and the ends of its intervals likewise",
    "spearman_low": "lower end, dialogues drawn again",
    "spearman_high": "upper end of it",
    "spearman_systems_low": "lower end, systems drawn again",
    "spearman_systems_high": "upper end of it",
}
#: The same of a seeker beside people (:meth:`usbrec.Fidelity.to_pandas`): a row a measure.
FIDELITY_COLUMNS: Mapping[str, str] = {
    "measure": "what is compared (docs/fidelity.md)",
    "n": "answers at which both have a value",
    "dialogues": "dialogues that they are of",
    "people": "the mean of people's answers",
    "people_low": "lower end of its 95 % interval, whole dialogues drawn again",
    "people_high": "upper end of it",
    "seeker": "the mean of the seeker's answers",
    "seeker_low": "lower end of its interval",
    "seeker_high": "upper end of it",
    "difference": "the seeker's mean less people's",
    "difference_low": "lower end of its interval",
    "difference_high": "upper end of it",
    "p": "two-sided p value of the difference, signs of whole dialogues flipped; not adjusted",
}


def agreement_cells(results: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The cells of each rating and data set in the results of `usbrec agreement`."""
    for rating, sets in results["agreement"].items():
        for dataset, told in sets.items():
            cells = {"rating": rating, "dataset": dataset}
            cells |= {name: told[name] for name in ("n", "dialogues", "systems")}
            for name in ("pearson", "spearman"):
                one = told[name]
                cells |= {name: one["value"], **_ends(name, one["ci95"])}
                cells |= _ends(f"{name}_systems", one["ci95_systems"])
            yield cells


def fidelity_cells(results: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The cells of each measure in the results of `usbrec fidelity`."""
    for measure, told in results["measures"].items():
        cells = {
            "measure": measure,
            "n": told["people"]["n"],
            "dialogues": told["people"]["clusters"],
            "p": told["difference"]["p_value"],
        }
        for name in ("people", "seeker", "difference"):
            cells |= {name: told[name]["mean"], **_ends(name, told[name]["ci95"])}
        yield cells


def _ends(name: str, ci95: Any) -> dict[str, Any]:
    low, high = ci95
    return {f"{name}_low": low, f"{name}_high": high}


def episode_cells(row: Row) -> dict[str, Any]:
    """The cells of one line of ``episodes.jsonl``."""
    replies, facts, leaks = replies_of(row), facts_of(row), leaked(row)
    found, usage = hit(row), row["usage"]
    sample = None if row["episode"] is None else row["episode"]["sample"]
    new = facts.get("new")
    return {
        "sample_id": row["sample_id"],
        "dialogue_id": row["dialogue_id"],
        "targets": None if sample is None else _BETWEEN.join(sample["targets"]),
        "score": score(row),
        "hit": None if found is None else bool(found),
        "calibrated": calibrated(row),
        "second": second_score(row),
        "repeat": row["repeat"],
        "leaked": None if leaks is None else bool(leaks),
        "replies": len(replies) if sample is not None else None,
        "words": sum(map(count_words, replies)) / len(replies) if replies else None,
        "recommended": None if new is None else _BETWEEN.join(item or "-" for item in new),
        "last_reply": replies[-1] if replies else None,
        **{name: usage[name] for name in ("calls", "prompt_tokens", "completion_tokens", "seconds")},
        "failed": row["failed"],
    }


def ranking_cells(row: Mapping[str, Any]) -> dict[str, Any]:
    """The cells of one line of ``rankings.jsonl``."""

    def best(name: str) -> int | None:
        return min((rank for rank in row.get(name, ()) if rank is not None), default=None)

    return {
        "sample_id": row["sample_id"],
        "dialogue_id": row["dialogue_id"],
        "targets": _BETWEEN.join(row["targets"]),
        "rank": best("ranks"),
        "fresh_rank": best("fresh_ranks"),
        "repeat": row.get("repeat"),
        "seconds": row.get("seconds"),
        "failed": row["failed"],
    }


def recorded_cells(row: Mapping[str, Any]) -> dict[str, Any]:
    """The cells of a row of ``dialogues.jsonl``, under `RECORDED_COLUMNS` and the names of aspects."""
    read: dict[str, list[float]] = {}
    for rated in (row, *row["turns"]):
        for name, score_ in rated["aspects"].items():
            read.setdefault(name, [])
            if score_["value"] is not None:
                read[name].append(score_["value"])
    facts = dict(row["facts"] or {})
    facts["recommends"] = facts.pop("recommended", None)
    return {
        **{name: row.get(name, facts.get(name)) for name in RECORDED_COLUMNS},
        **{name: sum(values) / len(values) if values else None for name, values in read.items()},
    }


def pair_cells(pair: PreferencePair) -> dict[str, Any]:
    """The cells of one pair."""
    sides = {side: pair.provenance.get(side) or {} for side in ("chosen", "rejected")}
    return {
        "sample_id": pair.sample_id,
        "dialogue_id": pair.dialogue_id,
        "prompt": pair.prompt[-1]["content"] if pair.prompt else None,
        "chosen": pair.chosen,
        "rejected": pair.rejected,
        **{f"{name}_score": (side.get("score") or {}).get("value") for name, side in sides.items()},
        **{f"{name}_origin": side.get("origin") for name, side in sides.items()},
    }


def frame_of(rows: Iterable[Mapping[str, Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    """The rows in pandas. Raises ConfigError where it is not installed."""
    with extra("frames", "to_pandas", instead="to_csv writes the same."):
        import pandas as pd
    frame = pd.DataFrame(list(rows), columns=list(columns))
    # Empty cells would make objects of what is true or false, and fractions of what is counted.
    return frame.astype({name: _KINDS.get(name, "string") for name in columns})


#: Columns that hold no text, as pandas calls what they hold.
_KINDS = {
    **dict.fromkeys(
        ("score", "calibrated", "second", "words", "seconds", "chosen_score", "rejected_score"), "float64"
    ),
    **dict.fromkeys(ASPECTS, "float64"),
    **dict.fromkeys(set(AGREEMENT_COLUMNS) - {"rating", "dataset", "n", "dialogues", "systems"}, "float64"),
    **dict.fromkeys(set(FIDELITY_COLUMNS) - {"measure", "n", "dialogues"}, "float64"),
    **dict.fromkeys(("hit", "repeat", "leaked", "recommends", "accepted", "target_named"), "boolean"),
    **dict.fromkeys(
        (
            *("replies", "calls", "prompt_tokens", "completion_tokens", "rank", "fresh_rank"),
            *("first_recommendation", "items", "n", "dialogues", "systems"),
        ),
        "Int64",
    ),
}


def csv_of(rows: Iterable[Mapping[str, Any]], columns: Mapping[str, str]) -> str:
    """The rows as CSV; a cell is empty where there is nothing to say."""
    written = io.StringIO()
    writer = csv.DictWriter(written, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()
