"""A large catalogue's index: the same catalogue, opened at once, and made anew when it is damaged."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.films import FILMS
from usbrec import storage
from usbrec.dialogue import Item
from usbrec.errors import BadLines, InputError
from usbrec.items import Catalogue, FieldMap, load_catalogue, open_linker
from usbrec.items.store import DiskItemStore, write_store

CSV = "id,title,year,genres,people,popularity\n" + "".join(
    f'{item.id},{item.title},{item.year},"{", ".join(item.genres)}","{", ".join(item.people)}",'
    f"{item.popularity:g}\n"
    for item in FILMS
)


@pytest.fixture
def films(tmp_path: Path) -> Path:
    path = tmp_path / "films.csv"
    path.write_text(CSV)
    return path


def indexed(path: Path, fields: FieldMap | None = None) -> Catalogue:
    return load_catalogue(path, fields, cache=path.parent / "cache", index_from=5)


def on_disk(folder: Path, items: tuple[Item, ...]) -> Catalogue:
    with storage.atomic_folder(folder) as partial:
        write_store(partial, items)
    return Catalogue.on_store(DiskItemStore(folder))


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
items = st.builds(
    Item,
    id=texts,
    title=texts,
    year=st.none() | st.integers(1800, 2200),
    genres=st.lists(texts, max_size=2).map(tuple),
    people=st.lists(texts, max_size=2).map(tuple),
    text=texts,
    popularity=st.floats(0, 1e6),
    extra=st.dictionaries(texts, texts, max_size=2),
)


@given(st.lists(items, min_size=1, max_size=8, unique_by=lambda item: item.id).map(tuple), st.data())
def test_items_on_disk_are_the_catalogue_that_they_are_in_memory(
    tmp_path_factory: pytest.TempPathFactory, some: tuple[Item, ...], data: st.DataObject
) -> None:
    """Whatever the items, on disk they are found, ordered, counted and digested as in memory."""
    memory, disk = Catalogue(some), on_disk(tmp_path_factory.mktemp("any") / "items", some)
    counts = data.draw(st.dictionaries(st.sampled_from([item.id for item in some]), st.floats(0, 9)))
    for one, other in [(memory, disk), (memory.with_popularity(counts), disk.with_popularity(counts))]:
        assert list(one) == list(other) == [other.items[row] for row in range(len(other))]
        assert one.digest == other.digest
        assert one.has_popularity == other.has_popularity
        for item in one:
            assert other.get(item.id) == item
            assert other.find(item.name) == one.find(item.name)
            assert other.resolve([item.title]) == one.resolve([item.title])
    assert disk.with_popularity(counts).with_popularity({}).digest == memory.with_popularity({}).digest


def test_items_on_disk_are_a_sequence(films: Path) -> None:
    """The items of an indexed catalogue can be sliced, counted from the end, and end where they end."""
    catalogue = indexed(films)
    assert catalogue.items[-1] == FILMS[-1]
    assert tuple(catalogue.items[2:5]) == FILMS[2:5]
    assert catalogue.row("f3") == 2
    assert FILMS[7] in catalogue.items
    assert (catalogue.get("nobody"), "nobody" in catalogue, 7 in catalogue) == (None, False, False)
    assert catalogue.find("\ud800") == ()
    with pytest.raises(IndexError):
        catalogue.items[len(FILMS)]


def test_a_small_catalogue_has_no_index(films: Path) -> None:
    """A small catalogue leaves nothing in the cache."""
    assert load_catalogue(films, cache=films.parent / "cache").folder is None
    assert not (films.parent / "cache").exists()


def test_an_index_is_opened_without_reading_the_items_again(
    films: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second time the index is opened: whoever would parse the file now is not asked."""
    first = indexed(films)
    assert first.items[:] == FILMS
    monkeypatch.setattr("usbrec.items.open.read_items", None)
    second = indexed(films)
    assert list(second) == list(FILMS)
    assert second.folder == first.folder is not None
    assert second.digest == Catalogue(FILMS).digest


def test_another_content_or_field_map_has_an_index_of_its_own(films: Path) -> None:
    """Another content or another field map gives other items, the old content the old ones."""
    assert indexed(films, FieldMap(title="id")).items[0].title == "f1"
    films.write_text(CSV.replace("Heat", "Cold"))
    assert indexed(films).items[0].title == "Cold"
    films.write_text(CSV)
    assert indexed(films).items[0].title == "Heat"


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _turn(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [_cut, _turn, Path.unlink, lambda path: path.write_bytes(b"")])
def test_a_damaged_index_is_made_anew(films: Path, damage: Callable[[Path], None]) -> None:
    """Whichever file of the index is cut, altered or gone, the catalogue is whole, and so again on disk."""
    folder = indexed(films).folder
    assert folder is not None
    names = sorted(path.name for path in (folder / "items").iterdir())
    assert len(names) >= 8
    for name in names:
        damage(folder / "items" / name)
        assert list(indexed(films)) == list(FILMS), name
        assert storage.is_whole(folder / "items"), name
    assert [path.name for path in folder.iterdir()] == ["items"]


def test_bad_rows_leave_no_index(films: Path) -> None:
    """A strictly read file with a bad row far down is refused each time, and leaves nothing to be opened."""
    films.write_text(CSV + "f1,Again,1999,,,\n")
    cache = films.parent / "cache"
    for _ in range(2):
        with pytest.raises(BadLines, match="line 22: id 'f1' stands already in line 2"):
            load_catalogue(films, cache=cache, index_from=5, strict=True)
    assert not list((films.parent / "cache").rglob("items.jsonl"))


def test_where_no_index_can_be_written_the_items_stay_in_memory(films: Path) -> None:
    """A cache that cannot be written costs time, not the catalogue, and a warning says so."""
    (films.parent / "cache").write_text("a file is in the way")
    with pytest.warns(UserWarning, match="no index can be kept"):
        catalogue = indexed(films)
    assert list(catalogue) == list(FILMS)


def test_a_missing_file_is_an_input_error_whatever_the_cache_holds(films: Path) -> None:
    """A catalogue that was deleted is missing, although its index may still be there."""
    indexed(films)
    films.unlink()
    with pytest.raises(InputError, match="no such file"):
        indexed(films)


def test_the_cache_is_where_the_environment_says(films: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """USBREC_CACHE moves the cache."""
    monkeypatch.setenv("USBREC_CACHE", str(films.parent / "elsewhere"))
    folder = load_catalogue(films, index_from=5).folder
    assert folder is not None
    assert films.parent / "elsewhere" in folder.parents


TALK = "I liked Heat (1995), The Thing and Toy Story 2. Something like Casablanca?"


def test_the_linker_of_an_indexed_catalogue_is_kept_and_says_the_same(films: Path) -> None:
    """The linker is kept beside the index, one for each popularity, and links as one built anew."""
    for counts in (None, {"f10": 5.0}):
        catalogue = indexed(films) if counts is None else indexed(films).with_popularity(counts)
        built = open_linker(Catalogue(catalogue.items)).link(TALK)
        assert [mention.title for mention in built] == ["Heat", "The Thing", "Toy Story 2", "Casablanca"]
        for _ in range(2):
            assert open_linker(catalogue).link(TALK) == built
    assert catalogue.folder is not None
    kept = sorted(catalogue.folder.glob("linker-*"))
    assert len(kept) == 2
    for file in kept[0].iterdir():
        os.truncate(file, 0)
    assert len(open_linker(indexed(films)).link(TALK)) == 4
    assert all(storage.is_whole(folder) for folder in kept) or not storage.is_whole(kept[0])
