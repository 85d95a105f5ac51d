"""CRSArena-Eval (FACE): dialogues of people with nine systems, rated by people turn by turn and as a whole.

    [{"conv_id": "barcor_redial_03368a16-…",
      "dialogue": [{"turn_ind": 0, "role": "USER", "utterance": "…"},
                   {"turn_ind": 1, "role": "ASST", "utterance": "…",
                    "turn_level_aggregated": {"relevance": 1, "interestingness": 2}}],
      "dial_level_aggregated": {"understanding": 1, "dialogue_overall": 2}}]

Nobody says what a seeker ended up with, so these are dialogues and no samples.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from usbrec.data.reading import as_id, as_list, as_object, as_ratings, as_text, as_words, required, show
from usbrec.data.utterances import Transcript, Utterance
from usbrec.dialogue import Role
from usbrec.errors import InputError
from usbrec.patterns import LazyPattern

_SEATS: Mapping[str, Role] = {
    "user": "seeker",
    "asst": "recommender",
    "assistant": "recommender",
    "agent": "recommender",
    "system": "recommender",
}
_SYSTEM = LazyPattern(r"^(?P<system>.+_(?P<dataset>redial|opendialkg))_.+$")


def transcript_of(value: Any) -> Transcript:
    """The dialogue; raises InputError naming the field."""
    row = as_object(value, "row")
    dialogue_id = as_id(required(row, "conv_id"), "conv_id")
    utterances = []
    for index, item in enumerate(as_list(required(row, "dialogue"), "dialogue")):
        place = f"dialogue[{index}]"
        turn = as_object(item, place)
        for field in ("role", "utterance"):
            if field not in turn:
                raise InputError(f"{place}.{field}: missing")
        role = as_text(turn["role"], f"{place}.role").strip().casefold()
        if role not in _SEATS:
            raise InputError(f"{place}.role: expected USER or ASST, found {show(role)}")
        ratings = as_ratings(turn.get("turn_level_aggregated"), f"{place}.turn_level_aggregated")
        text = as_words(turn["utterance"], f"{place}.utterance")
        utterances.append(Utterance(_SEATS[role], text, ratings=ratings))
    found = _SYSTEM.match(dialogue_id)
    return Transcript(
        dialogue_id,
        tuple(utterances),
        "crsarena-eval",
        system=found["system"] if found else "",
        dataset=found["dataset"] if found else "",
        ratings=as_ratings(row.get("dial_level_aggregated"), "dial_level_aggregated"),
    )
