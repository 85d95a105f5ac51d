"""Language models: one protocol, several backends, and the names they are opened by."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from usbrec.llm.open import ModelOpener, Seat, base_url_of, find_seat, model_name, open_model, read_seat
    from usbrec.llm.packaged import MODELS, packaged_model_path
    from usbrec.llm.protocol import (
        ChatModel,
        ChatReply,
        ChatRequest,
        Choice,
        ChoiceRequest,
        Completion,
        Message,
        temper,
    )
    from usbrec.llm.recorded import RecordedModel, Unreachable
    from usbrec.llm.scripted import ScriptedModel, load_script
else:
    from usbrec.on_demand import given_out

    __getattr__ = given_out(
        __name__,
        {
            "open": "ModelOpener Seat base_url_of find_seat model_name open_model read_seat",
            "packaged": "MODELS packaged_model_path",
            "protocol": "ChatModel ChatReply ChatRequest Choice ChoiceRequest Completion Message temper",
            "recorded": "RecordedModel Unreachable",
            "scripted": "ScriptedModel load_script",
        },
    )

__all__ = [
    "MODELS",
    "ChatModel",
    "ChatReply",
    "ChatRequest",
    "Choice",
    "ChoiceRequest",
    "Completion",
    "Message",
    "ModelOpener",
    "RecordedModel",
    "ScriptedModel",
    "Seat",
    "Unreachable",
    "base_url_of",
    "find_seat",
    "load_script",
    "model_name",
    "open_model",
    "packaged_model_path",
    "read_seat",
    "temper",
]
