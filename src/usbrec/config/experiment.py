"""Settings: the six systems side by side, and the datasets they are held on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from usbrec.config.stage import Stage, free
from usbrec.config.training import TrainingChanges


class Dataset(Stage):
    """The files of one dataset in an experiment."""

    train: str
    """Samples to learn from."""
    test: str
    """Samples that every system is tested on."""
    catalogue: str | None = None
    """Its items."""
    interactions: str | None = None
    """Mentions or samples to count popularity from."""
    ranker: str | None = None
    """Folder of `usbrec train ranker` for this catalogue; by default `ranker`."""


class Experiment(Stage):
    """The six systems side by side (`usbrec experiment`)."""

    moved: ClassVar[Mapping[str, str]] = {
        "sft_learning_rate": "learning_rate in [experiment.sft]",
        "rl_learning_rate": "learning_rate in [experiment.rl]",
        "sft_epochs": "epochs in [experiment.sft]",
        "rl_epochs": "epochs in [experiment.rl]",
    }

    method: Literal["simpo", "dpo", "kto", "grpo", "rloo"] = "simpo"
    """What RL is (paper: simpo). It goes on from the SFT adapter. grpo and rloo draw their own replies on the
    rows that the others draw pairs on."""
    training_seeds: int = free(1, ge=1, le=20)
    """How often training is repeated, pairs included, with other seeds; test rows and their seeds stay. A
    finished experiment goes on with more of them."""
    iterations: int = Field(1, ge=1, le=20)
    """Expert iteration: so many times, at most, pairs are drawn from the last model and it is trained again;
    ends when its score on held-out training rows stops rising. From the second time on it is self-enhanced
    while it draws."""
    new_targets: bool = True
    """Leave out rows whose context names a target already: repeating it would be a hit."""
    train_rows: int | None = Field(None, ge=10)
    """Training rows in all, by hash of the sample id; by default every one."""
    sft_share: float = Field(0.5, gt=0, lt=1)
    """Share of the training dialogues that SFT learns from; pairs are drawn on the others, so that what is
    preferred was not learnt by heart."""
    pair_rows: int | None = Field(None, ge=1)
    """Most rows that pairs are drawn on, by hash of the sample id (grpo, rloo: that are played); by default
    all that SFT did not learn from. Drawing and playing drafts is what takes longest."""
    pair_rounds: int | None = Field(None, ge=1, le=20)
    """Rounds that what is learnt from is played, pairs and the replies of grpo and rloo; by default those of
    the tests, pairs at most `pairs.horizon` of them."""
    pairs_judge: str | None = None
    """Who scores what pairs are made of, or the replies of grpo and rloo; by default who scores the tests.
    `rules:belief` scores each reply by its expectation over what may be wanted in place of the one target."""
    train_rankers: bool = False
    """Train the rankers too. The candidates of a part that is learnt from then come from a ranker that has
    not seen its dialogues; one that was trained on them puts the targets in front more often than it will in
    tests, and teaches the model to trust it too much. One ranker serves all of these parts where they are
    at most half of the training rows. Where `ranker` is set, it serves the tests; else one is trained on all
    dialogues but the tested."""
    held_out_rows: int = Field(60, ge=4)
    """Training rows kept apart to score each iteration (only with several)."""
    also_compare: tuple[tuple[str, str], ...] = free(())
    """Further differences to tell, apart from the planned ones, such as `["SES", "rules:retriever"]`: a
    system, and what it is held against. Of a finished experiment, too."""
    sft: TrainingChanges = TrainingChanges()
    """Settings of [train] for SFT alone."""
    rl: TrainingChanges = TrainingChanges()
    """Settings of [train] for RL alone."""
    controls: tuple[str, ...] = ("random", "retriever", "best")
    """Controls without a language model, on the same rows (with a catalogue)."""
    random_draft: bool = True
    """Play SES and RL+SES once more with any draft that names an item in place of the best: what choosing
    adds to drawing several."""
    models: tuple[str, ...] = ()
    """Base models, each with the whole table; by default the one in the recommender's seat."""
    datasets: dict[str, Dataset] = Field(default_factory=dict)
    """Datasets by name, each with the whole table; by default those named on the command line."""
