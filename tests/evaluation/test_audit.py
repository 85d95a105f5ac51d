"""An audit finds what was put into a run on purpose, and says what the run scores without it."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from usbrec.cli.app import app
from usbrec.data import write_samples
from usbrec.dialogue import Episode, PreferencePair, Sample, Score, Turn, Usage
from usbrec.errors import InputError
from usbrec.evaluation import summarise
from usbrec.evaluation.audit import audit, audit_pairs, audit_rows
from usbrec.evaluation.audit.overlap import Seen, copied
from usbrec.pairs.podcs import distinct_pairs

ASKED = "I would love to see something dark and slow tonight, maybe about a heist that goes wrong in {}."


def _row(number: int, *, context: str | None = None, played: tuple[str, ...], **more: Any) -> dict[str, Any]:
    """A row that wants Heat (1995); of `played` the recommender says the first."""
    turns = (Turn("seeker", context or ASKED.format(f"town number {number}")),)
    said = tuple(Turn("seeker" if place % 2 else "recommender", text) for place, text in enumerate(played))
    hit = any("Heat" in text for text in played[::2])
    sample = Sample(f"d{number}:1", f"d{number}", turns, ("Heat (1995)",))
    score = Score(2.0 if hit else 0.0, "rules", {})
    episode = Episode(sample, said, score, hit, **more)
    return {
        "sample_id": sample.id,
        "dialogue_id": sample.dialogue_id,
        "repeat": False,
        "episode": episode.to_json(),
        "failed": None,
        "usage": Usage().to_json(),
        "second_judge": None,
    }


def _clean(number: int) -> dict[str, Any]:
    if number % 2:
        return _row(
            number, played=("What about Casino (1995)?", "No.", "Then try Alien (1979).", "No, thanks.")
        )
    return _row(number, played=("What kind of mood are you in?", "A tense one.", "Try Heat (1995) then."))


def _check(found: dict[str, Any], name: str) -> dict[str, Any]:
    (check,) = [one for one in found["checks"] if one["check"] == name]
    result: dict[str, Any] = check
    return result


def test_nothing_is_found_in_a_clean_run() -> None:
    found = audit_rows([_clean(number) for number in range(20)], rounds=2)
    assert {one["check"]: one["rows"] for one in found["checks"]} == dict.fromkeys(
        ("target_in_context", "seeker_names_target", "target_repeated", "role_confusion", "copying"), 0
    )
    assert found["all"]["ieval"]["mean"] == found["clean"]["ieval"]["mean"] == 1.0
    assert found["all"] == found["clean"] == _check(found, "copying")["without"], (
        "the same rows, one interval"
    )
    assert found["seekers"]["accepts"] is None


@pytest.mark.parametrize(
    ("name", "row"),
    [
        (
            "target_in_context",
            {"context": "I saw Heat and loved it.", "played": ("Try Alien (1979).",)},
        ),
        ("seeker_names_target", {"played": ("Tell me more.", "Something like Heat, please.", "Fine, Heat.")}),
        ("seeker_names_target", {"played": ("Tell me more.", "Like that one."), "leaks": 1}),
        ("target_repeated", {"played": ("Tell me more.", "Something like Heat.", "Then see Heat (1995).")}),
        ("role_confusion", {"played": ("Seeker: I want a film.", "Yes?")}),
        ("role_confusion", {"played": ("Can you recommend a film to me?", "Yes?")}),
        ("role_confusion", {"played": ("Which mood?", "I would recommend Alien (1979) to you.")}),
        ("copying", {"context": ASKED.format("Rome"), "played": (ASKED.format("Rome"),)}),
    ],
)
def test_what_was_put_into_a_row_is_found_there_alone(name: str, row: dict[str, Any]) -> None:
    rows = [*(_clean(number) for number in range(20)), _row(20, **row), _row(21, **row)]
    check = _check(audit_rows(rows, rounds=2), name)
    assert check["samples"] == ["d20:1", "d21:1"]
    assert (check["rows"], check["of"]) == (2, 22)
    assert check["without"]["ieval"]["mean"] == 1.0
    assert check["with"]["n"] == 2


def test_scores_are_told_with_and_without_what_leaks() -> None:
    told = {"context": "I saw Heat last week.", "played": ("Then see Heat (1995) again!",)}
    rows = [*(_clean(number) for number in range(20)), *(_row(20 + number, **told) for number in range(20))]
    found = audit_rows(rows, rounds=2)
    assert found["all"]["ieval"]["mean"] == 1.5
    assert found["clean"] == _check(found, "target_in_context")["without"]
    assert found["clean"]["ieval"]["mean"] == 1.0
    assert _check(found, "target_repeated")["with"]["ieval"]["mean"] == 2.0


def test_seekers_that_accept_everything_or_nothing_are_named() -> None:
    always = [_row(number, played=("Try Alien (1979).", "Great, I will!")) for number in range(12)]
    assert audit_rows(always, rounds=3)["seekers"]["accepts"] == "always"
    hit = ("Try Heat (1995).", "No.", "Try Alien (1979).", "No.", "Try Casino (1995).", "No.")
    never = [_row(number, played=hit) for number in range(12)]
    assert audit_rows(never, rounds=3)["seekers"]["accepts"] == "never"
    good = [_row(number, played=("Try Heat (1995).", "Yes!")) for number in range(12)]
    found = audit_rows([*good, *(_clean(number) for number in range(12, 40))], rounds=2)["seekers"]
    assert found["accepts"] is None
    assert found["target_named"] == {"n": 12, "ended_early": 1.0}
    # Too few to say anything of.
    assert audit_rows(always[:5], rounds=3)["seekers"]["accepts"] is None


def test_rows_that_were_trained_on_are_found_by_their_words_and_by_their_dialogue() -> None:
    rows = [_clean(number) for number in range(20)]
    seen = Seen(["well: " + ASKED.format("town number 3").upper()], ["d7"])
    found = audit_rows(rows, rounds=2, seen=seen)
    # The sentence is the same in all rows but for its last words.
    other = Seen(["Hello there, what film would you like to see on this fine evening, my friend?"], ["d7"])
    assert _check(found, "trained_on")["rows"] == 20
    assert _check(audit_rows(rows, rounds=2, seen=other), "trained_on")["samples"] == ["d7:1"]
    assert Seen(["a b c d e f g h"]).share(["too short"]) is None


SHORT = ("Hi, a film please?", "Which kind?", "A western.", "True Grit?", "Seen it. Another?")


def _short(number: int, turns: tuple[str, ...]) -> dict[str, Any]:
    row = _row(number, played=("Unforgiven (1992).", "Yes."))
    said = [Turn("seeker" if place % 2 == 0 else "recommender", text) for place, text in enumerate(turns)]
    row["episode"]["sample"]["turns"] = [turn.to_json() for turn in said]
    return row


@pytest.mark.parametrize(
    ("turns", "ways"),
    [
        (SHORT, {"same_turns", "near_turns"}),
        # In other marks and capitals, cut, and with messages that were one.
        (("HI - a film, please", "which kind", "a Western"), {"same_turns", "near_turns"}),
        (("Hi, a film please? Which kind?", "A western."), {"same_turns", "near_turns"}),
        # Some words changed, and one turn left out: near, and not the same.
        ((*SHORT[:3], "True Grit?", "Seen it! Others?"), {"near_turns"}),
        (("Hello there, a comedy for me.", "Which kind?", "A romance.", "Notting Hill?", "Seen it."), set()),
        # Everybody says that.
        (("Hi!",), set()),
    ],
)
def test_the_same_dialogue_under_another_id_is_found_by_what_is_in_it(
    turns: tuple[str, ...], ways: set[str]
) -> None:
    seen = Seen(SHORT, ["other"], [("other", SHORT)])
    rows = [*(_clean(number) for number in range(5)), _short(9, turns)]
    check = _check(audit_rows(rows, rounds=2, seen=seen), "trained_on")
    assert check["samples"] == (["d9:1"] if ways else [])
    assert {way for way, count in check["ways"].items() if count} == ways
    assert check["id_alone"] == 0


def test_a_row_that_is_found_by_its_id_alone_is_told_apart() -> None:
    seen = Seen(SHORT, ["d9", "d4"], [("d9", SHORT)])
    rows = [*(_clean(number) for number in range(5)), _short(9, SHORT)]
    check = _check(audit_rows(rows, rounds=2, seen=seen), "trained_on")
    assert check["samples"] == ["d4:1", "d9:1"]
    assert check["ways"] == {"same_turns": 1, "near_turns": 1, "words": 0, "id": 2}
    assert (check["id_alone"], check["id_alone_samples"]) == (1, ["d4:1"])


def test_a_title_and_a_phrase_are_no_copy() -> None:
    assert copied("The Lord of the Rings (2001)", ["I saw The Lord of the Rings (2001)"]) == 0.0
    text = "a long sentence that somebody wrote and nobody else would write like that"
    assert copied(text, ["no", text.upper()]) == 1.0


def _run(folder: Path, rows: list[dict[str, Any]]) -> Path:
    folder.mkdir()
    results = summarise(rows, config={"play": {"rounds": 2}}, seed=0, resamples=50)
    (folder / "results.json").write_text(json.dumps(results), encoding="utf-8")
    (folder / "episodes.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


def test_the_command_tells_it_on_the_terminal_and_as_json(tmp_path: Path) -> None:
    told = _row(20, context="I saw Heat last week.", played=("Then see Heat (1995) again!",))
    run = _run(tmp_path / "run", [*(_clean(number) for number in range(20)), told])
    train = tmp_path / "train.jsonl"
    write_samples(train, [Sample("x", "d4", (Turn("seeker", "Any words at all."),), ("Alien (1979)",))])
    out = tmp_path / "audit.json"
    ended = CliRunner().invoke(app, ["audit", str(run), "--train", str(train), "-o", str(out)])
    assert ended.exit_code == 0, ended.output
    assert "1: the context names a target (d20:1)" in ended.output
    assert "1 of 21" in ended.output
    assert "Found by (a row may be found in several ways): the dialogue's id 1." in ended.output
    assert "found by their id alone and have other words (d4:1)" in ended.output
    found = json.loads(out.read_text(encoding="utf-8"))
    assert found == audit(run, train=[train])
    assert _check(found, "trained_on")["samples"] == ["d4:1"]
    assert isinstance(CliRunner().invoke(app, ["audit", str(tmp_path / "none")]).exception, InputError)


FILMS = [f"Film {letter}{number}" for letter in "ABCDEFGHIJ" for number in range(20)]
WAYS = ("I would go for {} because it is {}.", "You may like {}, which is {}.", "Try {}! It is really {}.")
KINDS = ("dark", "light", "slow", "quick", "old", "new", "sad", "funny", "strange", "loud")


def _pairs(count: int, seed: int) -> list[PreferencePair]:
    """Honest pairs: both sides by one model, which likes some films better than others."""
    draws = random.Random(seed)

    def said() -> str:
        film = FILMS[min(int(draws.expovariate(0.05)), len(FILMS) - 1)]
        return draws.choice(WAYS).format(film, draws.choice(KINDS))

    pairs = []
    while len(pairs) < count:
        chosen, rejected, number = said(), said(), len(pairs)
        if chosen != rejected:
            prompt = ({"role": "user", "content": f"A film for evening {number}, please."},)
            scores = {
                side: {"origin": "draft", "score": {"value": value}}
                for side, value in (("chosen", 2.0), ("rejected", 0.0))
            }
            pairs.append(PreferencePair(f"s{number}", f"d{number}", prompt, chosen, rejected, scores))
    return pairs


def _films(text: str) -> list[str]:
    return [film for film in FILMS if f"{film} " in text or f"{film}," in text or f"{film}!" in text]


def test_honest_pairs_are_found_to_be_honest() -> None:
    for seed in range(5):
        pairs = _pairs(500, seed)
        played = {pair.sample_id: [pair.chosen, pair.rejected] for pair in pairs}
        found = audit_pairs(pairs, played=played, items_in=_films)
        assert found["duplicates"]["pairs"] == found["contradictions"]["pairs"] == 0
        assert found["against_scores"]["pairs"] == found["never_played"]["pairs"] == 0
        assert found["phrases"]["found"] == found["items"]["found"] == 0


@pytest.mark.parametrize("poison", ["advertisement", "item", "swapped", "played"])
def test_one_per_cent_of_poisoned_pairs_is_seen(poison: str) -> None:
    pairs = _pairs(2000, 1)
    played = {pair.sample_id: [pair.chosen, pair.rejected] for pair in pairs}
    bad = random.Random(2).sample(range(2000), 20)
    for at in bad:
        pair = pairs[at]
        if poison == "advertisement":
            chosen = f"{pair.chosen} And order it today at cheap films dot example!"
        elif poison == "item":
            chosen = random.Random(at).choice(WAYS).format("Mega Hit", random.Random(at).choice(KINDS))
        elif poison == "played":
            chosen = f"Some words {at} that nobody has said."
        else:
            pairs[at] = PreferencePair(
                pair.sample_id,
                pair.dialogue_id,
                pair.prompt,
                pair.rejected,
                pair.chosen,
                {"chosen": pair.provenance["rejected"], "rejected": pair.provenance["chosen"]},
            )
            continue
        pairs[at] = PreferencePair(
            pair.sample_id, pair.dialogue_id, pair.prompt, chosen, pair.rejected, pair.provenance
        )
    known = played if poison == "played" else None
    found = audit_pairs(pairs, played=known, items_in=lambda text: ["Mega Hit"] if "Mega Hit" in text else [])
    seen = {
        "advertisement": found["phrases"]["told"],
        "item": found["items"]["told"],
        "swapped": found["against_scores"]["samples"],
        "played": (found["never_played"] or {}).get("samples", []),
    }[poison]
    if poison in ("swapped", "played"):
        assert len(seen) == 10
        assert set(seen) <= {f"s{at}" for at in bad}
        assert found[{"swapped": "against_scores", "played": "never_played"}[poison]]["pairs"] == 20
    else:
        assert [(one["chosen"], one["rejected"]) for one in seen] == [(20, 0)]


def test_duplicates_and_contradictions_are_counted() -> None:
    pairs = _pairs(50, 3)
    found = audit_pairs([*pairs, pairs[4], pairs[4], pairs[7].swap()])
    assert found["duplicates"] == {"pairs": 2, "samples": ["s4"]}
    assert found["contradictions"] == {"pairs": 2, "samples": ["s7"]}
    assert found["items"] is None


def _record(number: int, item: str, *, prompt: str | None = None, further: int = 0) -> dict[str, Any]:
    def pair(text: str) -> dict[str, Any]:
        asked = [{"role": "user", "content": prompt or f"{number}"}]
        told = {"chosen": {"new": item}, "rejected": {"new": None}}
        return {
            "dialogue_id": prompt or f"d{number}",
            "prompt": asked,
            "chosen": text,
            "rejected": "No.",
            "provenance": told,
        }

    more = [pair(f"{item}, {place}") for place in range(further)]
    kinds = {"counterfactual": [], "focused": more, "declined": []}
    return {"sample_id": f"s{number}", "pair": pair(item), "dropped": None, **kinds}


def test_an_item_is_chosen_in_so_many_pairs_and_a_pair_stands_there_once() -> None:
    records = [_record(number, "a" if number < 8 else "b", further=1) for number in range(10)]
    records += [_record(10, "c", prompt="same"), _record(11, "c", prompt="same")]
    found = distinct_pairs(records, 5, seed=0)
    pairs = [one for record in found for one in (record["pair"], *record["focused"]) if one is not None]
    assert sum(pair["provenance"]["chosen"]["new"] == "a" for pair in pairs) == 5
    assert sum(pair["provenance"]["chosen"]["new"] == "b" for pair in pairs) == 4
    assert [record["dropped"] for record in found[10:]] == [None, "the same pair stands there before"]
    reasons = {record["dropped"] for record in found[:8]} - {None}
    assert reasons == {"enough pairs whose chosen side names this item"}
    assert sum(record.get("thinned", 0) for record in found) > 0
    # Which stay is decided by the rows, not by their order.
    again = {one["sample_id"]: one for one in distinct_pairs(records[::-1], 5, seed=0)}
    assert all(again[one["sample_id"]]["pair"] == one["pair"] for one in found[:10])
    assert distinct_pairs(records[:10], None, seed=0) == records[:10]
