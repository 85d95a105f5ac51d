"""Token limits: which tokens may come next so that a reply stays inside a grammar, by llguidance."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from usbrec.errors import ConfigError
from usbrec.extras import extra
from usbrec.llm.grammar import TitleGrammar
from usbrec.llm.transformers.sequences import TokenLimit


class GrammarLimits:
    """Makes limits for replies of one model: `tokenizer` is its own, `vocabulary` how many tokens it scores,
    `ends` those that end a reply. Raises ConfigError without the extra ``constrain``."""

    def __init__(self, tokenizer: Any, vocabulary: int, ends: frozenset[int]) -> None:
        with extra("constrain", "play.naming = constrained with an hf: seat"):
            import llguidance.hf  # noqa: F401
        self._tokenizer = tokenizer
        self._vocabulary = vocabulary
        self._ends = ends

    def of(self, grammar: TitleGrammar) -> Callable[[], TokenLimit]:
        """Makes the limit of one reply."""
        return lambda: _GrammarLimit(self._read, grammar, self._vocabulary, self._ends)

    @cached_property
    def _read(self) -> Any:
        """The tokenizer as llguidance has it; takes a second, once a model."""
        import llguidance.hf

        return llguidance.hf.from_tokenizer(self._tokenizer, n_vocab=self._vocabulary)


class _GrammarLimit:
    def __init__(self, tokenizer: Any, grammar: TitleGrammar, vocabulary: int, ends: frozenset[int]) -> None:
        import llguidance

        self._matcher = llguidance.LLMatcher(tokenizer, llguidance.LLMatcher.grammar_from_lark(grammar.lark))
        if self._matcher.is_error():
            raise ConfigError(
                f"llguidance cannot read the grammar of titles: {self._matcher.get_error()[:200]}"
            )
        self._vocabulary = vocabulary
        self._ends = sorted(ends)

    def barred(self) -> Any:
        import torch

        allowed = torch.frombuffer(bytearray(self._matcher.compute_logit_bias()), dtype=torch.uint8)
        barred = allowed[: self._vocabulary] == 0
        if self._matcher.is_accepting():
            barred[self._ends] = False
        if bool(barred.all()):
            barred[self._ends] = False
        return barred

    def said(self, token: int) -> None:
        if not self._matcher.is_stopped():
            self._matcher.consume_token(token)
