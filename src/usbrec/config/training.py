"""Settings: how a model is trained, and the presets they start from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Optional

from pydantic import Field, SerializerFunctionWrapHandler, create_model, model_serializer
from pydantic.fields import FieldInfo

from usbrec.config.stage import Fixed, Stage, free


class Training(Stage):
    """How a model is trained (`usbrec train sft|simpo|dpo|kto|grpo|rloo`), by LoRA adapters."""

    fixed: ClassVar[Mapping[str, Fixed]] = {
        "weight_decay": Fixed(0.0, "usbrec.training.trainers.WEIGHT_DECAY"),
        "clip": Fixed(1.0, "usbrec.training.trainers.CLIP"),
        "dropout": Fixed(0.0, "usbrec.training.run.DROPOUT"),
    }
    later: ClassVar[Mapping[str, Any]] = {"replies": "first"}

    preset: Literal["cpu", "paper"] = "cpu"
    """Where the other fields start from: cpu (adapters in the upper layers, one pass over a prompt for both
    replies) or paper (rank 8 in all layers, beta 0.5); what is set beside it goes before it."""
    labels: Literal["whole", "naming"] = "whole"
    """SFT on samples with candidates in the prompt: learn whole labels, or of each the first sentence that
    names an item, where that is the target alone ("naming"; other labels are left out)."""
    learning_rate: float = Field(2e-4, gt=0)
    """Highest learning rate."""
    epochs: float = Field(2.0, gt=0)
    """Passes over the examples."""
    max_steps: int | None = Field(None, ge=1)
    """Ends training after so many steps, whatever `epochs` says."""
    batch: int = Field(4, ge=1)
    """Examples in one pass through the model (GRPO, RLOO: prompts, each with its `generations`)."""
    accumulate: int = Field(2, ge=1)
    """Passes that make one step."""
    warmup: float = Field(0.1, ge=0, lt=1)
    """Share of the steps over which the learning rate rises."""
    schedule: Literal["linear", "cosine", "constant_with_warmup"] = "cosine"
    """How the learning rate falls after it."""
    rank: int = Field(16, ge=1)
    """Rank of the adapters (paper: 8)."""
    alpha: float = Field(32.0, gt=0)
    """Their scale is alpha over rank."""
    layers: int = Field(12, ge=1)
    """Only so many of the uppermost layers carry adapters; more than there are: all of them."""
    targets: tuple[str, ...] = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
    """Which linear layers carry adapters."""
    beta: float = Field(0.5, gt=0)
    """SimPO, DPO, KTO: how sharply two replies are told apart (paper: 0.5, for SimPO)."""
    gamma: float = Field(0.5, ge=0)
    """SimPO: the margin that is aimed at (not known from the paper)."""
    nll: float = Field(0.2, ge=0)
    """SimPO: weight of the chosen replies' likelihood beside the preference (0 is SimPO itself, with which
    replies of small models grow long)."""
    generations: int = Field(8, ge=2, le=64)
    """GRPO, RLOO: replies drawn to each prompt, which are then compared with one another."""
    replies: Literal["first", "all"] = "first"
    """GRPO, RLOO: what is drawn and learnt of an episode, its first reply (the model of the seat says the
    others) or all of them, each credited with what was still gained from it on."""
    temperature: float = Field(0.7, gt=0, le=2)
    """GRPO, RLOO: their temperature; probabilities are learnt at this temperature too (papers: 1.0, at which
    small models say little that is worth anything)."""
    kl: float = Field(0.04, ge=0)
    """GRPO, RLOO: how strongly the model is held to the one it starts from (GRPO's paper: 0.04; at 0 the
    distance is not measured either)."""
    max_length: int = Field(1536, ge=32)
    """Longest prompt and reply together, in tokens; longer examples are left out and counted."""
    held_out: float = Field(0.1, ge=0, lt=1)
    """Share of the dialogues that are not trained on, to measure before and after."""
    shared_prompt: bool = True
    """SFT and SimPO: prefill a prompt once for all its replies, with the model's head on the replies
    alone. The same loss in half the time or less."""
    checkpoint_steps: int = free(20, ge=1)
    """A killed training goes on from the last of these."""
    report_to: tuple[str, ...] = free(())
    """Trackers that follow the curves beside our own files, as transformers names them: trackio, wandb."""


class _Changes(Stage):
    """Training of SFT or of RL alone: any setting of [train], which goes before what stands there."""

    moved: ClassVar[Mapping[str, str]] = Training.moved
    fixed: ClassVar[Mapping[str, Fixed]] = Training.fixed

    @model_serializer(mode="wrap")
    def _what_is_set(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in written(self).items() if value is not None}

    def over(self, train: Training) -> Training:
        """`train` with what is set here in place of its own."""
        return train.with_(**{name: value for name, value in self.settings().items() if value is not None})


def _unset(field: FieldInfo) -> Any:
    """The field, with its limits and its text, but no value."""
    kind = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    extra = field.json_schema_extra
    return Optional[kind], Field(None, description=field.description, json_schema_extra=extra)  # noqa: UP045


if TYPE_CHECKING:

    class TrainingChanges(_Changes):
        def __init__(self, **settings: Any) -> None: ...
else:
    TrainingChanges = create_model(
        "TrainingChanges",
        __base__=_Changes,
        __doc__=_Changes.__doc__,
        **{name: _unset(field) for name, field in Training.model_fields.items()},
    )


#: What `train.preset` sets where the settings do not.
PRESETS: Mapping[str, Mapping[str, Any]] = {
    "cpu": {},
    "paper": {
        "learning_rate": 1e-5,
        "epochs": 1.0,
        "rank": 8,
        "alpha": 16.0,
        "layers": 1000,
        "accumulate": 4,
        "beta": 0.5,
        "nll": 0.0,
        "shared_prompt": False,
    },
}
