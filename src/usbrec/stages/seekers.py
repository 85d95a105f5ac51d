"""`usbrec samples catalogue`: simulated seekers from a catalogue alone, for training and for testing."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

from usbrec.config import Config, settled
from usbrec.data import write_samples
from usbrec.dialogue import Sample
from usbrec.errors import ConfigError, InputError, ModelRefused
from usbrec.event_loop import run as run_coroutine
from usbrec.items import Catalogue
from usbrec.items.genres import genres_language
from usbrec.items.kinds import kind_of_noun
from usbrec.items.knowledge import Knowledge
from usbrec.lexicon import LANGUAGES, USUAL
from usbrec.lexicon.detection import detect, name_of
from usbrec.llm import ModelOpener, read_seat
from usbrec.lockstep import side_by_side
from usbrec.play.languages import known
from usbrec.play.seekers.voices import Voices
from usbrec.prompts import Prompts
from usbrec.stages.inputs import read_catalogue
from usbrec.stages.resolve import to_make_seekers
from usbrec.stages.wiring import similarity_of
from usbrec.synth.constraints import with_constraints
from usbrec.synth.generator import SeekerDistribution, make_seekers
from usbrec.synth.sampling import split_items
from usbrec.synth.writing import SeekerWriter, Written, told

#: So many seekers are made unless told otherwise, and no more than there are items.
NUMBER = 1000
#: So much of them and of the items goes to the file for testing.
SHARE = 0.2


def make_samples(
    catalogue: str | Path,
    out: str | Path,
    *,
    config: Config | None = None,
    number: int | None = None,
    interactions: str | Path | None = None,
    test: str | Path | None = None,
    share: float | None = None,
    constraints: int = 0,
) -> Mapping[str, int]:
    """Write `number` simulated seekers to `out`, or share them between `out` and `test`.

    Of the items, `share` (by default SHARE) are targets in `test` alone and the others in `out` alone, so
    that what is learnt about an item is never what is tested; the seekers are shared likewise. Of all,
    `constraints` ask for a price, a stock, a brand or another category (synth/constraints.py). Returns how
    many samples went where, and how many items were skipped; with `seekers.writer` also what became of its
    words. Raises InputError, ConfigError and ModelRefused.
    """
    config = config or Config()
    if share is not None and test is None:
        raise ConfigError("--share says how much goes to a second file: add --test FILE.")
    share = SHARE if share is None else share
    if not 0 < share < 1:
        raise ConfigError(f"--share {share}: must lie between 0 and 1.")
    if test is not None and Path(test).resolve() == Path(out).resolve():
        raise ConfigError(f"--test {test}: is the file of --out. Give it a name of its own.")
    items = read_catalogue(catalogue, interactions, config.catalogue)
    judging = config.judging
    similarity = similarity_of(judging)
    knowledge = Knowledge.of(items, similarity, seed=config.seed)
    kind, templates = config.catalogue.kind, config.seekers.templates
    voices = Voices.about(
        items,
        kind=kind_of_noun(config.seekers.noun) if kind == "auto" else kind,
        own=None if templates is None else Path(templates),
    )
    config = to_make_seekers(config, Path(catalogue), voices.kind)
    number = min(NUMBER, len(items)) if number is None else number
    held = 0 if test is None else max(1, round(number * share))
    if number - held < 1:
        raise ConfigError(f"--number {number}: every file needs at least one seeker.")
    distribution = SeekerDistribution(popular=config.seekers.popular)
    noun = settled(config.seekers.noun, "seekers.noun")
    kept = tested = None
    if test is not None:
        kept, tested = split_items(items, share, config.seed)

    language = _language_of(items, str(catalogue)) if config.language == "auto" else config.language
    prompts, written = Prompts(config.play.prompts), list[Written]()

    def in_its_words(samples: Sequence[Sample]) -> Sequence[Sample]:
        if config.seekers.writer is None:
            return samples
        found = _written(config, prompts, knowledge, samples, language, noun)
        written.extend(found)
        return [one.sample for one in found]

    train = make_seekers(
        knowledge,
        noun=noun,
        distribution=distribution,
        number=number - held,
        seed=config.seed,
        among=kept,
        voices=voices,
        language=language,
    )
    counts = {
        "samples": len(train.samples),
        "test": 0,
        "undescribed": train.undescribed,
        "unspeakable": train.unspeakable,
    }
    if test is not None:
        other = make_seekers(
            knowledge,
            noun=noun,
            distribution=distribution,
            number=held,
            seed=config.seed,
            among=tested,
            first=len(train.samples),
            voices=voices,
            language=language,
        )
        asked = round(constraints * held / number)
        write_samples(
            test, in_its_words(_constrained(other.samples, knowledge, asked, config.seed, language))
        )
        counts["test"] = len(other.samples)
        counts["undescribed"] += other.undescribed
        counts["unspeakable"] += other.unspeakable
    asked = constraints - (0 if test is None else round(constraints * held / number))
    write_samples(out, in_its_words(_constrained(train.samples, knowledge, asked, config.seed, language)))
    return counts if config.seekers.writer is None else counts | told(written)


def _constrained(
    samples: tuple[Sample, ...], knowledge: Knowledge, number: int, seed: int, language: str
) -> tuple[Sample, ...]:
    return with_constraints(samples, knowledge, number, seed, language) if number else samples


def _language_of(items: Catalogue, where: str) -> str:
    """The language of a catalogue's genres and descriptions; the usual one where they tell none. Raises
    InputError for one in which nobody would speak."""
    some = list(itertools.islice(items, 200))
    genres = dict.fromkeys(genre for item in some for genre in item.genres)
    # A genre of Latin letters may be a frequent word of another language ("War").
    written = [genre for genre in genres if not genre.isascii()] + [item.text for item in some]
    found = detect("\n".join(written), sure=True) or genres_language(genres) or USUAL
    if found not in LANGUAGES:
        raise InputError(
            f"{where}: is in {name_of(found)}, and seekers by rules speak {known()}. Say in which of these "
            "they are to speak of it: --language, or `language` in the settings."
        )
    return found


def _written(
    config: Config,
    prompts: Prompts,
    knowledge: Knowledge,
    samples: Sequence[Sample],
    language: str,
    noun: str,
) -> list[Written]:
    """The samples in the words of the model `seekers.writer`. Raises ConfigError where that is none."""
    seat = read_seat(settled(config.seekers.writer, "seekers.writer"), config.servers)
    if not seat.is_model:
        raise ConfigError(f"--writer {seat.text}: is no model. Leave it out for seekers by rules.")

    async def write() -> list[Written]:
        model = ModelOpener(config.models, config.servers).open(seat.text)
        writer = SeekerWriter(model, prompts, knowledge, language, noun, config.play.simulator_temperature)
        at_once = asyncio.Semaphore(config.models.workers(in_process=seat.is_here) if model.parallel else 1)
        found: dict[str, Written] = {}

        async def one(sample: Sample) -> None:
            async with at_once:
                found[sample.id] = await writer.write(sample, seed=config.seed)

        try:
            await side_by_side(one(sample) for sample in samples)
        finally:
            await model.aclose()
        return [found[sample.id] for sample in samples]

    written = run_coroutine(write())
    if samples and not any(one.wrote for one in written):
        failed = next((one.failed for one in reversed(written) if one.failed), "")
        raise ModelRefused(
            f"--writer {seat.text}: wrote nothing that could stay, for none of {len(samples)} seekers. "
            + (f"The last failure: {failed}" if failed else "Try another model, or leave it out.")
        )
    return written
