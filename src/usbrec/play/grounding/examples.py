"""Worked examples: two short exchanges, made from the catalogue, that stand before every dialogue.

A small model told in words to name a title rarely does; shown two exchanges it does so most of the time
(docs/log.md has the figures), and a large one is not hurt. They come from the user's own catalogue, so
they speak of books to a bookshop. The titles go without years: small models make years up. For a grounded
recommender each exchange shows a short list and the answer picks from it, because form is what is copied;
where ranked lists are asked for the answer ranks it.
"""

from __future__ import annotations

from usbrec.dialogue import Item
from usbrec.items import Catalogue, Similarity, traits_of
from usbrec.keys import derive_seed
from usbrec.llm.protocol import Message
from usbrec.play.grounding.candidates import Grounding
from usbrec.prompts import Prompts

#: Items are drawn from so many of the most popular ones, because everybody's model knows those.
_AMONG = 200
#: Items beside the answer in the list of a grounded exchange.
_OTHERS = 2


def worked_examples(
    catalogue: Catalogue,
    similarity: Similarity,
    prompts: Prompts,
    *,
    count: int,
    seed: int,
    grounding: Grounding | None = None,
) -> tuple[Message, ...]:
    """`count` exchanges as user and assistant messages, the same for a whole run.

    In each, an item is answered with the one most like it that shares its first genre; no item is used
    twice. Fewer when the catalogue has no more such items. With `grounding` the answer stands in a list
    with two items of other genres, or is that list, ranked by likeness to what was liked.
    """
    known = sorted(
        (item for item in catalogue if item.genres),
        key=lambda item: (-item.popularity, derive_seed(seed, "known", item.id), item.id),
    )[:_AMONG]
    drawn = sorted(known, key=lambda item: derive_seed(seed, "example", item.id))
    messages: list[Message] = []
    used: set[str] = set()
    for liked in drawn:
        if len(messages) >= 2 * count:
            break
        fitting = [item for item in known if item.id not in used and _fits(liked, item)]
        if liked.id in used or not fitting:
            continue
        alike = max(fitting, key=lambda item: similarity(traits_of(item), traits_of(liked)))
        used |= {liked.id, alike.id}
        question = prompts.render("example_seeker", liked=liked.title)
        title, ranked = alike.title, ""
        if grounding is not None:
            others = [item for item in drawn if item.id not in used and item.genres[0] != liked.genres[0]]
            listed = others[:_OTHERS]
            used |= {item.id for item in listed}
            # The answer's place differs between the exchanges, so that no place is copied.
            listed.insert(len(messages) // 2 % (len(listed) + 1), alike)
            question = grounding.format.block(question, listed)
            title = grounding.format.said(listed.index(alike), alike)
            if grounding.list_length > 1:
                listed.sort(key=lambda item: -similarity(traits_of(item), traits_of(liked)))
                ranked = "\n".join(map(grounding.format.name, listed[: grounding.list_length]))
        answer = ranked or prompts.render("example_recommender", title=title, genre=alike.genres[0].lower())
        messages += [Message("user", question), Message("assistant", answer)]
    return tuple(messages)


def _fits(liked: Item, item: Item) -> bool:
    return item.id != liked.id and item.title != liked.title and item.genres[0] == liked.genres[0]
