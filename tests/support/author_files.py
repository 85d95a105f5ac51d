"""Small files in the formats of published data sets: their real fields, every word and value invented."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

INSPIRED_COLUMNS = (
    *("dialog_id", "utt_id", "speaker", "turn_id", "text", "text_with_placeholder", "movies", "genres"),
    *("people_names", "movie_dict", "genre_dict", "actor_dict", "director_dict", "others_dict"),
    *("expert_label", "second_label", "fine_label", "coarse_label", "movie_id"),
)


def inspired_line(dialogue: str, speaker: str, text: str, movies: str = "", **cells: str) -> dict[str, str]:
    filled = {"dialog_id": dialogue, "speaker": speaker, "text": text, "movies": movies}
    return dict.fromkeys(INSPIRED_COLUMNS, "") | {"fine_label": "accept_rating_good"} | filled | cells


def table(
    rows: Sequence[Mapping[str, str]], columns: Sequence[str] = INSPIRED_COLUMNS, delimiter: str = "\t"
) -> str:
    """A table with CSV quoting and LF."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, delimiter=delimiter, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def inspired_table() -> str:
    return table(
        [
            inspired_line("d1", "RECOMMENDER", "Hello there."),
            inspired_line("d1", "RECOMMENDER", "What do you like?"),
            inspired_line("d1", "SEEKER", "Something about a pier."),
            inspired_line("d1", "RECOMMENDER", "Then Lantern Pier.", "Lantern Pier (2012)"),
        ]
    )


OPENDIALKG_COLUMNS = ("Messages", "User Rating", "Assistant Rating")


def chat(sender: str, message: str) -> dict[str, Any]:
    return {"type": "chat", "sender": sender, "message": message}


def walk(sender: str, *triples: Sequence[str]) -> dict[str, Any]:
    path = [0.5, [list(triple) for triple in triples], "words of the path"]
    return {"type": "action", "sender": sender, "action_id": "kgwalk/choose_path", "metadata": {"path": path}}


def opendialkg_table(*dialogues: Sequence[Mapping[str, Any]], user: str = '{"quality": 4}') -> str:
    rows = [
        {"Messages": json.dumps(one), "User Rating": user, "Assistant Rating": '{"quality": "5"}'}
        for one in dialogues
    ]
    return table(rows, OPENDIALKG_COLUMNS, ",")


PIER_TALK = (
    chat("user", "Do you know a book like Lantern Pier?"),
    walk("assistant", ("Lantern Pier", "written_by", "Ada Quill"), ("Ada Quill", "~written_by", "Salt Road")),
    chat("assistant", "Salt Road is by the same hand."),
)


def kit_dialogue(*said: tuple[str, str], **fields: Any) -> dict[str, Any]:
    """A dialogue of DialogueKit; `said` are participants and utterances."""
    return {
        "conversation_id": "k1",
        "agent": {"id": "PierBot", "type": "AGENT"},
        "user": {"id": "u1", "type": "USER"},
        "conversation": [{"participant": who, "utterance": text, "dialogue_acts": []} for who, text in said],
    } | fields


ACCEPTED = {"recommended_movie": "Lantern Pier", "recommendation_outcome": "accept_others"}


def arena_dialogue() -> dict[str, Any]:
    return {
        "conversation ID": "kbrd_redial_u7",
        "agent": {"id": "kbrd_redial", "type": "AGENT"},
        "user": {"id": "u7", "type": "USER"},
        "conversation": [
            {"participant": "USER", "utterance": "A quiet film.", "utterance ID": "kbrd_redial-u7_0"},
            {"participant": "AGENT", "utterance": "Lantern Pier?", "utterance ID": "kbrd_redial-u7_1"},
        ],
        "metadata": {"sentiment": "frustrated"},
    }


def rated_dialogue(**fields: Any) -> dict[str, Any]:
    """A dialogue of CRSArena-Eval."""
    return {
        "conv_id": "unicrs_opendialkg_0a1b",
        "dialogue": [
            {"turn_ind": 0, "role": "USER", "utterance": "A quiet film."},
            {
                "turn_ind": 1,
                "role": "ASST",
                "utterance": "Lantern Pier?",
                "turn_level_aggregated": {"relevance": 2, "interestingness": 1},
            },
        ],
        "dial_level_aggregated": {"understanding": 2, "dialogue_overall": 3},
    } | fields


def shop_dialogue() -> dict[str, Any]:
    return {
        "id": "Books:1:2:3",
        "metadata": {"type": "simple", "desc": "You are looking for a book.", "search_logs": []},
        "utterances": [
            {
                "utterance_id": 1,
                "participant": "Wizard",
                "utterance": "Hello!",
                "intents": [["greeting", 4.0]],
            },
            {"utterance_id": 2, "participant": "Client", "utterance": "A quiet book.", "intents": []},
        ],
    }


def lab_dialogue(**fields: Any) -> dict[str, Any]:
    """A dialogue of CRSLab."""
    return {
        "conv_id": "77",
        "dialog": [
            {"utt_id": 0, "role": "Seeker", "text": ["A", "quiet", "film", ",", "please", "."], "movies": []},
            {
                "utt_id": 1,
                "role": "Recommender",
                "text": ["Try", "Lantern", "Pier", "!"],
                "movies": ["<http://dbpedia.org/resource/Lantern_Pier_(2012_film)>"],
                "entity": [],
                "word": [],
            },
        ],
    } | fields


def zero_shot_row(**fields: Any) -> dict[str, Any]:
    return {
        "context": ["", "What do you like?", "A quiet film"],
        "resp": "Lantern Pier!",
        "rec": [7],
        "entity": [7],
        "prev_entity": [],
        "dialog_id": "test_3",
        "turn_id": "test_5",
        "is_user": 0,
        "entity_name": ["Lantern Pier"],
    } | fields


ENTITIES = {
    "<http://dbpedia.org/resource/Lantern_Pier_(film)>": 7,
    "<http://dbpedia.org/resource/Salt_Road>": 8,
}

LLM_REDIAL_TEXT = """Conversation_1:

User: I loved Salt Road. Anything like it?

Agent: Try "Lantern Pier". It is quiet.

User: Seen it.

Conversation_2:

User: Hi!

Agent: Hello.
"""
LLM_REDIAL_INDEX = {
    "A1": {
        "history_interaction": ["B1"],
        "user_might_like": ["B2"],
        "Conversation": [
            {"conversation_1": {"conversation_id": 1, "user_likes": ["B1"], "rec_item": ["B2"]}},
            {"conversation_2": {"conversation_id": 2, "user_likes": [], "rec_item": ["B1"]}},
        ],
    }
}
LLM_REDIAL_TITLES = {"B1": "Salt Road", "B2": "Lantern Pier [VHS]"}


def condition(field: str, op: str, value: Any, reveal: str = "volunteer") -> dict[str, Any]:
    return {"constraint": {"field": field, "op": op, "value": value}, "reveal": reveal}


def tau_task(*conditions: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "id": "task_900",
        "constraints": [*conditions] or [condition("genres", "contains", "Drama")],
        "persona": "You like piers.",
        "soft_preferences": [],
        "policy_flags": ["recommend_tool"],
        "no_valid_recommendation": False,
        "user_id": "user_1",
        "user_history": {"user_1": {"watched": [], "ratings": {}}},
        "user_services": ["Hulu"],
    } | fields


def tau_film(film_id: str, title: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": film_id,
        "title": title,
        "release_date": "2012-05-01",
        "runtime": 100,
        "genres": ["Drama"],
        "rating": 7.5,
        "streaming_services": ["Hulu"],
        "content_rating": "PG",
    } | fields


#: By kind of file: what stands in it, as JSON or as text, and whether it gives samples.
FILES: Mapping[str, tuple[Any, bool]] = {
    "redial-rows": (
        {
            "conversationId": "9",
            "initiatorWorkerId": 1,
            "respondentWorkerId": 2,
            "movieMentions": {"10": "Lantern Pier (2012)"},
            "messages": [{"senderWorkerId": 1, "text": "Hi"}, {"senderWorkerId": 2, "text": "@10 then"}],
        },
        True,
    ),
    "inspired": (inspired_table(), True),
    "opendialkg": (opendialkg_table(PIER_TALK), True),
    "dialoguekit": (
        [kit_dialogue(("USER", "Hi"), ("AGENT", "Lantern Pier."), metadata=ACCEPTED)],
        True,
    ),
    "crsarena-dial": ([arena_dialogue()], False),
    "crsarena-eval": ([rated_dialogue()], False),
    "mg-shopdial": ([shop_dialogue()], False),
    "crslab": ([lab_dialogue()], True),
    "zero-shot": (zero_shot_row(), True),
    "llm-redial": (LLM_REDIAL_TEXT, True),
    "sharegpt": (
        [
            {
                "id": "s_0",
                "conversations": [
                    {"from": "human", "value": "Something quiet, please."},
                    {"from": "gpt", "value": "Try Lantern Pier.", "feedback": "thumbs_up"},
                ],
                "rating": 4,
                "targets": ["Lantern Pier"],
            }
        ],
        True,
    ),
    "turn-log": (
        "session_id,turn,created_at,role,text,targets,items,turn_rating\n"
        'c1,1,2024-05-31 14:05,user,"Something quiet, please.",,,\n'
        "c1,2,2024-05-31 14:06,assistant,Try Lantern Pier.,Lantern Pier,B2,4\n"
        "c1,3,2024-05-31 14:07,user,Thanks.,,,\n",
        True,
    ),
    "tau-rec": ([tau_task(condition("runtime", "<=", 120, "hidden"))], True),
}


def write_beside(folder: Path) -> None:
    """The files that belong to some of them."""
    (folder / "entity2id.json").write_text(json.dumps(ENTITIES))
    (folder / "final_data.jsonl").write_text(json.dumps(LLM_REDIAL_INDEX) + "\n")
    (folder / "item_map.json").write_text(json.dumps(LLM_REDIAL_TITLES))
    (folder / "catalog.json").write_text(json.dumps([tau_film("t1", "Lantern Pier")]))


def text_of(content: Any, indent: int | None = 1) -> str:
    return content if isinstance(content, str) else json.dumps(content, indent=indent)
