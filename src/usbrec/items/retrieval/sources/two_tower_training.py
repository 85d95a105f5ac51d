"""Two-tower training: the next recommended item against all others, by softmax.

Two kinds of example share one model: recorded contexts with their text, and conversations or sessions
of which only the items are known, drawn anew every epoch (one recommended item is to be guessed from
some of the others). Named items and words are dropped at random, because there are few dialogues.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from usbrec.dialogue import Item
from usbrec.items.retrieval.dialogue_context import DECAY, Context
from usbrec.items.retrieval.sources.cooccurrence import Conversation, popularity_of
from usbrec.items.retrieval.sources.two_tower import (
    MOST_ITEMS,
    MOST_WORDS,
    TwoTowerModel,
    attributes_of,
    item_inputs,
    word_inputs,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: A stem is learnt from so many contexts on, an attribute from so many items on.
_MET = 3
_SHARED = 2


@dataclass(frozen=True, slots=True)
class TwoTowerSettings:
    """How the two-tower model is trained."""

    width: int = 192
    epochs: int = 6
    batch: int = 256
    rate: float = 3e-3
    decay: float = 1e-5
    dropout: float = 0.3
    drop_items: float = 0.2
    drop_words: float = 0.3
    smoothing: float = 0.05


def fit_two_tower(
    contexts: Sequence[Context],
    targets: Sequence[tuple[int, ...]],
    vectors: NDArray[np.float32],
    conversations: Sequence[Conversation],
    textless: Sequence[Conversation],
    items: Sequence[Item],
    item_vectors: NDArray[np.float32],
    *,
    seed: int,
    settings: TwoTowerSettings | None = None,
) -> TwoTowerModel:
    """A two-tower model of `contexts` (m) with their embeddings `vectors` (m, e) and right `targets`.

    `textless` are learnt from as they are; `conversations` (all, texts included) give the popularity the
    biases start from. The same input and seed give the same
    model.
    """
    return _Training(
        contexts,
        targets,
        vectors,
        conversations,
        textless,
        items,
        item_vectors,
        seed,
        settings or TwoTowerSettings(),
    ).run()


class _Training:
    def __init__(
        self,
        contexts: Sequence[Context],
        targets: Sequence[tuple[int, ...]],
        vectors: NDArray[np.float32],
        conversations: Sequence[Conversation],
        textless: Sequence[Conversation],
        items: Sequence[Item],
        item_vectors: NDArray[np.float32],
        seed: int,
        settings: TwoTowerSettings,
    ) -> None:
        self.settings = settings
        self.rng = np.random.default_rng(seed)
        self.seed = seed
        self.size = len(items)
        self.vectors = vectors
        self.item_vectors = item_vectors
        self.popularity = popularity_of(conversations, self.size)
        met = Counter(
            stem
            for context in contexts
            for stem in {stem for utterance in context.utterances for stem in utterance.stems}
        )
        kept = sorted(stem for stem, count in met.items() if count >= _MET)
        self.words = {stem: number for number, stem in enumerate(kept)}
        self.rarity = np.array([np.log(len(contexts) / met[stem]) for stem in kept], dtype=np.float32)
        named = [attributes_of(item) for item in items]
        shared = Counter(name for names in named for name in names)
        self.attributes = {
            name: number
            for number, name in enumerate(sorted(name for name, count in shared.items() if count >= _SHARED))
        }
        self.item_attributes = [
            [self.attributes[name] for name in names if name in self.attributes] for names in named
        ]
        self.item_pad, self.word_pad = 2 * self.size, len(self.words)
        self.items = _padded(
            [
                [(row + int(seeker) * self.size, weight) for (row, seeker), weight in item_inputs(context)]
                for context in contexts
            ],
            self.item_pad,
            MOST_ITEMS,
        )
        self.context_words = _padded(
            [word_inputs(context, self.words, self.rarity) for context in contexts],
            self.word_pad,
            MOST_WORDS,
        )
        pairs = [(number, row) for number, rows in enumerate(targets) for row in rows]
        self.pairs = np.array(pairs or np.zeros((0, 2)), dtype=np.int64)
        self.textless = [
            conversation
            for conversation in textless
            if conversation.recommended and len(conversation.rows) > 1
        ]

    def run(self) -> TwoTowerModel:
        import torch

        # On several threads sums are split up by how busy the machine is, and differ in the last bits.
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            return self._run()
        finally:
            torch.set_num_threads(threads)

    def _run(self) -> TwoTowerModel:
        import torch
        from torch.nn import functional as nnf

        settings = self.settings
        torch.manual_seed(self.seed)
        net = _net(self)
        optimiser = torch.optim.Adam(net.parameters(), lr=settings.rate, weight_decay=settings.decay)
        examples = len(self.pairs) + len(self.textless)
        steps = settings.epochs * -(-examples // settings.batch)
        done = 0
        for _ in range(settings.epochs):
            items, item_weights, words, word_weights, vectors, wanted = self._epoch()
            order = self.rng.permutation(len(wanted))
            for start in range(0, len(order), settings.batch):
                chosen = order[start : start + settings.batch]
                for group in optimiser.param_groups:
                    group["lr"] = settings.rate * max(0.02, 1 - done / steps)
                logits = net(
                    *(
                        torch.from_numpy(array[chosen])
                        for array in (items, item_weights, words, word_weights, vectors)
                    )
                )
                loss = nnf.cross_entropy(
                    logits, torch.from_numpy(wanted[chosen]), label_smoothing=settings.smoothing
                )
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimiser.step()
                done += 1
        return self._model(net)

    def _epoch(self) -> tuple[NDArray[Any], ...]:
        """The arrays of all examples of one epoch, the text-free ones drawn anew."""
        drawn: list[list[tuple[int, float]]] = []
        guessed: list[int] = []
        for conversation in self.textless:
            recommended = sorted(conversation.recommended)
            target = recommended[self.rng.integers(len(recommended))]
            rest = sorted({mention for mention in conversation.mentions if mention[0] != target})
            chosen = self.rng.permutation(len(rest))[: self.rng.integers(1, len(rest) + 1)][:MOST_ITEMS]
            weights = DECAY ** (2.0 * np.arange(len(chosen)))
            weights /= float((weights**2).sum()) ** 0.35
            drawn.append(
                [
                    (rest[place][0] + int(rest[place][1]) * self.size, float(weight))
                    for place, weight in zip(chosen, weights, strict=True)
                ]
            )
            guessed.append(target)
        items, item_weights = _padded(drawn, self.item_pad, MOST_ITEMS)
        rows = self.pairs[:, 0]
        none = len(drawn)
        width = self.vectors.shape[1]
        kept_items = np.concatenate([self.items[1][rows], item_weights])
        kept_items *= self.rng.random(kept_items.shape) > self.settings.drop_items
        kept_words = np.concatenate(
            [self.context_words[1][rows], np.zeros((none, MOST_WORDS), dtype=np.float32)]
        )
        kept_words *= self.rng.random(kept_words.shape) > self.settings.drop_words
        return (
            np.concatenate([self.items[0][rows], items]),
            kept_items,
            np.concatenate([self.context_words[0][rows], np.full((none, MOST_WORDS), self.word_pad)]),
            kept_words,
            np.concatenate([self.vectors[rows], np.zeros((none, width), dtype=np.float32)]),
            np.concatenate([self.pairs[:, 1], np.array(guessed, dtype=np.int64)]),
        )

    def _model(self, net: Any) -> TwoTowerModel:
        arrays = {name: parameter.detach().numpy() for name, parameter in net.named_parameters()}
        size = self.size
        attribute_in = net.attributes_in(net.attribute_rows, net.attribute_offsets).detach().numpy()
        item_in = arrays["items_in.weight"][: 2 * size].reshape(2, size, -1) + attribute_in[None]
        return TwoTowerModel(
            words=self.words,
            rarity=self.rarity,
            attributes=self.attributes,
            item_in=item_in,
            word_in=arrays["words_in.weight"][: len(self.words)].copy(),
            text_in=arrays["text_in.weight"].T.copy(),
            base=arrays["base"].copy(),
            item_out=net.items_out().detach().numpy(),
            bias=arrays["bias"].copy(),
            attribute_in=arrays["attributes_in.weight"].copy(),
            attribute_out=arrays["attributes_out.weight"].copy(),
            described=arrays["described.weight"].T.copy(),
        )


def _net(training: _Training) -> Any:
    """The model as a torch module; made here because torch is an extra."""
    import torch
    from torch import nn

    size, width = training.size, training.settings.width
    attributes = max(1, len(training.attributes))

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.items_in = nn.EmbeddingBag(2 * size + 1, width, mode="sum", padding_idx=2 * size)
            self.words_in = nn.EmbeddingBag(
                training.word_pad + 1, width, mode="sum", padding_idx=training.word_pad
            )
            self.text_in = nn.Linear(training.vectors.shape[1], width, bias=False)
            self.attributes_in = nn.EmbeddingBag(attributes, width, mode="mean")
            self.attributes_out = nn.EmbeddingBag(attributes, width, mode="mean")
            self.own_out = nn.Embedding(size, width)
            self.described = nn.Linear(training.item_vectors.shape[1], width, bias=False)
            self.base = nn.Parameter(torch.zeros(width))
            self.bias = nn.Parameter(torch.log1p(torch.from_numpy(training.popularity)) * 0.5 - 1.0)
            self.dropout = nn.Dropout(training.settings.dropout)
            for table in (
                self.items_in,
                self.words_in,
                self.attributes_in,
                self.attributes_out,
                self.own_out,
            ):
                nn.init.normal_(table.weight, std=0.05)
            with torch.no_grad():
                self.items_in.weight[2 * size] = 0
                self.words_in.weight[training.word_pad] = 0
            lengths = [len(rows) for rows in training.item_attributes]
            self.attribute_rows = torch.tensor([row for rows in training.item_attributes for row in rows])
            self.attribute_offsets = torch.tensor([0, *np.cumsum(lengths)[:-1].tolist()])
            self.vectors = torch.from_numpy(training.item_vectors)

        def items_out(self) -> Any:
            return (
                self.own_out.weight
                + self.attributes_out(self.attribute_rows, self.attribute_offsets)
                + self.described(self.vectors)
            )

        def forward(self, items: Any, item_weights: Any, words: Any, word_weights: Any, vectors: Any) -> Any:
            known = items < 2 * size
            attributes_n = self.attributes_in(self.attribute_rows, self.attribute_offsets)
            meant = attributes_n[torch.where(known, items % size, 0)]
            user = (
                self.base
                + self.items_in(items, per_sample_weights=item_weights)
                + (meant * (item_weights * known).unsqueeze(-1)).sum(1)
                + self.words_in(words, per_sample_weights=word_weights)
                + self.text_in(vectors)
            )
            return self.dropout(user) @ self.items_out().T + self.bias

    return Net()


def _padded(
    lists: Sequence[Sequence[tuple[int, float]]], padding: int, width: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """(entry, weight) lists as two arrays, shape (m, width)."""
    entries = np.full((len(lists), width), padding, dtype=np.int64)
    weights = np.zeros((len(lists), width), dtype=np.float32)
    for number, pairs in enumerate(lists):
        if pairs:
            found, weight = zip(*pairs, strict=True)
            entries[number, : len(pairs)] = found
            weights[number, : len(pairs)] = weight
    return entries, weights
