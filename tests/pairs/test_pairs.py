"""PODCS: best over worst, the label where drafts fall short, a reason for every sample left out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.films import KNOWLEDGE, sample
from support.seats import seat_of
from usbrec.config import Pairs
from usbrec.dialogue import PreferencePair
from usbrec.errors import BadLines, InputError, ModelError, ModelUnavailable
from usbrec.judge.episodes import EpisodeRunner
from usbrec.judge.rules import RulesTargetJudge
from usbrec.llm import ChatRequest, ScriptedModel
from usbrec.pairs import count_pairs, export_pairs, make_pair, read_pairs
from usbrec.play.seekers.rules import RulesTargetSimulator

TARGET, NEAR, FAR = "Casino (1995).", "Heat (1995).", "Finding Nemo (2003)."


def _table(drafts: Sequence[str]) -> EpisodeRunner:
    def replies(request: ChatRequest) -> Sequence[str]:
        return drafts if request.n > 1 else "Do you like it?"

    return EpisodeRunner(
        recommender=seat_of(ScriptedModel(replies)),
        simulator=RulesTargetSimulator(KNOWLEDGE, "Why?"),
        judge=RulesTargetJudge(KNOWLEDGE),
        rounds=2,
        seed=1,
        knowledge=KNOWLEDGE,
    )


async def _made(drafts: Sequence[str], label: str | None = None, **settings: Any) -> Mapping[str, Any]:
    one = sample("I liked Goodfellas (1990).", label=label)
    chosen = Pairs(drafts=max(2, len(drafts)), **settings)
    return await make_pair(one, _table(drafts), chosen, accept_at=2.0)


async def test_the_best_draft_is_chosen_over_the_worst_wherever_they_stand() -> None:
    for drafts in ([NEAR, TARGET, FAR], [FAR, NEAR, TARGET], [TARGET, FAR, NEAR]):
        record = await _made(drafts)
        assert (record["pair"]["chosen"], record["pair"]["rejected"]) == (TARGET, FAR)
        assert len(record["candidates"]) == 3


async def test_when_no_draft_is_good_enough_the_label_is_played_and_chosen() -> None:
    record = await _made([NEAR, FAR], label="Casino (1995), surely.")
    assert record["pair"]["chosen"] == "Casino (1995), surely."
    assert record["pair"]["rejected"] == FAR
    assert record["pair"]["provenance"]["chosen"]["origin"] == "label"
    assert record["pair"]["provenance"]["chosen"]["score"]["value"] == 2.0


async def test_when_no_draft_falls_short_the_label_is_rejected() -> None:
    record = await _made([TARGET, "It must be Casino (1995)."], label="Maybe Heat (1995)?")
    assert record["pair"]["rejected"] == "Maybe Heat (1995)?"
    assert record["pair"]["chosen"] in (TARGET, "It must be Casino (1995).")


@pytest.mark.parametrize(
    ("drafts", "label", "settings", "reason"),
    [
        ([NEAR, FAR], None, {}, "no label to fall back on"),
        ([NEAR, NEAR], NEAR.upper(), {}, "both sides are the same"),
        ([FAR, FAR], "What do you like?", {}, "the chosen side is not better"),
        ([NEAR, FAR], "Heat (1995) or Alien (1979)?", {"min_margin": 1.9}, "margin too small"),
        ([NEAR, FAR], "1. Casino (1995)", {}, "the chosen side repeats marks of the prompt"),
        ([TARGET, FAR + " " + "So good! " * 20], None, {"max_length_ratio": 3.0}, "lengths too different"),
    ],
)
async def test_a_sample_without_a_pair_says_why(
    drafts: list[str], label: str | None, settings: dict[str, Any], reason: str
) -> None:
    record = await _made(drafts, label=label, **settings)
    assert record["pair"] is None
    assert record["dropped"] == reason


async def test_a_reply_with_marks_of_the_prompt_is_rejected_but_never_chosen() -> None:
    record = await _made(["2. Casino (1995)", FAR, "It is Casino (1995)."])
    assert (record["pair"]["chosen"], record["pair"]["rejected"]) == ("It is Casino (1995).", FAR)
    record = await _made([TARGET, "<titles>\n3. Finding Nemo (2003)", NEAR])
    assert record["pair"]["rejected"] == "<titles>\n3. Finding Nemo (2003)"


async def test_a_pair_carries_where_it_comes_from() -> None:
    pair = (await _made([TARGET, FAR]))["pair"]
    assert pair["prompt"][0] == {"role": "system", "content": "S"}
    assert pair["prompt"][-1] == {"role": "user", "content": "I liked Goodfellas (1990)."}
    provenance = pair["provenance"]
    assert provenance["recommender"] == "scripted"
    assert provenance["seed"] == 1
    assert provenance["rejected"]["score"]["method"] == "rules"


async def test_a_draft_that_cannot_be_played_is_left_out_and_counted() -> None:
    def replies(request: ChatRequest) -> Sequence[str]:
        if request.n > 1:
            return [TARGET, NEAR, FAR]
        if any(message.content == FAR for message in request.messages):
            raise ModelUnavailable("503")
        return "Do you like it?"

    runner = _table([])
    runner = EpisodeRunner(seat_of(ScriptedModel(replies)), runner.simulator, runner.judge, 2, 1, KNOWLEDGE)
    record = await make_pair(sample("hi"), runner, Pairs(drafts=3), accept_at=2.0)
    assert record["pair"]["rejected"] == NEAR
    assert count_pairs([record])["unplayed"] == 1


async def test_a_sample_whose_drafts_all_fail_is_a_failed_row() -> None:
    def replies(request: ChatRequest) -> Sequence[str]:
        if request.n > 1:
            return [NEAR, FAR]
        raise ModelUnavailable("503")

    runner = _table([])
    runner = EpisodeRunner(seat_of(ScriptedModel(replies)), runner.simulator, runner.judge, 2, 1, KNOWLEDGE)
    with pytest.raises(ModelError, match="503"):
        await make_pair(sample("hi"), runner, Pairs(drafts=2), accept_at=2.0)


async def test_the_counts_add_up() -> None:
    records = [await _made([TARGET, FAR]), await _made([NEAR, FAR]), await _made([NEAR, FAR], label=TARGET)]
    counts = count_pairs(records)
    assert counts["pairs"] == 2
    assert counts["dropped"] == {"no label to fall back on": 1}
    assert counts["origins"] == {
        "chosen": {"draft": 1, "label": 1, "counterfactual": 0, "focused": 0, "declined": 0, "repeated": 0},
        "rejected": {"draft": 2, "label": 0, "counterfactual": 0, "focused": 0, "declined": 0, "repeated": 0},
    }
    assert counts["drafts_drawn"] == 6
    assert counts["margin_mean"] == pytest.approx(2.0)


# Export


async def _run_folder(path: Path) -> PreferencePair:
    record = await _made([TARGET, FAR])
    (path / "pairs.jsonl").write_text(json.dumps(record["pair"]) + "\n")
    return PreferencePair.from_json(record["pair"])


async def test_trl_gets_lists_of_messages(tmp_path: Path) -> None:
    pair = await _run_folder(tmp_path)
    (written,) = export_pairs(tmp_path, "trl", tmp_path / "out")
    row = json.loads(written.read_text())
    assert row["prompt"] == list(pair.prompt)
    assert row["chosen"] == [{"role": "assistant", "content": TARGET}]
    assert row["rejected"] == [{"role": "assistant", "content": FAR}]


async def test_llama_factory_gets_a_ranking_set_and_its_declaration(tmp_path: Path) -> None:
    await _run_folder(tmp_path)
    data, info = export_pairs(tmp_path, "llamafactory", tmp_path / "out")
    (row,) = json.loads(data.read_text())
    assert row["system"] == "S"
    assert row["conversations"] == [{"from": "human", "value": "I liked Goodfellas (1990)."}]
    assert row["chosen"] == {"from": "gpt", "value": TARGET}
    declared = json.loads(info.read_text())["usbrec_pairs"]
    assert declared["ranking"] is True
    assert set(declared["columns"].values()) <= row.keys()


def test_what_is_no_pair_is_named_by_line(tmp_path: Path) -> None:
    (tmp_path / "pairs.jsonl").write_text('{"sample_id": "a"}\nnonsense\n[]\n')
    with pytest.raises(BadLines) as bad:
        read_pairs(tmp_path)
    assert len(bad.value.problems) == 3
    assert "line 2: broken JSON" in str(bad.value)
    good = {"sample_id": "a", "dialogue_id": "a", "prompt": [{"role": "user", "content": "Hi"}]}
    good |= {"chosen": "Yes.", "rejected": "No."}
    strange = [{"provenance": None}, {"provenance": []}, {"dialogue_id": [1]}]
    strange += [{"prompt": [{"role": "tool", "content": "Hi"}]}]
    lines = [json.dumps(good | change) for change in ({}, *strange)]
    (tmp_path / "pairs.jsonl").write_text("\n".join(lines))
    with pytest.raises(BadLines) as bad:
        read_pairs(tmp_path)
    assert [problem.split(":")[0] for problem in bad.value.problems] == [f"line {n}" for n in (2, 3, 4, 5)]
    with pytest.raises(InputError, match="usbrec pairs"):
        read_pairs(tmp_path / "nowhere")
    with pytest.raises(InputError, match="unknown shape"):
        export_pairs(tmp_path, "csv", tmp_path)


words = st.text(min_size=1, max_size=20)


@given(words, words, words)
def test_swapping_a_pair_twice_gives_it_back_and_json_loses_nothing(one: str, two: str, three: str) -> None:
    pair = PreferencePair("s", "d", ({"role": "user", "content": one},), two, three, {"seed": 1})
    assert pair.swap().swap() == pair
    assert (pair.swap().chosen, pair.swap().rejected) == (three, two)
    assert PreferencePair.from_json(json.loads(json.dumps(pair.to_json()))) == pair
