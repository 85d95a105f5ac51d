"""Two seekers of films and the films, as files that a training environment is opened with."""

from __future__ import annotations

import json
from pathlib import Path

from support.films import FILMS
from usbrec.dialogue import Sample, Turn

SEEKERS = [
    Sample("a:1", "a", (Turn("seeker", "Something tense?"),), ("Heat (1995)",)),
    Sample("b:1", "b", (Turn("seeker", "Something scary in space?"),), ("Alien (1979)",)),
]


def film_files(folder: Path) -> tuple[Path, Path]:
    """The files of samples and of the catalogue, written into `folder`."""
    samples, films = folder / "samples.jsonl", folder / "films.jsonl"
    samples.write_text("".join(json.dumps(one.to_json()) + "\n" for one in SEEKERS), "utf-8")
    films.write_text(
        "".join(
            json.dumps({"id": one.id, "title": one.title, "year": one.year, "genres": list(one.genres)})
            + "\n"
            for one in FILMS
        ),
        "utf-8",
    )
    return samples, films
