"""How well titles are linked and masked in what people plainly say of films and books, in nine languages.

    python bench/plain_talk.py [--half develop|kept|more-…|further-…] [--languages ko,th] [--show]
        [--lower]

bench/plain_talk/<language>.toml holds 30 well-known titles, 40 templates (30 with one title, 10 with two or
three) and 60 sentences in which words of the titles name none. Titles, templates and sentences are each put
in the order of their digests; the first halves are `develop`, the others are `kept` apart: the linker was
changed by what it missed of the first, the other was only counted. `more` and `further` are templates of five
and of four languages that were written later, for the titles of `develop`, and put into halves likewise.

Each template of a half meets each title of the half; further slots take the titles that follow. Recall and
masking are of all of these. Precision is of a draw of them, seven to three sentences without a title, and
`wrong` counts the mentions in those. Recall is told once more without the titles that are, as a whole, on the
linker's lists of everyday words (家, Heimat), which need marks, their year or the word "film". A mention is
right where its title is meant as often. Intervals are Wilson's, 95 %, and too narrow: sentences of one
template, or of one title, go together.

The catalogue holds all titles of the language, of both halves, and 2,000 films of ../shared/data where they
lie there. Masked: no title is spelt any more after `TitleMatcher.mask` that knows the sentence's titles.
`--lower` takes all capitals away, for languages that have them.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from languages import glued, other_films, wilson

from usbrec.dialogue import Item
from usbrec.items import Linker, TitleMatcher, normalise_title
from usbrec.items.linking.ambiguity import Ambiguity
from usbrec.items.linking.cased import ambiguity_in
from usbrec.items.linking.everyday_caseless import caseless_ambiguity
from usbrec.items.linking.languages import of_latin
from usbrec.items.titles import words
from usbrec.keys import derive_seed

TALK = Path(__file__).parent / "plain_talk"
LANGUAGES = ("zh", "ja", "ko", "th", "ar", "ru", "de", "es", "fr")
WITH_CAPITALS = ("ru", "de", "es", "fr")
_SLOT = re.compile(r"\{(t|acc|gen|u|v)\}")
_FORMS = ("t", "acc", "gen")
HALVES = tuple(f"{part}{half}" for part in ("", "more-", "further-") for half in ("develop", "kept"))


def half_of(lines: Sequence[str], half: str) -> list[str]:
    ordered = sorted(lines, key=lambda line: derive_seed(0, "plain talk", line))
    middle = (len(ordered) + 1) // 2
    return ordered[:middle] if half == "develop" else ordered[middle:]


def sentences(language: str, half: str) -> tuple[list[tuple[str, tuple[str, ...]]], list[str], list[str]]:
    """Sentences with the titles that they name, those that name none, and all titles."""
    told = tomllib.loads((TALK / f"{language}.toml").read_text("utf-8"))
    later, _, part = half.rpartition("-")
    if later:
        templates, none = half_of(told.get(later, ()), part), half_of(told["none"], "develop")
    else:
        templates = [*half_of(told["one"], half), *half_of(told["several"], half)]
        none = half_of(told["none"], half)
    lines = half_of(told["titles"], "kept" if half == "kept" else "develop")
    titles = [tuple(form.strip() for form in line.split(";")) for line in lines]
    made = []
    for template in templates:
        slots = _SLOT.findall(template)
        for place in range(len(titles)):
            text, meant = template, []
            for further, slot in enumerate(slots):
                forms = titles[(place + 4 * further) % len(titles)]
                form = forms[_FORMS.index(slot) if slot in _FORMS and len(forms) > 1 else 0]
                text = text.replace(f"{{{slot}}}", form, 1)
                meant.append(forms[0])
            made.append((glued(text, language), tuple(meant)))
    return made, none, [line.split(";")[0].strip() for line in told["titles"]]


def measure(language: str, half: str, show: bool, lower: bool) -> str:
    made, none, titles = sentences(language, half)
    items = [Item(f"{language}{place}", title) for place, title in enumerate(titles)]
    linker = Linker([*items, *other_films()])
    results, masked, others = [], 0, [0, 0]
    everyday = {normalise_title(title) for title in titles if _is_everyday(language, title)}
    for text, meant in [*made, *((text, ()) for text in none)]:
        said = text.lower() if lower else text
        wanted = Counter(normalise_title(title) for title in meant)
        found = Counter(normalise_title(mention.title) for mention in linker.link(said))
        results.append((wanted.total(), (wanted & found).total(), found.total()))
        for title, times in wanted.items():
            if title not in everyday:
                others[0] += min(times, found[title])
                others[1] += times
        hidden = TitleMatcher(meant).mask(said, "…") if meant else ""
        spelt = [title for title in meant if (title.lower() if lower else title) in hidden]
        masked += bool(meant) and not spelt
        if show and (wanted != found or spelt):
            lost, extra = list(wanted - found), list(found - wanted)
            sys.stdout.write(f"  missed {lost} extra {extra} leaks {spelt} | {said}\n")
    titled, plain = results[: len(made)], results[len(made) :]
    draw = random.Random(derive_seed(0, "plain talk", language, half))
    drawn = [*draw.sample(titled, len(plain) * 7 // 3), *plain] if plain else titled
    named, right = sum(row[0] for row in titled), sum(row[1] for row in titled)
    linked, fits = sum(row[2] for row in drawn), sum(row[1] for row in drawn)
    return (
        f"{language}  recall {_figure(right, named)}, no everyday words {_figure(*others)}  "
        f"precision {_figure(fits, linked)}  wrong {sum(row[2] for row in plain)} of {len(plain)}  "
        f"masked {_figure(masked, len(made))}"
    )


def _is_everyday(language: str, title: str) -> bool:
    """Whether a title stands, as a whole, on the linker's list of everyday words, where no capital tells."""
    norms = [word.norm for word in words(title)]
    if language == "de":
        return ambiguity_in(of_latin("de"), norms) is Ambiguity.MARKED
    return language not in WITH_CAPITALS and caseless_ambiguity(norms) is Ambiguity.MARKED


def _figure(right: int, of: int) -> str:
    share, low, high = wilson(right, of)
    return f"{share:.3f} [{low:.3f}, {high:.3f}] of {of}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--half", choices=HALVES, default="kept")
    parser.add_argument("--languages", default=",".join(LANGUAGES))
    parser.add_argument("--show", action="store_true", help="print what went wrong, of `develop` alone")
    parser.add_argument("--lower", action="store_true", help="sentences without capitals")
    options = parser.parse_args()
    for language in options.languages.split(","):
        if not options.lower or language in WITH_CAPITALS:
            show = options.show and options.half.endswith("develop")
            print(measure(language, options.half, show, options.lower), flush=True)


if __name__ == "__main__":
    main()
