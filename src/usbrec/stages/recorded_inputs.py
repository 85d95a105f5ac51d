"""Inputs of scored recorded dialogues: the dialogues, the catalogue, the prompts, the languages."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from usbrec.config import Config
from usbrec.data import gathered_dialogues, limit_samples, read_opinions
from usbrec.data.gathering import Gathered
from usbrec.dialogue import RecordedDialogue
from usbrec.errors import BadLines, InputError, InputWarning
from usbrec.items import Catalogue
from usbrec.judge.aspects import Aspect
from usbrec.keys import digest
from usbrec.play.languages import Languages
from usbrec.prompts import Prompts
from usbrec.stages.doubts import tell_of_doubts
from usbrec.stages.given_items import with_known_items
from usbrec.stages.inputs import GivenCatalogue, read_catalogue
from usbrec.stages.thoughts import without_thoughts

#: Dialogues as the stage is given them: a file of any known format, a service's store, what was read of rows
#: in memory, or records.
GivenDialogues: TypeAlias = "str | Path | Gathered[RecordedDialogue] | Sequence[RecordedDialogue]"


@dataclass(frozen=True)
class RecordedInputs:
    """What is read before anybody is asked. `left_out` counts the entries of the file without a dialogue."""

    dialogues: tuple[RecordedDialogue, ...]
    catalogue: Catalogue | None
    prompts: Prompts
    left_out: int
    languages: Languages

    def decides(self, aspects: Sequence[Aspect]) -> dict[str, Any]:
        return {
            "dialogues": digest([dialogue.to_json() for dialogue in self.dialogues]),
            "catalogue": None if self.catalogue is None else self.catalogue.digest,
            "prompts": digest(dict(self.prompts.rating_texts())) if aspects else None,
            "aspects": [aspect.name for aspect in aspects],
            "languages": sorted({self.languages.told(dialogue.turns) for dialogue in self.dialogues}),
        }


def read_recorded(
    dialogues: GivenDialogues,
    kind: str | None,
    catalogue: GivenCatalogue | None,
    config: Config,
    choose: Callable[[tuple[RecordedDialogue, ...]], tuple[RecordedDialogue, ...]] | None = None,
) -> RecordedInputs:
    """Raises InputError and BadLines."""
    left_out = 0
    where = str(dialogues) if isinstance(dialogues, str | Path) else "dialogues"
    if isinstance(dialogues, str | Path):
        dialogues = gathered_dialogues(dialogues, kind)
    if isinstance(dialogues, Gathered):
        gathered = dialogues
        found, left_out = tuple(gathered.found), len(gathered.left_out) + sum(gathered.without.values())
        if gathered.left_out:
            if config.catalogue.strict:
                raise BadLines(where, gathered.left_out, "Correct or remove these.")
            warnings.warn(
                InputWarning(
                    f"{where}: {len(gathered.left_out)} entries cannot be used and are left out\n"
                    f"{BadLines.listed(gathered.left_out)}"
                ),
                stacklevel=3,
            )
    else:
        found = tuple(dialogues)
        if not found:
            raise InputError("no dialogues were given: there is nothing to score")
        ids = [dialogue.id for dialogue in found]
        if len(set(ids)) < len(ids):
            twice = next(one for one in ids if ids.count(one) > 1)
            raise InputError(f"dialogues: the id {twice!r} is there twice; give each its own")
    if choose is not None:
        found = choose(found)
    if config.limit is not None:
        found = tuple(limit_samples(found, config.limit))
    found = tuple(without_thoughts(found, config.models.reasoning, where))
    items = None if catalogue is None else read_catalogue(catalogue, None, config.catalogue)
    if items is not None:
        found = with_known_items(where, found, items)
    tell_of_doubts(where, found, items)
    languages = Languages.of_samples(config.language, found)
    return RecordedInputs(found, items, Prompts(config.play.prompts), left_out, languages)


def opinions_of_file(
    dialogues: GivenDialogues, kind: str | None, found: Sequence[RecordedDialogue]
) -> Mapping[str, Mapping[str, bool]]:
    """What forms say by dialogue and title, of files that have some."""
    if {one.source for one in found} == {"redial"}:
        if isinstance(dialogues, str | Path):
            return read_opinions(dialogues, kind)
        warnings.warn(
            InputWarning(
                "dialogues: the forms of raw ReDial, which say what was liked, are read from its files "
                "alone. Name the file."
            ),
            stacklevel=3,
        )
    return {}
