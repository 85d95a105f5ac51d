"""What the readers make of each format, line by line, and what the sample files keep."""

from __future__ import annotations

import json
import os
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support import SHARED
from usbrec.data import (
    KINDS,
    ievalm,
    limit_samples,
    load_samples,
    read_ievalm,
    read_inspired,
    read_own,
    read_redial,
    samples_digest,
    write_samples,
)
from usbrec.data.reading import parse_line
from usbrec.dialogue import Sample, Turn
from usbrec.errors import BadLines, ConfigError, InputError
from usbrec.storage import write_text

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the real data are not at {SHARED}")


def written(folder: Path, *rows: Any) -> Path:
    """A JSON-lines file of `rows`; bytes and text go in as they are."""
    lines = [row if isinstance(row, bytes | str) else json.dumps(row) for row in rows]
    path = folder / "rows.jsonl"
    path.write_bytes(b"".join((line if isinstance(line, bytes) else line.encode()) + b"\n" for line in lines))
    return path


def problems(read: Callable[[Path], object], path: Path) -> tuple[str, ...]:
    with pytest.raises(BadLines) as caught:
        read(path)
    return caught.value.problems


def ievalm_row(**changes: Any) -> dict[str, Any]:
    return {
        "dialog_id": "11",
        "turn_id": 2,
        "context": ["", "What are you in the mood for?", "A heist, please."],
        "entity": ["heist"],
        "rec": ["Ocean's Eleven (2001)"],
        "resp": "Ocean's Eleven (2001) it is.",
        "template": ["What are you in the mood for?", "A <mask>, please.", "SECRET <mask> it is."],
    } | changes


def redial_row(*said: tuple[int, str], **changes: Any) -> dict[str, Any]:
    """A dialogue of worker 1, the seeker, and worker 2."""
    return {
        "conversationId": "40",
        "initiatorWorkerId": 1,
        "respondentWorkerId": 2,
        "movieMentions": {"100": "Alien  (1979) ", "200": "Heat (1995)", "300": None},
        "initiatorQuestions": {"100": {"suggested": 1, "seen": 0, "liked": 1}},
        "respondentQuestions": [],
        "messages": [{"senderWorkerId": who, "text": text, "messageId": 9} for who, text in said],
    } | changes


def inspired_turn(role: str, text: str, **fields: Any) -> dict[str, Any]:
    return {"role": role, "text": text, "movie": [], "movie_name": []} | fields


def own_row(**changes: Any) -> dict[str, Any]:
    return {
        "id": "s1",
        "dialogue": [
            {"role": "user", "text": "A heist, please."},
            {"role": "assistant", "content": "Old or new?"},
            {"role": "seeker", "content": "Old."},
        ],
        "targets": ["Rififi (1955)"],
    } | changes


FULL = Sample(
    id="7:2",
    dialogue_id="7",
    turns=(
        Turn("recommender", "Hi, what do you\u2028like?"),
        Turn("seeker", "Crime \u2014 na\u00efve \U0001f3ac"),
    ),
    targets=("Heat (1995)", "Zodiac (2007)"),
    label="Try Heat (1995).",
    source="",
)


class TestIevalm:
    def test_a_row_becomes_a_sample(self, tmp_path: Path) -> None:
        (sample,) = read_ievalm(written(tmp_path, ievalm_row()))
        assert sample == Sample(
            id="11:2",
            dialogue_id="11",
            turns=(
                Turn("recommender", "What are you in the mood for?"),
                Turn("seeker", "A heist, please."),
            ),
            targets=("Ocean's Eleven (2001)",),
            label="Ocean's Eleven (2001) it is.",
            source="ievalm",
        )

    def test_an_empty_opening_is_dropped_and_the_seats_stay(self, tmp_path: Path) -> None:
        """The recommender opened: the first turn that is left is the recommender's."""
        (sample,) = read_ievalm(written(tmp_path, ievalm_row(context=["", "Hello!", "Hi."])))
        assert [turn.role for turn in sample.turns] == ["recommender", "seeker"]

    def test_a_context_of_even_length_gets_its_seats_from_the_end(self, tmp_path: Path) -> None:
        """OpenDialKG has a few, where parity from the front would swap the seats."""
        (sample,) = read_ievalm(written(tmp_path, ievalm_row(context=["a", "b", "c", "d"])))
        assert [turn.role for turn in sample.turns] == ["recommender", "seeker"] * 2

    def test_an_integer_dialogue_id_becomes_text(self, tmp_path: Path) -> None:
        (sample,) = read_ievalm(written(tmp_path, ievalm_row(dialog_id=5)))
        assert (sample.id, sample.dialogue_id) == ("5:2", "5")

    def test_nothing_of_the_template_reaches_the_sample(self, tmp_path: Path) -> None:
        """The template holds the response, which no model may see."""
        assert "SECRET" not in repr(read_ievalm(written(tmp_path, ievalm_row())))

    def test_a_row_needs_neither_template_nor_entity_nor_response(self, tmp_path: Path) -> None:
        row = {key: value for key, value in ievalm_row().items() if key not in ("template", "entity", "resp")}
        (sample,) = read_ievalm(written(tmp_path, row))
        assert sample.label is None

    @pytest.mark.parametrize("resp", ["", "  ", None])
    def test_an_empty_response_is_no_label(self, tmp_path: Path, resp: str | None) -> None:
        (sample,) = read_ievalm(written(tmp_path, ievalm_row(resp=resp)))
        assert sample.label is None

    def test_targets_are_stripped_and_each_kept_once_in_order(self, tmp_path: Path) -> None:
        (sample,) = read_ievalm(written(tmp_path, ievalm_row(rec=[" Heat ", "Drama", "", "Heat"])))
        assert sample.targets == ("Heat", "Drama")

    @pytest.mark.parametrize(
        ("changes", "complaint"),
        [
            ({"dialog_id": True}, "dialog_id: expected text or a whole number, found true"),
            ({"dialog_id": 1.5}, "dialog_id: expected text or a whole number, found a number"),
            ({"dialog_id": " "}, "dialog_id: ' ' cannot be an id; use letters and digits"),
            ({"dialog_id": "\ud800"}, "dialog_id: '\\ud800' cannot be an id; use letters and digits"),
            ({"turn_id": False}, "turn_id: expected a whole number, found false"),
            ({"turn_id": "2"}, "turn_id: expected a whole number, found '2'"),
            ({"context": "Hi"}, "context: expected a list, found 'Hi'"),
            ({"context": ["Hi", ["x"]]}, "context[1]: expected text, found a list"),
            ({"context": []}, "context: empty; at least one utterance of the seeker is needed"),
            ({"context": ["", " "]}, "context: empty; at least one utterance of the seeker is needed"),
            (
                {"context": ["Hi", "Hello", " "]},
                "context[2]: empty; the last utterance is the seeker's and must say something",
            ),
            (
                {"context": ["Hi", "", ""]},
                "context[2]: empty; the last utterance is the seeker's and must say something",
            ),
            ({"rec": []}, "rec: no targets; at least one title is needed"),
            ({"rec": [" "]}, "rec: no targets; at least one title is needed"),
            ({"rec": [None]}, "rec[0]: expected text, found null"),
            ({"rec": {}}, "rec: expected a list, found an object"),
            ({"resp": 3}, "resp: expected text, found a number"),
        ],
    )
    def test_an_unusable_field_is_named_with_its_line(
        self, tmp_path: Path, changes: dict[str, Any], complaint: str
    ) -> None:
        path = written(tmp_path, ievalm_row(turn_id=9), ievalm_row(**changes))
        assert problems(read_ievalm, path) == (f"line 2: {complaint}",)

    @pytest.mark.parametrize("field", ["dialog_id", "turn_id", "context", "rec"])
    def test_a_missing_field_is_named(self, tmp_path: Path, field: str) -> None:
        row = ievalm_row()
        del row[field]
        assert problems(read_ievalm, written(tmp_path, row)) == (f"line 1: {field}: missing",)


class TestRedial:
    def test_messages_of_one_speaker_become_one_turn(self, tmp_path: Path) -> None:
        row = redial_row((1, "Hi."), (1, " Something  scary? "), (2, "Hm."), (2, "@100 then."), (1, "Thanks"))
        (sample,) = read_redial(written(tmp_path, row))
        assert sample == Sample(
            id="40:1",
            dialogue_id="40",
            turns=(Turn("seeker", "Hi. Something scary?"),),
            targets=("Alien (1979)",),
            label="Hm. Alien (1979) then.",
            source="redial",
        )

    def test_every_recommender_turn_that_names_a_film_is_a_sample(self, tmp_path: Path) -> None:
        row = redial_row(
            (2, "Hello"), (1, "Hi"), (2, "@100?"), (1, "Seen it."), (2, "Hm"), (1, "?"), (2, "@200")
        )
        first, second = read_redial(written(tmp_path, row))
        assert (first.id, first.targets, len(first.turns)) == ("40:2", ("Alien (1979)",), 2)
        assert (second.id, second.targets, len(second.turns)) == ("40:6", ("Heat (1995)",), 6)
        assert second.turns[2] == Turn("recommender", "Alien (1979)?")

    def test_a_film_named_before_the_seeker_spoke_gives_no_sample(self, tmp_path: Path) -> None:
        row = redial_row((2, "I love @200"), (1, "Hi"), (2, "@100 too"))
        assert [sample.id for sample in read_redial(written(tmp_path, row))] == ["40:2"]

    def test_films_the_seeker_names_are_no_targets(self, tmp_path: Path) -> None:
        row = redial_row((1, "Like @200"), (2, "@100, @100!"))
        assert [sample.targets for sample in read_redial(written(tmp_path, row))] == [("Alien (1979)",)]

    @pytest.mark.parametrize("empty", [[], {}])
    def test_an_empty_form_may_be_a_list(self, tmp_path: Path, empty: Any) -> None:
        row = redial_row((1, "Hi"), (2, "@100"), initiatorQuestions=empty, respondentQuestions=empty)
        assert len(read_redial(written(tmp_path, row))) == 1

    def test_empty_mentions_may_be_a_list(self, tmp_path: Path) -> None:
        silent = redial_row((1, "Hi"), (2, "Hello"), conversationId=1, movieMentions=[])
        row = redial_row((1, "Hi"), (2, "@100"))
        assert [sample.dialogue_id for sample in read_redial(written(tmp_path, silent, row))] == ["40"]

    @pytest.mark.parametrize(
        ("seeker", "recommender", "is_target"),
        [
            (0, None, False),
            (0, 1, False),
            (1, 0, True),
            (2, 0, True),
            (2, None, True),
            (None, 0, False),
            (None, 2, True),
            (None, None, True),
        ],
    )
    def test_the_seekers_form_decides_and_the_recommenders_fills_its_gaps(
        self, tmp_path: Path, seeker: int | None, recommender: int | None, is_target: bool
    ) -> None:
        def form(liked: int | None) -> Any:
            return [] if liked is None else {"100": {"suggested": 1, "seen": 2, "liked": liked}}

        row = redial_row(
            (1, "Hi"),
            (2, "@200 or @100"),
            initiatorQuestions=form(seeker),
            respondentQuestions=form(recommender),
        )
        (sample,) = read_redial(written(tmp_path, row))
        assert sample.targets == (("Heat (1995)", "Alien (1979)") if is_target else ("Heat (1995)",))

    def test_a_turn_whose_only_film_was_not_liked_gives_no_sample(self, tmp_path: Path) -> None:
        row = redial_row(
            (1, "Hi"), (2, "@100"), (1, "No"), (2, "@200"), initiatorQuestions={"100": {"liked": 0}}
        )
        assert [sample.id for sample in read_redial(written(tmp_path, row))] == ["40:3"]

    @pytest.mark.parametrize(
        ("text", "reads"),
        [
            ("Seen @300 ?", "Seen ?"),
            ("Seen @999 or @200?", "Seen or Heat (1995)?"),
            ("Like@200", "Like Heat (1995)"),
            ("mail bob@77.org", "mail bob@77.org"),
            ("@Heat is good", "@Heat is good"),
            ("Fish &amp; chips &gt; @200", "Fish & chips > Heat (1995)"),
            ("&#" + "9" * 5000 + ";", "&#" + "9" * 5000 + ";"),
        ],
    )
    def test_a_text_stays_readable_whatever_becomes_of_its_films(
        self, tmp_path: Path, text: str, reads: str
    ) -> None:
        (sample,) = read_redial(written(tmp_path, redial_row((1, text), (2, "@100"))))
        assert sample.turns == (Turn("seeker", reads),)

    def test_a_message_that_was_only_a_nameless_film_is_dropped_before_turns_are_counted(
        self, tmp_path: Path
    ) -> None:
        row = redial_row((2, "@300"), (1, "Hi"), (2, "@300"), (1, "What?"), (2, "@100"))
        (sample,) = read_redial(written(tmp_path, row))
        assert (sample.id, sample.turns) == ("40:1", (Turn("seeker", "Hi What?"),))

    @pytest.mark.parametrize(
        ("changes", "complaint"),
        [
            ({"messages": {}}, "messages: expected a list, found an object"),
            ({"messages": [7]}, "messages[0]: expected an object, found a number"),
            ({"messages": [{"text": "a"}]}, "messages[0].senderWorkerId: missing"),
            ({"messages": [{"senderWorkerId": 1}]}, "messages[0].text: missing"),
            (
                {"messages": [{"senderWorkerId": True, "text": "a"}]},
                "messages[0].senderWorkerId: expected text or a whole number, found true",
            ),
            (
                {"messages": [{"senderWorkerId": 3, "text": "a"}]},
                "messages[0].senderWorkerId: neither the initiator's nor the respondent's id",
            ),
            (
                {"respondentWorkerId": 1},
                "respondentWorkerId: the same as initiatorWorkerId, so the seats cannot be told apart",
            ),
            ({"movieMentions": [1]}, "movieMentions: expected an object, found a list"),
            ({"movieMentions": {"5": 6}}, "movieMentions['5']: expected text, found a number"),
            ({"initiatorQuestions": None}, "initiatorQuestions: expected an object, found null"),
            ({"initiatorQuestions": {"5": 1}}, "initiatorQuestions['5']: expected an object, found a number"),
            (
                {"respondentQuestions": {"5": {"liked": True}}},
                "respondentQuestions['5'].liked: expected 0, 1 or 2, found true",
            ),
            (
                {"respondentQuestions": {"5": {"liked": 3}}},
                "respondentQuestions['5'].liked: expected 0, 1 or 2, found another number",
            ),
        ],
    )
    def test_an_unusable_field_is_named_with_its_line(
        self, tmp_path: Path, changes: dict[str, Any], complaint: str
    ) -> None:
        good = redial_row((1, "Hi"), (2, "@100"))
        path = written(tmp_path, good, good | {"conversationId": "41"} | changes)
        assert problems(read_redial, path) == (f"line 2: {complaint}",)

    def test_a_file_without_any_recommendation_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="no sample in it"):
            read_redial(written(tmp_path, redial_row((1, "Hi"), (2, "Hello"))))


class TestInspired:
    def test_a_line_is_a_list_of_utterances_merged_by_speaker(self, tmp_path: Path) -> None:
        dialogue = [
            inspired_turn("RECOMMENDER", "Hello"),
            inspired_turn("SEEKER", "Hi!"),
            inspired_turn("SEEKER", "A trip?"),
            inspired_turn("RECOMMENDER", "Yes."),
            inspired_turn("RECOMMENDER", "up", movie=["Up (2009)"], movie_name=["up"]),
            inspired_turn("SEEKER", "Ok, not Heat", movie=["Heat (1995)"], movie_name=["Heat"]),
        ]
        (sample,) = read_inspired(written(tmp_path, dialogue))
        assert sample.turns == (Turn("recommender", "Hello"), Turn("seeker", "Hi! A trip?"))
        assert (sample.targets, sample.label, sample.source) == (("Up (2009)",), "Yes. up", "inspired")
        assert sample.id == f"{sample.dialogue_id}:2"

    @pytest.mark.parametrize(
        ("fields", "targets"),
        [
            ({"movie": [17, "<http://example.org/Up>"], "movie_name": ["Up", "1917"]}, ("Up", "1917")),
            ({"movie": ["1917"], "movie_name": ["the war one"]}, ("1917",)),
            ({"movie": None, "movie_name": [" Up ", "Up", ""]}, ("Up",)),
        ],
    )
    def test_targets_are_the_titles_whichever_field_holds_them(
        self, tmp_path: Path, fields: dict[str, Any], targets: tuple[str, ...]
    ) -> None:
        dialogue = [inspired_turn("SEEKER", "Hi"), inspired_turn("RECOMMENDER", "That one!") | fields]
        (sample,) = read_inspired(written(tmp_path, dialogue))
        assert sample.targets == targets

    def test_a_dialogue_keeps_its_id_wherever_it_stands(self, tmp_path: Path) -> None:
        one = [inspired_turn("SEEKER", "Hi"), inspired_turn("RECOMMENDER", "Up!", movie=["Up (2009)"])]
        two = [inspired_turn("SEEKER", "Yo"), inspired_turn("RECOMMENDER", "Up!", movie=["Up (2009)"])]
        forth = read_inspired(written(tmp_path, one, two))
        back = read_inspired(written(tmp_path, two, one))
        assert forth == back[::-1]
        assert forth[0].dialogue_id != forth[1].dialogue_id

    @pytest.mark.parametrize(
        ("row", "complaint"),
        [
            ({"text": "Hi"}, "row: expected a list of utterances, found an object"),
            ([3], "[0]: expected an object, found a number"),
            ([{"role": "SEEKER"}], "[0].text: missing"),
            ([{"text": "Hi"}], "[0].role: missing"),
            ([inspired_turn("BOT", "Hi")], "[0].role: expected SEEKER or RECOMMENDER, found 'BOT'"),
            ([inspired_turn("SEEKER", "Hi", movie="Up")], "[0].movie: expected a list, found 'Up'"),
            ([inspired_turn("SEEKER", "Hi", movie=[True])], "[0].movie[0]: expected text, found true"),
        ],
    )
    def test_an_unusable_field_is_named_with_its_line(self, tmp_path: Path, row: Any, complaint: str) -> None:
        assert problems(read_inspired, written(tmp_path, row)) == (f"line 1: {complaint}",)


class TestOwn:
    def test_the_short_form_fills_in_what_it_leaves_out(self, tmp_path: Path) -> None:
        (sample,) = read_own(written(tmp_path, own_row()))
        assert sample == Sample(
            id="s1",
            dialogue_id="s1",
            turns=(
                Turn("seeker", "A heist, please."),
                Turn("recommender", "Old or new?"),
                Turn("seeker", "Old."),
            ),
            targets=("Rififi (1955)",),
            label=None,
            source="own",
        )

    def test_the_full_form_gives_the_sample_back(self, tmp_path: Path) -> None:
        assert read_own(written(tmp_path, FULL.to_json())) == (FULL,)

    def test_ids_may_be_whole_numbers(self, tmp_path: Path) -> None:
        (sample,) = read_own(written(tmp_path, own_row(id=3, dialogue_id=10**30)))
        assert (sample.id, sample.dialogue_id) == ("3", "1" + "0" * 30)

    def test_turns_without_words_are_dropped(self, tmp_path: Path) -> None:
        row = own_row(dialogue=[{"role": "user", "text": "Hi"}, {"role": "assistant", "text": " "}])
        (sample,) = read_own(written(tmp_path, row))
        assert sample.turns == (Turn("seeker", "Hi"),)

    @pytest.mark.parametrize(
        ("changes", "complaint"),
        [
            ({"id": None}, "id: expected text or a whole number, found null"),
            ({"id": True}, "id: expected text or a whole number, found true"),
            ({"dialogue_id": []}, "dialogue_id: expected text or a whole number, found a list"),
            ({"turns": []}, "turns: given together with dialogue; keep one of them"),
            ({"dialogue": {}}, "dialogue: expected a list, found an object"),
            ({"dialogue": []}, "dialogue: empty; at least one turn of the seeker is needed"),
            ({"dialogue": ["Hi"]}, "dialogue[0]: expected an object, found 'Hi'"),
            ({"dialogue": [{"text": "Hi"}]}, "dialogue[0].role: missing"),
            (
                {"dialogue": [{"role": "user"}]},
                "dialogue[0].text: missing (it may also be called content)",
            ),
            (
                {"dialogue": [{"role": "user", "text": "a", "content": "a"}]},
                "dialogue[0].text: given together with content; keep one of them",
            ),
            (
                {"dialogue": [{"role": "narrator", "text": "a"}]},
                "dialogue[0].role: expected seeker, recommender, user or assistant, found 'narrator'",
            ),
            (
                {"dialogue": [{"role": "user", "text": "a"}, {"role": "assistant", "text": "b"}]},
                "dialogue: the last turn with words is the recommender's; it must be the seeker's",
            ),
            ({"targets": "Rififi"}, "targets: expected a list, found 'Rififi'"),
            ({"targets": []}, "targets: no targets; at least one title is needed"),
            ({"label": False}, "label: expected text, found false"),
            ({"source": 1}, "source: expected text, found a number"),
        ],
    )
    def test_an_unusable_field_is_named_with_its_line(
        self, tmp_path: Path, changes: dict[str, Any], complaint: str
    ) -> None:
        path = written(tmp_path, own_row(id="s0"), own_row(**changes))
        assert problems(read_own, path) == (f"line 2: {complaint}",)

    def test_a_row_without_a_dialogue_is_told_both_names(self, tmp_path: Path) -> None:
        row = own_row()
        del row["dialogue"]
        complaint = "line 1: turns: missing (it may also be called dialogue)"
        assert problems(read_own, written(tmp_path, row)) == (complaint,)


class TestFiles:
    def test_all_bad_lines_are_reported_at_once_with_their_numbers_in_the_file(self, tmp_path: Path) -> None:
        path = written(tmp_path, own_row(), "", "{nope", "[1]", own_row(id="s2"), own_row())
        assert problems(read_own, path) == (
            "line 3: broken JSON: Expecting property name enclosed in double quotes at column 2",
            "line 4: row: expected an object, found a list",
            "line 6: id: 's1' already stands on line 1",
        )

    def test_the_first_twenty_bad_lines_are_shown_and_the_rest_counted(self, tmp_path: Path) -> None:
        with pytest.raises(BadLines, match=r"line 20: .*\n  \.\.\. and 5 more"):
            read_own(written(tmp_path, *["{"] * 25))

    def test_ids_that_read_the_same_are_duplicates(self, tmp_path: Path) -> None:
        path = written(tmp_path, ievalm_row(dialog_id=5), ievalm_row(dialog_id="5"))
        assert problems(read_ievalm, path) == ("line 2: id: '5:2' already stands on line 1",)

    def test_a_dialogue_that_stands_twice_is_reported_once(self, tmp_path: Path) -> None:
        row = redial_row((1, "Hi"), (2, "@100"), (1, "?"), (2, "@200"))
        complaint = "line 2: id: '40:1' already stands on line 1"
        assert problems(read_redial, written(tmp_path, row, row)) == (complaint,)

    def test_byte_order_mark_crlf_and_blank_lines_are_no_trouble(self, tmp_path: Path) -> None:
        path = tmp_path / "windows.jsonl"
        lines = ["", json.dumps(own_row()), "  ", json.dumps(own_row(id="s2")), ""]
        path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
        assert [sample.id for sample in read_own(path)] == ["s1", "s2"]

    def test_a_line_separator_inside_a_text_does_not_end_the_line(self, tmp_path: Path) -> None:
        row = json.dumps(own_row(targets=["A\u2028B\u0085C"]), ensure_ascii=False)
        assert read_own(written(tmp_path, row))[0].targets == ("A\u2028B\u0085C",)

    def test_a_torn_last_line_is_a_bad_line(self, tmp_path: Path) -> None:
        path = written(tmp_path, own_row(), own_row(id="s2"))
        path.write_bytes(path.read_bytes()[:-20])
        (complaint,) = problems(read_own, path)
        assert complaint.startswith("line 2: broken JSON")

    @pytest.mark.parametrize(
        ("line", "complaint"),
        [
            (b'{"id": "\xff"}', "line 1: not UTF-8: byte 0xff at position 9"),
            (b"[" * 100_000, "line 1: broken JSON: lists or objects nested too deeply"),
            (b'{"id": ' + b"9" * 5000 + b"}", "line 1: broken JSON: a whole number with thousands of digits"),
        ],
    )
    def test_json_that_python_cannot_take_is_a_bad_line(
        self, tmp_path: Path, line: bytes, complaint: str
    ) -> None:
        assert problems(read_own, written(tmp_path, line)) == (complaint,)

    def test_characters_that_cannot_be_stored_become_replacement_characters(self, tmp_path: Path) -> None:
        row = own_row(
            dialogue=[{"role": "user", "text": "Hi \ud83d \x00!"}], targets=["\udc00Up"], label="\ud800"
        )
        (sample,) = read_own(written(tmp_path, row))
        assert (sample.turns[0].text, sample.targets, sample.label) == (
            "Hi \ufffd \ufffd!",
            ("\ufffdUp",),
            "\ufffd",
        )

    @pytest.mark.parametrize(
        ("content", "complaint"),
        [
            (b"", "empty"),
            (b"\n \r\n\n", "empty"),
            (b"\x00\x01\x02", "not a text file in UTF-8"),
            (json.dumps(own_row()).encode("utf-16"), "not a text file in UTF-8"),
        ],
    )
    def test_a_file_without_text_is_refused(self, tmp_path: Path, content: bytes, complaint: str) -> None:
        path = tmp_path / "odd.jsonl"
        path.write_bytes(content)
        with pytest.raises(InputError, match=complaint) as caught:
            load_samples(path)
        assert str(path) in str(caught.value)

    def test_a_path_that_is_no_readable_file_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="no such file"):
            read_own(tmp_path / "absent.jsonl")
        with pytest.raises(InputError, match="a directory"):
            load_samples(tmp_path)
        with pytest.raises(InputError, match="cannot be read"):
            load_samples(written(tmp_path, own_row()) / "inside")
        with pytest.raises(InputError, match="no possible file name"):
            load_samples("a\x00b")

    @pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no /dev/zero here")
    def test_an_endless_file_is_refused_at_its_beginning(self) -> None:
        with pytest.raises(InputError, match="not a text file"):
            load_samples("/dev/zero")


class TestLoad:
    def test_the_fields_tell_ievalm_rows_from_our_own(self, tmp_path: Path) -> None:
        assert load_samples(written(tmp_path, ievalm_row()))[0].source == "ievalm"
        assert load_samples(written(tmp_path, own_row()))[0].source == "own"
        assert load_samples(written(tmp_path, FULL.to_json())) == (FULL,)

    def test_a_row_with_a_field_missing_is_still_recognised(self, tmp_path: Path) -> None:
        row = ievalm_row()
        del row["rec"]
        assert problems(load_samples, written(tmp_path, row)) == ("line 1: rec: missing",)

    def test_a_broken_first_line_does_not_hide_the_kind(self, tmp_path: Path) -> None:
        (complaint,) = problems(load_samples, written(tmp_path, "{", ievalm_row()))
        assert complaint.startswith("line 1: broken JSON")

    def test_a_named_kind_chooses_the_reader(self, tmp_path: Path) -> None:
        dialogue = [inspired_turn("SEEKER", "Hi"), inspired_turn("RECOMMENDER", "Up", movie=["Up"])]
        rows = {
            "redial": redial_row((1, "Hi"), (2, "@100")),
            "ievalm": ievalm_row(),
            "opendialkg": ievalm_row(),
            "inspired": dialogue,
            "own": own_row(),
        }
        assert set(rows) < set(KINDS)
        for kind, row in rows.items():
            assert [sample.source for sample in load_samples(written(tmp_path, row), kind)] == [kind]

    def test_a_kind_that_does_not_exist_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="'reddial'; use one of redial, ievalm, opendialkg"):
            load_samples(written(tmp_path, own_row()), "reddial")

    def test_whole_dialogues_of_redial_and_inspired_are_recognised(self, tmp_path: Path) -> None:
        redial = written(tmp_path, redial_row((1, "Hi"), (2, "@100")))
        assert [sample.source for sample in load_samples(redial)] == ["redial"]
        dialogue = [inspired_turn("SEEKER", "Hi"), inspired_turn("RECOMMENDER", "Up", movie=["Up"])]
        assert [sample.source for sample in load_samples(written(tmp_path, dialogue))] == ["inspired"]

    @pytest.mark.parametrize(
        ("row", "advice"),
        [
            ({"id": 862, "title": "Toy Story"}, "check that this is the file you meant"),
            ({"prompt": [], "chosen": "a"}, "check that this is the file you meant"),
            (5, "check that this is the file you meant"),
        ],
    )
    def test_a_file_of_something_else_is_told_what_samples_are(
        self, tmp_path: Path, row: Any, advice: str
    ) -> None:
        with pytest.raises(InputError, match=advice) as caught:
            load_samples(written(tmp_path, row))
        assert "rows.jsonl:1:" in str(caught.value)

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
    def test_a_pipe_will_do(self, tmp_path: Path) -> None:
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        text = json.dumps(own_row()) + "\n" + json.dumps(own_row(id="s2")) + "\n"
        writer = threading.Thread(target=pipe.write_text, args=(text,))
        writer.start()
        assert len(load_samples(pipe)) == 2
        writer.join()

    def test_five_thousand_rows_are_read_within_a_second(self, tmp_path: Path) -> None:
        context = ["", *["Some words about a film that somebody likes. " * 2] * 10]
        path = written(tmp_path, *[ievalm_row(turn_id=turn, context=context) for turn in range(5000)])
        start = time.process_time()
        assert len(load_samples(path)) == 5000
        assert time.process_time() - start < 1.0


def numbered(count: int) -> tuple[Sample, ...]:
    return tuple(replace(FULL, id=f"7:{index}") for index in range(count))


class TestLimit:
    @given(st.permutations(numbered(12)), st.integers(1, 15), st.integers(1, 15))
    def test_which_rows_stay_depends_on_their_ids_alone(
        self, samples: list[Sample], small: int, large: int
    ) -> None:
        small, large = sorted((small, large))
        few, many = limit_samples(samples, small), limit_samples(samples, large)
        assert len(few) == min(small, 12)
        assert set(few) == set(limit_samples(numbered(12), small))
        assert set(few) <= set(many)
        assert list(many) == [sample for sample in samples if sample in many]

    def test_it_is_not_simply_the_head_of_the_file(self) -> None:
        assert limit_samples(numbered(100), 10) != numbered(100)[:10]

    @pytest.mark.parametrize("n", [0, -3])
    def test_a_limit_that_leaves_nothing_is_refused(self, n: int) -> None:
        with pytest.raises(ConfigError, match="use 1 or more"):
            limit_samples(numbered(2), n)


class TestDigest:
    @pytest.mark.parametrize(
        "changed",
        [
            replace(FULL, id="7:3"),
            replace(FULL, dialogue_id="8"),
            replace(FULL, turns=FULL.turns[1:]),
            replace(FULL, targets=FULL.targets[::-1]),
            replace(FULL, label=None),
            replace(FULL, source="own"),
        ],
    )
    def test_it_changes_with_every_field(self, changed: Sample) -> None:
        assert samples_digest([FULL]) == samples_digest((replace(FULL),))
        assert samples_digest([FULL]) != samples_digest([changed])

    def test_it_changes_with_the_order_and_the_number(self) -> None:
        one, two = numbered(2)
        assert len({samples_digest(some) for some in ([], [one], [two], [one, two], [two, one])}) == 5


class TestWrite:
    def test_what_is_written_is_read_back_equal(self, tmp_path: Path) -> None:
        path = tmp_path / "samples.jsonl"
        samples = (FULL, replace(FULL, id="7:4", label=None, source="redial"))
        write_samples(path, samples)
        assert load_samples(path) == samples

    def test_the_file_is_utf8_with_lf_and_nothing_lies_beside_it(self, tmp_path: Path) -> None:
        path = tmp_path / "samples.jsonl"
        write_samples(path, numbered(2))
        content = path.read_bytes()
        assert content.count(b"\n") == 2
        assert content.endswith(b"\n")
        assert b"\r" not in content
        assert "na\u00efve \U0001f3ac" in content.decode("utf-8")
        assert list(tmp_path.iterdir()) == [path]

    def test_a_lone_surrogate_is_written_as_its_escape(self, tmp_path: Path) -> None:
        path = tmp_path / "samples.jsonl"
        write_samples(path, [replace(FULL, label="half \ud83d")])
        assert json.loads(path.read_text(encoding="utf-8"))["label"] == "half \ud83d"

    def test_a_write_that_fails_midway_leaves_the_old_file(self, tmp_path: Path) -> None:
        path = tmp_path / "samples.jsonl"
        write_samples(path, [FULL])
        before = path.read_bytes()

        def torn() -> Any:
            yield from numbered(2)
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            write_samples(path, torn())
        assert path.read_bytes() == before
        assert list(tmp_path.iterdir()) == [path]

    def test_the_file_behind_a_link_is_replaced_and_the_link_stays(self, tmp_path: Path) -> None:
        link, real = tmp_path / "link.jsonl", tmp_path / "real.jsonl"
        real.write_text("old")
        link.symlink_to(real)
        write_samples(link, [FULL])
        assert link.is_symlink()
        assert read_own(real) == (FULL,)

    def test_missing_folders_are_made(self, tmp_path: Path) -> None:
        write_samples(tmp_path / "new" / "er" / "samples.jsonl", [FULL])
        assert read_own(tmp_path / "new" / "er" / "samples.jsonl") == (FULL,)

    def test_a_place_that_cannot_be_written_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="not a regular file"):
            write_samples(tmp_path, [FULL])
        with pytest.raises(InputError, match="not a regular file"):
            write_samples(os.devnull, [FULL])
        with pytest.raises(InputError, match="no possible file name"):
            write_samples("a\x00b", [FULL])
        with pytest.raises(InputError, match="cannot be written"):
            write_samples(tmp_path / ("x" * 300), [FULL])
        assert list(tmp_path.iterdir()) == []
        (tmp_path / "file").touch()
        with pytest.raises(InputError, match=r"inside: cannot be written"):
            write_samples(tmp_path / "file" / "inside", [FULL])


@needs_shared
class TestRealFiles:
    @pytest.mark.parametrize(
        ("name", "rows", "dialogues", "targets", "recommender_opened"),
        [
            ("redial/train_part.jsonl", 5468, 2049, 7385, 3611),
            ("redial/valid.jsonl", 2716, 985, 3595, 1649),
            ("opendialkg/train.jsonl", 5547, 4100, 5893, 5),
            ("opendialkg/valid.jsonl", 1188, 1124, 1254, 1),
        ],
    )
    def test_the_ievalm_files_have_the_counts_their_readme_states(
        self, name: str, rows: int, dialogues: int, targets: int, recommender_opened: int
    ) -> None:
        """Targets are counted after each row's duplicates are removed; these rows have none."""
        samples = load_samples(SHARED / name)
        assert len(samples) == rows
        assert len({sample.dialogue_id for sample in samples}) == dialogues
        assert sum(len(sample.targets) for sample in samples) == targets
        assert sum(sample.turns[0].role == "recommender" for sample in samples) == recommender_opened

    def test_raw_redial_gives_the_contexts_and_labels_of_the_ievalm_rows(self) -> None:
        """535 samples of the 200 raw dialogues exist as iEvaLM rows too, with the same id and words.

        Targets differ only by the films a form marks as not liked, which iEvaLM keeps, and by one
        film that iEvaLM lost.
        """
        raw = read_redial(SHARED / "redial_raw" / "train_sample.jsonl")
        names = ("train_part.jsonl", "valid.jsonl")
        rows = {sample.id: sample for name in names for sample in read_ievalm(SHARED / "redial" / name)}
        both = [(sample, rows[sample.id]) for sample in raw if sample.id in rows]
        assert (len(raw), len(both)) == (582, 535)

        def said(sample: Sample, *, codes: bool) -> list[str]:
            texts = [*(turn.text for turn in sample.turns), sample.label or ""]
            # iEvaLM keeps ReDial's "Why Him%3F", which raw ReDial is read without.
            return [text.replace("%3F", "?") if codes else text for text in texts]

        assert all(said(ours, codes=False) == said(theirs, codes=True) for ours, theirs in both)
        assert sum(ours.targets == theirs.targets for ours, theirs in both) == 520
        assert sum(not set(ours.targets) <= set(theirs.targets) for ours, theirs in both) == 1


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "."], ids=["long", "null", "folder"])
def test_a_text_that_cannot_be_written_is_refused_in_words(name: str, tmp_path: Path) -> None:
    # A name that is too long is refused where a closed folder is, and to every user.
    with pytest.raises(InputError, match="cannot be written"):
        write_text(tmp_path / name, "text")
    assert not any(tmp_path.iterdir())


@given(
    st.lists(
        st.lists(st.sampled_from(["", " ", "Hi", "A heist?", "Sì, \x00!", "Heat \ud800 (1995)"]), min_size=1),
        min_size=1,
        max_size=6,
    )
)
@pytest.mark.filterwarnings("ignore:.*begin with other words:usbrec.errors.InputWarning")
def test_rows_read_together_say_what_they_say_alone_and_share_their_turns(contexts: list[list[str]]) -> None:
    rows = [
        ievalm_row(turn_id=number, context=[*context, "A heist, please."])
        for number, context in enumerate(contexts)
    ]
    with tempfile.TemporaryDirectory() as folder:
        together = load_samples(written(Path(folder), *rows))
    assert together == tuple(ievalm.sample_of(row) for row in rows)
    turns = [turn for sample in together for turn in sample.turns]
    assert len({id(turn) for turn in turns}) == len(set(turns))


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=5,
    ),
    st.sampled_from(["", " ", "x", "{}", ",", "]", "\x00", "\ufeff"]),
)
def test_a_line_is_read_as_json_is(value: Any, behind: str) -> None:
    line = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace") + behind.encode()
    try:
        expected = json.loads(line.decode())
    except ValueError:
        with pytest.raises(InputError, match=r"broken JSON: .* at column \d+"):
            parse_line(line)
    else:
        assert parse_line(line) == expected
