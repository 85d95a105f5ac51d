"""MG-ShopDial: shopping dialogues of two people, a client and a wizard, with goals and intents.

    [{"id": "Books:45:109:118", "metadata": {"desc": "You are looking for a book …"},
      "utterances": [{"utterance_id": 1, "participant": "Wizard", "utterance": "How can I help?",
                      "goal": "recommendation", "intents": [["greeting", 4.0]]}]}]

Nobody says what a client ended up with, so these are dialogues and no samples. Intents, goals and search
logs are not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from usbrec.data.reading import as_id, as_list, as_object, as_text, as_words, clean, required, show
from usbrec.data.utterances import Transcript, Utterance
from usbrec.dialogue import Role
from usbrec.errors import InputError

_SEATS: Mapping[str, Role] = {
    "client": "seeker",
    "user": "seeker",
    "wizard": "recommender",
    "assistant": "recommender",  # as its README calls the wizard
}


def transcript_of(value: Any) -> Transcript:
    """The dialogue; raises InputError naming the field."""
    row = as_object(value, "row")
    dialogue_id = as_id(required(row, "id"), "id")
    utterances = []
    for index, item in enumerate(as_list(required(row, "utterances"), "utterances")):
        place = f"utterances[{index}]"
        turn = as_object(item, place)
        for field in ("participant", "utterance"):
            if field not in turn:
                raise InputError(f"{place}.{field}: missing")
        who = as_text(turn["participant"], f"{place}.participant").strip()
        if who.casefold() not in _SEATS:
            raise InputError(f"{place}.participant: expected Client or Wizard, found {show(who)}")
        text = as_words(turn["utterance"], f"{place}.utterance")
        utterances.append(Utterance(_SEATS[who.casefold()], text))
    metadata = row.get("metadata")
    task = metadata.get("desc") if isinstance(metadata, dict) else None
    return Transcript(
        dialogue_id,
        tuple(utterances),
        "mg-shopdial",
        system="human",
        dataset="mg-shopdial",
        labels={"task": clean(task).strip()} if isinstance(task, str) and task.strip() else {},
    )
