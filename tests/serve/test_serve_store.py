"""What people said is stored when asked for, counts once it is on the disk, and can be taken back whole."""

from __future__ import annotations

import json
import logging
import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from support.disks import no_room
from support.service import WISH, Running, replies, twins_on
from usbrec.cli.app import app
from usbrec.data import load_samples
from usbrec.dialogue import Turn
from usbrec.errors import InputError
from usbrec.llm import ScriptedModel
from usbrec.pairs import read_pairs
from usbrec.serve.storage.arena import count_votes, wilson
from usbrec.serve.storage.export import export, pairs_of, samples_of
from usbrec.serve.storage.key_file import new_key, read_keys
from usbrec.serve.storage.store import KINDS, Exchange, Feedback, Session, Store, Vote

CHAT = "/v1/chat/completions"
SESSIONS = "/v1/usbrec/sessions"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


def _service(file: Path | None) -> Running:
    return Running(twins_on(ScriptedModel(replies)), store=file)


def _said(service: Running, session: str, model: str = "scripted", **ours: Any) -> dict[str, Any]:
    body = {"model": model, "messages": WISH, "usbrec": {"session": session, **ours}}
    status, answer, _ = service.send("POST", CHAT, body)
    assert status == 200
    found: dict[str, Any] = answer["usbrec"]
    return found


def _bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


def _texts_in(folder: Path, word: str) -> bool:
    return any(word.encode() in path.read_bytes() for path in folder.iterdir())


def test_what_is_said_with_a_session_is_stored_and_nothing_else(file: Path, tmp_path: Path) -> None:
    with _service(file) as service:
        service.send("POST", CHAT, {"messages": [{"role": "user", "content": "Unasked words."}]})
        assert not _texts_in(tmp_path, "Unasked")
        _, begun, _ = service.send("POST", SESSIONS, {"user": "ann"})
        session = begun["session"]
        assert [_said(service, session)["turn"], _said(service, session, "scripted:ses")["turn"]] == [0, 1]
        left_out = _said(service, session, store=False)
        assert (left_out["session"], left_out["turn"]) == (None, None)
        _, found, _ = service.send("GET", f"{SESSIONS}/{session}")
    assert (found["user"], len(found["exchanges"])) == ("ann", 2)
    assert [turn["text"] for turn in found["turns"]] == [WISH[0]["content"], "Casino (1995)!"]
    assert found["exchanges"][1]["items"][0]["title"] == "Casino"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_reply_counts_as_said_only_once_it_is_on_the_disk(file: Path) -> None:
    with _service(file) as service:
        _, begun, _ = service.send("POST", SESSIONS, {})
        with service.client() as client:
            chunks = client.chat.completions.create(
                model="scripted",
                messages=WISH,
                stream=True,
                extra_body={"usbrec": {"session": begun["session"]}},
            )
            for chunk in chunks:
                if chunk.choices[0].finish_reason is not None:
                    # Another connection reads what is there at this very moment.
                    with sqlite3.connect(file) as other:
                        count = other.execute("SELECT count(*) FROM exchanges").fetchone()[0]
                    other.close()
                    assert count == 1
                    assert chunk.model_extra["usbrec"]["turn"] == 0
    opened = Store(file)
    assert [session.exchanges[0].reply for session in opened.sessions()] == ["Finding Nemo (2003)!"]
    opened.close()


def test_a_full_disk_is_a_500_whose_reason_is_in_the_log(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "usbrec.serve"), _service(file) as service:
        session = service.send("POST", SESSIONS, {})[1]["session"]
        _said(service, session)
        said = {"messages": WISH, "usbrec": {"session": session}}
        with no_room():
            failed = [
                service.send("POST", CHAT, said),
                service.send("POST", CHAT, {**said, "stream": True}),
                service.send("POST", f"{SESSIONS}/{session}/feedback", {"turn": 0, "kind": "liked"}),
                service.send("DELETE", f"{SESSIONS}/{session}"),
            ]
        statuses = [status for status, _, _ in failed]
        codes = [answer["error"]["code"] for status, answer, _ in failed if status == 500]
        # With room again it goes on from what was acknowledged, and nothing else is there.
        assert _said(service, session)["turn"] == 1
        kept = service.send("GET", f"{SESSIONS}/{session}")[1]
        assert (len(kept["exchanges"]), kept["feedback"]) == (2, [])
        assert service.send("DELETE", f"{SESSIONS}/{session}")[1] == {"deleted": True}
    assert [status for status in statuses if status != 200] == [500] * (3 if 200 in statuses else 4)
    assert set(codes) == {"store_failed"}
    assert str(file) not in str(failed)
    lines = [record.__dict__.get("fields", {}) for record in caplog.records if record.msg == "request"]
    reasons = [line["reason"] for line in lines if "reason" in line]
    assert len(reasons) == 4
    assert all("store.db: cannot be written" in reason and "Make room" in reason for reason in reasons)


def test_storing_can_begin_with_a_request(file: Path) -> None:
    with _service(file) as service:
        body = {"messages": WISH, "usbrec": {"store": True, "user": "bob"}}
        _, answer, _ = service.send("POST", CHAT, body)
        session = answer["usbrec"]["session"]
        _, found, _ = service.send("GET", f"{SESSIONS}/{session}")
        assert (found["user"], len(found["exchanges"])) == ("bob", 1)


def test_a_persons_data_is_deleted_to_the_last_byte(file: Path, tmp_path: Path) -> None:
    with _service(file) as service:
        sessions = []
        for user in ("ann", "ann", "bob"):
            sessions.append(service.send("POST", SESSIONS, {"user": user})[1]["session"])
            for _ in range(3):
                _said(service, sessions[-1])
        assert _texts_in(tmp_path, "Goodfellas")
        feedback = {"turn": 0, "kind": "liked", "item": "f16"}
        assert service.send("POST", f"{SESSIONS}/{sessions[0]}/feedback", feedback)[0] == 200
        assert service.send("DELETE", "/v1/usbrec/users/ann")[1] == {"deleted": 2}
        assert service.send("GET", f"{SESSIONS}/{sessions[0]}")[0] == 404
        assert service.send("GET", f"{SESSIONS}/{sessions[2]}")[0] == 200
        assert not _texts_in(tmp_path, "ann")
        assert service.send("DELETE", f"{SESSIONS}/{sessions[2]}")[0] == 200
        assert service.send("DELETE", f"{SESSIONS}/{sessions[2]}")[0] == 404
        assert not _texts_in(tmp_path, "Goodfellas")
        assert not _texts_in(tmp_path, sessions[0])
    with sqlite3.connect(file) as other:
        assert other.execute("SELECT count(*) FROM feedback").fetchone() == (0,)
    other.close()


def test_feedback_is_for_turns_that_are_there(file: Path) -> None:
    with _service(file) as service:
        session = service.send("POST", SESSIONS, {})[1]["session"]
        _said(service, session)
        where = f"{SESSIONS}/{session}/feedback"
        assert service.send("POST", where, {"turn": 0, "kind": "accepted", "item": "f16"})[1] == {"ok": True}
        assert service.send("POST", where, {"turn": 1, "kind": "liked"})[1]["error"]["code"] == "no_turn"
        assert service.send("POST", where, {"turn": 0, "kind": "loved"})[0] == 400
        assert service.send("POST", f"{SESSIONS}/s-x/feedback", {"turn": 0, "kind": "liked"})[0] == 404
        _, found, _ = service.send("GET", f"{SESSIONS}/{session}")
    assert [(one["turn"], one["kind"], one["item"]) for one in found["feedback"]] == [(0, "accepted", "f16")]


def test_feedback_is_for_items_that_the_conversation_named(file: Path) -> None:
    with _service(file) as service:
        session = service.send("POST", SESSIONS, {})[1]["session"]
        _said(service, session)  # names Finding Nemo, f16
        _said(service, session, "scripted:ses")  # names Casino, f4
        other = service.send("POST", SESSIONS, {})[1]["session"]
        _said(service, other)

        def send(session: str, item: str, turn: int = 1, kind: str = "liked") -> tuple[int, Any]:
            body = {"turn": turn, "kind": kind, "item": item}
            status, answer, _ = service.send("POST", f"{SESSIONS}/{session}/feedback", body)
            return status, answer.get("error", answer)

        # Also what an earlier reply named: minds are made up later.
        assert send(session, "f4") == send(session, "f16") == (200, {"ok": True})
        for unnamed, status, code in (("f1", 400, "item_not_named"), ("f99", 404, "no_item")):
            found, error = send(session, unnamed)
            assert (found, error["code"], error["param"]) == (status, code, "item")
            assert "f16, f4" in error["message"]
        assert send(other, "f4", turn=0)[1]["code"] == "item_not_named"
        assert send(session, "f4", turn=9)[1]["code"] == "no_turn"
        assert [send(session, "f4", kind=kind)[0] for kind in ("clicked", "purchased")] == [200, 200]
        status, error = send(session, "f4", kind="bought")
        assert (status, error["param"]) == (400, "kind")
        assert all(kind in error["message"] for kind in KINDS)
        _, found, _ = service.send("GET", f"{SESSIONS}/{session}")
    assert [one["kind"] for one in found["feedback"]] == ["liked", "liked", "clicked", "purchased"]


def test_without_a_store_nothing_is_stored_and_that_is_said(tmp_path: Path) -> None:
    with _service(None) as service:
        for method, path, body in (
            ("POST", SESSIONS, {}),
            ("GET", f"{SESSIONS}/x", None),
            ("DELETE", f"{SESSIONS}/x", None),
            ("DELETE", "/v1/usbrec/users/x", None),
            ("POST", f"{SESSIONS}/x/feedback", {"turn": 0, "kind": "liked"}),
            ("POST", "/v1/usbrec/votes", {"left": "a", "right": "b", "winner": "tie", "dialogue": "1"}),
            ("GET", "/v1/usbrec/votes", None),
            ("POST", CHAT, {"messages": WISH, "usbrec": {"session": "x"}}),
        ):
            status, answer, _ = service.send(method, path, body)
            assert (status, answer["error"]["code"]) == (404, "no_store")
            assert "--store" in answer["error"]["message"]
    with _service(tmp_path / "s.db") as service:
        body = {"messages": WISH, "usbrec": {"session": "x"}}
        assert service.send("POST", CHAT, body)[1]["error"]["code"] == "no_session"


def test_votes_are_counted_by_pair_whatever_the_side(file: Path) -> None:
    with _service(file) as service:
        plain, ses = "scripted", "scripted:ses"
        cast = ((plain, ses, "right"), (ses, plain, "left"), (plain, ses, "left"), (plain, ses, "tie"))
        # Of the third dialogue only the last vote counts.
        for dialogue, (left, right, winner) in zip("1233", cast, strict=True):
            vote = {"left": left, "right": right, "winner": winner, "prompt": "A film?", "dialogue": dialogue}
            assert service.send("POST", "/v1/usbrec/votes", vote)[1] == {"ok": True}
        (pair,) = service.send("GET", "/v1/usbrec/votes")[1]["pairs"]
        good = {"left": plain, "right": ses, "winner": "tie", "dialogue": "4"}
        for unusable in ({"right": "gpt-9"}, {"right": plain}, {"dialogue": ""}, {"dialogue": None}):
            assert service.send("POST", "/v1/usbrec/votes", {**good, **unusable})[0] == 400
    assert [pair[name] for name in ("a", "b", "wins_a", "wins_b", "ties")] == [plain, ses, 0, 2, 1]
    assert pair["share_a"] == pytest.approx(1 / 6)
    assert 0.0 <= pair["ci95"][0] < pair["share_a"] < pair["ci95"][1] < 1.0
    assert not _texts_in(file.parent, "A film?")


def test_the_interval_is_wilsons() -> None:
    assert wilson(0.5, 100) == pytest.approx((0.40383, 0.59617), abs=1e-5)
    assert wilson(0.0, 10) == pytest.approx((0.0, 0.27753), abs=1e-5)
    assert count_votes([]) == []
    once = [Vote(f"key {number}", "1", "a", "b", "left" if number < 3 else "right") for number in range(8)]
    (pair,) = count_votes(once)
    assert (pair["voters"], pair["ci95"]) == (8, list(wilson(3 / 8, 8)))


def test_votes_of_one_key_are_no_independent_ones() -> None:
    honest = [Vote(f"key {number}", "1", "a", "b", "left") for number in range(10)]
    stuffed = [Vote("key 99", str(number), "a", "b", "right") for number in range(90)]
    (pair,) = count_votes([*honest, *stuffed])
    assert (pair["wins_a"], pair["wins_b"], pair["voters"]) == (10, 90, 11)
    # 100 independent votes would say that b is better; ten voters against one say that a is.
    assert wilson(0.1, 100)[1] < 0.5
    assert pair["share_a"] == pytest.approx(10 / 11)
    assert 0.5 < pair["ci95"][0] < wilson(10 / 11, 11)[0]
    assert count_votes(stuffed)[0]["ci95"] is None
    # Where a key's votes agree no more with each other than with anybody's, each tells something.
    mixed = [
        Vote(f"key {key}", str(number), "a", "b", "left" if number % 2 else "right")
        for key in range(10)
        for number in range(10)
    ]
    low, high = count_votes(mixed)[0]["ci95"]
    assert wilson(0.5, 100, 2.2622) == pytest.approx((low, high), abs=1e-4)
    # Of votes of before nobody knows who cast them.
    assert count_votes([Vote(None, None, "a", "b", "left")] * 5)[0]["voters"] == 1


def test_a_key_has_one_vote_on_a_dialogue(file: Path, tmp_path: Path) -> None:
    keys = tmp_path / "keys.jsonl"
    ann, bob = (_bearer(new_key(keys, name)) for name in ("ann", "bob"))
    with Running(twins_on(ScriptedModel(replies)), api_keys=read_keys(keys), store=file) as service:
        for key, dialogue, winner in ((ann, "1", "left"), (ann, "1", "right"), (bob, "1", "tie")):
            vote = {"left": "scripted", "right": "scripted:ses", "winner": winner, "dialogue": dialogue}
            assert service.send("POST", "/v1/usbrec/votes", vote, key)[0] == 200
        (pair,) = service.send("GET", "/v1/usbrec/votes", headers=ann)[1]["pairs"]
    assert [pair[name] for name in ("wins_a", "wins_b", "ties", "voters")] == [0, 1, 1, 2]
    # A vote is a key's, so it goes with what else there is of the key.
    CliRunner().invoke(app, ["serve", "--store", str(file), "--forget", "ann"])
    store = Store(file)
    assert [vote.key for vote in store.votes()] == ["bob"]
    store.close()


def test_another_database_is_not_touched(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE mine (x)")
    db.close()
    before = other.read_bytes()
    with pytest.raises(InputError, match="something else"):
        Store(other)
    assert other.read_bytes() == before
    text = tmp_path / "text.db"
    text.write_text("no database at all, but long enough to be looked at")
    with pytest.raises(InputError, match="no store"):
        Store(text)
    with pytest.raises(InputError, match="no such store"):
        Store(tmp_path / "nowhere.db", must_exist=True)
    # Such a name is refused where a closed folder is, and to every user.
    with pytest.raises(InputError, match="cannot be opened"):
        Store(tmp_path / ("s" * 300), must_exist=True)


#: The tables as a store of the first make has them, where sessions belonged to nobody.
FIRST_MAKE = """
CREATE TABLE sessions (id TEXT PRIMARY KEY, user TEXT, created REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (user);
CREATE TABLE exchanges (
    session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE, turn INTEGER NOT NULL,
    at REAL NOT NULL, record TEXT NOT NULL, PRIMARY KEY (session, turn)
) WITHOUT ROWID;
CREATE TABLE feedback (
    session TEXT NOT NULL, turn INTEGER NOT NULL, kind TEXT NOT NULL, item TEXT, at REAL NOT NULL,
    FOREIGN KEY (session, turn) REFERENCES exchanges (session, turn) ON DELETE CASCADE
);
CREATE INDEX feedback_turn ON feedback (session, turn);
CREATE TABLE votes (at REAL NOT NULL, left TEXT NOT NULL, right TEXT NOT NULL, winner TEXT NOT NULL);
"""


def test_a_store_of_the_first_make_keeps_what_it_has_and_goes_on(file: Path, tmp_path: Path) -> None:
    said = Exchange("S", (Turn("seeker", "Crime."),), "Casino (1995)!", "m", "stop", (CASINO,))
    with sqlite3.connect(file) as old:
        old.executescript(f"PRAGMA application_id={0x75736272}; PRAGMA user_version=1; {FIRST_MAKE}")
        old.execute("INSERT INTO sessions VALUES ('s-old', 'ann', 1.0)")
        old.execute("INSERT INTO exchanges VALUES ('s-old', 0, 1.0, ?)", (json.dumps(said.to_json()),))
        old.execute("INSERT INTO feedback VALUES ('s-old', 0, 'accepted', 'f4', 2.0)")
        old.execute("INSERT INTO votes VALUES (3.0, 'a', 'b', 'tie')")
    old.close()
    for _ in range(2):
        # What it was brought up to is brought up no further the second time.
        store = Store(file)
        (session,) = store.sessions()
        assert (session.id, session.user, session.exchanges) == ("s-old", "ann", {0: said})
        assert [one.kind for one in session.feedback] == ["accepted"]
        assert store.votes() == [Vote(None, None, "a", "b", "tie")]
        # It was begun without a key, so without one it is there.
        assert store.session("s-old") == session
        assert store.session("s-old", "ann") is None
        store.close()
    store = Store(file)
    assert store.add("s-old", said) == 1
    begun = store.begin("bob", "key")
    assert store.has(begun, "key")
    assert not store.has(begun)
    assert store.delete_user("ann") == 1
    store.close()
    with sqlite3.connect(file) as now, sqlite3.connect(tmp_path / "new.db") as new:
        Store(tmp_path / "new.db").close()
        versions = [db.execute("PRAGMA user_version").fetchone() for db in (now, new)]
        names = "SELECT name FROM pragma_table_info('sessions')"
        columns = [set(db.execute(names)) for db in (now, new)]
        indices = [db.execute("PRAGMA index_info(sessions_user)").fetchall() for db in (now, new)]
        assert now.execute("SELECT count(*) FROM exchanges").fetchone() == (0,)
    now.close()
    new.close()
    assert versions[0] == versions[1]
    assert columns[0] == columns[1]
    assert len(indices[0]) == len(indices[1]) == 2


def test_a_store_of_a_later_make_is_left_alone(file: Path) -> None:
    Store(file).close()
    with sqlite3.connect(file) as later:
        later.execute("PRAGMA user_version=99")
    later.close()
    with pytest.raises(InputError, match="newer version"):
        Store(file)


def test_a_key_made_anew_under_its_name_has_its_sessions_again(file: Path, tmp_path: Path) -> None:
    keys = tmp_path / "keys.jsonl"
    before = new_key(keys, "ann")
    with Running(twins_on(ScriptedModel(replies)), api_keys=read_keys(keys), store=file) as service:
        session = service.send("POST", SESSIONS, {}, _bearer(before))[1]["session"]
    keys.unlink()
    after, other = new_key(keys, "ann"), new_key(keys, "bob")
    with Running(twins_on(ScriptedModel(replies)), api_keys=read_keys(keys), store=file) as service:
        path = f"{SESSIONS}/{session}"
        found = [service.send("GET", path, headers=_bearer(key))[0] for key in (before, other, after)]
    assert found == [401, 404, 200]


def test_a_persons_data_can_be_deleted_when_no_key_leads_to_it_any_more(file: Path, tmp_path: Path) -> None:
    store = Store(file)
    for user, key in (("ann", None), ("ann", "shop"), ("bob", "shop"), (None, "ann"), (None, None)):
        said = Exchange("S", (Turn("seeker", f"{user} of {key}"),), "Hello.", "m", "stop")
        store.add(store.begin(user, key), said)
    store.close()
    with _service(file):
        # Also while a service runs on it.
        command = ["serve", "--store", str(file), "--forget", "ann"]
        assert CliRunner().invoke(app, command).output == "3 sessions deleted.\n"
        assert not _texts_in(tmp_path, "ann of")
    store = Store(file)
    assert [session.user for session in store.sessions()] == ["bob", None]
    store.close()
    for options, words in (
        (["--forget", "ann"], "--store"),
        (["--store", str(tmp_path / "none.db"), "--forget", "ann"], "no such store"),
    ):
        assert words in str(CliRunner().invoke(app, ["serve", *options]).exception)


NEMO = {"id": "f16", "title": "Finding Nemo", "year": 2003}
CASINO = {"id": "f4", "title": "Casino", "year": 1995}
FIRST = (Turn("seeker", "Crime please."),)
LATER = (*FIRST, Turn("recommender", "Finding Nemo (2003)!"), Turn("seeker", "No, crime."))


def _session(exchanges: list[tuple[tuple[Turn, ...], str, dict[str, Any]]], *feedback: Feedback) -> Session:
    stored = {
        number: Exchange("S", turns, reply, "m", "stop", (item,))
        for number, (turns, reply, item) in enumerate(exchanges)
    }
    return Session("s-1", None, 0.0, stored, feedback)


def test_what_was_accepted_becomes_a_sample() -> None:
    told = [(FIRST, "Finding Nemo (2003)!", NEMO), (LATER, "Casino (1995)!", CASINO)]
    session = _session(told, Feedback(0, "liked", "f16", 0.0), Feedback(1, "accepted", "f4", 1.0))
    (sample,) = samples_of(session)
    assert (sample.id, sample.turns, sample.targets) == ("s-1:1", LATER, ("Casino (1995)",))
    assert sample.label == "Casino (1995)!"
    # Where nothing was accepted, what was liked is the best there is to know.
    (sample,) = samples_of(_session(told, Feedback(0, "liked", None, 0.0)))
    assert sample.targets == ("Finding Nemo (2003)",)
    assert samples_of(_session(told, Feedback(0, "disliked", "f16", 0.0))) == []


def test_what_was_liked_is_preferred_to_what_was_not() -> None:
    again = [(FIRST, "Finding Nemo (2003)!", NEMO), (FIRST, "Casino (1995)!", CASINO)]
    disliked, liked = Feedback(0, "disliked", None, 0.0), Feedback(1, "liked", None, 1.0)
    (pair,) = pairs_of(_session(again, disliked, liked))
    assert (pair.chosen, pair.rejected) == ("Casino (1995)!", "Finding Nemo (2003)!")
    assert [message["role"] for message in pair.prompt] == ["system", "user"]
    assert pair.provenance["from"] == "same_turns"
    told = [(FIRST, "Finding Nemo (2003)!", NEMO), (LATER, "Casino (1995)!", CASINO)]
    (pair,) = pairs_of(_session(told, disliked, Feedback(1, "accepted", "f4", 1.0)))
    assert pair.provenance["from"] == "hindsight"
    # Liked alone says nothing of what should have been said before, and both at once say nothing.
    assert pairs_of(_session(told, disliked, liked)) == []
    both = Feedback(0, "liked", "f16", 2.0)
    assert pairs_of(_session(again, disliked, liked, both)) == []


def test_whoever_changes_their_mind_has_the_last_opinion() -> None:
    again = [(FIRST, "Finding Nemo (2003)!", NEMO), (FIRST, "Casino (1995)!", CASINO)]
    # One slip of a finger each: taken and then disliked, disliked and then liked.
    told = (
        Feedback(0, "accepted", "f16", 0.0),
        Feedback(0, "disliked", "f16", 1.0),
        Feedback(1, "disliked", "f4", 2.0),
        Feedback(1, "liked", "f4", 3.0),
    )
    (pair,) = pairs_of(_session(again, *told))
    assert (pair.chosen, pair.rejected) == ("Casino (1995)!", "Finding Nemo (2003)!")
    (sample,) = samples_of(_session(again, *told))
    assert sample.targets == ("Casino (1995)",)
    # Two that agree hold both.
    both = (Feedback(1, "accepted", "f4", 0.0), Feedback(1, "liked", "f4", 1.0))
    assert samples_of(_session(again, *both, Feedback(0, "liked", "f16", 2.0)))[0].targets == (
        "Casino (1995)",
    )


def test_what_was_bought_counts_before_what_was_liked_and_a_click_where_there_is_nothing_else() -> None:
    told = [(FIRST, "Finding Nemo (2003)!", NEMO), (LATER, "Casino (1995)!", CASINO)]
    click, buy = Feedback(0, "clicked", "f16", 0.0), Feedback(1, "purchased", "f4", 1.0)
    liked = Feedback(0, "liked", "f16", 0.5)

    def targets(*feedback: Feedback) -> list[tuple[str, ...]]:
        return [sample.targets for sample in samples_of(_session(told, *feedback))]

    assert targets(click) == [("Finding Nemo (2003)",)]
    assert targets(click, liked, buy) == [("Casino (1995)",)]
    assert targets(click, Feedback(0, "disliked", "f16", 1.0)) == []
    # Bought at the second reply, named by the first.
    assert targets(Feedback(1, "purchased", "f16", 1.0)) == [("Finding Nemo (2003)",)]
    disliked = Feedback(0, "disliked", None, 0.0)
    (pair,) = pairs_of(_session(told, disliked, buy))
    assert pair.provenance["from"] == "hindsight"
    again = [(FIRST, "Finding Nemo (2003)!", NEMO), (FIRST, "Casino (1995)!", CASINO)]
    assert pairs_of(_session(again, disliked, Feedback(1, "clicked", "f4", 1.0))) == []


def test_an_export_says_how_much_it_wrote_and_why_nothing(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(file)
    with pytest.raises(
        InputError, match=r"0 conversations with 0 replies and 0 feedback: 0 samples, 0 pairs"
    ):
        export(file, "samples")
    session = store.begin(None)
    store.add(session, Exchange("S", FIRST, "Casino (1995)!", "m", "stop", (CASINO,)))
    store.add_feedback(session, 0, "purchased", "f4")
    store.close()
    with caplog.at_level("INFO", "usbrec.export"):
        written = export(file, "samples")
    assert (written.conversations, written.samples, written.pairs) == (1, 1, 0)
    told = "1 conversation with 1 reply and 1 feedback (1 purchased): 1 sample, 0 pairs."
    assert told in caplog.text
    with pytest.raises(InputError, match=r"Nothing to export: no conversation .* and one that was disliked"):
        export(file, "pairs")


def test_a_store_is_exported_as_files_that_the_other_commands_read(file: Path, tmp_path: Path) -> None:
    with _service(file) as service:
        session = service.send("POST", SESSIONS, {})[1]["session"]
        for model, kind, item in (("scripted", "disliked", None), ("scripted:ses", "accepted", "f4")):
            turn = _said(service, session, model)["turn"]
            where = f"{SESSIONS}/{session}/feedback"
            assert service.send("POST", where, {"turn": turn, "kind": kind, "item": item})[0] == 200
        # The service may go on running meanwhile.
        for to in ("samples", "pairs"):
            command = ["export", str(file), "--to", to, "-o", str(tmp_path / "out")]
            assert CliRunner().invoke(app, command).exit_code == 0
    (sample,) = load_samples(tmp_path / "out" / "samples.jsonl")
    assert sample.targets == ("Casino (1995)",)
    (pair,) = read_pairs(tmp_path / "out" / "pairs.jsonl")
    assert (pair.chosen, pair.rejected) == ("Casino (1995)!", "Finding Nemo (2003)!")
    empty = tmp_path / "empty.db"
    Store(empty).close()
    for to in ("samples", "pairs"):
        result = CliRunner().invoke(app, ["export", str(empty), "--to", to])
        assert isinstance(result.exception, InputError)


def test_an_export_has_a_folder_of_its_own_beside_the_store(file: Path, tmp_path: Path) -> None:
    store = Store(file)
    session = store.begin(None)
    store.add(session, Exchange("S", FIRST, "Casino (1995)!", "m", "stop", (CASINO,)))
    store.add_feedback(session, 0, "accepted", "f4")
    store.close()
    own = tmp_path / "samples.jsonl"
    own.write_text("mine")
    result = CliRunner().invoke(app, ["export", str(file), "--to", "samples"])
    assert result.output.strip() == str(tmp_path / "store-samples" / "samples.jsonl")
    assert own.read_text() == "mine"
    assert len(load_samples(tmp_path / "store-samples" / "samples.jsonl")) == 1


def test_half_a_surrogate_pair_from_a_model_is_stored_and_sent(file: Path) -> None:
    with Running(twins_on(ScriptedModel(lambda _: "Odd \ud83d text")), store=file) as service:
        session = service.send("POST", SESSIONS, {})[1]["session"]
        body = {"messages": WISH, "usbrec": {"session": session}}
        status, answer, _ = service.send("POST", CHAT, body)
        assert (status, answer["choices"][0]["message"]["content"]) == (200, "Odd \ud83d text")
        _, found, _ = service.send("GET", f"{SESSIONS}/{session}")
    assert json.dumps(found["turns"][-1]["text"]) == '"Odd \\ud83d text"'
