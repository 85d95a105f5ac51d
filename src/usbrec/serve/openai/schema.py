"""Request bodies: OpenAI's chat completions with our own field `usbrec`, and those of our own paths.

Fields that are not known are passed over, because clients send many. What a client may leave out is None.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from usbrec.dialogue import Conversation, Turn
from usbrec.serve.http.errors import ServiceError


def _writable(text: str) -> str:
    """JSON can hold half a surrogate pair, which is no text that could be sent on or stored."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("holds half a surrogate pair") from None
    return text


Text = Annotated[str, AfterValidator(_writable)]
Name = Annotated[Text, Field(min_length=1, max_length=200)]


class Body(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class Part(Body):
    """A piece of a message."""

    type: Text
    text: Text | None = None


class MessageIn(Body):
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | list[Part] | None = None

    def words(self, place: int) -> str:
        """The text of it. Raises ServiceError for what is no text."""
        if self.content is None or isinstance(self.content, str):
            return self.content or ""
        for part in self.content:
            if part.text is None:
                raise ServiceError(
                    400,
                    f"messages[{place}] holds a part of type {part.type[:40]!r}; only text is read.",
                    param=f"messages.{place}.content",
                    reason="a message holds a part that is no text",
                )
        return "\n".join(part.text or "" for part in self.content)


class StreamOptions(Body):
    include_usage: bool | None = None


class Ours(Body):
    """The field `usbrec` of a request."""

    drafts: Annotated[int | None, Field(ge=1, description="Drafts of the reply.")] = None
    rounds: Annotated[int | None, Field(ge=1, description="Rounds that drafts are played forward.")] = None
    deadline: Annotated[float | None, Field(gt=0, description="Seconds within which the reply comes.")] = None
    profile: Annotated[
        Text | None, Field(max_length=4000, description="The seeker's taste, as they corrected it.")
    ] = None
    progress: Annotated[bool | None, Field(description="Say in the stream how far the search is.")] = None
    session: Annotated[Name | None, Field(description="What is said is stored with this session.")] = None
    store: Annotated[bool | None, Field(description="true begins a session; false leaves this out.")] = None
    user: Annotated[Name | None, Field(description="Whose session it is.")] = None


class ChatBody(Body):
    """POST /v1/chat/completions."""

    messages: Annotated[list[MessageIn], Field(min_length=1)]
    model: Annotated[Text | None, Field(max_length=500)] = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Annotated[int | None, Field(ge=1, le=8)] = None
    temperature: Annotated[float | None, Field(ge=0, le=2)] = None
    top_p: Annotated[float | None, Field(ge=0, le=1)] = None
    max_tokens: Annotated[int | None, Field(ge=1)] = None
    max_completion_tokens: Annotated[int | None, Field(ge=1)] = None
    frequency_penalty: Annotated[float | None, Field(ge=-2, le=2)] = None
    stop: Text | list[Text] | None = None
    seed: int | None = None
    logprobs: bool | None = None
    usbrec: Ours | None = None

    def conversation(self) -> Conversation:
        """What was said, and the application's own system text (None without one). Raises ServiceError."""
        system: list[str] = []
        turns: list[Turn] = []
        for place, message in enumerate(self.messages):
            words = message.words(place)
            if message.role in ("system", "developer"):
                system.append(words)
            elif words.strip():
                turns.append(Turn("recommender" if message.role == "assistant" else "seeker", words))
        return Conversation(
            tuple(turns),
            rounds=None if self.usbrec is None else self.usbrec.rounds,
            profile=None if self.usbrec is None else self.usbrec.profile,
            system="\n".join(system) if any(system) else None,
        )

    def stops(self) -> tuple[str, ...]:
        marks = [self.stop] if isinstance(self.stop, str) else self.stop or []
        return tuple(mark for mark in marks if mark)


class SessionBody(Body):
    """POST /v1/usbrec/sessions."""

    user: Name | None = None


class FeedbackBody(Body):
    """POST /v1/usbrec/sessions/{id}/feedback."""

    turn: Annotated[int, Field(ge=0, le=1_000_000)]
    kind: Literal["liked", "disliked", "accepted"]
    item: Annotated[Text | None, Field(max_length=500)] = None


class VoteBody(Body):
    """POST /v1/usbrec/votes. The prompt is taken and not kept: a vote is nobody's, so nobody could have it
    deleted."""

    left: Name
    right: Name
    winner: Literal["left", "right", "tie"]
    prompt: str | None = None
