"""Choices in this process that are drawn: votes, and how an answer goes on behind its first token.

The probabilities of a first token are at hand here, whatever the model would say behind it. A model that
answers "1/10", "10" or "1 or 2" puts all of its probability on "1" as well, and that is no score of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from usbrec.llm.choices import LOOKED_AT, OF_THOUGHTS, VOTE_TOKENS, goes_on, read_option
from usbrec.llm.protocol import ChatReply, ChatRequest, Choice, ChoiceRequest

Draw = Callable[[ChatRequest], ChatReply]


def looked_at(choice: Choice, request: ChoiceRequest, draw: Draw) -> Choice:
    """The choice, without its probabilities where the likeliest answer goes on and is none of the options.
    Looked at only where the request has it so (`ends_within`)."""
    if request.ends_within is None or choice.probabilities is None:
        return choice
    reply = draw(
        ChatRequest(
            request.messages,
            temperature=0.0,
            max_tokens=min(request.ends_within, LOOKED_AT),
            seed=request.seed,
        )
    )
    said = reply.completions[0]
    why = OF_THOUGHTS if said.reasoning else goes_on(said.text, said.text, request.options)
    usage = choice.usage + reply.usage
    return (
        replace(choice, probabilities=None, untold=why, usage=usage) if why else replace(choice, usage=usage)
    )


def drawn_votes(request: ChoiceRequest, draw: Draw) -> Choice:
    """Votes as the model gives them, of which those that are no option are unreadable."""
    longest = max(len(option.encode()) for option in request.options)
    reply = draw(
        ChatRequest(
            request.messages,
            n=request.votes,
            temperature=request.temperature,
            max_tokens=request.max_tokens or max(VOTE_TOKENS, longest + 1),
            seed=request.seed,
        )
    )
    texts = [one.text for one in reply.completions]
    read = [option for text in texts if (option := read_option(text, request.options)) is not None]
    shares = {option: read.count(option) / len(read) for option in request.options} if read else None
    return Choice(
        shares,
        "votes",
        votes=len(texts),
        unreadable=len(texts) - len(read),
        reasoned=any(one.reasoning for one in reply.completions),
        usage=reply.usage,
    )
