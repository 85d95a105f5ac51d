"""Longer titles that the catalogue lacks, years said near titles, first parts and other ways to write one."""

from __future__ import annotations

import pytest

from usbrec.dialogue import Item
from usbrec.items import Linker, TitleMatcher, split_title


def linker_of(names: str) -> Linker:
    """The items of these titles with years, the first the most popular."""
    rows = [split_title(name) for name in names.split("|")]
    return Linker([Item(f"{t} {y}", t, y, popularity=-n) for n, (t, y) in enumerate(rows)])


def read(linker: Linker, text: str) -> tuple[list[str], list[str]]:
    linked = linker.read(text)
    return [mention.item_id for mention in linked.mentions], list(linked.out_of_catalogue)


SHARED = linker_of(
    "Ghostbusters (1984)|Ghostbusters (2016)|Dune (1984)|Dune (2021)|Crash (1996)|Crash (2004)|It (1990)"
    "|It (2017)|Beauty and the Beast (1991)|Beauty and the Beast (2017)|The Lion King (1994)"
    "|The Lion King (2019)|Heat (1995)"
)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("I recommend the 2016 Ghostbusters.", ["Ghostbusters 2016"]),
        ("the 2016 ghostbusters was fun", ["Ghostbusters 2016"]),
        ("Watch the 2019 remake of The Lion King.", ["The Lion King 2019"]),
        ("The Lion King remake from 2019", ["The Lion King 2019"]),
        ("the 2004 film Crash is great", ["Crash 2004"]),
        ("Beauty and the Beast came out in 2017", ["Beauty and the Beast 2017"]),
        ("2017's Beauty and the Beast is fine", ["Beauty and the Beast 2017"]),
        ("Dune, released in 2021, is great", ["Dune 2021"]),
        ("I liked Dune, the 2021 one", ["Dune 2021"]),
        ("Denis Villeneuve's 2021 Dune", ["Dune 2021"]),
        ("Dune by Denis Villeneuve (2021)", ["Dune 2021"]),
        ("Try the 2017 adaptation of Stephen King's It", ["It 2017"]),
        ("the 1984 Ghostbusters and the 2016 Ghostbusters", ["Ghostbusters 1984", "Ghostbusters 2016"]),
        # Years of something else.
        ("I saw Dune in 2021", ["Dune 1984"]),
        ("In 2016 Ghostbusters was on TV", ["Ghostbusters 1984"]),
        ("Ghostbusters is great. In 2016 I moved to Rome.", ["Ghostbusters 1984"]),
        ("the 2021 sequel to Dune", ["Dune 1984"]),
        ("the 2015 Ghostbusters", ["Ghostbusters 1984"]),
        ("the 2016 film Heat", ["Heat 1995"]),
    ],
)
def test_a_year_said_near_a_title_chooses_among_those_who_share_it(text: str, ids: list[str]) -> None:
    assert read(SHARED, text)[0] == ids


PARTS = linker_of(
    "Borat: Cultural Learnings of America (2006)|Birdman or (The Unexpected Virtue of Ignorance) (2014)"
    "|Dr. Strangelove or: How I Learned to Stop Worrying (1964)|Star Wars: Episode IV - A New Hope (1977)"
    "|Star Wars: Episode V (1980)|Moby-Dick; or, The Whale (1851)|Glass Onion: A Knives Out Mystery (2022)"
    "|Glass (2019)|Alien (1979)|Alien: Covenant (2017)"
)


@pytest.mark.parametrize(
    ("text", "ids", "unknown"),
    [
        ("Borat (2006) is fun", ["Borat: Cultural Learnings of America 2006"], []),
        ("Birdman (2014) is fun", ["Birdman or (The Unexpected Virtue of Ignorance) 2014"], []),
        ("Doctor Strangelove (1964)", ["Dr. Strangelove or: How I Learned to Stop Worrying 1964"], []),
        ("Star Wars (1977)", ["Star Wars: Episode IV - A New Hope 1977"], []),
        ("Moby Dick (1851)", ["Moby-Dick; or, The Whale 1851"], []),
        ("Borat (2007) is fun", [], ["Borat (2007)"]),
        ("Borat is fun", [], []),
        ("Alien (2017) is fun", [], ["Alien (2017)"]),
        ("Have you seen Glass Onion?", [], []),
        ("Have you seen Glass?", ["Glass 2019"], []),
    ],
)
def test_the_first_part_of_a_title_is_read_with_its_very_year(
    text: str, ids: list[str], unknown: list[str]
) -> None:
    assert read(PARTS, text) == (ids, unknown)


WRITTEN = linker_of(
    "Liar Liar (1997)|Once Upon a Time in Hollywood (2019)|500 Days of Summer (2009)|Kill Bill: Vol. 1 (2003)"
    "|Dr. No (1962)|Doctor Sleep (2019)|Godzilla vs. Kong (2021)|Heat (1995)|Love Actually (2003)"
    "|Toy Story (1995)"
)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("I loved Liar, Liar", ["Liar Liar 1997"]),
        ("Love, Actually (2003)", ["Love Actually 2003"]),
        ("Once Upon a Time... in Hollywood (2019)", ["Once Upon a Time in Hollywood 2019"]),
        ("Once Upon a Time… in Hollywood was great", ["Once Upon a Time in Hollywood 2019"]),
        ("(500) Days of Summer (2009)", ["500 Days of Summer 2009"]),
        ("Kill Bill: Volume 1 (2003)", ["Kill Bill: Vol. 1 2003"]),
        ("Kill Bill Volume One is fun", ["Kill Bill: Vol. 1 2003"]),
        ("Doctor No (1962)", ["Dr. No 1962"]),
        ("I loved Dr. Sleep a lot", ["Doctor Sleep 2019"]),
        ("Godzilla versus Kong (2021)", ["Godzilla vs. Kong 2021"]),
        ("I like Toy, Story and Heat", ["Heat 1995"]),
    ],
)
def test_one_title_is_written_in_several_ways(text: str, ids: list[str]) -> None:
    assert read(WRITTEN, text) == (ids, [])


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("*Heat* by Michael Mann (1995)", []),
        ("Directed by Michael Mann (1995).", []),
        ("It won four Academy Awards (2011).", []),
        ("It won the Palme d'Or (1994).", []),
        ('It belongs to the "MonsterVerse" franchise.', []),
        ("It was inspired by Blorp Nights (2031).", ["Blorp Nights (2031)"]),
        ('Have you heard of "Blorp Nights"?', ["Blorp Nights"]),
    ],
)
def test_people_awards_and_franchises_are_no_unknown_titles(text: str, unknown: list[str]) -> None:
    assert read(WRITTEN, text)[1] == unknown


LONGER = linker_of(
    "Cars (2006)|Frozen (2013)|Pi (1998)|Up (2009)|Room (2015)|Red (2010)|Deadpool (2016)"
    "|The Dark Knight (2008)|The Matrix (1999)|Black Panther (2018)|Wonder Woman (2017)|Shrek (2001)"
    "|Die Hard (1988)|The Ring (2002)|Bad Boys (1995)|Life (2017)|Heat (1995)|Inception (2010)"
    "|Alien (1979)|Toy Story (1995)"
)


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Have you seen Cars 3?", "Cars 3"),
        ("I watched Frozen II", "Frozen II"),
        ("Have you seen Room 237?", "Room 237"),
        ("I saw Wonder Woman 1984", "Wonder Woman 1984"),
        ("The Ring Two is scary", "The Ring Two"),
        ("I loved Life of Pi", "Life of Pi"),
        ("Life of Pi is great", "Life of Pi"),
        ("I watched Up in the Air", "Up in the Air"),
        ("Have you seen Red Sparrow?", "Red Sparrow"),
        ("Deadpool & Wolverine was funny", "Deadpool & Wolverine"),
        ("I loved The Dark Knight Rises", "The Dark Knight Rises"),
        ("Black Panther: Wakanda Forever was good", "Black Panther: Wakanda Forever"),
        ("I liked Shrek the Third", "Shrek the Third"),
        ("I liked Die Hard with a Vengeance", "Die Hard with a Vengeance"),
        ("Have you seen Bad Boys for Life?", "Bad Boys for Life"),
    ],
)
def test_a_longer_title_that_the_catalogue_lacks_is_unknown(text: str, unknown: str) -> None:
    assert read(LONGER, text) == ([], [unknown])


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("I watched Cars 3 times", ["Cars 2006"]),
        ("I'd give The Matrix 10.", ["The Matrix 1999"]),
        ("I watched Up in the cinema", ["Up 2009"]),
        ("I watched Up in the Cinema", ["Up 2009"]),
        ("I watched Up for Christmas", ["Up 2009"]),
        ("I watched The Matrix in the US", ["The Matrix 1999"]),
        ("I loved Heat with Al Pacino", ["Heat 1995"]),
        ("Have you seen Heat & Alien?", ["Heat 1995", "Alien 1979"]),
        ("I haven't seen The Matrix I'll have to try it", ["The Matrix 1999"]),
        ("I loved Toy Story Mostly comedy, but good", ["Toy Story 1995"]),
        ("the Dark Knight Trilogy", ["The Dark Knight 2008"]),
        ("The Director of Inception is great", ["Inception 2010"]),
        ("Fans of The Matrix love it", ["The Matrix 1999"]),
        ("- Inception: Mind Games", ["Inception 2010"]),
        ("I recommend The Matrix: Keanu Reeves is great.", ["The Matrix 1999"]),
        ("I liked Die Hard with a vengeance", ["Die Hard 1988"]),
        ("I saw The Matrix 2 weeks ago", ["The Matrix 1999"]),
        ("I watched Inception 6 months ago", ["Inception 2010"]),
        ("I've watched The Matrix 15+ times", ["The Matrix 1999"]),
        ("I've seen Toy Story 50 million times", ["Toy Story 1995"]),
        ("I gave Heat 8 and Alien 6", ["Heat 1995", "Alien 1979"]),
        ("We saw Inception at the Mall", ["Inception 2010"]),
        ("We watched Alien on the Couch", ["Alien 1979"]),
        ("I watched Heat with the Boys", ["Heat 1995"]),
        ("How about Inception: Dark Thriller?", ["Inception 2010"]),
        ("The Beauty of Inception is its calm", ["Inception 2010"]),
        ("I loved The Matrix Since then I love Keanu Reeves", ["The Matrix 1999"]),
    ],
)
def test_a_sentence_that_goes_on_behind_a_title_leaves_it(text: str, ids: list[str]) -> None:
    assert read(LONGER, text) == (ids, [])


def test_who_asks_for_a_film_by_name_does_not_get_its_sequel() -> None:
    matcher = TitleMatcher(["Black Panther (2018)"])
    assert matcher.named("Black Panther: Wakanda Forever was good") == ()
    assert matcher.named("Black Panther was good") == ("Black Panther (2018)",)
