"""Whole recorded dialogues: who said what, with which system, and what people thought of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support import SHARED
from support.author_files import (
    ACCEPTED,
    FILES,
    LLM_REDIAL_TEXT,
    PIER_TALK,
    arena_dialogue,
    inspired_table,
    kit_dialogue,
    opendialkg_table,
    rated_dialogue,
    shop_dialogue,
    tau_task,
    text_of,
    write_beside,
    zero_shot_row,
)
from usbrec.data import load_samples, read_dialogues, read_opinions, write_samples
from usbrec.dialogue import RecordedDialogue, Sample, Turn
from usbrec.errors import BadLines, ConfigError, InputError, InputWarning
from usbrec.serve.storage.store import Exchange, Store

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the real data are not at {SHARED}")


def written(folder: Path, content: Any, name: str = "data.unknown") -> Path:
    path = folder / name
    path.write_text(text_of(content), encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", sorted(set(FILES) - {"tau-rec"}))
def test_every_format_of_dialogues_gives_whole_ones(kind: str, tmp_path: Path) -> None:
    if kind == "zero-shot":
        write_beside(tmp_path)
    path = written(tmp_path, FILES[kind][0])
    dialogues = read_dialogues(path)
    assert read_dialogues(path, kind.removesuffix("-rows")) == dialogues
    assert {turn.role for turn in dialogues[0].turns} == {"seeker", "recommender"}
    assert dialogues[0].source == kind.removesuffix("-rows")


def test_ratings_of_turns_and_dialogues_stand_where_the_file_has_them(tmp_path: Path) -> None:
    (dialogue,) = read_dialogues(written(tmp_path, [rated_dialogue()]))
    assert dialogue == RecordedDialogue(
        id="unicrs_opendialkg_0a1b",
        turns=(Turn("seeker", "A quiet film."), Turn("recommender", "Lantern Pier?")),
        system="unicrs_opendialkg",
        dataset="opendialkg",
        source="crsarena-eval",
        ratings={"understanding": 2.0, "dialogue_overall": 3.0},
        turn_ratings=({}, {"relevance": 2.0, "interestingness": 1.0}),
    )
    assert dialogue.rated(1) == {"relevance": 2.0, "interestingness": 1.0}


@pytest.mark.parametrize(
    ("rating", "read"),
    [
        ("2", {"relevance": 2.0}),
        (None, {}),
        ("", {}),
        ("n/a", {}),
        (1.5, {"relevance": 1.5}),
        (0, {"relevance": 0.0}),
    ],
)
def test_ratings_may_be_missing_or_numbers_in_texts(
    rating: Any, read: dict[str, float], tmp_path: Path
) -> None:
    row = rated_dialogue(dial_level_aggregated=None)
    row["dialogue"][1]["turn_level_aggregated"] = {"relevance": rating}
    (dialogue,) = read_dialogues(written(tmp_path, [row]))
    assert dialogue.rated(1) == read
    assert dialogue.ratings == {}


@pytest.mark.parametrize("rating", [True, [], "good", "inf", 10**400])
def test_a_rating_that_is_no_number_is_named(rating: Any, tmp_path: Path) -> None:
    row = rated_dialogue(dial_level_aggregated={"understanding": rating})
    with pytest.raises(
        BadLines, match=r"line 2: \[0\]\.dial_level_aggregated\['understanding'\]: expected a number"
    ):
        read_dialogues(written(tmp_path, [row]))


def test_an_empty_reply_that_people_rated_stays_a_turn(tmp_path: Path) -> None:
    """Turns are counted by those who rated them."""
    row = rated_dialogue()
    row["dialogue"][1]["utterance"] = None
    row["dialogue"] += [{"turn_ind": 2, "role": "USER", "utterance": " "}]
    (dialogue,) = read_dialogues(written(tmp_path, [row]))
    assert [turn.text for turn in dialogue.turns] == ["A quiet film.", ""]


def test_the_arena_says_system_and_sentiment(tmp_path: Path) -> None:
    (dialogue,) = read_dialogues(written(tmp_path, [arena_dialogue()]))
    assert (dialogue.system, dialogue.dataset, dialogue.source) == ("kbrd_redial", "redial", "crsarena-dial")
    assert dialogue.labels == {"sentiment": "frustrated"}
    without = arena_dialogue() | {"metadata": {}}
    assert read_dialogues(written(tmp_path, [without]))[0].labels == {}


def test_what_a_user_of_movie_bot_accepted_is_the_target(tmp_path: Path) -> None:
    dialogue = kit_dialogue(
        ("USER", "Hi"), ("AGENT", "Up?"), ("USER", "No"), ("AGENT", "Soul?"), ("USER", "Yes")
    )
    for index, title in ((1, "Up"), (3, "Soul")):
        slots = [["TITLE", title, None, None]]
        dialogue["conversation"][index]["dialogue_acts"] = [{"intent": "REVEAL", "slot_values": slots}]
    dialogue["conversation"][4]["dialogue_acts"] = [{"intent": "NOTE.ACCEPT", "slot_values": []}]
    (read,) = read_dialogues(written(tmp_path, [dialogue]))
    assert (read.targets, read.system) == (("Soul",), "PierBot")


@pytest.mark.parametrize(("outcome", "targets"), [("accept_others", ("Lantern Pier",)), ("reject", ())])
def test_what_was_recommended_is_a_target_unless_it_was_rejected(
    outcome: str, targets: tuple[str, ...], tmp_path: Path
) -> None:
    metadata = ACCEPTED | {"recommendation_outcome": outcome}
    (read,) = read_dialogues(written(tmp_path, [kit_dialogue(("USER", "Hi"), metadata=metadata)]))
    assert (read.targets, read.labels) == (targets, {"outcome": outcome})


def test_messages_stay_apart_and_the_seekers_verdict_is_kept(tmp_path: Path) -> None:
    (dialogue,) = read_dialogues(written(tmp_path, inspired_table()))
    assert [turn.text for turn in dialogue.turns][:2] == ["Hello there.", "What do you like?"]
    assert (dialogue.labels, dialogue.system) == ({"case": "accept_rating_good"}, "human")


def test_opendialkgs_ratings_are_those_of_the_two(tmp_path: Path) -> None:
    (dialogue,) = read_dialogues(written(tmp_path, opendialkg_table(PIER_TALK)))
    assert dialogue.ratings == {"user quality": 4.0, "assistant quality": 5.0}


def test_a_client_is_the_seeker_and_a_wizard_or_assistant_the_recommender(tmp_path: Path) -> None:
    row = shop_dialogue()
    row["utterances"].append({"utterance_id": 3, "participant": "Assistant", "utterance": "Here."})
    (dialogue,) = read_dialogues(written(tmp_path, [row]))
    assert [turn.role for turn in dialogue.turns] == ["recommender", "seeker", "recommender"]
    assert dialogue.labels == {"task": "You are looking for a book."}


def test_llm_redials_text_needs_no_further_files(tmp_path: Path) -> None:
    first, second = read_dialogues(written(tmp_path, LLM_REDIAL_TEXT))
    assert (first.id, second.id, len(first.turns)) == ("1", "2", 3)


def test_tasks_are_no_dialogues(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="tau-rec has tasks, and no dialogues; usbrec samples reads them"):
        read_dialogues(written(tmp_path, tau_task()))


def test_of_samples_cut_from_one_dialogue_the_longest_is_the_dialogue(tmp_path: Path) -> None:
    hi, more = Turn("seeker", "Hi"), Turn("seeker", "More?")
    up = Turn("recommender", "Up!")
    samples = [
        Sample("a:1", "a", (hi,), ("Up",), label="Up!"),
        Sample("a:3", "a", (hi, up, more), ("Soul",), label="Soul."),
        Sample("b", "b", (more,), ("Up",)),
        Sample("a:9", "a", (more, up, hi), ("Up",)),
    ]
    path = tmp_path / "samples.jsonl"
    write_samples(path, samples)
    with pytest.warns(InputWarning, match="1 samples begin with other words .*dialogue 'a', line 4"):
        first, strange, last = read_dialogues(path)
    assert (first.id, first.turns) == ("a", (hi, up, more, Turn("recommender", "Soul.")))
    assert first.targets == ("Up", "Soul")
    assert (strange.id, strange.turns) == ("a:9", (more, up, hi))
    assert (last.id, last.turns) == ("b", (more,))


def test_dialogues_of_ones_own_need_neither_targets_nor_a_seeker_at_the_end(tmp_path: Path) -> None:
    row = {
        "id": "w1",
        "system": "shop-v2",
        "dialogue": [
            {"role": "user", "text": "A puzzle"},
            {"role": "assistant", "text": "Salt Road", "ratings": {"relevance": "2"}},
        ],
        "ratings": {"overall": 4},
        "labels": {"mood": "glad"},
        "targets": ["Salt Road"],
    }
    (dialogue,) = read_dialogues(written(tmp_path, json.dumps(row)))
    assert (dialogue.system, dialogue.ratings, dialogue.rated(1)) == (
        "shop-v2",
        {"overall": 4.0},
        {"relevance": 2.0},
    )
    again = written(tmp_path, json.dumps(dialogue.to_json()), "again.jsonl")
    assert read_dialogues(again) == (dialogue,)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({"id": "x", "turns": []}, "line 1: turns: empty; at least one turn is needed"),
        ({"id": "x", "turns": [{"role": "host", "text": "Hi"}]}, "line 1: turns[0].role: expected seeker"),
        (
            {"id": "x", "dialogue": [{"role": "user", "text": "Hi", "ratings": 3}]},
            "line 1: dialogue[0].ratings",
        ),
        ({"turns": [{"role": "user", "text": "Hi"}]}, "line 1: id: missing"),
    ],
)
def test_an_unusable_dialogue_of_ones_own_is_named(row: Any, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(BadLines) as caught:
        read_dialogues(written(tmp_path, json.dumps(row)))
    assert caught.value.problems[0].startswith(complaint)


def test_a_file_in_which_nobody_speaks_is_refused(tmp_path: Path) -> None:
    row = zero_shot_row(context=[""], resp=None, is_user=1)
    with pytest.raises(InputError, match="nobody says anything"):
        read_dialogues(written(tmp_path, json.dumps(row)))
    with pytest.raises(ConfigError, match="unknown kind of samples 'arena'"):
        read_dialogues(written(tmp_path, [arena_dialogue()]), "arena")


class TestStore:
    def exchange(self, *turns: Turn, reply: str, items: tuple[dict[str, Any], ...] = ()) -> Exchange:
        return Exchange("Be kind.", turns, reply, "pier-7b", "stop", items)

    def test_a_services_sessions_are_dialogues_with_what_users_thought(self, tmp_path: Path) -> None:
        path = tmp_path / "talks.db"
        hi, up = Turn("seeker", "Hi"), Turn("recommender", "Up?")
        more = Turn("seeker", "More")
        items = ({"id": "s", "title": "Soul", "year": 2020}, {"id": "u", "title": "Up", "year": None})
        store = Store(path)
        session = store.begin("ann")
        store.add(session, self.exchange(hi, reply="Asked for again"))
        store.add(session, self.exchange(hi, reply="Up?"))
        store.add(session, self.exchange(hi, up, more, reply="Soul, or Up.", items=items))
        store.begin("nobody said anything")
        store.add_feedback(session, 0, "disliked", None)
        store.add_feedback(session, 1, "liked", None)
        store.add_feedback(session, 1, "disliked", None)
        store.add_feedback(session, 2, "accepted", "s")
        store.close()
        before = path.read_bytes()
        (dialogue,) = read_dialogues(path)
        assert dialogue == RecordedDialogue(
            id=session,
            turns=(hi, up, more, Turn("recommender", "Soul, or Up.")),
            system="pier-7b",
            source="served",
            turn_ratings=({}, {"disliked": 1.0}, {}, {"accepted": 1.0}),
            targets=("Soul (2020)",),
        )
        assert path.read_bytes() == before

    def test_what_is_no_store_of_ours_is_told(self, tmp_path: Path) -> None:
        path = tmp_path / "talks.db"
        Store(path).close()
        with pytest.raises(InputError, match="no dialogue is stored in it"):
            read_dialogues(path)
        path.write_bytes(path.read_bytes().replace(b"usbr", b"none"))
        with pytest.raises(InputError, match="is a database of something else"):
            read_dialogues(path)
        path.write_bytes(path.read_bytes()[:5000])
        with pytest.raises(InputError, match=r"talks\.db: "):
            read_dialogues(path)


@needs_shared
class TestRealFiles:
    @pytest.mark.parametrize(
        ("name", "dialogues", "turns", "systems"),
        [
            ("crsarena_eval/crs_arena_eval_dev.json", 234, 2240, 9),
            ("dialoguekit/moviebot_annotated_dialogues.json", 8, 210, 1),
            ("dialoguekit/inspired_annotated_sample.json", 10, 204, 1),
            ("redial_raw/train_sample.jsonl", 200, 3554, 1),
            ("formats/mg_shopdial_made_up.json", 1, 2, 1),
            ("formats/crsarena_dial_made_up.json", 1, 2, 1),
        ],
    )
    def test_all_dialogues_and_turns_of_a_file_are_read(
        self, name: str, dialogues: int, turns: int, systems: int
    ) -> None:
        read = read_dialogues(SHARED / name)
        assert len(read) == dialogues
        assert sum(len(one.turns) for one in read) == turns
        assert len({one.system for one in read}) == systems

    def test_each_reply_of_crsarena_eval_has_its_ratings_and_each_dialogue_seven(self) -> None:
        read = read_dialogues(SHARED / "crsarena_eval" / "crs_arena_eval_dev.json")
        rated = [
            one.rated(at) for one in read for at, turn in enumerate(one.turns) if turn.role == "recommender"
        ]
        assert len(rated) == sum(map(bool, rated)) == 1119
        assert sum(len(one) for one in rated) == 2 * 1119 - 3
        assert {len(one.ratings) for one in read} == {7}
        assert {one.dataset for one in read} == {"redial", "opendialkg"}


def test_what_a_system_says_that_it_recommends_is_read(tmp_path: Path) -> None:
    turns = [
        {"role": "user", "text": "A quiet film."},
        {"role": "assistant", "text": "This one.", "items": ["f1", 7]},
        {"role": "user", "text": "No.", "items": ["f2"]},
        {"role": "assistant", "text": "", "items": []},
        {"role": "assistant", "text": "", "items": ["f3"]},
    ]
    (dialogue,) = read_dialogues(written(tmp_path, [{"id": "a", "turns": turns}]))
    assert [turn.items for turn in dialogue.turns] == [None, ("f1", "7"), None, ("f3",)]
    sample = {"id": "a", "dialogue": turns[:3], "targets": ["Lantern Pier"]}
    (read,) = load_samples(written(tmp_path, [sample]))
    assert read.turns[1].items == ("f1", "7")
    write_samples(tmp_path / "again.jsonl", [read])
    assert load_samples(tmp_path / "again.jsonl") == (read,)


@pytest.mark.parametrize("items", ["f1", {"id": "f1"}, [{"id": "f1"}], [None], [1.5]])
def test_items_that_are_no_ids_are_named(items: Any, tmp_path: Path) -> None:
    turns = [{"role": "user", "text": "Hi."}, {"role": "assistant", "text": "This.", "items": items}]
    with pytest.raises(BadLines, match=r"turns\[1\]\.items"):
        read_dialogues(written(tmp_path, [{"id": "a", "turns": turns}]))


def test_the_seekers_form_goes_before_the_recommenders_and_what_was_not_said_is_no_opinion(
    tmp_path: Path,
) -> None:
    forms = {
        "initiatorQuestions": {"1": {"liked": 0}, "3": {"liked": 2}, "9": {"liked": 1}},
        "respondentQuestions": {"1": {"liked": 1}, "2": {"liked": 1}, "4": {"liked": 0}},
    }
    row = {
        "conversationId": 7,
        "initiatorWorkerId": 1,
        "respondentWorkerId": 2,
        "movieMentions": {"1": "Heat  (1995)", "2": "Why Him%3F (2016)", "3": "Alien (1979)", "4": None},
        "messages": [{"senderWorkerId": 1, "text": "Hi"}],
        **forms,
    }
    bare = {**row, "conversationId": "8", "initiatorQuestions": [], "respondentQuestions": []}
    path = tmp_path / "raw.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in (row, bare)))
    assert read_opinions(path) == {"7": {"Heat (1995)": False, "Why Him? (2016)": True}, "8": {}}
    path.write_text(json.dumps([row, bare]))
    assert set(read_opinions(path)) == {"7", "8"}, "a document of all is read like lines"


def test_logs_of_chat_models_are_read_without_what_neither_says(tmp_path: Path) -> None:
    turns = [
        {"role": "system", "content": "You sell films."},
        {"role": "user", "content": [{"type": "text", "text": "Hi"}, {"type": "image_url", "image_url": {}}]},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "c1"}]},
        {"role": "tool", "content": "[]", "tool_call_id": "c1"},
        {"role": "assistant", "content": "Heat?", "ratings": {"relevance": 2}},
    ]
    path = tmp_path / "log.jsonl"
    path.write_text(json.dumps({"id": "a", "turns": turns}))
    (dialogue,) = read_dialogues(path)
    assert [(turn.role, turn.text) for turn in dialogue.turns] == [("seeker", "Hi"), ("recommender", "Heat?")]
    assert dialogue.turn_ratings == ({}, {"relevance": 2.0})


def test_a_whole_dialogue_that_is_read_as_a_sample_is_told(tmp_path: Path) -> None:
    """Its target was named in it: counted by recall, it would be one that everybody knows already."""
    turns = [
        {"role": "user", "text": "A puzzle"},
        {"role": "assistant", "text": "Salt Road"},
        {"role": "user", "text": "Thanks!"},
    ]
    rated = [*turns[:1], {**turns[1], "ratings": {"relevance": 2}}, turns[2]]
    rows = [
        {"id": "1", "turns": turns, "targets": ["Salt Road"]},
        {"id": "2", "turns": turns, "targets": ["Salt Road"], "system": "shop-v2"},
        {"id": "3", "turns": rated, "targets": ["Salt Road"]},
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    with pytest.warns(InputWarning, match=r"2 samples have what only whole .*line 2, system"):
        assert len(load_samples(path)) == 3
    path.write_text(f"{json.dumps(rows[0])}\n")
    assert len(load_samples(path)) == 1, "without a word"
