"""`usbrec train ranker`: dialogues, sessions and a catalogue in, a ranker's folder out."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from usbrec.config import Config
from usbrec.data import limit_samples, load_samples, samples_digest
from usbrec.dialogue import Sample
from usbrec.engine import Progress, Silent
from usbrec.errors import InputError, InputWarning, Interrupted
from usbrec.items import Catalogue, read_sessions
from usbrec.items.retrieval.learnt_from import LearntFrom
from usbrec.items.retrieval.ranker import FORMAT, read_ranker, write_ranker
from usbrec.items.retrieval.ranker_training import RankerSettings, train_ranker
from usbrec.journal import Journal
from usbrec.keys import digest
from usbrec.stages.inputs import read_catalogue
from usbrec.stages.resolve import resolve
from usbrec.stages.settings_file import write_settings
from usbrec.stages.thoughts import without_thoughts


def make_ranker(
    samples: Sequence[str | Path],
    out: str | Path,
    *,
    catalogue: str | Path,
    interactions: str | Path | None = None,
    leave_out: Sequence[str | Path] = (),
    config: Config | None = None,
    progress: Progress | None = None,
) -> Mapping[str, Any]:
    """Train a ranker on one or more files of samples; returns what ``ranker.json`` holds.

    Dialogues that also stand in a file of `leave_out` are not learnt from: what is evaluated on may
    share dialogues with what is trained on, where a data set was split by rows.

    Goes on where an interrupted training of the same inputs stopped, and does nothing where it is
    finished. Raises InputError or BadLines for the files, RunFolderError when the folder is in use or
    holds another ranker, ConfigError without the extra ``retrieval``, Interrupted on Ctrl-C.
    """
    config = config or Config()
    out = Path(out)
    loaded, held_out = _without(_samples(samples), [one for path in leave_out for one in load_samples(path)])
    if not loaded:
        raise InputError("--leave-out leaves no dialogue to learn from. Name other files.")
    if config.limit is not None:
        loaded = tuple(limit_samples(loaded, config.limit))
    loaded = tuple(without_thoughts(loaded, config.models.reasoning, "samples"))
    items = read_catalogue(catalogue, None, config.catalogue)
    _tell_lacking(loaded, items)
    config = resolve(config, items)
    sessions = tuple(
        session
        for session in (() if interactions is None else read_sessions(interactions, items))
        if session.id not in held_out
    )
    decides = {
        "stage": "ranker",
        "format": FORMAT,
        "seed": config.seed,
        "samples": samples_digest(loaded),
        "catalogue": items.digest,
        "sessions": digest([[session.id, list(session.items), session.held_out] for session in sessions]),
        # Rankers of before the choice keep their digest.
        **({} if config.encoder == "english" else {"encoder": config.encoder}),
    }
    with Journal(out / "run.db") as journal:
        journal.bind(decides)
        if not (out / "ranker.json").is_file():
            write_settings(journal, out, config)
            try:
                trained = train_ranker(
                    loaded,
                    items,
                    sessions,
                    settings=RankerSettings(seed=config.seed, encoder=config.encoder),
                    work=out / "work",
                    progress=progress or Silent(),
                    about={"digest": digest(decides)},
                )
            except KeyboardInterrupt:
                raise Interrupted(
                    "Stopped. What is finished is kept: the same command goes on from there."
                ) from None
            write_ranker(out, trained)
        shutil.rmtree(out / "work", ignore_errors=True)
    return read_ranker(out).about


def _without(
    samples: Sequence[Sample], leave_out: Sequence[Sample]
) -> tuple[tuple[Sample, ...], frozenset[str]]:
    """The samples of dialogues that are not among those of `leave_out`, and the ids of these. A dialogue is
    known by its id and, under another one, by its words."""
    held_out = frozenset(sample.dialogue_id for sample in leave_out)
    if not leave_out:
        return tuple(samples), held_out
    known = LearntFrom.of(leave_out, ())
    by_dialogue: dict[str, list[Sample]] = {}
    for sample in samples:
        by_dialogue.setdefault(sample.dialogue_id, []).append(sample)
    found = frozenset(
        name for name, those in by_dialogue.items() if name not in held_out and known.holds(those)
    )
    if found:
        warnings.warn(
            InputWarning(
                f"{len(found)} of {len(by_dialogue)} dialogues stand in the files of --leave-out under other "
                f"ids (such as {min(found)!r}): they are known by their words, and left out"
            ),
            stacklevel=3,
        )
    return tuple(one for one in samples if one.dialogue_id not in held_out | found), held_out


def _tell_lacking(samples: Sequence[Sample], items: Catalogue) -> None:
    """Tells of samples that teach nothing, because what they took has left the catalogue or has another title
    now."""
    lacking = [one for one in samples if one.targets and not items.resolve(one.targets)]
    if not lacking:
        return
    titles = [title for one in lacking for title in one.targets]
    as_id = next((title for title in titles if items.get(title) is not None), None)
    hint = "" if as_id is None else f" {as_id!r} is an id: targets are titles, as the catalogue writes them."
    warnings.warn(
        InputWarning(
            f"{len(lacking)} of {len(samples)} samples teach the ranker nothing: the catalogue has none of "
            f"their targets, such as {titles[0]!r} of {lacking[0].id!r}.{hint}"
        ),
        stacklevel=3,
    )


def _samples(paths: Sequence[str | Path]) -> tuple[Sample, ...]:
    """The samples of all files; a sample that stands in two is taken once."""
    found: dict[str, Sample] = {}
    for path in paths:
        for sample in load_samples(path):
            if found.setdefault(sample.id, sample).turns != sample.turns:
                raise InputError(
                    f"{path}: sample {sample.id!r} stands in an earlier file with another dialogue. "
                    "Give the samples of one file other ids."
                )
    return tuple(found.values())
