"""Cut the packaged sample catalogue out of the CC0 film list.

    python tools/cut_demo_catalogue.py ../shared/data/catalogue/wikidata_movies_cc0.csv

Reads `wikidata_movies_cc0.csv` (17,472 films of 1940-2014 from Wikidata, CC0; also in the PyPI package
bokeh-sampledata) and writes src/usbrec/data/demo/catalogue.csv: the most reviewed films of each decade, the
most reviewed of genres that would be thin otherwise, and every film that the sample dialogues name. The
same source and dialogues give the same bytes.

Two columns differ from the source on purpose. The source lists a film's cast by first name, so its first
five are no billing; here a film keeps the people the dialogues talk about, then leads (LEADS), then whoever
is most reviewed elsewhere. And `Genre` is corrected by hand where the source is plainly wrong (CORRECTIONS).
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from usbrec.errors import InputError

Row = dict[str, str]

COLUMNS = ("imdbID", "Title", "Year", "Genre", "Director", "Writer", "Cast", "Language", "Country", "Reviews")
LISTS = ("Genre", "Director", "Writer", "Cast", "Language", "Country")
DEMO = Path(__file__).parents[1] / "src" / "usbrec" / "data" / "demo"

#: Films per decade. By review counts alone hardly a film would be older than 2000: most older films were
#: reviewed before anybody counted.
PER_DECADE = {1940: 80, 1950: 120, 1960: 150, 1970: 190, 1980: 260, 1990: 290, 2000: 300, 2010: 160}

#: Every genre has at least this many films, so that a seeker who asks for one gets a choice.
PER_GENRE = 14

CAST = 5
WRITERS = 3

#: A cast list no longer than this names people who act; longer ones name everybody who walked through.
SHORT_CAST = 12

#: They appear for a moment in dozens of films, and nobody asks for a film because of that.
CAMEOS = {"Alfred Hitchcock", "Bess Flowers", "Stan Lee"}

#: Left out: their review counts belong to a remake or to a younger film of the same title.
OTHERS_REVIEWS = {
    "All the King's Men (1950)",
    "Cheaper by the Dozen (1950)",
    "Passengers (2008)",
    "Supergirl (1984)",
    "The Amusement Park (1975)",
    "The Relic (1997)",
}

SAME_LANGUAGE = {
    "American English": "English",
    "Australian English": "English",
    "Brazilian Portuguese": "Portuguese",
    "Egyptian language": "Egyptian",
    "Standard Chinese": "Mandarin",
}


def parts(field: str) -> list[str]:
    """The entries of a comma-separated field, each once, in order; "Ed Begley, Jr." is one."""
    joined = field.replace(", Jr.", " Jr.").replace(", Sr.", " Sr.")
    return list(dict.fromkeys(entry.strip() for entry in joined.split(",") if entry.strip()))


#: Genres as they should read, for films whose source row is plainly wrong or nearly empty. (Some of these are
#: not in the sample only because they are no documentaries any more.)
CORRECTIONS = {
    "12 Years a Slave (2013)": "Biography, Drama, History",
    "2001: A Space Odyssey (1968)": "Sci-Fi, Mystery, Adventure",
    "2012 (2009)": "Sci-Fi, Drama, Action, Adventure",
    "A Clockwork Orange (1971)": "Sci-Fi, Drama, Crime",
    "Airplane! (1980)": "Comedy",
    "Aladdin (1992)": "Animation, Musical, Comedy, Fantasy, Family",
    "Alien (1979)": "Sci-Fi, Horror, Thriller",
    "Alien Resurrection (1997)": "Sci-Fi, Horror, Thriller, Action",
    "Aliens (1986)": "Sci-Fi, Horror, Thriller, Action, Adventure",
    "American Gangster (2007)": "Biography, Thriller, Drama, Crime",
    "An American in Paris (1951)": "Musical, Romance, Comedy",
    "Apocalypse Now (1979)": "War, Drama, Action",
    "Avatar (2009)": "Sci-Fi, Action, Adventure",
    "Babe (1995)": "Comedy, Drama, Family",
    "Barry Lyndon (1975)": "War, Drama, History, Adventure",
    "Batman (1989)": "Crime, Fantasy, Action",
    "Beauty and the Beast (1991)": "Animation, Musical, Romance, Fantasy, Family",
    "Blood Simple (1984)": "Thriller, Drama, Crime",
    "Blue Velvet (1986)": "Thriller, Mystery, Drama, Crime",
    "Breach (2007)": "Biography, Thriller, Drama",
    "Casablanca (1942)": "War, Romance, Drama",
    "Christine (1983)": "Horror, Thriller",
    "Chronicle (2012)": "Sci-Fi, Thriller, Drama",
    "Cloverfield (2008)": "Sci-Fi, Horror, Thriller, Action",
    "Coraline (2009)": "Animation, Horror, Fantasy, Family",
    "Dawn of the Planet of the Apes (2014)": "Sci-Fi, Drama, Action",
    "District 9 (2009)": "Sci-Fi, Thriller, Drama, Action",
    "Dog Day Afternoon (1975)": "Biography, Thriller, Drama, Crime",
    "Dune (1984)": "Sci-Fi, Action, Adventure",
    "E.T. the Extra-Terrestrial (1982)": "Sci-Fi, Family, Adventure",
    "Fantasia (1940)": "Animation, Musical, Fantasy",
    "Fargo (1996)": "Thriller, Comedy, Drama, Crime",
    "Forrest Gump (1994)": "Romance, Comedy, Drama",
    "From Russia with Love (1963)": "Thriller, Action, Adventure",
    "Godzilla (2014)": "Sci-Fi, Action, Adventure",
    "Goldfinger (1964)": "Thriller, Action, Adventure",
    "Goodfellas (1990)": "Biography, Drama, Crime",
    "Gravity (2013)": "Sci-Fi, Thriller, Drama",
    "Groundhog Day (1993)": "Romance, Comedy, Fantasy",
    "Halloween (1978)": "Horror, Thriller",
    "Harry Potter and the Half-Blood Prince (2009)": "Fantasy, Family, Adventure",
    "Harry Potter and the Order of the Phoenix (2007)": "Fantasy, Family, Adventure",
    "Heat (1995)": "Thriller, Drama, Crime, Action",
    "High Noon (1952)": "Western, Drama",
    "Inception (2010)": "Sci-Fi, Thriller, Action, Adventure",
    "Inglourious Basterds (2009)": "War, Drama, Action",
    "Interstellar (2014)": "Sci-Fi, Drama, Adventure",
    "James and the Giant Peach (1996)": "Animation, Musical, Fantasy, Family",
    "Jaws (1975)": "Horror, Thriller, Adventure",
    "Legend (1985)": "Fantasy, Adventure",
    "Little Big Man (1970)": "Western, Comedy, Drama, Adventure",
    "Mean Streets (1973)": "Drama, Crime",
    "Memento (2000)": "Thriller, Mystery, Drama, Crime",
    "Mulholland Drive (2001)": "Thriller, Mystery, Drama",
    "My Neighbor Totoro (1988)": "Animation, Fantasy, Family",
    "Network (1976)": "Comedy, Drama",
    "Night of the Living Dead (1968)": "Horror, Thriller",
    "No Country for Old Men (2007)": "Western, Thriller, Drama, Crime",
    "North by Northwest (1959)": "Thriller, Mystery, Adventure",
    "Nosferatu the Vampyre (1979)": "Horror, Drama",
    "On the Waterfront (1954)": "Drama, Crime",
    "Once Upon a Time in America (1984)": "Drama, Crime",
    "Once Upon a Time in the West (1968)": "Western, Drama",
    "Pacific Rim (2013)": "Sci-Fi, Action, Adventure",
    "Paths of Glory (1957)": "War, Drama",
    "Pinocchio (1940)": "Animation, Musical, Fantasy, Family",
    "Planet of the Apes (1968)": "Sci-Fi, Adventure",
    "Pocahontas (1995)": "Animation, Musical, Romance, Family, History",
    "Public Enemies (2009)": "Biography, Drama, Crime, History, Action",
    "Pulp Fiction (1994)": "Thriller, Comedy, Drama, Crime",
    "Raging Bull (1980)": "Biography, Drama, Sport",
    "Raiders of the Lost Ark (1981)": "Action, Adventure",
    "Ratatouille (2007)": "Animation, Comedy, Family",
    "Repulsion (1965)": "Horror, Thriller, Drama",
    "Rocky (1976)": "Drama, Sport",
    "Scarface (1983)": "Thriller, Drama, Crime",
    "Seven (1995)": "Thriller, Mystery, Drama, Crime",
    "Signs (2002)": "Sci-Fi, Thriller, Mystery, Drama",
    "Skyfall (2012)": "Thriller, Action, Adventure",
    "Some Like It Hot (1959)": "Romance, Comedy, Crime",
    "Star Wars: Episode II – Attack of the Clones (2002)": "Sci-Fi, Fantasy, Action, Adventure",
    "Star Wars: Episode III – Revenge of the Sith (2005)": "Sci-Fi, Fantasy, Action, Adventure",
    "Star Wars: Episode IV – A New Hope (1977)": "Sci-Fi, Fantasy, Action, Adventure",
    "Star Wars: Episode V – The Empire Strikes Back (1980)": "Sci-Fi, Fantasy, Action, Adventure",
    "Strangers on a Train (1951)": "Thriller, Mystery, Drama, Crime",
    "Super 8 (2011)": "Sci-Fi, Thriller, Mystery, Adventure",
    "Suspiria (1977)": "Horror, Thriller, Mystery",
    "Tarzan (1999)": "Animation, Musical, Family, Adventure",
    "Taxi Driver (1976)": "Thriller, Drama, Crime",
    "Terminator 2: Judgment Day (1991)": "Sci-Fi, Thriller, Action, Adventure",
    "The Birds (1963)": "Horror, Thriller, Mystery",
    "The Departed (2006)": "Thriller, Drama, Crime",
    "The Exorcist (1973)": "Horror, Thriller, Drama",
    "The Fly (1986)": "Sci-Fi, Horror, Drama",
    "The Godfather (1972)": "Drama, Crime",
    "The Godfather Part II (1974)": "Drama, Crime",
    "The Good, the Bad and the Ugly (1966)": "Western, Adventure",
    "The Hunchback of Notre Dame (1996)": "Animation, Musical, Drama, Family",
    "The Iron Giant (1999)": "Sci-Fi, Animation, Family, Adventure",
    "The King of Comedy (1982)": "Comedy, Drama, Crime",
    "The Last Temptation of Christ (1988)": "Drama, History",
    "The Lavender Hill Mob (1951)": "Comedy, Crime",
    "The Manchurian Candidate (1962)": "Thriller, Drama",
    "The Matrix (1999)": "Sci-Fi, Thriller, Action",
    "The Nightmare Before Christmas (1993)": "Animation, Musical, Comedy, Fantasy, Family",
    "The Player (1992)": "Comedy, Drama, Crime",
    "The Secret of NIMH (1982)": "Animation, Fantasy, Family, Adventure",
    "The Shining (1980)": "Horror, Thriller, Drama",
    "The Terminator (1984)": "Sci-Fi, Thriller, Action",
    "The Texas Chain Saw Massacre (1974)": "Horror, Thriller",
    "The Thing (1982)": "Sci-Fi, Horror, Thriller, Mystery",
    "The World Is Not Enough (1999)": "Thriller, Action, Adventure",
    "There Will Be Blood (2007)": "Western, Drama",
    "They Live (1988)": "Sci-Fi, Thriller, Action",
    "Toy Story (1995)": "Animation, Comedy, Family, Adventure",
    "Toy Story 2 (1999)": "Animation, Comedy, Family, Adventure",
    "Toy Story 3 (2010)": "Animation, Comedy, Family, Adventure",
    "Training Day (2001)": "Thriller, Drama, Crime",
    "Up (2009)": "Animation, Comedy, Family, Adventure",
    "War of the Worlds (2005)": "Sci-Fi, Thriller, Action",
    "Watchmen (2009)": "Sci-Fi, Drama, Action",
    "White Heat (1949)": "Drama, Crime",
    "Yojimbo (1961)": "Drama, Action",
}

#: Actors who rarely play anything but a lead. Review counts alone put busy bit players before many of them.
LEADS = frozenset(
    parts("""
Al Pacino, Alan Rickman, Albert Finney, Alec Guinness, Amy Adams, Andy Garcia, Angelina Jolie,
Anne Bancroft, Anne Baxter, Anne Hathaway, Anthony Hopkins, Anthony Perkins, Arnold Schwarzenegger,
Audrey Hepburn, Barbara Stanwyck, Barbra Streisand, Ben Affleck, Ben Kingsley, Ben Stiller,
Benedict Cumberbatch, Bette Davis, Bill Murray, Billy Crystal, Bing Crosby, Brad Pitt, Bradley Cooper,
Bruce Lee, Bruce Willis, Burt Lancaster, Buster Keaton, Cameron Diaz, Carey Mulligan, Carrie Fisher,
Carrie-Anne Moss, Cary Grant, Cate Blanchett, Catherine Deneuve, Charles Laughton, Charlie Chaplin,
Charlize Theron, Charlton Heston, Chiwetel Ejiofor, Chris Evans, Chris Hemsworth, Chris Pine, Chris Pratt,
Christian Bale, Christopher Plummer, Christopher Reeve, Claude Rains, Claudette Colbert, Clint Eastwood,
Colin Farrell, Colin Firth, Daniel Craig, Daniel Day-Lewis, Daniel Radcliffe, Danny Aiello, David Niven,
David Oyelowo, Deborah Kerr, Demi Moore, Denzel Washington, Diane Keaton, Donald Sutherland,
Drew Barrymore, Dudley Moore, Dustin Hoffman, Eddie Murphy, Edward Furlong, Edward Norton, Elijah Wood,
Elizabeth Taylor, Emily Blunt, Emma Stone, Emma Thompson, Emma Watson, Ethan Hawke, Eva Marie Saint,
Ewan McGregor, F. Murray Abraham, Farley Granger, Faye Dunaway, Frances McDormand, Frank Sinatra,
François Cluzet, Fred Astaire, Gary Cooper, Gary Oldman, Gene Hackman, Gene Kelly, Gene Tierney,
Gene Wilder, Geoffrey Rush, George C. Scott, George Clooney, Gerard Butler, Ginger Rogers, Glenn Close,
Glenn Ford, Goldie Hawn, Grace Kelly, Gregory Peck, Gwyneth Paltrow, Halle Berry, Harrison Ford,
Harvey Keitel, Heath Ledger, Helen Hunt, Helen Mirren, Henry Fonda, Hilary Swank, Holly Hunter, Hugh Grant,
Hugh Jackman, Humphrey Bogart, Ian McKellen, Ingrid Bergman, J. K. Simmons, Jack Black, Jack Lemmon,
Jack Nicholson, Jake Gyllenhaal, James Caan, James Cagney, James Dean, James Mason, James McAvoy,
James Stewart, Jamie Foxx, Jamie Lee Curtis, Jane Fonda, Janet Leigh, Jean Seberg, Jean-Paul Belmondo,
Jeff Bridges, Jeff Goldblum, Jennifer Aniston, Jennifer Lawrence, Jeremy Irons, Jeremy Renner,
Jessica Chastain, Jim Carrey, Joan Crawford, Joan Fontaine, Joaquin Phoenix, Jodie Foster, John Cleese,
John Cusack, John Gielgud, John Goodman, John Hurt, John Malkovich, John Travolta, John Wayne, Johnny Depp,
Jon Voight, Jonah Hill, Joseph Cotten, Joseph Gordon-Levitt, Jude Law, Judi Dench, Judy Garland,
Julia Roberts, Julianne Moore, Julie Andrews, Julie Christie, Julie Delpy, Juliette Binoche, Karen Allen,
Kate Winslet, Katharine Hepburn, Kathleen Turner, Keanu Reeves, Keira Knightley, Kevin Bacon,
Kevin Costner, Kevin Kline, Kevin Spacey, Kim Novak, Kirk Douglas, Kirsten Dunst, Kristen Stewart,
Kurt Russell, Laura Dern, Lauren Bacall, Laurence Fishburne, Laurence Olivier, Leonardo DiCaprio,
Leslie Nielsen, Liam Neeson, Linda Hamilton, Liza Minnelli, Lupita Nyong'o, Macaulay Culkin, Maggie Smith,
Marcello Mastroianni, Marilyn Monroe, Marion Cotillard, Mark Hamill, Mark Ruffalo, Mark Wahlberg,
Marlene Dietrich, Marlon Brando, Martin Sheen, Mary Astor, Matt Damon, Matthew Broderick,
Matthew McConaughey, Max von Sydow, Meg Ryan, Mel Gibson, Meryl Streep, Mia Farrow, Michael Caine,
Michael Douglas, Michael Fassbender, Michael J. Fox, Michael Keaton, Michelle Pfeiffer, Michelle Williams,
Mickey Rourke, Minnie Driver, Moira Shearer, Montgomery Clift, Morgan Freeman, Naomi Watts,
Natalie Portman, Natalie Wood, Nicolas Cage, Nicole Kidman, Octavia Spencer, Olivia Newton-John,
Olivia de Havilland, Omar Sy, Orlando Bloom, Orson Welles, Owen Wilson, Patrick Swayze, Paul Henreid,
Paul Newman, Penélope Cruz, Peter Falk, Peter Finch, Peter Fonda, Peter Lorre, Peter O'Toole,
Peter Sellers, Philip Seymour Hoffman, Ralph Fiennes, Ray Liotta, Reese Witherspoon, Renée Zellweger,
Rex Harrison, Richard Burton, Richard Dreyfuss, Richard Gere, Rita Hayworth, River Phoenix, Robert De Niro,
Robert Downey Jr., Robert Duvall, Robert Hays, Robert Mitchum, Robert Pattinson, Robert Redford,
Robert Walker, Robin Williams, Rock Hudson, Roger Moore, Rosalind Russell, Rosamund Pike, Russell Crowe,
Ryan Gosling, Ryan O'Neal, Ryan Reynolds, Sally Field, Sam Neill, Sam Worthington, Samuel L. Jackson,
Sandra Bullock, Scarlett Johansson, Sean Connery, Sean Penn, Seth Rogen, Shelley Duvall, Shia LaBeouf,
Shirley MacLaine, Sidney Poitier, Sigourney Weaver, Sissy Spacek, Sophia Loren, Spencer Tracy,
Steve Buscemi, Steve Carell, Steve Martin, Steve McQueen, Susan Sarandon, Sylvester Stallone,
Takeshi Kaneshiro, Tilda Swinton, Tim Robbins, Tim Roth, Tippi Hedren, Tobey Maguire, Tom Cruise,
Tom Hanks, Tom Hardy, Tommy Lee Jones, Toni Collette, Tony Curtis, Tony Leung, Toshirō Mifune, Uma Thurman,
Val Kilmer, Viggo Mortensen, Viola Davis, Vivien Leigh, Walter Matthau, Warren Beatty, Whoopi Goldberg,
Will Ferrell, Will Smith, Willem Dafoe, William Hurt, Winona Ryder, Woody Allen, Woody Harrelson,
Yul Brynner, Zoe Saldaña
""")
)


def read_source(path: Path) -> list[Row]:
    """All rows of the source, as strings. Raises InputError when a wanted column is missing."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        missing = set(COLUMNS) - set(reader.fieldnames or ())
        if missing:
            raise InputError(
                f"{path}:1: no column {', '.join(sorted(missing))}; give the path of wikidata_movies_cc0.csv"
            )
        return [{column: row[column] or "" for column in COLUMNS} for row in reader]


def reviews(row: Row) -> int:
    """How often the film was reviewed; 0 where the source does not know."""
    return int(float(row["Reviews"] or 0))


def most_reviewed_first(row: Row) -> tuple[int, str]:
    """A sort key; films with equal counts stand by id, so that the order is always the same."""
    return -reviews(row), row["imdbID"]


def name(row: Row) -> str:
    """The title as people write it, with the year in brackets."""
    return f"{row['Title']} ({row['Year']})"


def most_reviewed_people(rows: Iterable[Row]) -> Counter[str]:
    """For each actor the reviews of their films with a short cast list, added up."""
    known: Counter[str] = Counter()
    for row in rows:
        cast = parts(row["Cast"])
        if len(cast) <= SHORT_CAST:
            known.update(dict.fromkeys(cast, reviews(row)))
    return known


def order_cast(cast: list[str], talk: str, known: Mapping[str, int]) -> list[str]:
    """Those the dialogues name first, then leads, then whoever is most reviewed elsewhere."""
    # A one-word name is left to its fame: "Moustache" plays in Rififi, and people talk of moustaches.
    talked_of = {person for person in cast if " " in person and person in talk}
    cast = [person for person in cast if person not in CAMEOS]
    return sorted(cast, key=lambda p: (p not in talked_of, p not in LEADS, -known.get(p, 0)))


def clean(row: Row, talk: str, known: Mapping[str, int]) -> Row:
    """The row as the sample keeps it: straight apostrophes, one name a language, few but known names.

    `talk` is the text of all dialogues, `known` what :func:`most_reviewed_people` says.
    """
    tidy = {column: " ".join(row[column].replace("’", "'").split()) for column in COLUMNS}
    lists = {column: parts(tidy[column]) for column in LISTS}
    # "Music" stands at a few concert films only; one word for both is easier to ask for.
    genres = parts(CORRECTIONS[name(tidy)]) if name(tidy) in CORRECTIONS else lists["Genre"]
    lists["Genre"] = ["Musical" if genre == "Music" else genre for genre in genres]
    lists["Language"] = [SAME_LANGUAGE.get(language, language) for language in lists["Language"]]
    lists["Writer"] = lists["Writer"][:WRITERS]
    lists["Cast"] = order_cast(lists["Cast"], talk, known)[:CAST]
    tidy |= {column: ", ".join(dict.fromkeys(entries)) for column, entries in lists.items()}
    return tidy | {"Reviews": str(reviews(row))}


def read_dialogues(path: Path) -> tuple[str, set[str]]:
    """All that is said in the sample dialogues, and every ``Title (Year)`` they recommend or mention."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    talk = "\n".join(text for row in rows for text in (*row["context"], row["resp"]))
    return talk, {film for row in rows for film in (*row["rec"], *row["entity"])}


def choose(rows: Iterable[Row], wanted: set[str]) -> list[Row]:
    """The rows of the sample, most reviewed first. Raises InputError when a wanted film has no row."""
    usable = [row for row in rows if row["Genre"] and row["Director"] and name(row) not in OTHERS_REVIEWS]
    usable.sort(key=most_reviewed_first)
    unique: dict[str, Row] = {}
    for row in usable:
        unique.setdefault(name(row), row)
    missing = sorted(wanted - unique.keys())
    if missing:
        raise InputError(f"not in the source, or without genre or director: {', '.join(missing)}")

    chosen = {film: row for film, row in unique.items() if film in wanted}
    decades: Counter[int] = Counter()
    for film, row in unique.items():
        decade = int(row["Year"]) // 10 * 10
        if decades[decade] < PER_DECADE.get(decade, 0):
            decades[decade] += 1
            chosen[film] = row
    genres = Counter(genre for row in chosen.values() for genre in parts(row["Genre"]))
    for film, row in unique.items():
        thin = [genre for genre in parts(row["Genre"]) if genres[genre] < PER_GENRE]
        if thin and film not in chosen:
            chosen[film] = row
            genres.update(parts(row["Genre"]))
    return sorted(chosen.values(), key=most_reviewed_first)


def main() -> int:
    """Write the catalogue; returns the exit code (2 when an input cannot be used)."""
    parser = argparse.ArgumentParser(
        description="Cut the packaged sample catalogue out of the CC0 film list."
    )
    parser.add_argument("source", type=Path, help="wikidata_movies_cc0.csv")
    parser.add_argument("--dialogues", type=Path, default=DEMO / "dialogues.jsonl")
    parser.add_argument("-o", "--output", type=Path, default=DEMO / "catalogue.csv")
    arguments = parser.parse_args()
    try:
        talk, wanted = read_dialogues(arguments.dialogues)
        source = read_source(arguments.source)
        known = most_reviewed_people(source)
        # Cleaned first: a title is compared with the dialogues as it will stand in the sample.
        films = choose((clean(row, talk, known) for row in source), wanted)
    except (InputError, OSError) as error:
        print(f"cut_demo_catalogue: {error}", file=sys.stderr)
        return 2
    with arguments.output.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(films)
    print(f"{arguments.output}: {len(films)} films, {arguments.output.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
