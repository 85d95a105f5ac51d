"""Titles in scripts without capitals: which are ordinary words, where one may begin and end, what names them.

A title of some characters that are no everyday words is read wherever it stands whole. One of everyday
words, or of three characters and less, needs what capitals say elsewhere: marks (《》「」), its year, a word
for films beside it, a verb that titles are seen or recommended with, another title beside it, or to stand
alone.
"""

from __future__ import annotations

import functools

from usbrec.items.linking import chinese, compounds, japanese, signs
from usbrec.items.linking.ambiguity import Ambiguity
from usbrec.items.linking.caseless_edges import (
    begins_behind_clause,
    closes_a_clause,
    opens_a_clause,
    stands_alone,
)
from usbrec.items.linking.caseless_numbers import (
    ENTRY_NUMBER,
    LIKE_YEARS,
    NEXT_ENTRY,
    PART,
    READ_OR_SEEN,
    SEQUEL,
)
from usbrec.items.linking.everyday_caseless import SHORT
from usbrec.items.linking.korean_particles import are_particles, ends_a_constituent
from usbrec.items.linking.languages import caseless
from usbrec.items.scripts import (
    ARABIC,
    HANGUL,
    KATAKANA,
    folded,
    has_unspaced,
)
from usbrec.patterns import LazyPattern

_NEAR = 20
# So many letters are more than most words have.
_LONGER_THAN_WORDS = {"zh": 3, "ja": 5, "ko": 6, "th": 11, "ar": 9}
_KATAKANA = LazyPattern(rf"[{KATAKANA}\uff66-\uff9f\u3099\u309a]")
_HANGUL = LazyPattern(f"[{HANGUL}]")
_SYLLABLES = LazyPattern(f"[{HANGUL}]*")
_ARABIC = LazyPattern(f"[{ARABIC}]")
_DOTS = "・·･‧•"
# A surname of those that most people have, a given name, and 的.
_CHINESE_NAME = LazyPattern(
    "[王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔣"
    "蔡贾賈丁魏薛叶葉阎閻余潘杜戴夏钟鐘汪田任姜范方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段钱錢汤湯尹黎易常武"
    "乔喬贺賀赖賴龚龔文莫]"
    "[\u4e00-\u9fff]{1,2}的\\Z"
)
_WHICH = LazyPattern(r"[ \t]*(?:どっち|どちら|哪个|哪個|哪一|어느|중에|ไหนดี)")


class Surroundings:
    """What stands around a match, folded as titles are; read once, and only where it is asked for."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self._text, self._start, self._end = text, start, end

    def whole(self) -> bool:
        """Whether the match is no part of a longer word: of katakana, of Korean with more than particles
        behind, of a foreign name with a dot."""
        text, start, end = self._text, self._start, self._end
        before, after = text[start - 1 : start], text[end : end + 1]
        if before and _KATAKANA.match(text[start]):
            named = before in _DOTS and start > 1 and bool(_KATAKANA.match(text[start - 2]))
            if named or (_KATAKANA.match(before) and not self._behind_kind):
                return False
        if after and _KATAKANA.match(text[end - 1]):
            named = after in _DOTS and bool(_KATAKANA.match(text[end + 1 : end + 2]))
            if named or _KATAKANA.match(after):
                return False
        if before and _HANGUL.match(text[start]) and _HANGUL.match(before):
            return self._behind_kind
        if after and _HANGUL.match(after) and _HANGUL.match(text[end - 1]):
            return self._particle is not None or self._likened
        return True

    def evident(self, level: Ambiguity) -> bool:
        """Whether a title that needs evidence, and has no marks and no year, is named."""
        if self._alone():
            return True
        doubtful = self._japanese in {"noun", "sound"} or self._compound
        if level is Ambiguity.PLAIN and not doubtful:
            return True
        if level is not Ambiguity.MARKED and self._is_no_word:
            return True
        if self._talked_of(level) or self._several_words(level):
            return True
        behind_kind, before_kind = self._behind_kind, self._before_kind
        if level is not Ambiguity.MARKED:
            if behind_kind or before_kind or self._written_by or self._called or self._as_long_as_titles:
                return True
            if not self._japanese:
                return self._named(level)
            if self._introduced or self._said_of or self._japanese_evidence(level):
                return True
            return self._clause_before and self._clause_after and self._japanese != "sound"
        if behind_kind and (self._clause_after or self._said_of or self._definite):
            return True
        if self._no_thing:
            return True
        if self._introduced and self._text[self._start : self._end].isdigit():
            return self._clause_after or self._said_of or self._after.startswith(_ASKING)
        if READ_OR_SEEN.match(self._text, self._end) and LIKE_YEARS.fullmatch(
            self._text, self._start, self._end
        ):
            return True
        return before_kind and (self._clause_before or self._introduced)

    def _talked_of(self, level: Ambiguity) -> bool:
        """Whether what stands on both sides is what people say of films and books."""
        if not self._code or self._compound == "sound":
            return False
        sound = self._japanese == "sound"
        level = max(level, Ambiguity.CAPITALS) if sound else level
        opens = self._clause_before or (self._code == "ko" and self._behind_constituent)
        edges = opens, self._clause_after
        long = not sound and self._longer_than_words()
        ahead, behind = self.sign_ahead, self.sign_behind
        if self._is_a_word and max(ahead, behind) is signs.Sign.ANY:
            return False
        return signs.told(level, ahead, behind, edges=edges, long=long)

    @property
    def _behind_constituent(self) -> bool:
        """Whether the Korean word before the match has a particle or an ending that makes it a part of the
        sentence of its own: 엄마가 기생충 보자고."""
        return ends_a_constituent(self._text[max(0, self._start - _NEAR) : self._start])

    def _several_words(self, level: Ambiguity) -> bool:
        """Whether a title of several words has anything beside it that is said of works, too: fewer of these
        are something else (소년이 온다) than of single words. In Arabic most pairs of everyday words are."""
        enough = {"ko": level is not Ambiguity.MARKED, "ar": level is Ambiguity.PLAIN}.get(self._code, False)
        if not enough or self._compound == "sound" or " " not in self._text[self._start : self._end]:
            return False
        if self._last_word in _ARABIC_OPENERS:  # nothing is said by them
            return self.sign_behind > signs.Sign.NONE
        return max(self.sign_ahead, self.sign_behind) > signs.Sign.NONE

    def is_spoken_of(self) -> bool:
        """Whether anything that is said of films and books, and of other things too, stands on one side, and
        on the other as much or nothing."""
        before, after = self.sign_ahead > signs.Sign.NONE, self.sign_behind > signs.Sign.NONE
        return (before and (after or self._clause_after)) or (after and self._clause_before)

    def _longer_than_words(self) -> bool:
        written = self._text[self._start : self._end]
        if len(written) >= _LONGER_THAN_WORDS[self._code] or self._japanese == "title":
            return True
        return self._code == "zh" and not self._is_a_word

    @functools.cached_property
    def _code(self) -> str:
        """The language without capitals that the match is in."""
        return "ja" if self._japanese else compounds.language_of_letter(self._text[self._start])

    @functools.cached_property
    def sign_ahead(self) -> signs.Sign:
        return signs.ahead(self._code, self._before) if self._code else signs.Sign.NONE

    @functools.cached_property
    def sign_behind(self) -> signs.Sign:
        if not self._code:
            return signs.Sign.NONE
        return signs.behind(self._code, self._behind_particle if self._code == "ko" else self._after)

    @property
    def _as_long_as_titles(self) -> bool:
        """Whether a title that is longer than most words is liked, or others are to be like it: 我喜欢无间道,
        기생충 같은 영화."""
        if len(self._text[self._start : self._end]) < SHORT:
            return False
        return self._likened or (self._clause_after and self._ends_with(caseless().liking))

    @functools.cached_property
    def _likened(self) -> bool:
        if self._end - self._start < SHORT or not has_unspaced(self._text[self._end - 1]):
            return False
        return self._after.replace(" ", "").startswith(caseless().likened)

    @property
    def _called(self) -> bool:
        """Whether an Arabic title opens a clause that calls it a film or a book: الممر فيلم رائع."""
        if not (self._clause_before and _ARABIC.match(self._text[self._start])):
            return False
        said = self._after.split(maxsplit=2)
        return len(said) > 1 and said[0] in caseless().called

    @property
    def _no_thing(self) -> bool:
        """Whether what can be neither read nor seen, but as a title, is read or recommended: 我推荐活着."""
        if self._text[self._start : self._end] not in caseless().no_things:
            return False
        if self._after.startswith(_PRAISE):
            return self._clause_before
        return self._before.endswith(caseless().read_or_seen) and bool(_ENDS.match(self._after))

    def _named(self, level: Ambiguity) -> bool:
        """Whether a title that may be an ordinary word is named in a Chinese, Korean, Thai or Arabic text."""
        text, start, end = self._text, self._start, self._end
        if self._ends_with(caseless().surely_before) or self._begins_with(caseless().surely_after):
            return True
        speaks = compounds.speaks_of_works(text, start, end)
        if self._is_a_word and not speaks:
            return False
        if speaks and (level is Ambiguity.PLAIN or self._introduced or self._said_of or self._particle):
            return True
        if speaks and self._code in _SPEAKING and self._compound != "sound":
            return True
        if self._clause_after and (self._introduced or self._numbered_before()):
            return True
        if self._clause_before and (self._said_of or (self._clause_after and speaks)):
            return True
        return self._compound != "sound" and compounds.is_a_sentence(text, start, end)

    @functools.cached_property
    def _written_by(self) -> bool:
        """Whether the name of whoever made it stands before, and nothing behind: 钱钟书的围城."""
        if not (self._clause_after or self._said_of):
            return False
        named = _CHINESE_NAME.search(self._text, max(0, self._start - _NEAR), self._start)
        return named is not None and (
            begins_behind_clause(self._text, named.start())
            or folded(self._text[max(0, named.start() - 4) : named.start()])[0].endswith(caseless().before)
        )

    def pair_begins(self) -> bool:
        """Whether a title that opens a clause may be the first of two that stand alone."""
        begins = self._clause_before or self._introduced or self._ends_with(caseless().preferring)
        return (begins or self.sign_ahead > signs.Sign.NONE) and self._japanese != "sound"

    def pair_ends(self) -> bool:
        return self._clause_after or self.compared or self.sign_behind > signs.Sign.NONE

    @property
    def compared(self) -> bool:
        """Whether it is asked which of two is meant, or what is said of both is said of works."""
        return self.sign_behind >= signs.Sign.SEEN or bool(_WHICH.match(self._text, self._end))

    @functools.cached_property
    def _japanese(self) -> str:
        """What the match may be in a Japanese text: a "noun", a "sound" or a "title"; "" in another text."""
        if not japanese.is_japanese(self._text):
            return ""
        written = self._text[self._start : self._end]
        if japanese.may_be_a_sound(written):
            return "sound"
        return "noun" if japanese.may_be_a_noun(written) else "title"

    @property
    def _is_a_word(self) -> bool:
        """Whether the match is a Chinese word of the dictionary."""
        return self._code == "zh" and chinese.is_a_word(self._text[self._start : self._end])

    @property
    def _is_no_word(self) -> bool:
        """Whether the match can be nothing but a Chinese title: 花样年华."""
        if self._code != "zh" or self._compound == "sound":
            return False
        text, start, end = self._text, self._start, self._end
        return chinese.is_no_word(text[start:end]) and not chinese.word_across(text, start, end)

    @functools.cached_property
    def _compound(self) -> str:
        """What the match may be in a Chinese or Korean text: a "noun", a "sound", or "" for neither."""
        if self._japanese:
            return ""
        written = self._text[self._start : self._end]
        if compounds.may_be_a_sound(written):
            return "sound"
        return "noun" if compounds.may_be_a_noun(written) else ""

    def _japanese_evidence(self, level: Ambiguity) -> bool:
        if japanese.is_said_of(self._text, self._end):
            return True
        if self._japanese == "sound":
            return False
        if japanese.is_chosen(self._text, self._start, self._end, self._clause_before):
            return True
        return level is Ambiguity.PLAIN and japanese.speaks_of_works(self._text, self._start, self._end)

    def evident_kind(self) -> bool:
        """Whether a word for films, or a verb that goes with titles, stands beside what is in marks."""
        return self._behind_kind or self._before_kind or self._introduced or self._said_of

    def beside(self, gap: str) -> bool:
        """Whether what stands between a title and the match only joins them."""
        if any(mark in ".!?؟\n" for mark in gap):
            return False
        bare = "".join(part for part in folded(gap)[0] if part.strip(" ,&."))
        marked = any(mark in ",/&、" for mark in gap) or (gap == " " and self._code == "th")
        joined = bare in caseless().joins or bare in caseless().comparing
        return len(gap) < _NEAR and (joined or (marked and not bare))

    def edge_before(self) -> bool:
        return self._clause_before or self._introduced or self._behind_kind

    def edge_after(self) -> bool:
        return self._clause_after or self._said_of or self._before_kind

    def _numbered_before(self) -> bool:
        return bool(ENTRY_NUMBER.search(self._text, max(0, self._start - 6), self._start))

    def numbered(self) -> int | None:
        """Where a number or a word behind the title ends that makes it another part of a series."""
        number = PART.match(self._text, self._end)
        if number is None:
            sequel = SEQUEL.match(self._text, self._end)
            return sequel.end() if sequel else None
        if number[1] and self._fold(self._text[number.end() : number.end() + 6]).lstrip().startswith(
            caseless().counters
        ):
            return None
        return number.end()

    def _alone(self) -> bool:
        """Whether nothing stands beside the match in its line, or other scripts do."""
        return stands_alone(self._text, self._start, self._end, _NEAR)

    @functools.cached_property
    def _before(self) -> str:
        return self._fold(self._text[max(0, self._start - _NEAR) : self._start]).rstrip(
            " \t\"'“‘«「『《〈[(*_:"
        )

    @functools.cached_property
    def _after(self) -> str:
        return self._fold(self._text[self._end : self._end + _NEAR])

    @staticmethod
    @functools.lru_cache(maxsize=4096)
    def _fold(text: str) -> str:
        # Punctuation stays: what stands behind it is said of something else.
        whole, origin = folded(text)
        return "".join(
            text[place] if part == " " else part for part, place in zip(whole, origin, strict=True)
        )

    @property
    def _last_word(self) -> str:
        words = self._before.split(" ")
        return words[-1]

    @functools.cached_property
    def _introduced(self) -> bool:
        return self._ends_with(caseless().before)

    @functools.cached_property
    def _behind_kind(self) -> bool:
        return self._before.endswith(caseless().kinds_before)

    def _ends_with(self, said: tuple[str, ...]) -> bool:
        if not self._before.endswith(said):
            return False
        # Where words have blanks between them, a word ends like another by accident.
        spaced = bool(_HANGUL.match(self._before[-1])) or bool(_ARABIC.match(self._before[-1]))
        return not spaced or self._last_word in said

    @property
    def _definite(self) -> bool:
        """فيلم الرسالة: a film of that name, where "a film of love" has no article."""
        return self._text[self._start : self._start + 2] == "ال" and self._last_word.endswith(_INDEFINITE)

    @functools.cached_property
    def _particle(self) -> str | None:
        """The Korean particles that are glued on behind; None where what is glued on is something else."""
        match = _SYLLABLES.match(self._text, self._end)
        rest = folded(match.group())[0] if match else ""
        return rest if not rest or are_particles(rest) else None

    @functools.cached_property
    def _behind_particle(self) -> str:
        after = self._after
        if _HANGUL.match(self._text[self._end - 1]) and (particle := self._particle):
            after = after.removeprefix(particle)
        return after.lstrip(" \t\"'”’»」』》〉])*_")

    @functools.cached_property
    def _said_of(self) -> bool:
        return self._begins_with(caseless().after)

    def _begins_with(self, said: tuple[str, ...]) -> bool:
        return self._behind_particle.startswith(said) or (
            self._particle is not None and self._particle in _NAMING
        )

    @functools.cached_property
    def _before_kind(self) -> bool:
        return self._behind_particle.startswith(caseless().kinds_after) or (
            bool(self._particle) and self._after.startswith(caseless().kinds_after)
        )

    @functools.cached_property
    def _clause_before(self) -> bool:
        return opens_a_clause(self._text, self._start)

    @functools.cached_property
    def _clause_after(self) -> bool:
        return closes_a_clause(self._text, self._end) or self.before_entry

    @functools.cached_property
    def before_entry(self) -> bool:
        """Whether the next entry of a list begins behind the match: its number goes on from one before."""
        entry = NEXT_ENTRY.match(self._text, self._end)
        return entry is not None and f"{int(entry[1]) - 1}{entry[2]}" in self._text[: self._start]


# Said of films and books alone, where it is said of no thing.
_PRAISE = ("好看", "很好看", "真好看", "太好看", "挺好看", "非常好看", "不好看")
_ENDS = LazyPattern(r"(?:吗|嗎|吧|没|沒|了|呢|没有|沒有)*[ \t]*(?:[\n.,!?;:…~]|\Z)")
_INDEFINITE = ("فيلم", "فلم", "روايه", "مسلسل", "مسرحيه")
# Where a sentence that speaks of works makes any whole word a title that is no word of every day.
_SPEAKING = ("ko", "ar")
_ARABIC_OPENERS = frozenset(
    folded(word)[0] for word in ("هل", "إن", "أن", "لعل", "نعم", "لا", "لكن", "إذا", "إذن", "أيضا")
)
_ASKING = ("吗", "吧", "呢", "嗎", "を", "ไหม")
_NAMING = frozenset(folded(particle)[0] for particle in ("라는", "이라는", "란", "이란", "라고", "이라고"))
