"""What is read of the files that data sets' authors publish: seats, targets, labels, ids, what is left."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

import usbrec
from support import SHARED
from support.author_files import (
    ACCEPTED,
    ENTITIES,
    FILES,
    INSPIRED_COLUMNS,
    LLM_REDIAL_TEXT,
    OPENDIALKG_COLUMNS,
    PIER_TALK,
    arena_dialogue,
    chat,
    condition,
    inspired_line,
    inspired_table,
    kit_dialogue,
    lab_dialogue,
    opendialkg_table,
    rated_dialogue,
    table,
    tau_film,
    tau_task,
    text_of,
    walk,
    write_beside,
    zero_shot_row,
)
from usbrec.data import load_samples, read_dialogues, read_samples, write_samples
from usbrec.dialogue import Sample, Turn
from usbrec.errors import BadLines, InputError, InputWarning

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the real data are not at {SHARED}")


def written(folder: Path, content: Any, name: str = "data.unknown") -> Path:
    path = folder / name
    path.write_text(text_of(content), encoding="utf-8")
    return path


def rows(folder: Path, *values: Any) -> Path:
    return written(folder, "".join(json.dumps(value) + "\n" for value in values))


def problems(path: Path, kind: str | None = None) -> Sequence[str]:
    with pytest.raises(BadLines) as caught:
        load_samples(path, kind)
    return caught.value.problems


@pytest.mark.parametrize("kind", [kind for kind, (_, samples) in FILES.items() if samples])
def test_a_file_is_recognised_by_what_stands_in_it(kind: str, tmp_path: Path) -> None:
    write_beside(tmp_path)
    path = written(tmp_path, FILES[kind][0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputWarning)
        read = read_samples(path)
        assert load_samples(path, kind.removesuffix("-rows")) == read.found
    assert read.format == kind.removesuffix("-rows")
    assert read.found[0].turns[-1].role == "seeker"
    assert any("Pier" in title or "Salt" in title for title in read.found[0].targets)


@pytest.mark.parametrize("kind", [kind for kind, (_, samples) in FILES.items() if not samples])
def test_dialogues_in_which_nobody_ends_up_with_anything_are_no_samples(kind: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=rf"dialogues of {kind} say nowhere what a seeker .*usbrec score"):
        load_samples(written(tmp_path, FILES[kind][0]))


@pytest.mark.parametrize("kind", FILES)
def test_byte_order_mark_and_crlf_are_no_trouble(kind: str, tmp_path: Path) -> None:
    write_beside(tmp_path)
    text = text_of(FILES[kind][0])
    plain, odd = tmp_path / "plain", tmp_path / "odd"
    plain.write_bytes(text.encode())
    odd.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputWarning)
        if FILES[kind][1]:
            assert load_samples(odd) == load_samples(plain)
        else:
            with pytest.raises(InputError, match="say nowhere"):
                load_samples(odd)


class TestInspiredTable:
    def test_lines_become_dialogues_and_lines_of_one_speaker_a_turn(self, tmp_path: Path) -> None:
        (sample,) = load_samples(written(tmp_path, inspired_table()))
        assert sample == Sample(
            id="d1:2",
            dialogue_id="d1",
            turns=(
                Turn("recommender", "Hello there. What do you like?"),
                Turn("seeker", "Something about a pier."),
            ),
            targets=("Lantern Pier (2012)",),
            label="Then Lantern Pier.",
            source="inspired",
        )

    def test_columns_go_by_their_names_in_any_order_and_with_commas(self, tmp_path: Path) -> None:
        lines = [
            inspired_line("d1", "Seeker", "A pier, please"),
            inspired_line("d1", "Recommender", "Salt Road", "Salt Road (1999)"),
        ]
        columns = ["movies", "more", "text", "speaker", "dialog_id", "case"]
        (sample,) = load_samples(written(tmp_path, table(lines, columns, ",")))
        assert (sample.targets, sample.turns[0].text) == (("Salt Road (1999)",), "A pier, please")

    def test_a_seeker_who_rejected_the_recommendation_gives_no_sample(self, tmp_path: Path) -> None:
        """The README calls the column `case`, the files `fine_label`."""
        for column in ("fine_label", "case"):
            lines = [
                inspired_line(one, who, text, "Salt Road (1999)" if who == "RECOMMENDER" else "")
                | {column: how}
                for one, how in (("d1", "reject"), ("d2", "accept_rating_mod"))
                for who, text in (("SEEKER", "Hi"), ("RECOMMENDER", "Salt Road"))
            ]
            columns = [
                name for name in (*INSPIRED_COLUMNS, column) if name in (column, *INSPIRED_COLUMNS[:16])
            ]
            read = read_samples(written(tmp_path, table(lines, list(dict.fromkeys(columns)))))
            assert [sample.dialogue_id for sample in read.found] == ["d2"]
            assert read.without == {"the seeker rejected the recommendation": 1}

    def test_several_titles_of_a_line_are_all_targets(self, tmp_path: Path) -> None:
        lines = [
            inspired_line("d1", "SEEKER", "Hi"),
            inspired_line("d1", "RECOMMENDER", "Salt Road, or Up?", "Salt Road (1999); Up (2009);"),
        ]
        (sample,) = load_samples(written(tmp_path, table(lines)))
        assert sample.targets == ("Salt Road (1999)", "Up (2009)")

    def test_a_title_with_a_semicolon_is_one_where_the_text_has_it_so(self, tmp_path: Path) -> None:
        lines = [
            inspired_line("d1", "SEEKER", "Hi"),
            inspired_line(
                "d1", "RECOMMENDER", "Steins;Gate, or Salt Road?", "Steins;Gate (2011);Salt Road (1999)"
            ),
        ]
        (sample,) = load_samples(written(tmp_path, table(lines)))
        assert sample.targets == ("Steins;Gate (2011)", "Salt Road (1999)")

    @pytest.mark.parametrize(
        ("text", "movies", "kept"),
        [
            ("Mine is a comedy, what is yours?", "Mine (2016)", False),
            ("I think it is great", "It (2017)", False),
            ("Accept it please", "Accept (2016)", False),
            ("The other one was the original", "The Original (2018)", False),
            ("Have you seen Mine (2016)?", "Mine (2016)", True),
            ("Did you like It?", "It (2017)", True),
            ('Try "us" then', "Us (2019)", True),
            ("Mine", "Mine (2016)", True),
            ("lantern pier is great", "Lantern Pier (2012)", True),
        ],
    )
    def test_an_ordinary_word_is_a_title_only_where_it_is_written_as_one(
        self, text: str, movies: str, kept: bool, tmp_path: Path
    ) -> None:
        """Its linker took many for titles."""
        lines = [
            inspired_line("d1", "SEEKER", "Hi"),
            inspired_line("d1", "RECOMMENDER", "Salt Road", "Salt Road (1999)"),
            inspired_line("d1", "SEEKER", "No"),
            inspired_line("d1", "RECOMMENDER", text, movies),
        ]
        found = load_samples(written(tmp_path, table(lines)))
        assert [sample.targets for sample in found[1:]] == ([(movies,)] if kept else [])

    def test_the_files_word_for_a_quotation_mark_becomes_one(self, tmp_path: Path) -> None:
        lines = [
            inspired_line("d1", "SEEKER", "Like QUOTATION_MARKUpQUOTATION_MARK"),
            inspired_line("d1", "RECOMMENDER", "Salt Road", "Salt Road (1999)"),
        ]
        (sample,) = load_samples(written(tmp_path, table(lines)))
        assert sample.turns[0].text == 'Like "Up"'

    def test_a_line_that_cannot_be_used_is_named_with_its_dialogue(self, tmp_path: Path) -> None:
        lines = [
            inspired_line("d1", "SEEKER", "Hi"),
            inspired_line("d2", "BOT", "Hi"),
            inspired_line("d2", "SEEKER", "Hi"),
            inspired_line(" ", "SEEKER", "Hi"),
        ]
        text = table(lines) + "d3\ttoo\tfew\n"
        assert problems(written(tmp_path, text)) == (
            "line 3: speaker: expected SEEKER or RECOMMENDER, found 'BOT'; dialogue 'd2'",
            "line 5: dialog_id: empty",
            f"line 6: 3 cells, where the header has {len(INSPIRED_COLUMNS)}",
        )

    def test_lines_that_come_back_belong_to_their_dialogue_or_are_left_out(self, tmp_path: Path) -> None:
        """A file of the authors has a dialogue less than they say."""
        said = [
            ("d1", "1", "SEEKER", "Hi"),
            ("d2", "1", "SEEKER", "Hello"),
            ("d2", "2", "RECOMMENDER", "Up"),
            ("d1", "2", "RECOMMENDER", "Up"),
            ("d2", "1", "SEEKER", "Another"),
            ("d2", "7", "RECOMMENDER", "Up"),
        ]
        lines = [
            inspired_line(one, who, text, "Up (2009)" if text == "Up" else "", turn_id=turn)
            for one, turn, who, text in said
        ]
        path = written(tmp_path, table(lines))
        with pytest.warns(
            InputWarning, match="(?s)1 of 3 dialogues .*line 6: dialog_id 'd2' stood already on line 3, and"
        ):
            found = load_samples(path)
        assert [sample.id for sample in found] == ["d1:1", "d2:1"]

    def test_a_quotation_mark_that_never_ends_is_told(self, tmp_path: Path) -> None:
        text = table([inspired_line("d1", "SEEKER", "Hi")]) + 'd1\t"open\n' + "more\n" * 3
        (problem,) = problems(written(tmp_path, text))
        assert "does a quotation mark never end?" in problem

    def test_a_cell_of_a_megabyte_is_read(self, tmp_path: Path) -> None:
        lines = [
            inspired_line("d1", "SEEKER", "long " * 250_000),
            inspired_line("d1", "RECOMMENDER", "Up", "Up (2009)"),
        ]
        (sample,) = load_samples(written(tmp_path, table(lines)))
        assert len(sample.turns[0].text) > 1_200_000

    def test_a_frame_of_it_is_read(self) -> None:
        lines: list[Mapping[str, Any]] = [
            inspired_line("d1", "SEEKER", "Hi") | {"utt_id": 1, "movies": None},
            inspired_line("d1", "RECOMMENDER", "Up", "Up (2009)") | {"utt_id": 2},
        ]
        (sample,) = usbrec.load_samples(lines)
        assert sample.targets == ("Up (2009)",)


class TestOpenDialKG:
    def test_the_work_at_the_end_of_the_assistants_path_is_the_target(self, tmp_path: Path) -> None:
        (sample,) = load_samples(written(tmp_path, opendialkg_table(PIER_TALK)))
        assert (sample.targets, sample.label) == (("Salt Road",), "Salt Road is by the same hand.")
        assert [turn.role for turn in sample.turns] == ["seeker"]
        assert sample.source == "opendialkg"

    @pytest.mark.parametrize(
        ("triple", "said"),
        [
            (("Lantern Pier", "has_genre", "Drama"), "I love drama"),
            (("Lantern Pier", "starred_actors", "Ada Quill"), "Ada Quill is in it"),
            (("Lantern Pier", "release_year", "2012"), "It is from 2012"),
            (("Ada Quill", "~written_by", "Salt Road"), "She wrote much"),
            (("Reds", "~Player", "Jo Bell"), "Jo Bell plays for them"),
        ],
    )
    def test_people_genres_years_and_what_is_not_said_are_no_targets(
        self, triple: tuple[str, str, str], said: str, tmp_path: Path
    ) -> None:
        talk = [chat("user", "Tell me of Lantern Pier"), walk("assistant", triple), chat("assistant", said)]
        read = read_samples(written(tmp_path, opendialkg_table(talk, PIER_TALK)))
        assert [sample.targets for sample in read.found] == [("Salt Road",)]
        assert sum(read.without.values()) == 1
        assert read.left_out == ()

    def test_what_the_user_named_before_is_no_target(self, tmp_path: Path) -> None:
        talk = [*PIER_TALK[:2], chat("assistant", "Salt Road is by the hand that wrote Lantern Pier.")]
        assert load_samples(written(tmp_path, opendialkg_table(talk)))[0].targets == ("Salt Road",)
        talk[1] = walk("assistant", ("Lantern Pier", "written_by", "Ada Quill"))
        with pytest.raises(InputError, match="no sample in it"):
            load_samples(written(tmp_path, opendialkg_table(talk)))

    def test_what_the_assistant_named_before_is_no_second_target(self, tmp_path: Path) -> None:
        talk = [
            *PIER_TALK,
            chat("user", "Who wrote it?"),
            walk("assistant", ("Salt Road", "written_by", "Ada Quill")),
            chat("assistant", "Ada Quill wrote Salt Road."),
        ]
        assert len(load_samples(written(tmp_path, opendialkg_table(talk)))) == 1

    def test_a_path_of_the_user_recommends_nothing(self, tmp_path: Path) -> None:
        talk = [
            walk("user", ("Ada Quill", "~written_by", "Salt Road")),
            chat("user", "I like Salt Road"),
            chat("assistant", "Salt Road is fine"),
        ]
        with pytest.raises(InputError, match="no sample in it"):
            load_samples(written(tmp_path, opendialkg_table(talk)))

    def test_a_title_with_its_kind_in_brackets_is_found_without(self, tmp_path: Path) -> None:
        talk = [
            chat("user", "Hi"),
            walk("assistant", ("Ada Quill", "~starred_actors", "Zenith (Crime Film)")),
            chat("assistant", "She is in zenith."),
        ]
        (sample,) = load_samples(written(tmp_path, opendialkg_table(talk)))
        assert sample.targets == ("Zenith (Crime Film)",)

    @pytest.mark.parametrize(
        ("cell", "why"),
        [("[{", "Messages: expected JSON"), ('[{"sender": "bot", "message": "Hi"}]', "sender")],
    )
    def test_a_broken_cell_of_messages_is_left_out_and_told(
        self, cell: str, why: str, tmp_path: Path
    ) -> None:
        text = opendialkg_table(PIER_TALK, [*PIER_TALK[:2], chat("assistant", "So take Salt Road.")])
        text += f'"{cell.replace(chr(34), 2 * chr(34))}",4,5\n'
        path = written(tmp_path, text)
        with pytest.warns(InputWarning, match=r"1 of 3 dialogues cannot be used(.|\n)*" + why):
            assert [sample.targets for sample in load_samples(path)] == [("Salt Road",)] * 2
        with pytest.raises(BadLines, match=why):
            load_samples(path, strict=True)

    def test_notes_actions_without_a_path_and_missing_ratings_are_passed_over(self, tmp_path: Path) -> None:
        talk = [
            {"type": "action", "sender": "user", "action_id": "meta_thread/send_meta_message"},
            {"type": "action", "action_id": "meta_thread/send_meta_message"},
            walk("assistant", ("Lantern Pier", "has_genre", None)),  # type: ignore[arg-type]
            PIER_TALK[0],
            {"type": "action", "sender": "assistant", "metadata": None},
            {"type": "action", "sender": "assistant", "metadata": {"path": None}},
            *PIER_TALK[1:],
        ]
        assert len(load_samples(written(tmp_path, opendialkg_table(talk, user="NA")))) == 1

    def test_the_same_dialogue_twice_counts_once(self, tmp_path: Path) -> None:
        other = [chat("user", "Hello"), *PIER_TALK[1:]]
        path = written(tmp_path, opendialkg_table(PIER_TALK, PIER_TALK, other))
        with pytest.warns(InputWarning, match="line 3: the same dialogue stands already on line 2"):
            assert len(load_samples(path)) == 2
        with pytest.raises(BadLines):
            load_samples(path, strict=True)

    @pytest.mark.parametrize(
        ("cell", "complaint"),
        [
            ("not json", "Messages: expected JSON, found 'not json'"),
            ("{}", "Messages: expected a list, found an object"),
            ('["x"]', "Messages[0]: expected an object, found 'x'"),
            ('[{"message": "Hi"}]', "Messages[0].sender: missing"),
            (
                '[{"sender": "bot", "message": "Hi"}]',
                "Messages[0].sender: expected user or assistant, found 'bot'",
            ),
            ('[{"sender": "user", "message": 5}]', "Messages[0].message: expected text, found a number"),
            (
                '[{"sender": "assistant", "metadata": {"path": [0, [["a", "b"]]]}}]',
                "Messages[0].metadata.path[1][0]: expected subject, relation and object, found 2 texts",
            ),
        ],
    )
    def test_an_unusable_field_is_named_with_its_line(
        self, cell: str, complaint: str, tmp_path: Path
    ) -> None:
        text = table([{"Messages": cell}], OPENDIALKG_COLUMNS, ",")
        assert problems(written(tmp_path, text)) == (f"line 2: {complaint}",)


class TestDialogueKit:
    def test_the_recommended_film_is_the_target_where_the_agent_names_it(self, tmp_path: Path) -> None:
        metadata = ACCEPTED | {"movie_dict": {"Salt Road (1999)": 0, "Lantern Pier (2012)": 1}}
        said = (("AGENT", "Salt Road?"), ("USER", "No"), ("AGENT", "Then lantern pier!"), ("USER", "Fine"))
        path = written(tmp_path, [kit_dialogue(*said, metadata=metadata)])
        (sample,) = load_samples(path)
        assert (sample.id, sample.dialogue_id, sample.source) == ("k1:2", "k1", "dialoguekit")
        assert sample.targets == ("Lantern Pier (2012)",)
        assert sample.label == "Then lantern pier!"

    def test_a_title_in_a_slot_will_do(self, tmp_path: Path) -> None:
        acts = [{"intent": "REVEAL", "slots": [["TITLE", "Lantern Pier", None, None]]}]
        dialogue = kit_dialogue(("USER", "Hi"), ("AGENT", "I know one"), metadata=ACCEPTED)
        dialogue["conversation"][1]["dialogue_acts"] = acts
        assert len(load_samples(written(tmp_path, [dialogue]))) == 1

    def test_a_rejected_one_gives_no_sample_and_one_that_is_never_named_is_left_out(
        self, tmp_path: Path
    ) -> None:
        said = (("USER", "Hi"), ("AGENT", "Lantern Pier"))
        dialogues = [
            kit_dialogue(*said, metadata=ACCEPTED),
            kit_dialogue(
                *said, conversation_id="k2", metadata=ACCEPTED | {"recommendation_outcome": "reject"}
            ),
            kit_dialogue(("USER", "Hi"), ("AGENT", "That"), conversation_id="k3", metadata=ACCEPTED),
        ]
        path = written(tmp_path, dialogues)
        with pytest.warns(
            InputWarning, match=r"1 of 2 dialogues cannot be used(.|\n)*dialogue 'k3': no turn"
        ):
            read = read_samples(path)
        assert [sample.dialogue_id for sample in read.found] == ["k1"]
        assert read.without == {"the seeker rejected the recommendation": 1}
        with pytest.raises(BadLines, match="'k3': no turn"):
            load_samples(path, strict=True)

    def test_a_file_of_which_less_than_half_can_be_used_is_refused(self, tmp_path: Path) -> None:
        named = kit_dialogue(("USER", "Hi"), ("AGENT", "Lantern Pier"), metadata=ACCEPTED)
        others = [
            kit_dialogue(("USER", "Hi"), ("AGENT", "That"), conversation_id=f"o{i}", metadata=ACCEPTED)
            for i in range(2)
        ]
        with pytest.raises(BadLines, match="Less than half of it can be used \\(1 of 3\\)"):
            load_samples(written(tmp_path, [named, *others]))

    def test_dialogues_that_do_not_say_what_was_recommended_are_refused_with_what_can_be_done(
        self, tmp_path: Path
    ) -> None:
        path = written(tmp_path, [kit_dialogue(("USER", "Hi"), ("AGENT", "Lantern Pier"))])
        with pytest.raises(BadLines, match=r"metadata.recommended_movie(.|\n)*usbrec score"):
            load_samples(path)

    @pytest.mark.parametrize(
        ("change", "complaint"),
        [
            ({"conversation": None}, "[1].conversation: expected a list, found null; dialogue 'k1'"),
            ({"conversation_id": True}, "[1].conversation_id: expected text or a whole number, found true"),
            ({"metadata": 3}, "[1].metadata: expected an object, found a number; dialogue 'k1'"),
            (
                {"agent": {"id": []}},
                "[1].agent.id: expected text or a whole number, found a list; dialogue 'k1'",
            ),
            ({}, "[1].id: 'k1:1' already stands on line 1; dialogue 'k1'"),
        ],
    )
    def test_an_unusable_field_is_named_with_line_index_and_id(
        self, change: dict[str, Any], complaint: str, tmp_path: Path
    ) -> None:
        said = (("USER", "Hi"), ("AGENT", "Lantern Pier"))
        good = kit_dialogue(*said, metadata=ACCEPTED)
        path = tmp_path / "kit.json"
        path.write_text(f"[{json.dumps(good)},\n{json.dumps(good | change)}]")
        (problem,) = problems(path)
        assert problem.startswith(f"line 2: {complaint}")

    def test_a_broken_document_is_named_with_line_and_column(self, tmp_path: Path) -> None:
        text = text_of([kit_dialogue(("USER", "Hi"))]).rstrip("]\n") + ","
        with pytest.raises(InputError, match=r"data.unknown:\d+: broken JSON: .* at column \d+. Repair"):
            load_samples(written(tmp_path, text))
        with pytest.raises(InputError, match="more stands behind the end"):
            load_samples(written(tmp_path, "[\n{}\n]\n]"))


class TestRatingsOfOpenDialKG:
    @pytest.mark.parametrize(
        "cell", ['{"quality": NaN}', '{"quality": "very good"}', "good", '{"quality": true}']
    )
    def test_one_that_is_no_number_is_told(self, cell: str, tmp_path: Path) -> None:
        """The dialogue stays, with what can be read of the ratings."""
        talk = [
            {"type": "chat", "sender": "user", "message": "Hi"},
            {"type": "chat", "sender": "assistant", "message": "Salt Road."},
        ]
        path = written(tmp_path, opendialkg_table(talk, user=cell))
        with pytest.warns(InputWarning, match="user rating: no number can be read"):
            (dialogue,) = read_dialogues(path)
        assert dict(dialogue.ratings) == {"assistant quality": 5}

    @pytest.mark.parametrize(
        ("cell", "rated"),
        [
            ("", {}),
            ("NA", {}),
            ("null", {}),
            ('{"quality": null}', {}),
            ('{"quality": "4"}', {"user quality": 4}),
        ],
    )
    def test_one_that_is_missing_or_a_number_is_not(
        self, cell: str, rated: dict[str, float], tmp_path: Path
    ) -> None:
        """An empty rating is none, and a number in quotation marks is one."""
        talk = [
            {"type": "chat", "sender": "user", "message": "Hi"},
            {"type": "chat", "sender": "assistant", "message": "Salt Road."},
        ]
        (dialogue,) = read_dialogues(written(tmp_path, opendialkg_table(talk, user=cell)))
        assert dict(dialogue.ratings) == {"assistant quality": 5} | rated


class TestOpenQuotes:
    HEADER = "dialog_id\tspeaker\ttext\tmovies\n"

    @pytest.mark.parametrize("end", ["\n", "\r\n", ""])
    def test_a_quotation_mark_that_does_not_close_swallows_no_line(self, end: str, tmp_path: Path) -> None:
        """A line whose cell opens with a mark is read by itself, and every other line as ever."""
        lines = [
            'd1\tSEEKER\t"Up" is good\t',
            "d1\tRECOMMENDER\tTry Soul\tSoul (2020)",
            'd1\tSEEKER\t"not that one\t',
            "d1\tRECOMMENDER\tThen Up\tUp (2009)",
            "d2\tSEEKER\tHi\t",
            'd2\tRECOMMENDER\tTry "Emma"\tEmma (2020)',
            'd3\tSEEKER\t"say ""hi"" to me"\t',
            'd3\tRECOMMENDER\t"Try Heat\tHeat (1995)',
        ]
        path = tmp_path / "table.tsv"
        path.write_text(self.HEADER + (end or "\n").join(lines) + end, newline="")
        first, second, third = read_dialogues(path, kind="inspired")
        assert [turn.text for turn in first.turns] == [
            "Up is good",
            "Try Soul",
            '"not that one',
            "Then Up",
        ]
        assert [turn.text for turn in second.turns] == ["Hi", 'Try "Emma"']
        assert [turn.text for turn in third.turns] == ['say "hi" to me', '"Try Heat']

    def test_a_quoted_text_of_several_lines_stays_one(self, tmp_path: Path) -> None:
        """Line breaks inside quotation marks that close are a part of the text."""
        path = tmp_path / "table.tsv"
        path.write_text(self.HEADER + 'd1\tSEEKER\t"a\nb"\t\nd1\tRECOMMENDER\tTry Up\tUp (2009)\n')
        (dialogue,) = read_dialogues(path, kind="inspired")
        assert [turn.text.split() for turn in dialogue.turns] == [["a", "b"], ["Try", "Up"]]

    def test_of_labels_that_contradict_each_other_the_last_one_counts(self, tmp_path: Path) -> None:
        """A dialogue that was accepted at first and rejected at last gives no sample, and the other way
        round it does."""
        for said, labels in ((("accept", "reject"), []), (("reject", "accept_rating_good"), ["Up (2009)"])):
            rows = [
                inspired_line("d1", "SEEKER", "hi", fine_label=said[0]),
                inspired_line("d1", "RECOMMENDER", "Try Up", "Up (2009)", fine_label=said[1]),
                inspired_line("d2", "SEEKER", "ho"),
                inspired_line("d2", "RECOMMENDER", "Try Soul", "Soul (2020)", fine_label=" "),
            ]
            path = tmp_path / "table.tsv"
            path.write_text(table(rows))
            targets = [target for sample in load_samples(path) for target in sample.targets]
            assert targets == [*labels, "Soul (2020)"]


class TestCrsLab:
    def test_words_become_a_text_and_names_of_dbpedia_titles(self, tmp_path: Path) -> None:
        (sample,) = load_samples(written(tmp_path, [lab_dialogue()]))
        assert sample.turns[0].text == "A quiet film, please."
        assert (sample.targets, sample.label) == (("Lantern Pier (2012)",), "Try Lantern Pier!")
        assert (sample.id, sample.source) == ("77:1", "crslab")

    @pytest.mark.parametrize(
        ("name", "title"),
        [
            ("http://dbpedia.org/resource/Face/Off", "Face/Off"),
            ("http://dbpedia.org/resource/Frost/Nixon_(film)", "Frost/Nixon"),
            ("http://dbpedia.org/resource/50/50_(2011_film)", "50/50 (2011)"),
            ("http://dbpedia.org/resource/V/H/S", "V/H/S"),
            ("http://dbpedia.org/resource/Fahrenheit_9/11", "Fahrenheit 9/11"),
            ("http://dbpedia.org/resource/AC/DC:_Live", "AC/DC: Live"),
            ("https://de.dbpedia.org/page/Face%2FOff", "Face/Off"),
            ("http://dbpedia.org/resource/Him_%26_Her", "Him & Her"),
            ("http://dbpedia.org/resource/Half-Life", "Half-Life"),
            ("http://example.org/films/Salt_Road", "Salt Road"),
        ],
    )
    def test_a_slash_in_a_name_of_dbpedia_is_a_part_of_it(
        self, name: str, title: str, tmp_path: Path
    ) -> None:
        """The whole part behind "/resource/" is the name, in a turn and in the file of numbers alike."""
        (tmp_path / "entity2id.json").write_text(json.dumps({f"<{name}>": 7}))
        for item in (f"<{name}>", name, 7):
            turns = [
                {"role": "Seeker", "text": "Hi", "movies": []},
                {"role": "Recommender", "text": "One", "movies": [item]},
            ]
            (sample,) = load_samples(written(tmp_path, [{"dialog": turns}]))
            assert sample.targets == (title,)

    def test_tg_redials_names_of_the_fields_are_read_and_chinese_words_joined(self, tmp_path: Path) -> None:
        dialogue = {
            "conv_id": 5,
            "messages": [
                {"local_id": 1, "role": "Seeker", "text": ["你", "好", "，", "推荐"], "movie": []},
                {
                    "local_id": 2,
                    "role": "Recommender",
                    "text": ["看", "《", "灯塔", "》"],
                    "movie": ["灯塔(2019)"],
                },
            ],
        }
        (sample,) = load_samples(written(tmp_path, [dialogue]))
        assert (sample.turns[0].text, sample.targets, sample.label) == (
            "你好，推荐",
            ("灯塔(2019)",),
            "看《灯塔》",
        )

    @pytest.mark.parametrize("field", ["item", "movie", "movies"])
    def test_numbers_are_looked_up_beside_the_file(self, field: str, tmp_path: Path) -> None:
        (tmp_path / "entity2id.json").write_text(json.dumps(ENTITIES))
        turns = [
            {"role": "Seeker", "text": "Hi", field: []},
            {"role": "Recommender", "text": "One", field: [7, "8", 99, "Salt Road"]},
        ]
        (sample,) = load_samples(written(tmp_path, [{"dialog": turns}]))
        assert sample.targets == ("Lantern Pier", "Salt Road")
        assert len(sample.dialogue_id) == 16

    def test_a_dialogue_without_an_id_that_stands_twice_counts_once(self, tmp_path: Path) -> None:
        one = {"dialog": lab_dialogue()["dialog"]}
        with pytest.warns(InputWarning, match="the same dialogue stands already"):
            assert len(load_samples(written(tmp_path, [one, one]))) == 1


class TestZeroShotRows:
    def test_targets_are_the_names_of_the_numbers(self, tmp_path: Path) -> None:
        write_beside(tmp_path)
        (sample,) = load_samples(rows(tmp_path, zero_shot_row()))
        assert sample == Sample(
            id="test_3:test_5",
            dialogue_id="test_3",
            turns=(Turn("recommender", "What do you like?"), Turn("seeker", "A quiet film")),
            targets=("Lantern Pier",),
            label="Lantern Pier!",
            source="zero-shot",
        )

    def test_seekers_turns_and_rows_that_recommend_nothing_are_no_samples(self, tmp_path: Path) -> None:
        write_beside(tmp_path)
        path = rows(
            tmp_path,
            zero_shot_row(is_user=1, turn_id=1, rec=[8]),
            zero_shot_row(rec=[], turn_id=2),
            zero_shot_row(turn_id=3),
        )
        assert [sample.id for sample in load_samples(path)] == ["test_3:3"]

    def test_what_is_recommended_before_the_seeker_has_spoken_is_no_sample(self, tmp_path: Path) -> None:
        write_beside(tmp_path)
        path = rows(tmp_path, zero_shot_row(context=[""], turn_id=0), zero_shot_row(turn_id=2))
        assert [sample.id for sample in load_samples(path)] == ["test_3:2"]

    def test_without_the_file_of_names_it_is_said_once_what_to_do(self, tmp_path: Path) -> None:
        path = rows(tmp_path, zero_shot_row(), zero_shot_row(turn_id=2))
        with pytest.raises(
            InputError, match=r"put that file .*entity2id.json|entity2id.json: put that file"
        ) as it:
            load_samples(path)
        assert not isinstance(it.value, BadLines)

    def test_a_number_without_a_name_is_left_out(self, tmp_path: Path) -> None:
        write_beside(tmp_path)
        path = rows(tmp_path, zero_shot_row(), zero_shot_row(turn_id=2, rec=[404]))
        with pytest.warns(InputWarning, match=r"line 2: none of its targets has a name .*\(404\)"):
            assert len(load_samples(path)) == 1

    def test_the_files_for_prompts_are_read_from_their_text(self, tmp_path: Path) -> None:
        """A row that goes on where the one before ended belongs to the same dialogue."""
        write_beside(tmp_path)
        path = rows(
            tmp_path,
            {"input": "\nSystem: Hello\nUser: A quiet film\nSystem: ", "rec": [7]},
            {"input": "\nSystem: Hello\nUser: A quiet film\nSystem: Pier?\nUser: More\nSystem: ", "rec": [8]},
            {"input": "\nUser: Something else\nSystem: ", "rec": [8]},
        )
        first, second, third = load_samples(path)
        assert first.dialogue_id == second.dialogue_id != third.dialogue_id
        assert [turn.text for turn in second.turns] == ["Hello", "A quiet film", "Pier?", "More"]
        assert [turn.role for turn in second.turns] == ["recommender", "seeker"] * 2


class TestLlmRedial:
    def test_titles_come_from_the_files_beside_the_text(self, tmp_path: Path) -> None:
        write_beside(tmp_path)
        with pytest.warns(
            InputWarning, match=r"line 9: dialogue '2': no turn of the agent names 'Salt Road'"
        ):
            (sample,) = load_samples(written(tmp_path, LLM_REDIAL_TEXT))
        assert (sample.id, sample.targets, sample.source) == ("1:1", ("Lantern Pier",), "llm-redial")
        assert sample.turns == (Turn("seeker", "I loved Salt Road. Anything like it?"),)

    def test_entities_in_a_shops_titles_are_characters(self, tmp_path: Path) -> None:
        write_beside(tmp_path)
        names = json.loads((tmp_path / "item_map.json").read_text())
        names = {item: title.replace("Lantern Pier", "Lantern &amp; Pier") for item, title in names.items()}
        (tmp_path / "item_map.json").write_text(json.dumps(names))
        (sample,) = load_samples(written(tmp_path, "1\n\nUser: Hi\n\nAgent: Lantern & Pier\n"))
        assert sample.targets == ("Lantern & Pier",)

    def test_an_edition_before_the_year_is_no_part_of_a_title(self, tmp_path: Path) -> None:
        write_beside(tmp_path)
        names = json.loads((tmp_path / "item_map.json").read_text())
        names = {item: f"{title} [Blu-ray] (1999)" for item, title in names.items()}
        (tmp_path / "item_map.json").write_text(json.dumps(names))
        (sample,) = load_samples(written(tmp_path, "1\n\nUser: Hi\n\nAgent: Lantern Pier\n"))
        assert sample.targets == ("Lantern Pier (1999)",)

    def test_ids_without_a_title_are_told(self, tmp_path: Path) -> None:
        write_beside(tmp_path)
        names = json.loads((tmp_path / "item_map.json").read_text())
        kept = {item: title for item, title in names.items() if title != "Salt Road"}
        (tmp_path / "item_map.json").write_text(json.dumps(kept))
        with pytest.warns(InputWarning, match=r"1 ids of rec_item have no title in item_map\.json"):
            load_samples(written(tmp_path, "1\n\nUser: Hi\n\nAgent: Lantern Pier\n"))

    def test_a_bare_number_may_stand_above_a_dialogue_and_words_go_on_in_the_next_line(
        self, tmp_path: Path
    ) -> None:
        write_beside(tmp_path)
        text = "1\n\nUser: Hi\nthere\n\nAgent: Lantern Pier\n"
        (sample,) = load_samples(written(tmp_path, text))
        assert sample.turns[0].text == "Hi there"

    def test_without_them_it_is_said_what_to_do(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"final_data\.jsonl and item_map\.json"):
            load_samples(written(tmp_path, LLM_REDIAL_TEXT))
        write_beside(tmp_path)
        with pytest.raises(BadLines, match="name that file"):
            load_samples(tmp_path / "final_data.jsonl")

    def test_a_line_that_nobody_says_is_named(self, tmp_path: Path) -> None:
        write_beside(tmp_path)
        (problem,) = problems(written(tmp_path, f"What is this?\n{LLM_REDIAL_TEXT}"))
        assert problem == "line 1: expected a number, User: or Agent:, found 'What is this?'"


class TestTauRec:
    @pytest.mark.parametrize(
        "null",
        [
            {"constraints": None},
            {"constraints": [None]},
            {"constraints": [{"reveal": "hidden", "constraint": None}]},
            {"constraints": [{"reveal": "hidden", "constraint": {"field": "a", "op": "==", "value": None}}]},
        ],
    )
    def test_a_task_whose_conditions_are_null_is_left_out_and_told(
        self, null: dict[str, Any], tmp_path: Path
    ) -> None:
        path = self.written(tmp_path, tau_task(id="a"), tau_task(id="b"), tau_task(id="c") | null)
        with pytest.warns(InputWarning, match=r"1 of 3 tasks cannot be used(.|\n)*constraint.* is null"):
            assert [sample.id for sample in load_samples(path)] == ["a", "b"]

    def written(self, folder: Path, *tasks: Any, **fields: Any) -> Path:
        films = [
            tau_film("t1", "Lantern Pier", **fields),
            tau_film("t2", "Salt Road", runtime=150, **fields),
            tau_film("t3", "Fox Lane", genres=["Comedy"], **fields),
            tau_film("t4", "Night Ferry", streaming_services=["Netflix"], **fields),
        ]
        (folder / "catalog.json").write_text(json.dumps(films))
        return written(folder, [*tasks])

    def test_what_is_volunteered_is_said_and_the_films_that_fit_are_the_targets(self, tmp_path: Path) -> None:
        task = tau_task(
            condition("genres", "contains", "Drama"),
            condition("rating", ">=", 6.0),
            condition("runtime", "<=", 120, "hidden"),
        )
        (sample,) = load_samples(self.written(tmp_path, task))
        assert sample.turns == (
            Turn(
                "seeker",
                "I would like to watch a film tonight. "
                "It should be of the genre Drama and rated at least 6 of 10.",
            ),
        )
        assert sample.targets == ("Lantern Pier (2012)", "Night Ferry (2012)")

    def test_what_is_watched_or_on_no_service_of_the_users_is_no_target(self, tmp_path: Path) -> None:
        watched = {"user_history": {"user_1": {"watched": ["t1"], "ratings": {}}}}
        free, streamed = tau_task(**watched), tau_task(id="task_901", policy_flags=["availability"])
        found = load_samples(self.written(tmp_path, free, streamed))
        assert [sample.targets for sample in found] == [
            ("Salt Road (2012)", "Night Ferry (2012)"),
            ("Lantern Pier (2012)", "Salt Road (2012)"),
        ]

    def test_conditions_are_constraints_told_by_their_reveal_tags(self, tmp_path: Path) -> None:
        task = tau_task(
            condition("runtime", "<=", 120, "hidden"),
            condition("runtime", ">=", 90),
            condition("genres", "contains", "Drama", "on_ask"),
            condition("cast", "contains", "Ada Moor", "on_ask"),
            condition("release_date", ">=", "2010-01-01"),
            condition("release_date", "<=", "2015-06-30"),
            condition("title", "!=", "Salt Road"),
        )
        (sample,) = load_samples(self.written(tmp_path, task, cast=["Ada Moor"]))
        assert sample.turns[0].text.startswith(
            "I would like to watch a film tonight. It should be at least 90"
        )
        assert sample.constraints == {
            "runtime": [{"max": 120, "told": "hidden"}, {"min": 90, "told": "said"}],
            "genres": {"is": "Drama", "told": "asked"},
            "people": {"is": "Ada Moor", "told": "asked"},
            # A bound within a year is none on the year, and a title no column: these decide the targets
            # alone.
            "year": {"min": 2010, "told": "said"},
        }
        assert "Salt Road (2012)" not in sample.targets

    def test_the_application_knows_the_user_and_no_recommender_what_is_graded(self, tmp_path: Path) -> None:
        (tmp_path / "policy.md").write_text("# Be kind\n")
        history = {"user_1": {"watched": ["t2"], "ratings": {"t2": 4}}}
        task = tau_task(policy_flags=["availability"], user_history=history, complexity="simple")
        (sample,) = load_samples(self.written(tmp_path, task))
        assert sample.told_task == {
            "source": "tau-rec",
            "user": "user_1",
            "services": ["Hulu"],
            "histories": history,
            "policy_text": "# Be kind",
        }
        assert sample.task["graded"] == {"policy": ["availability"], "groups": {"complexity": "simple"}}
        # Where a film has to be on a service of theirs, who is asked for services says so.
        assert sample.constraints["streaming_services"] == {"in": ["Hulu"], "told": "asked"}

    @pytest.mark.parametrize(
        ("op", "field", "value", "fits"),
        [
            ("<=", "runtime", 100, {"t1", "t3", "t4"}),
            (">=", "runtime", 101, {"t2"}),
            ("==", "content_rating", "PG", {"t1", "t2", "t3", "t4"}),
            ("!=", "runtime", 150, {"t1", "t3", "t4"}),
            ("contains", "genres", "Comedy", {"t3"}),
            ("contains_any", "streaming_services", ["Netflix", "X"], {"t4"}),
            ("not_contains", "genres", "Drama", {"t3"}),
            ("in", "runtime", [100, 1], {"t1", "t3", "t4"}),
            ("<=", "title", 5, set()),
            ("contains", "unknown", "x", set()),
        ],
    )
    def test_each_kind_of_condition_is_heeded(
        self, op: str, field: str, value: Any, fits: set[str], tmp_path: Path
    ) -> None:
        path = self.written(tmp_path, tau_task(condition(field, op, value)), tau_task(id="other"))
        names = {"t1": "Lantern Pier", "t2": "Salt Road", "t3": "Fox Lane", "t4": "Night Ferry"}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InputWarning)
            found = [one for one in load_samples(path) if one.id == "task_900"]
        assert {title for one in found for title in one.targets} == {f"{names[one]} (2012)" for one in fits}

    def test_a_task_that_nothing_fits_has_no_target(self, tmp_path: Path) -> None:
        path = self.written(
            tmp_path,
            tau_task(condition("rating", ">=", 9.9), no_valid_recommendation=True),
            tau_task(id="task_902", no_valid_recommendation=True),
        )
        with pytest.warns(InputWarning, match="and one of catalog.json does"):
            (sample,) = load_samples(path)
        assert (sample.targets, sample.constraints) == ((), {"rating": {"min": 9.9, "told": "said"}})

    def test_samples_are_written_and_read_back_with_their_tasks(self, tmp_path: Path) -> None:
        before = load_samples(self.written(tmp_path, tau_task(condition("runtime", "<=", 120, "hidden"))))
        write_samples(tmp_path / "own.jsonl", before)
        assert load_samples(tmp_path / "own.jsonl") == before

    def test_a_folder_of_tasks_is_read_and_their_catalogue_found_above(self, tmp_path: Path) -> None:
        self.written(tmp_path)
        tasks = tmp_path / "tasks"
        tasks.mkdir()
        for name in ("b", "a"):
            written(tasks, tau_task(id=f"task_{name}"), f"{name}.json")
        assert [sample.id for sample in load_samples(tasks)] == ["task_a", "task_b"]
        written(tasks, [tau_task(id="c"), tau_task(constraints=3)], "c.json")
        written(tasks, "{", "d.json")
        told = problems(tasks)
        assert told[0] == "c.json: [1].constraints: expected a list, found a number; dialogue 'task_900'"
        assert told[1].startswith("d.json: broken JSON")

    def test_without_its_catalogue_it_is_said_what_to_do(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"put its catalog\.json"):
            load_samples(written(tmp_path, tau_task()))

    @pytest.mark.parametrize(
        ("conditions", "complaint"),
        [
            (5, "[0].constraints: expected a list, found a number; dialogue 'task_900'"),
            ([{}], "[0].constraints[0].constraint: missing; dialogue 'task_900'"),
            ([condition("a", "~", 1)], "[0].constraints[0].constraint.op: expected one of <=, >=, =="),
            (
                [condition("a", "in", 1)],
                "[0].constraints[0].constraint.value: expected a list, found a number",
            ),
            ([condition("a", "<=", 1, "loudly")], "[0].constraints[0].reveal: expected volunteer, on_ask or"),
        ],
    )
    def test_an_unusable_field_is_named(self, conditions: Any, complaint: str, tmp_path: Path) -> None:
        (problem,) = problems(self.written(tmp_path, tau_task(constraints=conditions)), "tau-rec")
        assert problem.removeprefix("line 2: ").startswith(complaint)


def test_votes_of_the_arena_are_told_from_its_dialogues(tmp_path: Path) -> None:
    path = written(tmp_path, "session_id,user_id,crs1,crs2,vote,feedback\n1,u,a,b,a,\n")
    with pytest.raises(InputError, match="votes of CRSArena-Dial"):
        load_samples(path)


@pytest.mark.parametrize("dialogue", [arena_dialogue(), rated_dialogue()])
def test_a_document_in_one_line_is_read_like_one_in_many(dialogue: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="say nowhere"):
        load_samples(
            written(tmp_path, json.dumps([dialogue, dialogue | {"conv_id": "x", "conversation ID": "x"}]))
        )


@needs_shared
class TestRealFiles:
    def test_dialoguekits_annotated_inspired_gives_what_was_recommended(self) -> None:
        with pytest.warns(InputWarning, match="1 of 10 dialogues cannot be used"):
            read = read_samples(SHARED / "dialoguekit" / "inspired_annotated_sample.json")
        assert (len(read.found), read.used, len(read.left_out), read.without) == (15, 9, 1, {})
        assert all(len(sample.targets) == 1 for sample in read.found)

    def test_movie_bots_annotated_dialogues_are_no_samples(self) -> None:
        with pytest.raises(BadLines, match="recommended_movie") as caught:
            load_samples(SHARED / "dialoguekit" / "moviebot_annotated_dialogues.json")
        assert len(caught.value.problems) == 8

    def test_all_of_tau_recs_tasks_are_read_and_two_that_nothing_fits(self) -> None:
        read = read_samples(SHARED / "tau_rec" / "tasks")
        assert (len(read.found), len(read.left_out)) == (30, 0)
        assert [sample.id for sample in read.found if not sample.targets] == ["task_051", "task_053"]

    @pytest.mark.parametrize(
        ("name", "samples"), [("inspired_made_up.tsv", 1), ("opendialkg_made_up.csv", 1)]
    )
    def test_files_with_the_real_headers_are_read(self, name: str, samples: int) -> None:
        assert len(load_samples(SHARED / "formats" / name)) == samples
