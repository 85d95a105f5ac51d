"""Numbers beside titles in scripts without capitals: of parts of a series, of entries of a list, of years."""

from __future__ import annotations

from usbrec.patterns import LazyPattern

# The next entry of a numbered list: "1.流浪地球 2.花样年华", "1、… 2、…".
NEXT_ENTRY = LazyPattern(r"[ \t]+[(（]?([0-9]{1,2})([.,、)．）])(?![0-9])")
ENTRY_NUMBER = LazyPattern(r"(?<![0-9])[0-9]{1,2}[.,、)．）][ \t]*\Z")
# Another part of a series.
PART = LazyPattern(
    r"[ \t]*(?:第[2-9二三四五六七八九十](?:部|季|集|卷|作|章|期)|([2-9]|[1-9][0-9])(?![0-9.:/]))"
)
SEQUEL = LazyPattern(
    r"[ \t]*(?:续集|續集|前传|前傳|外传|外傳|後篇|后篇|[2-9]편|[2-9]부|ภาค[ \t]*[2-9]"
    r"|[Ⅱ-Ⅻ]|II+|IV|VI{0,3}(?!\w))"
)
# Behind a number that is a title, in Japanese and Korean.
READ_OR_SEEN = LazyPattern(
    '[」』》〉”"]?(?:を(?:読|見|観|鑑賞|よ[んみ]|み[たて])|[을를]? ?(?:읽|봤|보셨|보았|봐))'
)
LIKE_YEARS = LazyPattern("[0-9]{3,}")
