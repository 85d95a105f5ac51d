"""Training: what is learnt, the losses against plain references, and the packaged model for some steps."""

from __future__ import annotations

import gc
import json
from collections.abc import Sequence
from pathlib import Path

import peft
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file
from transformers import LlamaConfig, LlamaForCausalLM, TrainerCallback
from typer.testing import CliRunner

from support.results_page import undocumented
from support.small_model import small_checkpoint
from usbrec.cli import app
from usbrec.config import Config, Training, load_config
from usbrec.dialogue import PreferencePair
from usbrec.engine import Silent
from usbrec.errors import ConfigError, InputError, Interrupted, RunFolderError
from usbrec.llm.transformers.checkpoint import load_tokenizer
from usbrec.stages import show_examples, train_model
from usbrec.stages.training import read_examples, trainable
from usbrec.training import Example, from_pairs, split
from usbrec.training.data import Encoder
from usbrec.training.measure import surface_accuracy
from usbrec.training.packed import pack, reply_logps
from usbrec.training.trainers import make_trainer, next_of_another

TITLES = ("Heat (1995)", "Alien (1979)", "Up (2009)", "Jaws (1975)", "Fargo (1996)", "Big (1988)")


def pair(number: int, chosen: str | None = None, rejected: str | None = None) -> PreferencePair:
    title = TITLES[number % len(TITLES)]
    return PreferencePair(
        sample_id=f"s{number}",
        dialogue_id=f"d{number // 2}",
        prompt=(
            {"role": "system", "content": "You recommend films."},
            {"role": "user", "content": f"Something for evening {number}?"},
            {"role": "assistant", "content": "What do you like?"},
            {"role": "user", "content": "Surprise me."},
        ),
        chosen=chosen or f"Take {title}, you will like it.",
        rejected=rejected or "I am sorry, there is nothing that I could say about films at the moment.",
    )


def write_pairs(path: Path, pairs: Sequence[PreferencePair]) -> Path:
    path.write_text("".join(json.dumps(one.to_json()) + "\n" for one in pairs), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """For what any model shows: a small one, which learns in bigger steps."""
    base = small_checkpoint(tmp_path_factory.mktemp("small"))
    return Config.model_validate(
        {
            "seats": {"recommender": f"hf:{base}"},
            "train": {"batch": 4, "accumulate": 1, "layers": 4, "learning_rate": 1e-2},
        }
    )


def example(number: int, dialogue: str) -> Example:
    return Example(f"s{number}", dialogue, ({"role": "user", "content": "Hi"},), "yes", "no")


def tiny(vocabulary: int, seed: int = 0) -> LlamaForCausalLM:
    torch.manual_seed(seed)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=vocabulary,
            hidden_size=32,
            intermediate_size=48,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=256,
        )
    )


def alone(model: LlamaForCausalLM, prompt: Sequence[int], reply: Sequence[int]) -> torch.Tensor:
    """The log-probability of each token of `reply`, by one forward pass over one plain sequence."""
    logits = model(input_ids=torch.tensor([[*prompt, *reply]])).logits[0, len(prompt) - 1 : -1]
    return logits.log_softmax(-1).gather(1, torch.tensor(list(reply))[:, None])[:, 0]


tokens = st.lists(st.integers(0, 63), min_size=1, max_size=9)


@settings(deadline=None, max_examples=25)
@given(rows=st.lists(st.tuples(tokens, st.lists(tokens, min_size=1, max_size=3)), min_size=1, max_size=4))
def test_replies_that_share_a_prompt_have_the_probabilities_they_have_alone(
    rows: list[tuple[list[int], list[list[int]]]],
) -> None:
    model = tiny(64).eval()
    with torch.no_grad():
        sums, counts = reply_logps(model, pack(rows, pad=0, dtype=torch.float32))
        expected = [alone(model, prompt, reply).sum() for prompt, replies in rows for reply in replies]
    assert counts.tolist() == [len(reply) for _, replies in rows for reply in replies]
    torch.testing.assert_close(sums, torch.stack(expected), atol=1e-4, rtol=1e-4)


@given(
    dialogues=st.lists(st.integers(0, 12), min_size=1, max_size=40),
    share=st.floats(0, 0.9),
    seed=st.integers(0, 5),
)
def test_dialogues_are_held_out_whole_and_nothing_is_lost(
    dialogues: list[int], share: float, seed: int
) -> None:
    examples = [example(number, f"d{name}") for number, name in enumerate(dialogues)]
    parts = split(examples, share=share, seed=seed)
    ids = [{one.dialogue_id for one in part} for part in (parts.train, parts.held_out)]
    assert parts.train
    assert not ids[0] & ids[1]
    assert sorted([*parts.train, *parts.held_out], key=lambda one: one.sample_id) == sorted(
        examples, key=lambda one: one.sample_id
    )
    assert split(list(reversed(examples)), share=share, seed=seed).held_out == parts.held_out[::-1]


def test_pairs_whose_sides_are_equal_are_left_out() -> None:
    assert len(from_pairs([pair(0), pair(1, "Same.", "Same. ")])) == 1


def test_a_limit_keeps_whole_samples_of_pairs_the_same_ones_whatever_their_order(tmp_path: Path) -> None:
    pairs = [pair(number) for number in (0, 1, 2, 3, 4, 0, 1)]
    seen = []
    for order in (pairs, pairs[::-1]):
        data = write_pairs(tmp_path / "pairs.jsonl", order)
        kept = read_examples("simpo", data, Config(limit=2), None, None)
        assert len(read_examples("simpo", data, Config(), None, None)) == 7
        assert len({one.sample_id for one in kept}) == 2
        seen.append(sorted(one.sample_id for one in kept))
        assert seen[-1] == sorted(one.sample_id for one in pairs if one.sample_id in seen[-1])
    assert seen[0] == seen[1]


@given(prompts=st.lists(st.lists(st.integers(0, 2), max_size=1), max_size=9))
def test_a_prompt_is_held_against_the_next_reply_to_another_one(prompts: list[list[int]]) -> None:
    for place, other in enumerate(next_of_another(prompts)):
        between = [prompts[(place + step) % len(prompts)] for step in range((other - place) % len(prompts))]
        assert all(one == prompts[place] for one in between)
        alone = all(one == prompts[0] for one in prompts)
        assert other == place if alone else prompts[other] != prompts[place]


def test_a_classifier_of_looks_tells_longer_from_shorter_and_nothing_else() -> None:
    longer = [
        Example(f"s{n}", f"d{n}", (), "a " * (n % 7 + 5), "b " * (n % 3 + 1), titles=(1, 1))
        for n in range(40)
    ]
    assert surface_accuracy(longer[:30], longer[30:]) == 1.0
    equal = [Example(f"s{n}", f"d{n}", (), "a b", "c d", titles=(1, 1)) for n in range(40)]
    assert surface_accuracy(equal[:30], equal[30:]) == 0.5
    assert surface_accuracy([], equal) is None


def test_a_preset_stands_under_what_is_set_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('[train]\npreset = "paper"\nepochs = 3\n', encoding="utf-8")
    paper = load_config(file).train
    assert (paper.rank, paper.beta, paper.epochs) == (8, 0.5, 3)
    with pytest.raises(ConfigError, match="preset"):
        load_config(None, {"train": {"preset": "gpu"}})


@pytest.mark.parametrize("seat", ["openai:gpt", "scripted:file.py", "rules:random", "hf:"])
def test_models_whose_weights_are_not_here_are_refused(seat: str) -> None:
    with pytest.raises(ConfigError, match="can be trained"):
        trainable(seat)


def test_an_adapter_is_named_behind_a_plus(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"adapter_config\.json is missing"):
        trainable(f"smollm2-135m+{tmp_path}")
    with pytest.raises(InputError, match="no home folder is known"):
        trainable("smollm2-135m+~nosuchuser/y")
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        (tmp_path / name).touch()
    assert trainable(f"hf:smollm2-135m+{tmp_path}") == ("smollm2-135m", tmp_path)
    assert trainable("smollm2-135m") == ("smollm2-135m", None)


def test_unusable_data_is_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    equal = write_pairs(tmp_path / "equal.jsonl", [pair(0, "Same.", "Same.")])
    samples = tmp_path / "samples.jsonl"
    row = {"id": "a", "dialogue_id": "a", "turns": [{"role": "seeker", "text": "Hi"}], "targets": ["Heat"]}
    samples.write_text(json.dumps(row) + "\n", encoding="utf-8")
    cases = {
        equal: "Nothing to learn from",
        samples: "learns from preference pairs",
        tmp_path: "no pairs here",
    }
    for data, problem in cases.items():
        with pytest.raises(InputError, match=problem):
            train_model("simpo", data, tmp_path / "out")
    with pytest.raises(ConfigError, match="sft, simpo, dpo, kto"):
        train_model("ppo", equal, tmp_path / "out")
    with pytest.raises(ConfigError, match="no such device"):
        train_model(
            "simpo",
            write_pairs(tmp_path / "good.jsonl", [pair(0), pair(2)]),
            tmp_path / "out",
            config=Config.model_validate({"models": {"device": "cuda:7"}}),
        )
    assert not (tmp_path / "out").exists()


# From here on the packaged model's tokenizer or weights are used.


@pytest.mark.model
def test_only_the_recommenders_own_words_are_learnt() -> None:
    tokenizer = load_tokenizer("smollm2-135m")
    one = Encoder(tokenizer)(from_pairs([pair(0)])[0])
    assert tokenizer.decode(one.chosen) == "Take Heat (1995), you will like it.<|im_end|>"
    prompt = tokenizer.decode(one.prompt)
    assert prompt.endswith("Surprise me.<|im_end|>\n<|im_start|>assistant\n")
    assert "What do you like?<|im_end|>" in prompt
    assert "Heat" not in prompt


class _Nobody(TrainerCallback):
    pass


@pytest.mark.model
@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("nll", [0.0, 0.2])
def test_simpo_is_the_loss_of_its_paper(shared: bool, nll: float, tmp_path: Path) -> None:
    tokenizer = load_tokenizer("smollm2-135m")
    model = tiny(len(tokenizer)).eval()
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    encoder = Encoder(tokenizer)
    rows = [encoder(one) for one in from_pairs([pair(0), pair(1, rejected="No."), pair(2)])]
    chosen = Training(beta=2.0, gamma=1.1, nll=nll, shared_prompt=shared, batch=3)
    trainer = make_trainer(
        "simpo", model, tokenizer, rows, chosen, work=tmp_path, seed=0, cpu=True, callback=_Nobody()
    )
    batch = trainer.data_collator([trainer.train_dataset[number] for number in range(3)])
    with torch.no_grad():
        loss, measured = trainer.get_batch_loss_metrics(model, batch)
        # SimPO (Meng et al. 2024), equation 6: the mean log-probability of a token is the reward.
        losses, liked = [], []
        for row in rows:
            liked.append(alone(model, row.prompt, row.chosen))
            good = liked[-1].mean()
            bad = alone(model, row.prompt, row.rejected or ()).mean()
            losses.append(-torch.nn.functional.logsigmoid(2.0 * good - 2.0 * bad - 1.1))
        # Beside it, of our own, the likelihood of the chosen replies' tokens.
        expected = torch.stack(losses).mean() - nll * torch.cat(liked).mean()
    torch.testing.assert_close(loss, expected, atol=1e-4, rtol=1e-4)
    assert measured["rewards/accuracies"] == pytest.approx(
        sum(value < -torch.nn.functional.logsigmoid(torch.tensor(-1.1)) for value in losses) / 3
    )


@pytest.mark.model
@pytest.mark.parametrize("shared", [True, False])
def test_sft_learns_the_tokens_of_replies_and_no_others(shared: bool, tmp_path: Path) -> None:
    tokenizer = load_tokenizer("smollm2-135m")
    model = tiny(len(tokenizer)).eval()
    encoder = Encoder(tokenizer)
    rows = [encoder(one) for one in from_pairs([pair(0), pair(1), pair(2, chosen="Take Up (2009).")])]
    chosen = Training(shared_prompt=shared, batch=3)
    trainer = make_trainer(
        "sft", model, tokenizer, rows, chosen, work=tmp_path, seed=0, cpu=True, callback=_Nobody()
    )
    batch = trainer.data_collator([trainer.train_dataset[number] for number in range(3)])
    told = [[int(token) for token in labels if token != -100] for labels in batch["labels"]]
    assert told == [list(row.chosen) for row in rows]
    with torch.no_grad():
        loss = trainer.compute_loss(model, batch)
        every = torch.cat([alone(model, row.prompt, row.chosen) for row in rows])
        torch.testing.assert_close(loss, -every.mean(), atol=1e-4, rtol=1e-4)
        # Over accumulated batches the mean is taken over all their tokens, not over the batches' means.
        more = trainer.compute_loss(model, batch, num_items_in_batch=torch.tensor(2 * len(every)))
        torch.testing.assert_close(more, -every.sum() / (2 * len(every)), atol=1e-4, rtol=1e-4)


@pytest.mark.model
@pytest.mark.parametrize("method", ["dpo", "kto"])
def test_preferences_are_of_the_tokens_of_replies_and_no_others(method: str, tmp_path: Path) -> None:
    tokenizer = load_tokenizer("smollm2-135m")
    config = peft.LoraConfig(r=2, target_modules=["q_proj"], task_type="CAUSAL_LM")
    model = peft.get_peft_model(tiny(len(tokenizer)), config)
    rows = [Encoder(tokenizer)(one) for one in from_pairs([pair(0), pair(1)])]
    trainer = make_trainer(
        method, model, tokenizer, rows, Training(batch=2), work=tmp_path, seed=0, cpu=True, callback=_Nobody()
    )
    batch = trainer.data_collator([trainer.train_dataset[number] for number in range(2)])
    told = [
        ids[mask.bool()].tolist()
        for ids, mask in zip(batch["input_ids"], batch["completion_mask"], strict=True)
    ]
    sides = {tuple(side) for row in rows for side in (row.chosen, row.rejected or ())}
    assert {tuple(side) for side in told} <= sides
    assert len(told) == (4 if method == "dpo" else 2)


FAST = Config.model_validate({"train": {"batch": 4, "accumulate": 1, "layers": 4, "learning_rate": 2e-3}})


def fast(base: Config = FAST, **train: object) -> Config:
    return base.model_copy(update={"train": base.train.model_copy(update=train)})


@pytest.mark.model
def test_training_makes_held_out_pairs_come_right(tmp_path: Path) -> None:
    data = write_pairs(tmp_path / "pairs.jsonl", [pair(number) for number in range(40)])
    out = tmp_path / "adapter"
    done = train_model("simpo", data, out, config=fast(max_steps=6, held_out=0.15))
    before, after = done["held_out"]["before"], done["held_out"]["after"]
    assert undocumented("usbrec train", done) == set()
    assert after["accuracy"] > before["accuracy"]
    assert after["margin"] > before["margin"] + 0.5
    assert done["steps"] == 6
    names = {path.name for path in out.iterdir()}
    assert names >= {"adapter_config.json", "adapter_model.safetensors", "history.jsonl", "curves.png"}
    assert not [path for path in out.rglob("*") if path.suffix in {".bin", ".pt", ".pth"}]
    weights = load_file(out / "adapter_model.safetensors")
    layers = {name.split(".layers.")[1].split(".")[0] for name in weights}
    assert layers == {"26", "27", "28", "29"}
    assert json.loads((out / "adapter_config.json").read_text())["base_model_name_or_path"] == "smollm2-135m"
    # Finished: the same command does nothing, another configuration is refused.
    stamp = (out / "adapter_model.safetensors").stat().st_mtime_ns
    assert train_model("simpo", data, out, config=fast(max_steps=6, held_out=0.15)) == done
    assert (out / "adapter_model.safetensors").stat().st_mtime_ns == stamp
    with pytest.raises(RunFolderError, match="learning_rate"):
        train_model("simpo", data, out, config=fast(max_steps=6, held_out=0.15, learning_rate=1e-3))
    # And it is what the next method goes on from.
    seats = FAST.seats.model_copy(update={"recommender": f"smollm2-135m+{out}"})
    again = fast(max_steps=1, held_out=0.15).model_copy(update={"seats": seats})
    second = train_model("dpo", data, tmp_path / "second", config=again)
    assert second["held_out"]["before"]["margin"] == pytest.approx(after["margin"], abs=0.02)


@pytest.mark.model
@pytest.mark.parametrize("method", ["sft", "kto"])
def test_other_methods_make_the_chosen_replies_likelier(method: str, small: Config, tmp_path: Path) -> None:
    data = write_pairs(tmp_path / "pairs.jsonl", [pair(number) for number in range(24)])
    done = train_model(method, data, tmp_path / "adapter", config=fast(small, max_steps=12, held_out=0.3))
    before, after = done["held_out"]["before"], done["held_out"]["after"]
    assert after["nll"] < before["nll"]
    assert after["margin"] > before["margin"]


class _StopsAt(Silent):
    """Ctrl-C at a step."""

    def __init__(self, step: int) -> None:
        self._left = step

    def advance(self, *, failed: bool) -> None:
        self._left -= 1
        if self._left == 0:
            raise KeyboardInterrupt


@pytest.mark.model
def test_a_stopped_training_goes_on_from_its_last_checkpoint(small: Config, tmp_path: Path) -> None:
    data = write_pairs(tmp_path / "pairs.jsonl", [pair(number) for number in range(24)])
    config = fast(small, max_steps=5, checkpoint_steps=2)
    with pytest.raises(Interrupted, match="checkpoint"):
        train_model("simpo", data, tmp_path / "cut", config=config, progress=_StopsAt(4))
    assert (tmp_path / "cut" / "work" / "checkpoint-2").is_dir()
    assert not (tmp_path / "cut" / "training.json").exists()
    train_model("simpo", data, tmp_path / "cut", config=config)
    train_model("simpo", data, tmp_path / "whole", config=config)
    curves = [
        [json.loads(line) for line in (tmp_path / name / "history.jsonl").read_text().splitlines()]
        for name in ("cut", "whole")
    ]
    assert [row["step"] for row in curves[0]] == [1, 2, 3, 4, 5]
    assert [row["loss"] for row in curves[0]] == pytest.approx([row["loss"] for row in curves[1]], rel=0.02)
    assert not (tmp_path / "cut" / "work").exists()


@pytest.mark.model
def test_no_model_outlives_its_training(small: Config, tmp_path: Path) -> None:
    data = write_pairs(tmp_path / "pairs.jsonl", [pair(number) for number in range(8)])
    gc.collect()
    gc.disable()  # what is left in cycles stays, unless the training sees to it
    try:
        train_model("simpo", data, tmp_path / "out", config=fast(small, max_steps=1))
        assert not [one for one in gc.get_objects() if type(one) is peft.PeftModelForCausalLM]
    finally:
        gc.enable()


class _StopsAtTheEnd(Silent):
    """Ctrl-C when the last step is done."""

    def finish(self) -> None:
        raise KeyboardInterrupt


@pytest.mark.model
@pytest.mark.parametrize("method", ["sft", "simpo"])
def test_a_training_stopped_behind_its_last_step_makes_no_further_one(
    method: str, small: Config, tmp_path: Path
) -> None:
    data = write_pairs(tmp_path / "pairs.jsonl", [pair(number) for number in range(12)])
    config = fast(small, max_steps=2)
    with pytest.raises(KeyboardInterrupt):
        train_model(method, data, tmp_path / "cut", config=config, progress=_StopsAtTheEnd())
    assert (tmp_path / "cut" / "work" / "checkpoint-2").is_dir()
    done = train_model(method, data, tmp_path / "cut", config=config)
    whole = train_model(method, data, tmp_path / "whole", config=config)
    assert (done["steps"], done["loss"]) == (whole["steps"], whole["loss"])
    assert done["steps"] == 2
    adapters = [(tmp_path / name / "adapter_model.safetensors").read_bytes() for name in ("cut", "whole")]
    assert adapters[0] == adapters[1]


@pytest.mark.model
def test_a_loss_that_is_no_number_stops_the_training_and_says_so(small: Config, tmp_path: Path) -> None:
    data = write_pairs(tmp_path / "pairs.jsonl", [pair(number) for number in range(12)])
    config = fast(small, max_steps=6, learning_rate=1e30, warmup=0.0, schedule="constant_with_warmup")
    with pytest.raises(InputError, match=r"not a number.*learning_rate"):
        train_model("simpo", data, tmp_path / "out", config=config)
    assert not (tmp_path / "out" / "training.json").exists()


@pytest.mark.model
def test_examples_that_are_too_long_are_counted_and_all_of_them_refused(tmp_path: Path) -> None:
    data = write_pairs(
        tmp_path / "pairs.jsonl", [pair(0), pair(2), pair(4, chosen="Take Heat. " * 60), pair(6)]
    )
    shown = show_examples("simpo", data, config=fast(max_length=120, held_out=0.0))
    assert (shown["examples"], shown["too_long"]) == (3, 1)
    with pytest.raises(InputError, match=r"longer than train\.max_length = 32"):
        train_model("simpo", data, tmp_path / "out", config=fast(max_length=32))


@pytest.mark.model
def test_a_dry_run_shows_what_is_learnt_and_writes_nothing(tmp_path: Path) -> None:
    data = write_pairs(tmp_path / "pairs.jsonl", [pair(number) for number in range(6)])
    out = tmp_path / "out"
    answer = CliRunner().invoke(app, ["train", "simpo", str(data), "-o", str(out), "--dry-run"])
    assert answer.exit_code == 0, answer.output
    assert "learnt: Take" in answer.output
    assert "not preferred: I am sorry" in answer.output
    assert not out.exists()
