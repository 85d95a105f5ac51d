"""Manner of a seeker by rules: how it takes what it does not wait for, and how often it tells and asks.

Seekers by rules decline whatever is no target, tell something each time and never ask. People like most of
what they are offered and seldom say so, tell little and ask now and then (docs/log/fidelity.md). A manner
makes a seeker like what is near its targets; it goes on looking all the same, so that what ends an episode is
as before.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Manner:
    """What a seeker does beside waiting for its targets.

    It likes an item whose best similarity to a target is at least `likes_from`, in [0, 1], and says what it
    thinks of it in the share `says_liked` or `says_declined` of answers: people often do not. `tells_...` are
    the shares of answers that tell something unasked, `asks_...` of those with a question, `chats_...` of
    those with a further sentence that tells nothing: after a recommendation (one that is liked, or is
    declined), and where nothing new was recommended.
    """

    likes_from: float
    says_liked: float
    says_declined: float
    tells_liked: float
    tells_declined: float
    tells_else: float
    asks_recommended: float
    asks_else: float
    chats_recommended: float
    chats_else: float


#: As people are. Fitted on training dialogues of ReDial by ``bench/fit_seekers.py``, which says how.
PEOPLE = Manner(
    likes_from=0.144,
    says_liked=0.538,
    says_declined=0.222,
    tells_liked=0.185,
    tells_declined=0.167,
    tells_else=0.333,
    asks_recommended=0.169,
    asks_else=0.208,
    chats_recommended=0.213,
    chats_else=0.215,
)
