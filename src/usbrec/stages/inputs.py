"""Inputs of a stage: samples, items and prompts, read and checked before any model is asked."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from usbrec.config import CatalogueFile, Config
from usbrec.dialogue import Sample
from usbrec.errors import BadLines, ConfigError
from usbrec.items import Catalogue, FieldMap, known_targets, popularity_from
from usbrec.items.open import open_catalogue, told_of
from usbrec.keys import digest
from usbrec.lexicon import USUAL
from usbrec.play.languages import ENGLISH, Languages
from usbrec.play.seekers.phrases import read_phrases
from usbrec.play.seekers.wishes import check_wishes
from usbrec.prompts import Prompts
from usbrec.stages.rules import RULES, is_seeker_by_rules
from usbrec.stages.thoughts import without_thoughts
from usbrec.storage import Stamped, content_digest, stamped

#: Samples and items as a stage is given them: a file, or what was read already.
GivenSamples: TypeAlias = "str | Path | Sequence[Sample]"
GivenCatalogue: TypeAlias = "str | Path | Catalogue"


@dataclass(frozen=True)
class Inputs:
    """What a stage reads, read whole and checked before any model is asked; `ranker` is the digest of a
    ranker's folder, `left_out` are the samples that could not be used, each with the reason; `languages` tell
    what each dialogue's language is."""

    samples: Sequence[Sample]
    catalogue: Catalogue | None
    prompts: Prompts
    ranker: str | None = None
    left_out: tuple[str, ...] = ()
    languages: Languages = ENGLISH
    sentences: Mapping[str, str] = field(default_factory=dict)

    def left_out_counts(self) -> dict[str, int]:
        """How many rows of samples and of the catalogue were left out."""
        report = None if self.catalogue is None else self.catalogue.report
        return {"samples": len(self.left_out), "items": 0 if report is None else len(report.left_out)}

    def decides(self) -> dict[str, Any]:
        from usbrec.data import samples_digest

        spoken = [self.languages.told(sample.turns) for sample in self.samples]
        other = {language for language in spoken if language != USUAL}
        return {
            "samples": samples_digest(self.samples),
            "catalogue": None if self.catalogue is None else self.catalogue.digest,
            "prompts": digest(dict(self.prompts.texts(other))),
            "ranker": self.ranker,
            **({"spoken": digest(spoken)} if other else {}),
            **self.sentences,
            **self._columns_given(),
        }

    def _columns_given(self) -> dict[str, Any]:
        """The types of columns that the user said; left out where none are, as in runs of before."""
        report = None if self.catalogue is None else self.catalogue.report
        types = () if report is None else report.types
        given = {column.name: column.type for column in types if column.given}
        return {"columns": given} if given else {}


def read_inputs(
    config: Config,
    samples: GivenSamples,
    catalogue: GivenCatalogue | None,
    interactions: str | Path | None,
) -> Inputs:
    """Read samples, catalogue and prompts. Raises InputError or BadLines.

    Where rules need them, samples whose targets the catalogue lacks are left out, which an InputWarning
    tells; refused where they are more than half or `catalogue.strict` is set.
    """
    loaded, unusable = _read_samples(samples, strict=config.catalogue.strict)
    prompts = Prompts(config.play.prompts)
    if catalogue is None:
        if interactions is not None:
            raise ConfigError("--interactions counts items of a catalogue: add --catalogue FILE.")
        if config.ranker is None:
            limited = _limited(loaded, config, samples)
            languages = Languages.of_samples(config.language, limited)
            return Inputs(limited, None, prompts, left_out=unusable, languages=languages)
        # scipy and all that a ranker learns from: only with --ranker.
        from usbrec.items import ranked_items

        items = ranked_items(config.ranker)
    else:
        items = read_catalogue(catalogue, interactions, config.catalogue)
    where = (
        "the catalogue"
        if isinstance(catalogue, Catalogue)
        else catalogue or f"the items of {config.ranker} (train it anew), or name others by --catalogue"
    )
    unknown: tuple[str, ...] = ()
    # Who only ranks may miss a target; who judges by its attributes cannot.
    if config.mode != "retrieval" and (
        config.seats.judge == RULES or is_seeker_by_rules(config.seats.simulator)
    ):
        named = str(samples) if isinstance(samples, str | Path) else "samples"
        if config.catalogue.strict:
            loaded = _limited(loaded, config, samples)
        advice = f"Rules need the targets' items: add them to {where}."
        loaded, unknown = known_targets(loaded, items, named, advice, strict=config.catalogue.strict)
    _check_constraints(loaded, items, str(samples) if isinstance(samples, str | Path) else "samples")
    ranker = None if config.ranker is None else ranker_digest(Path(config.ranker))
    limited = _limited(loaded, config, samples)
    languages = Languages.of_samples(config.language, limited)
    left_out = (*unusable, *unknown)
    return Inputs(limited, items, prompts, ranker, left_out, languages, _sentences(config))


def _sentences(config: Config) -> dict[str, str]:
    """What decides the sentences of rules beside language and catalogue, where somebody said so."""
    kind, templates = config.catalogue.kind, config.seekers.templates
    return ({} if kind == "auto" else {"kind": kind}) | (
        {} if templates is None else {"templates": digest(dict(read_phrases(Path(templates))))}
    )


def _check_constraints(samples: Sequence[Sample], items: Catalogue, where: str) -> None:
    """Raises BadLines for constraints that the catalogue's columns cannot meet, or that no target does."""
    problems = [check_wishes(sample, items) for sample in samples if sample.constraints]
    if told := [problem for problem in problems if problem is not None]:
        raise BadLines(where, told, "A sample's constraints are about columns of the catalogue.")


def _limited(samples: Sequence[Sample], config: Config, given: GivenSamples) -> Sequence[Sample]:
    """Those of the limit, without thoughts in what was said."""
    from usbrec.data import limit_samples

    found = samples if config.limit is None else limit_samples(samples, config.limit)
    where = str(given) if isinstance(given, str | Path) else "samples"
    return without_thoughts(found, config.models.reasoning, where)


def ranker_digest(folder: Path) -> str:
    """A digest of the files of a ranker's folder. Raises ConfigError."""
    if not folder.is_dir():
        raise ConfigError(f"--ranker {folder}: no such folder. `usbrec train ranker -o` writes one.")
    files = sorted(
        path for path in folder.iterdir() if path.suffix in {".json", ".jsonl", ".npz", ".npy", ".txt"}
    )
    return digest([[str(path.relative_to(folder)), content_digest(path)] for path in files])


def given_samples(samples: GivenSamples) -> tuple[Sample, ...]:
    """The samples, read where they are a file. Raises InputError or BadLines."""
    return tuple(_read_samples(samples)[0])


def _read_samples(samples: GivenSamples, *, strict: bool = False) -> tuple[Sequence[Sample], tuple[str, ...]]:
    """The samples, many of a file on the disk, and what of the file cannot be used."""
    if not isinstance(samples, str | Path):
        return tuple(samples), ()
    # The readers of all formats, of which a chat or a service with a catalogue alone needs none.
    from usbrec.data import read_samples

    read = read_samples(samples, strict=strict, held=False)
    return read.found, read.left_out


def read_catalogue(
    catalogue: GivenCatalogue, interactions: str | Path | None, file: CatalogueFile | None = None
) -> Catalogue:
    """The items, with their popularity counted where `interactions` are given. `file` says which columns
    hold what. Raises InputError or BadLines.

    An experiment asks for the same items many times: files that have not changed are read once.
    """
    if isinstance(catalogue, Catalogue):
        return _counted(catalogue, interactions)
    return _read_catalogue(
        stamped(catalogue),
        None if interactions is None else stamped(interactions),
        (file or CatalogueFile()).model_dump_json(),
    )


@functools.lru_cache(maxsize=4)
def _read_catalogue(catalogue: Stamped, interactions: Stamped | None, settings: str) -> Catalogue:
    file = CatalogueFile.model_validate_json(settings)
    items = read_catalogue_anew(catalogue[0], None if interactions is None else interactions[0], file)
    if items.report is not None:
        told_of(items.report)
    return items


def read_catalogue_anew(
    path: str | Path, interactions: str | Path | None, file: CatalogueFile | None = None
) -> Catalogue:
    """The same of a file as it is now, which nobody keeps and whose `report` nobody has told yet. Raises
    InputError or BadLines."""
    file = file or CatalogueFile()
    fields = FieldMap(**file.model_dump(include=set(FieldMap.__dataclass_fields__)))
    items = open_catalogue(
        path, fields, table=file.table, encoding=file.encoding, strict=file.strict, types=file.columns
    )
    return _counted(items, interactions)


def _counted(items: Catalogue, interactions: str | Path | None) -> Catalogue:
    return items if interactions is None else items.with_popularity(popularity_from(interactions, items))
