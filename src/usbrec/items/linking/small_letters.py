"""Words of the dictionary in small letters: whether they are a title or what they say.

"I bought ice cream at the kiosk" names nothing, "I saw inception" a film. Whoever writes with capitals gives
a title of one ordinary word, or of two, none only in haste; then something in the sentence has to say that a
work is meant. A text without capitals is read by its slots (see lowercase), and so is a list of titles.
"""

from __future__ import annotations

from collections.abc import Sequence

from usbrec.items.linking.ambiguity import (
    ARTICLES,
    KINDS,
    in_dictionary,
    is_common,
    is_frequent,
    is_kind,
    is_said_of_works,
)
from usbrec.items.linking.context import (
    BEFORE_NOUNS,
    CLAUSE_END,
    MOVING,
    NOUN_FOLLOWS,
    PLACES,
    ContextFeatures,
    Match,
)
from usbrec.items.linking.lowercase import AFTER, OPENERS, SAID, Side, side_before

# What says that a work is meant, whoever writes with capitals: "my favorite is inception".
_CHOICES = frozenset(
    {"best", "choice", "favorite", "favorites", "favourite", "favourites", "film", "movie", "one", "pick"}
)
_ADDING = frozenset({"also", "and", "is", "maybe", "no", "or", "perhaps", "so", "then", "yes"})
_COMPARING = frozenset({("better", "than"), ("but", "not"), ("me", "of"), ("vein", "of"), ("close", "to")})
_ACTING = frozenset(
    {"acted", "actor", "actress", "amazing", "awesome", "cast", "character", "funny", "good", "great", "him"}
    | {"her", "performance", "played", "plays", "role", "scene", "starred", "stars"}
)
_LIKING = frozenset({"adore", "adored", "enjoyed", "hated", "like", "liked", "love", "loved", "prefer"})
_WORKS = KINDS | {"book", "books", "franchise", "novel", "series", "show", "trilogy"}


def is_work(word: str) -> bool:
    """Whether a normalised word says what a title beside it is of."""
    return word in _WORKS


def names_in_small_letters(before: Sequence[str], following: str, said: str, opens: bool, ends: bool) -> bool:
    """Whether words that a dictionary holds are a title where they stand in small letters, in a text that
    has capitals: "I bought ice cream at the kiosk" names nothing, "I saw inception" a film.

    `before` are the normalised words of the clause before the match, without an article, the last ones last;
    `following` and `said` the two words behind it in its clause, "" where none are; `opens` whether the match
    opens the sentence, `ends` whether the clause ends behind it.
    """
    if following in _WORKS:
        return True
    word = before[-1] if before else ""
    earlier = before[-2] if len(before) > 1 else ""
    if not word or word in OPENERS:
        if following in SAID:
            return is_said_of_works(following, said)
        if following in MOVING and said in {"me", "us"}:
            return True
        return following in _TITLES_ALONE or (opens and ends)
    if ends and word in _ADDING and len(before) <= 3 and _ADDING.issuperset(before):
        return True  # "Or maybe swordfish"
    if (earlier, word) in _COMPARING or (word == "in" and not _ACTING.isdisjoint(before[-4:-1])):
        return True
    if side_before(word, earlier) is Side.ASKED or word in _WORKS or word == "original":
        return True
    if word in {"is", "was", "are"}:
        return not _CHOICES.isdisjoint(before[-5:-1])
    return word in _LIKING and (ends or following in AFTER or following in _PRAISE)


# They stand behind what has been named, and behind a subject less often.
_TITLES_ALONE = frozenset({"had", "looks", "ok", "okay", "sounds", "stars", "sure", "too", "yeah", "yes"})
_PRAISE = frozenset({"because", "more", "most", "so", "very", "when", "too", "better", "best"})


def just_a_noun(page: ContextFeatures, match: Match) -> bool:
    """Whether a single word in small letters stands as a noun does: "building a treehouse"."""
    start = page.words[match.first].start
    if match.first == 0 or page.text[start].isupper():
        return False
    before = page.words[match.first - 1].norm
    if page.first_capital > start:
        # Who writes no capitals may write "the conjuring" of "Conjuring".
        word = page.words[match.first].stem
        if not in_dictionary(word) or before not in (NOUN_FOLLOWS if before != "the" else ARTICLES):
            return False
        earlier = page.words[match.first - 3].norm if match.first > 2 else ""
        if before == "the" and (match.first < 2 or side_before(page.words[match.first - 2].norm, earlier)):
            return False
    elif before not in NOUN_FOLLOWS and not (
        before == "the" and match.first > 1 and page.words[match.first - 2].norm in PLACES
    ):
        return False
    following = page.words[match.last + 1].norm if match.last + 1 < len(page.words) else ""
    return following not in KINDS and not is_kind(following)


def of_the_dictionary(page: ContextFeatures, match: Match) -> bool:
    """Whether a match is one English word, or two behind what stands before nouns, and no capital says that
    it is a title: it has none, in a text that has some and does not shout, or the one that opens a
    sentence."""
    first, last = match.first, match.last
    word = page.words[first]
    if first < last <= first + 2 and page.text[word.start].isupper() and page.opens_sentence(first):
        said = [page.words[index] for index in range(first, last + 1)]
        return all(page.text[one.start].islower() for one in said[1:]) and all(
            in_dictionary(one.stem) for one in said
        )
    if first < last:
        return (
            last == first + 1
            and first > 0
            and (page.words[first - 1].norm in BEFORE_NOUNS or not _speaks_of_works(page, first, last))
            and word.norm not in ARTICLES
            and word.start > page.first_capital
            and not _shouted(page, first, last)
            and (page.raw(first).islower() or page.raw(first).isdigit())
            and page.raw(last).islower()
            and in_dictionary(word.stem)
            and in_dictionary(page.words[last].stem)
        )
    if page.text[word.start].isupper():
        if not page.opens_sentence(first):
            return False
    elif page.first_capital > word.start or _shouted(page, first, last):
        return False
    return in_dictionary(word.stem)


def _speaks_of_works(page: ContextFeatures, first: int, last: int) -> bool:
    """Whether the sentence has another word that goes with films and books."""
    return _between(page.talks, page.sentence_starts[first], first) or _between(
        page.talks, last + 1, page.sentence_ends[last]
    )


def _between(running: Sequence[int], begin: int, end: int) -> bool:
    """Whether one of the words from `begin` to before `end` is counted."""
    return begin < end and running[end] > running[begin]


def _shouted(page: ContextFeatures, first: int, last: int) -> bool:
    """Whether the words before and behind are in capitals."""
    beside = [page.raw(at) for at in (first - 1, last + 1) if 0 <= at < len(page.words)]
    return any(len(raw) > 2 and raw.isupper() for raw in beside)


def stands_as_title(page: ContextFeatures, match: Match) -> bool:
    """Whether what stands around words of a dictionary in small letters makes a title of them."""
    if page.entry(match):
        return True
    begin = match.first
    while begin > max(0, match.first - 6) and not _clause_between(page, begin - 1, begin):
        begin -= 1
    before = [word.norm for word in page.words[begin : match.first]]
    if before and before[-1] in NOUN_FOLLOWS:
        return False
    last = match.last
    if before and before[-1] in ARTICLES:
        before.pop()
        if not before:  # "The parking lot was empty"
            return last + 1 < len(page.words) and is_work(page.words[last + 1].norm)
    ends = last + 1 == len(page.words) or _clause_between(page, last, last + 1)
    behind = page.sentence_ends[last]
    following, said = (
        *(word.norm for word in page.words[last + 1 : min(last + 3, behind)] if not ends),
        "",
        "",
    )[:2]
    opens = page.opens_sentence(match.first) and page.sentence_ends[last] == last + 1
    if opens and match.first < last:  # "No worries." is an answer beside other sentences
        opens = last + 1 - match.first == len(page.words)
    return names_in_small_letters(before, following, said, opens, ends)


def _clause_between(page: ContextFeatures, left: int, right: int) -> bool:
    return bool(CLAUSE_END.search(page.text[page.words[left].end : page.words[right].start]))


def opens_elsewhere(page: ContextFeatures, match: Match) -> bool:
    """Whether a single word opens a sentence of a language that is not known, where its capital says nothing:
    two words in small letters, or one in a text with accents, and none of them English."""
    if not page.opens_sentence(match.first):
        return False
    small = [
        page.words[index].norm
        for index in range(len(page.words))
        if page.words[index].norm != page.words[match.first].norm and page.raw(index).islower()
    ]
    if any(word in _ENGLISH for word in small):
        return False
    small = [word for word in small if word[_SHARED:]]
    # The dictionary last: it is read when it is first asked.
    if any(map(is_frequent, small)) or any(map(is_common, small)) or any(map(in_dictionary, small)):
        return False
    return len(small) > 1 or (len(small) == 1 and _accents(page, match))


def _accents(page: ContextFeatures, match: Match) -> bool:
    """Whether a word beside the match has a letter that English lacks; an emoji or a curly quote is none."""
    beside = (page.raw(index) for index in range(len(page.words)) if index != match.first)
    return any(not letter.isascii() and letter.isalpha() for raw in beside for letter in raw)


#: Short words of English that no language beside it has.
_ENGLISH = frozenset({"was", "the", "is", "it", "and", "of", "you", "my"})
# Words of so many letters several languages have: "no", "a", "son".
_SHARED = 3
