"""`usbrec train sft|simpo|dpo|kto|grpo|rloo`: samples or pairs in, a PEFT adapter's folder out."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from usbrec.config import Config
from usbrec.dialogue import PreferencePair, Sample
from usbrec.engine import Progress, Silent
from usbrec.errors import ConfigError, InputError
from usbrec.extras import extra
from usbrec.journal import Journal
from usbrec.keys import digest
from usbrec.llm import find_seat
from usbrec.llm.transformers.checkpoint import HF, base_and_adapter, checkpoint_of
from usbrec.llm.transformers.devices import device_of
from usbrec.pairs import read_pairs, refuse_empty
from usbrec.stages.inputs import GivenCatalogue, GivenSamples, given_samples
from usbrec.stages.labels import labels_as_examples
from usbrec.stages.policy import RolloutRewards
from usbrec.stages.resolve import resolve
from usbrec.stages.run_folder import write_json
from usbrec.stages.settings_file import write_settings
from usbrec.storage import json_lines, read_text
from usbrec.training import METHODS, Example, Method, digest_of, from_pairs, needs_pairs, split
from usbrec.training.settings import learns_by_playing

SCHEMA = "usbrec.training/1"
#: What is learnt from, as a stage is given it: a file or a run's folder, or what was read or made already.
GivenData: TypeAlias = "str | Path | Sequence[Sample] | Sequence[PreferencePair]"


def train_model(
    method: str,
    data: GivenData,
    out: str | Path,
    *,
    config: Config | None = None,
    catalogue: GivenCatalogue | None = None,
    interactions: str | Path | None = None,
    progress: Progress | None = None,
) -> Mapping[str, Any]:
    """Train the model in the recommender's seat; returns what ``training.json`` holds.

    `data` is pairs (a file, the run folder of `usbrec pairs`, records), or (sft) samples, whose labels are
    then learnt as replies to what the recommender's seat would be shown. For grpo and rloo it is samples,
    whose prompts are answered by the model itself; the other seats of `config` play on and score. The seat
    names the base model, and after a ``+`` an adapter to go on from. Writes the adapter, ``training.json``,
    ``history.jsonl``, ``curves.png`` and ``config.toml`` into `out`; does nothing where that is finished, and
    goes on from the last checkpoint where it was killed. Raises InputError, BadLines, ConfigError,
    RunFolderError, ModelRefused, Interrupted.
    """
    config = config or Config()
    out = Path(out)
    chosen = _method(method)
    base, _ = trainable(config.seats.recommender, config.servers)
    if learns_by_playing(chosen):
        return _train_by_playing(chosen, data, out, config, catalogue, interactions, progress or Silent())
    examples = read_examples(chosen, data, config, catalogue, interactions)
    parts = split(examples, share=config.train.held_out, seed=config.seed)
    run = training_library()
    task = _task(run, chosen, config)
    checkpoint_of(base)

    def work() -> Mapping[str, Any]:
        train, held_out, too_long = run.encode(task, parts)
        measured = run.train_adapter(task, train, held_out, out, progress=progress or Silent())
        return {"too_long": too_long, **measured}

    with Journal(out / "run.db") as journal:
        return _finish(journal, out, resolve(config, None), chosen, _decides(chosen, config, examples), work)


def _train_by_playing(
    method: Method,
    data: GivenData,
    out: Path,
    config: Config,
    catalogue: GivenCatalogue | None,
    interactions: str | Path | None,
    progress: Progress,
) -> Mapping[str, Any]:
    samples = _samples_file(method, data)
    run = training_library()
    task = _task(run, method, config)
    checkpoint_of(task.base)
    journal = Journal(out / "run.db")
    with RolloutRewards.open(config, samples, catalogue, interactions, journal) as rewards:
        examples = rewards.examples()
        parts = split(examples, share=config.train.held_out, seed=config.seed)
        play = rewards.config.play
        playing = run.Playing(
            rewards,
            play.max_tokens,
            play.frequency_penalty,
            reasoning=config.models.reasoning,
            dialogues=rewards if config.train.replies == "all" else None,
            list_length=play.list_length,
        )

        def work() -> Mapping[str, Any]:
            train, held_out, too_long = run.encode(task, parts, reply=play.max_tokens)
            measured = run.train_by_playing(task, train, held_out, playing, out, progress=progress)
            return {"too_long": too_long, **measured}

        decides = {**_decides(method, config, examples), "playing": rewards.decides()}
        with journal:
            return _finish(journal, out, rewards.config, method, decides, work)


def _task(run: Any, method: Method, config: Config) -> Any:
    base, adapter = trainable(config.seats.recommender, config.servers)
    return run.Task(method, base, adapter, config.train, config.seed, device_of(config.models.device))


def _decides(method: Method, config: Config, examples: Sequence[Example]) -> dict[str, Any]:
    """What a folder's training is bound to."""
    base, adapter = trainable(config.seats.recommender, config.servers)
    elsewhere = set() if learns_by_playing(method) else {"generations", "temperature", "kl", "replies"}
    return {
        "stage": f"train {method}",
        "base": base,
        "adapter": None if adapter is None else str(adapter),
        "seed": config.seed,
        "settings": config.train.model_dump(
            mode="json", exclude={"checkpoint_steps", "report_to"} | elsewhere
        ),
        "data": digest_of(examples),
    }


def _finish(
    journal: Journal,
    out: Path,
    config: Config,
    method: Method,
    decides: Mapping[str, Any],
    work: Callable[[], Mapping[str, Any]],
) -> Mapping[str, Any]:
    """Do `work`, unless `out` has it already, and write down what it measured."""
    journal.bind(decides)
    if not (out / "training.json").is_file():
        write_settings(journal, out, config)
        measured = work()
        _curves(out)
        write_json(out / "training.json", {"schema": SCHEMA, "method": method, **decides, **measured})
    shutil.rmtree(out / "work", ignore_errors=True)
    return read_training(out)


def show_examples(
    method: str,
    data: GivenData,
    *,
    config: Config | None = None,
    catalogue: GivenCatalogue | None = None,
    interactions: str | Path | None = None,
    number: int = 3,
) -> Mapping[str, Any]:
    """What would reach the trainer: counts, and the first `number` examples as the tokens decode.

    Each of ``shown`` has the prompt as the model reads it and, apart, what is learnt of each reply. Of a
    method that learns by playing it is the prompt and, where the sample has one, the label with the ``score``
    that saying it would have got.
    Raises as :func:`train_model`, before any long work.
    """
    config = config or Config()
    chosen = _method(method)
    base, _ = trainable(config.seats.recommender, config.servers)
    if learns_by_playing(chosen):
        return _show_prompts(chosen, data, config, catalogue, interactions, number)
    examples = read_examples(chosen, data, config, catalogue, interactions)
    parts = split(examples, share=config.train.held_out, seed=config.seed)
    run = training_library()
    train, held_out, too_long = run.encode(_task(run, chosen, config), parts)
    tokenizer = run.load_tokenizer(base)
    lengths = sorted(len(one.prompt) + len(one.chosen) for one in train)
    return {
        "examples": len(train),
        "held_out": len(held_out),
        "too_long": too_long,
        "tokens": {"median": lengths[len(lengths) // 2], "longest": lengths[-1]},
        "shown": [
            {
                "sample_id": one.example.sample_id,
                "prompt": tokenizer.decode(one.prompt),
                "chosen": tokenizer.decode(one.chosen),
                "rejected": None if one.rejected is None else tokenizer.decode(one.rejected),
            }
            for one in train[:number]
        ],
    }


def _show_prompts(
    method: Method,
    data: GivenData,
    config: Config,
    catalogue: GivenCatalogue | None,
    interactions: str | Path | None,
    number: int,
) -> Mapping[str, Any]:
    samples = _samples_file(method, data)
    run = training_library()
    task = _task(run, method, config)
    with RolloutRewards.open(config, samples, catalogue, interactions, None) as rewards:
        parts = split(rewards.examples(), share=config.train.held_out, seed=config.seed)
        train, held_out, too_long = run.encode(task, parts, reply=rewards.config.play.max_tokens)
        tokenizer = run.load_tokenizer(task.base)
        lengths = sorted(len(one.prompt) for one in train)
        first = [one for one in train if one.example.chosen] or train
        shown = first[:number]
        said = [(one.example.sample_id, one.example.chosen) for one in shown if one.example.chosen]
        outcomes = dict(zip(said, rewards.try_out(said), strict=True))
    return {
        "examples": len(train),
        "held_out": len(held_out),
        "too_long": too_long,
        "tokens": {"median": lengths[len(lengths) // 2], "longest": lengths[-1]},
        "generations": config.train.generations,
        "shown": [
            {
                "sample_id": one.example.sample_id,
                "prompt": tokenizer.decode(one.prompt),
                "label": one.example.chosen or None,
                "score": outcomes[key].value
                if (key := (one.example.sample_id, one.example.chosen)) in outcomes
                else None,
            }
            for one in shown
        ],
    }


def _samples_file(method: Method, data: GivenData) -> GivenSamples:
    """What may be samples, or their file. Raises InputError."""
    if isinstance(data, str | Path):
        path = Path(data)
        if not path.is_dir() and not _holds_pairs(path):
            return path
    elif samples := [one for one in data if isinstance(one, Sample)]:
        return samples
    raise InputError(
        f"{_named(data)}: {method} draws its own replies to samples, and these are pairs. Give the file of "
        "samples, or train simpo, dpo or kto."
    )


def _named(data: GivenData) -> str:
    return str(data) if isinstance(data, str | Path) else "data"


def trainable(seat: str, servers: Collection[str] = ()) -> tuple[str, Path | None]:
    """The base model and the adapter of a seat that can be trained; `servers` are the names of those in the
    settings. Raises ConfigError, InputError."""
    found = find_seat(seat, servers)
    if seat in ("", HF) or (found is not None and not found.is_here):
        raise ConfigError(
            f"--model {seat}: only a model whose weights are here can be trained: a packaged one, a .gguf "
            "file, hf:FOLDER or hf:ORG/NAME, each with +ADAPTER to go on from one."
        )
    return base_and_adapter(seat)


def merge(adapter: str | Path, out: str | Path) -> Path:
    """Write the trained model of a folder of `usbrec train`, merged into its base, to the folder `out`, as
    transformers and vLLM load it. Raises InputError, ConfigError."""
    from usbrec.llm.transformers.merge import merge_checkpoint

    return merge_checkpoint(read_training(adapter)["base"], Path(adapter), Path(out))


def read_losses(adapter: str | Path) -> list[tuple[int, float]]:
    """(step, loss) of every logged step of a training, in order."""
    return [(row["step"], row["loss"]) for row in _history(Path(adapter)) if "loss" in row]


def _history(adapter: Path) -> list[Mapping[str, Any]]:
    text = read_text(adapter / "history.jsonl")
    return [row for _, row in json_lines(text) if not isinstance(row, str)]


def read_training(out: str | Path) -> Mapping[str, Any]:
    """What ``training.json`` in a finished folder holds. Raises InputError."""
    text = read_text(Path(out) / "training.json")
    for _, row in json_lines(text.replace("\n", " ")):
        if not isinstance(row, str) and row.get("schema") == SCHEMA:
            return row
    raise InputError(f"{out}: its training.json is not of this version ({SCHEMA}). Train again.")


def read_examples(
    method: Method,
    data: GivenData,
    config: Config,
    catalogue: GivenCatalogue | None,
    interactions: str | Path | None,
) -> tuple[Example, ...]:
    """What `data` teaches, whatever shape it has. Raises InputError, BadLines, ConfigError."""
    samples: GivenSamples
    if isinstance(data, str | Path):
        path = Path(data)
        refuse_empty(path)
        if path.is_dir() or _holds_pairs(path):
            return from_pairs(_limited(read_pairs(path), config.limit))
        samples = path
    else:
        if pairs := [one for one in data if isinstance(one, PreferencePair)]:
            return from_pairs(_limited(pairs, config.limit))
        samples = [one for one in data if isinstance(one, Sample)]
        if not samples:
            raise InputError("data: nothing to learn from. Give pairs or samples.")
    if needs_pairs(method):
        given_samples(samples)  # says what is wrong with the file, if it is none of samples either
        raise InputError(
            f"{_named(data)}: {method} learns from preference pairs, and these are samples. Make pairs with "
            f"`usbrec pairs {samples if isinstance(samples, Path) else 'SAMPLES'} -o RUN`, or train sft."
        )
    return labels_as_examples(samples, config, catalogue, interactions)


def _limited(pairs: Sequence[PreferencePair], limit: int | None) -> Sequence[PreferencePair]:
    """The pairs of the first `limit` samples, by hash of the sample's id."""
    if limit is None:
        return pairs
    first = set(sorted({pair.sample_id for pair in pairs}, key=digest)[:limit])
    return [pair for pair in pairs if pair.sample_id in first]


def _holds_pairs(path: Path) -> bool:
    for _, row in json_lines(read_text(path)):
        return isinstance(row, Mapping) and "rejected" in row
    return False


def _method(name: str) -> Method:
    for method in METHODS:
        if method == name:
            return method
    raise ConfigError(f"train {name}: unknown. There are: {', '.join(METHODS)}.")


def training_library() -> Any:
    """The room that trains, imported when it is needed. Raises ConfigError where its extra is missing."""
    with extra("train", "Training"):
        from usbrec.training import run
    return run


def _curves(out: Path) -> None:
    from usbrec.training.curves import draw_curves

    history = _history(out)
    draw_curves(history, out / "curves.png")
