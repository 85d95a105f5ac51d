"""A seeker fitted to recorded dialogues as one call: dialogues and a catalogue in, a seat out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from usbrec import stages
from usbrec.config.loading import GivenSettings
from usbrec.engine import Progress
from usbrec.library.loading import CatalogueSource, given_catalogue
from usbrec.library.progress import progress_shown
from usbrec.library.scoring import DialoguesSource, given_dialogues
from usbrec.library.settings import laid_over
from usbrec.library.wording import in_python
from usbrec.play.seekers.manner import FILE, open_manner
from usbrec.stages.recorded_inputs import GivenDialogues
from usbrec.storage import parse_json, read_text


@dataclass(frozen=True, slots=True)
class FittedSeeker:
    """What :func:`usbrec.train_seeker` made. `path` is its folder; `results` is what ``seeker.json`` holds:
    ``results["manner"]`` the shares, ``results["people"]`` and ``results["seeker"]`` what both do on the
    dialogues that it was fitted to.

    `seat` is how it is named where a seeker is: ``evaluate(..., seeker=fitted.seat)``.
    """

    path: Path
    results: Mapping[str, Any] = field(repr=False)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """A folder that `usbrec train seeker -o` wrote, too. Raises InputError."""
        folder = Path(path)
        open_manner(str(folder))
        return cls(folder, parse_json(read_text(folder / FILE)))

    @property
    def seat(self) -> str:
        return f"trained:{self.path}"


@in_python
def train_seeker(
    dialogues: DialoguesSource | Sequence[str | os.PathLike[str]],
    *,
    catalogue: CatalogueSource,
    out: str | os.PathLike[str],
    kind: str | None = None,
    limit: int | None = None,
    seed: int | None = None,
    config: GivenSettings | None = None,
    progress: Progress | bool | None = None,
) -> FittedSeeker:
    """Fit a seeker by rules to how the people of recorded dialogues react, tell and ask.

    `dialogues` are as in :func:`usbrec.fidelity`, or a list of several files; `kind` is their format where
    the content does not tell. At least thirty answers and thirty reactions are needed, with `targets` or, as
    raw ReDial, forms that say what was liked. `out` is the seeker's folder; `limit` counts dialogues, of each
    file. The same dialogues give the same file. docs/fidelity.md says what is fitted.

    Raises InputError (BadLines, ConfigError), also where the dialogues are too few, and Interrupted on
    Ctrl-C.

    ```python
    import usbrec

    fitted = usbrec.train_seeker(
        "docs/examples/book-talks.jsonl", catalogue="docs/examples/books.csv", out="runs/seeker"
    )
    print(fitted.seat, fitted.results["people"]["words"], fitted.results["seeker"]["words"])
    ```
    """
    settings = laid_over(config, {}, limit=limit, seed=seed)
    items = given_catalogue(catalogue, settings.catalogue)
    assert items is not None
    made = stages.make_seeker(
        _sources(dialogues),
        Path(out),
        catalogue=items,
        kind=kind,
        config=settings,
        progress=progress_shown(progress),
    )
    return FittedSeeker(Path(out), made)


def _sources(dialogues: object) -> Sequence[GivenDialogues]:
    """Each file by itself; records and mappings as one."""
    frame = hasattr(dialogues, "columns") or hasattr(dialogues, "column_names")
    if not (frame or isinstance(dialogues, str | os.PathLike | Mapping)) and isinstance(dialogues, Iterable):
        listed = list(dialogues)
        if listed and all(isinstance(one, str | os.PathLike) for one in listed):
            return [Path(one) for one in listed]
        return [given_dialogues(listed)]
    return [given_dialogues(dialogues)]  # type: ignore[arg-type]
