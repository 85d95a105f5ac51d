"""Dialect of a server: in which fields and roles it is asked, learnt from what it refuses.

Servers differ in what they accept. What one refuses is noticed once, done another way or left out, told, and
remembered for the life of the instance. Nothing is changed that was not refused.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Literal

from usbrec.llm.chat_template import SYSTEM_MOVED, alternating, without_system
from usbrec.llm.openai.errors import Complaint

_log = logging.getLogger(__name__)

SystemRole = Literal["system", "user"]

#: What may be left out of a request when the server does not know it. (Replies are cut at `stop` here, too.)
_DISPENSABLE = ("temperature", "top_p", "frequency_penalty", "seed", "stream_options", "stop")
#: Statuses by which gateways refuse a role, too, beside those of a request that cannot be read.
_OF_GATEWAYS = (403, 404, 405, 406, 415)
#: What nobody has asked for is left out without a word.
_SILENTLY = frozenset({"stream_options"})


#: Said once of a server whose messages are arranged so.
JOINED = (
    "its server wants a user and an assistant in turns; neighbouring messages of one role are joined from "
    "now on, and a dialogue that an assistant begins gets an opening"
)


class Declined(Exception):
    """The server refuses `n` or log-probabilities, in these words; the caller knows another way."""


class Dialect:
    """How one server is asked for `model`. `name` is the model's in messages, `server` the settings' for the
    server; `extra_body` are further fields of every body, and are meant: none of them is left out."""

    def __init__(
        self, model: str, name: str, server: str, extra_body: Mapping[str, Any], system_role: SystemRole
    ) -> None:
        self._model = model
        self._name = name
        self._server = server
        self._extra_body = dict(extra_body)
        self._max_tokens = "max_tokens"
        self._joins = False
        #: "user" where the system text goes before the first user message.
        self.system_role: SystemRole = system_role
        #: Parameters that are no longer sent.
        self.left_out: set[str] = set()

    def fields(self, body: Mapping[str, Any], *, streamed: bool) -> dict[str, Any]:
        """A request's body as this server takes it, with what the settings add."""
        fields = {"model": self._model, **body}
        if self._joins:
            fields["messages"] = alternating(fields["messages"])
        if self.system_role == "user":
            fields["messages"] = without_system(fields["messages"])
        if streamed:
            fields |= {"stream": True, "stream_options": {"include_usage": True}}
        fields[self._max_tokens] = fields.pop("max_tokens")
        kept = {name: value for name, value in fields.items() if name not in self.left_out}
        return {**kept, **self._extra_body}

    def learn(self, complaint: Complaint, sent: Mapping[str, Any]) -> bool:
        """Whether the request is to be tried with other fields. Raises Declined."""
        if complaint.too_long:
            return False
        if complaint.status in _OF_GATEWAYS and complaint.refuses_system and not complaint.refuses_model:
            return self._moves_system(sent)
        if complaint.status not in (400, 422):
            return False
        if any(name in sent and complaint.names(name) for name in ("n", "logprobs")):
            raise Declined(complaint.reason)
        if self._arranges(complaint, sent):
            return True
        if not complaint.unsupported:
            return False
        if "max_tokens" in sent and complaint.names("max_tokens"):
            self._max_tokens = "max_completion_tokens"
            return True
        # What the settings add is meant: it is not left out, however the server complains.
        ours = sent.keys() - self._extra_body.keys()
        refused = [name for name in _DISPENSABLE if name in ours and complaint.names(name)]
        if {"temperature", "top_p"} <= set(refused) and complaint.one_of_two:
            # A temperature says more, and some servers take but one of them.
            refused.remove("temperature")
        for name in refused:
            if name not in _SILENTLY | self.left_out:
                _log.warning("%s: the server does not take %r; it is not sent from now on.", self._name, name)
        self.left_out.update(refused)
        return bool(refused)

    def _arranges(self, complaint: Complaint, sent: Mapping[str, Any]) -> bool:
        """Whether the messages are to be arranged otherwise. A template that wants turns may count the system
        message as one: it is moved only where the turns are not what is wrong."""
        messages = sent["messages"]
        if not self._joins and complaint.wants_turns and alternating(messages) != list(messages):
            self._joins = True
            _log.warning("%s: %s.", self._name, JOINED)
            return True
        return (complaint.refuses_system or complaint.wants_turns) and self._moves_system(sent)

    def _moves_system(self, sent: Mapping[str, Any]) -> bool:
        """Whether there is a system message that can go elsewhere; it does from now on."""
        is_sent = any(message["role"] == "system" for message in sent["messages"])
        if self.system_role == "user" or not is_sent:
            return False
        self.system_role = "user"
        _log.warning(
            '%s: %s (servers.%s.system_role = "user" says so at once).',
            self._name,
            SYSTEM_MOVED,
            self._server,
        )
        return True
