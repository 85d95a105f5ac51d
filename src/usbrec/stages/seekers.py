"""`usbrec samples catalogue`: simulated seekers from a catalogue alone, for training and for testing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from usbrec.config import Config, settled
from usbrec.data import write_samples
from usbrec.dialogue import Sample
from usbrec.errors import ConfigError
from usbrec.items.knowledge import Knowledge
from usbrec.stages.resolve import to_make_seekers
from usbrec.stages.run_folder import read_catalogue
from usbrec.stages.wiring import similarity_of
from usbrec.synth.constraints import with_constraints
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
    constraints: int = 0,
) -> Mapping[str, int]:
    """Write `number` simulated seekers to `out`, or share them between `out` and `test`.

    Of the items, `share` (by default SHARE) are targets in `test` alone and the others in `out` alone, so
    that what is learnt about an item is never what is tested; the seekers are shared likewise. Of all,
    `constraints` ask for a price, a stock, a brand or another category (synth/constraints.py). Returns
    how many samples went where, and how many items were skipped. Raises InputError and ConfigError.
    """
    config = to_make_seekers(config or Config(), Path(catalogue))
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
    number = min(NUMBER, len(items)) if number is None else number
    held = 0 if test is None else max(1, round(number * share))
    if number - held < 1:
        raise ConfigError(f"--number {number}: every file needs at least one seeker.")
    distribution = SeekerDistribution(popular=config.seekers.popular)
    noun = settled(config.seekers.noun, "seekers.noun")
    kept = tested = None
    if test is not None:
        kept, tested = split_items(items, share, config.seed)

    train = make_seekers(
        knowledge, noun=noun, distribution=distribution, number=number - held, seed=config.seed, among=kept
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
        )
        asked = round(constraints * held / number)
        write_samples(test, _constrained(other.samples, knowledge, asked, config.seed))
        counts["test"] = len(other.samples)
        counts["undescribed"] += other.undescribed
        counts["unspeakable"] += other.unspeakable
    asked = constraints - (0 if test is None else round(constraints * held / number))
    write_samples(out, _constrained(train.samples, knowledge, asked, config.seed))
    return counts


def _constrained(
    samples: tuple[Sample, ...], knowledge: Knowledge, number: int, seed: int
) -> tuple[Sample, ...]:
    return with_constraints(samples, knowledge, number, seed) if number else samples
