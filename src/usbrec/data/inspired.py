"""INSPIRED in JSON lines, as others prepare it: one dialogue a line, as a list of utterances.

    [{"role": "SEEKER", "text": "Anything set in a hotel?", "movie": [], "movie_name": []},
     {"role": "RECOMMENDER", "text": "The shining!",
      "movie": ["The Shining (1980)"], "movie_name": ["The shining"]}]

(one line in the file.)

`movie` holds titles with years and `movie_name` the words the text used; files made by other hands
have ids or links in `movie`, and then `movie_name` is what is left. The lines carry no dialogue id.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from usbrec.data.reading import as_list, as_object, as_text, collect, expected, read_lines, show
from usbrec.data.utterances import Transcript, Utterance
from usbrec.dialogue import Role, Sample
from usbrec.errors import InputError
from usbrec.keys import digest

_SEATS: Mapping[str, Role] = {"SEEKER": "seeker", "RECOMMENDER": "recommender"}


def read_inspired(path: str | os.PathLike[str]) -> tuple[Sample, ...]:
    """One sample for each recommender turn that names a film, in the order of the file.

    Utterances of one speaker in a row are one turn. The dialogue's id is made of its words (the first
    16 digits of their digest), so it does not depend on the line, and dialogues of different splits
    never share one. Targets are the texts in `movie`, or, where there are none, in `movie_name`.
    Raises BadLines and InputError.
    """
    return collect(path, read_lines(path), samples_of)


def samples_of(value: Any) -> Iterator[Sample]:
    """The samples of the dialogue on one line; raises InputError naming the field."""
    return transcript_of(value).samples()


def transcript_of(value: Any) -> Transcript:
    """The dialogue on one line; raises InputError naming the field."""
    if not isinstance(value, list):
        raise expected("a list of utterances", value, "row")
    utterances = [_utterance(item, f"[{index}]") for index, item in enumerate(value)]
    dialogue_id = digest([[utterance.role, utterance.text] for utterance in utterances])[:16]
    return Transcript(dialogue_id, tuple(utterances), "inspired", system="human", dataset="inspired")


def _utterance(value: Any, place: str) -> Utterance:
    row = as_object(value, place)
    for field in ("role", "text"):
        if field not in row:
            raise InputError(f"{place}.{field}: missing")
    role = as_text(row["role"], f"{place}.role").strip().upper()
    if role not in _SEATS:
        raise InputError(f"{place}.role: expected SEEKER or RECOMMENDER, found {show(role)}")
    text = as_text(row["text"], f"{place}.text")
    titles = _titles(row, "movie", place) or _titles(row, "movie_name", place)
    return Utterance(_SEATS[role], text, titles)


def _titles(row: Mapping[str, Any], field: str, place: str) -> tuple[str, ...]:
    """The titles in a field that may be missing or null, without ids (numbers) and links."""
    if row.get(field) is None:
        return ()
    titles: list[str] = []
    for index, item in enumerate(as_list(row[field], f"{place}.{field}")):
        if isinstance(item, int) and not isinstance(item, bool):
            continue
        title = " ".join(as_text(item, f"{place}.{field}[{index}]").split())
        if title and not title.startswith(("<", "http://", "https://")):
            titles.append(title)
    return tuple(titles)
