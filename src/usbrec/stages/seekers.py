"""`usbrec samples catalogue`: simulated seekers from a catalogue alone, for training and for testing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from usbrec.config import Config, settled
from usbrec.data import write_samples
from usbrec.errors import ConfigError
from usbrec.items.kinds import kind_of_noun
from usbrec.items.knowledge import Knowledge
from usbrec.lexicon import USUAL
from usbrec.play.seekers.voices import Voices
from usbrec.stages.resolve import to_make_seekers
from usbrec.stages.run_folder import read_catalogue
from usbrec.stages.wiring import similarity_of
from usbrec.synth.generator import SeekerDistribution, make_seekers
from usbrec.synth.sampling import split_items

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
) -> Mapping[str, int]:
    """Write `number` simulated seekers to `out`, or share them between `out` and `test`.

    Of the items, `share` (by default SHARE) are targets in `test` alone and the others in `out` alone, so
    that what is learnt about an item is never what is tested; the seekers are shared likewise. Returns
    how many samples went where, and how many items were skipped. Raises InputError and ConfigError.
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

    language = USUAL if config.language == "auto" else config.language

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
        write_samples(test, other.samples)
        counts["test"] = len(other.samples)
        counts["undescribed"] += other.undescribed
        counts["unspeakable"] += other.unspeakable
    write_samples(out, train.samples)
    return counts
