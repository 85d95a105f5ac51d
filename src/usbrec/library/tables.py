"""Flat tables of episodes, rankings and pairs: one row each, and what its columns hold."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from usbrec.dialogue import PreferencePair
from usbrec.errors import ConfigError
from usbrec.evaluation.metrics import Row, calibrated, facts_of, hit, leaked, replies_of, score, second_score
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
        "words": sum(len(text.split()) for text in replies) / len(replies) if replies else None,
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
    try:
        import pandas as pd
    except ImportError as error:
        raise ConfigError(
            f"to_pandas needs the extra 'frames' ({error.name} is missing): pip install 'usbrec[frames]'. "
            "to_csv writes the same."
        ) from None
    frame = pd.DataFrame(list(rows), columns=list(columns))
    # Empty cells would make objects of what is true or false, and fractions of what is counted.
    return frame.astype({name: _KINDS.get(name, "string") for name in columns})


#: Columns that hold no text, as pandas calls what they hold.
_KINDS = {
    **dict.fromkeys(
        ("score", "calibrated", "second", "words", "seconds", "chosen_score", "rejected_score"), "float64"
    ),
    **dict.fromkeys(ASPECTS, "float64"),
    **dict.fromkeys(("hit", "repeat", "leaked", "recommends", "accepted", "target_named"), "boolean"),
    **dict.fromkeys(
        (
            *("replies", "calls", "prompt_tokens", "completion_tokens", "rank", "fresh_rank"),
            *("first_recommendation", "items"),
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
