"""Nearest vectors: exact where they are few, nearly so above, and the same every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from usbrec.errors import InputError
from usbrec.items.vectors import VectorIndex

Floats = NDArray[np.float32]


def unit(vectors_n_d: NDArray[np.floating]) -> Floats:
    norms = np.linalg.norm(vectors_n_d, axis=-1, keepdims=True)
    return (vectors_n_d / np.maximum(norms, 1e-9)).astype(np.float32)


def clustered(n: int, *, seed: int) -> Floats:
    """Shape (n, 32): fifty clusters, the same whatever the seed."""
    centres = np.random.default_rng(9).standard_normal((50, 32))
    generator = np.random.default_rng(seed)
    return unit(centres[generator.integers(50, size=n)] + generator.standard_normal((n, 32)))


VECTORS = clustered(6_000, seed=0)
QUERIES = clustered(40, seed=1)
LISTS = VectorIndex.build(VECTORS, exact_up_to=1_000)


def nearest(vectors_n_d: Floats, query_d: Floats, k: int) -> list[int]:
    scores_n = np.einsum("nd,d->n", vectors_n_d, query_d)
    return sorted(range(len(vectors_n_d)), key=lambda row: (-scores_n[row], row))[:k]


@given(st.integers(1, 60), st.integers(0, 80), st.integers(0, 2**16))
def test_few_vectors_are_searched_exactly_with_ties_by_row(n: int, k: int, seed: int) -> None:
    """Few vectors are searched exactly: best first, ties by row, all of them when fewer than asked for."""
    generator = np.random.default_rng(seed)
    vectors = generator.integers(-1, 2, (n, 3)).astype(np.float32)  # many are equal
    query = generator.integers(-1, 2, 3).astype(np.float32)
    rows, scores = VectorIndex.build(vectors).search(query, k)
    assert rows.tolist() == nearest(vectors, query, k)
    assert np.array_equal(scores, vectors[rows] @ query)


def test_lists_find_nearly_all_and_everything_when_everything_is_read() -> None:
    """Reading a sixth of the vectors finds nearly all of the nearest fifty, reading all of them all."""
    found = [len({*LISTS.search(q, 50, scanned=1_000)[0]} & {*nearest(VECTORS, q, 50)}) for q in QUERIES]
    assert np.mean(found) / 50 > 0.95
    assert all(LISTS.search(q, 50, scanned=6_000)[0].tolist() == nearest(VECTORS, q, 50) for q in QUERIES)


def test_scores_are_inner_products_with_the_rows_given() -> None:
    """Rows are those of the vectors handed in, and scores their inner products, falling."""
    rows, scores = LISTS.search(VECTORS[77], 10)
    assert rows[0] == 77
    assert np.allclose(scores, VECTORS[rows] @ VECTORS[77], atol=1e-6)
    assert np.all(np.diff(scores) <= 0)


def test_the_same_vectors_give_the_same_index(tmp_path: Path) -> None:
    """The same vectors and seed give the same bytes."""
    LISTS.save(tmp_path / "a")
    VectorIndex.build(VECTORS, exact_up_to=1_000).save(tmp_path / "b")
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


@pytest.mark.parametrize("index", [LISTS, VectorIndex.build(VECTORS[:100])])
def test_a_saved_index_answers_as_the_one_in_memory(tmp_path: Path, index: VectorIndex) -> None:
    """A saved index is mapped, not read, and answers as the one it was saved from."""
    index.save(tmp_path / "vectors")
    opened = VectorIndex.open(tmp_path / "vectors")
    assert len(opened) == len(index)
    for query in QUERIES:
        (rows, scores), (rows_there, scores_there) = index.search(query, 7), opened.search(query, 7)
        assert np.array_equal(rows, rows_there)
        assert np.array_equal(scores, scores_there)


@pytest.mark.parametrize("name", ["vectors", "rows", "centres", "starts"])
def test_a_cut_or_missing_file_is_an_input_error(tmp_path: Path, name: str) -> None:
    """A file of the index that is cut, empty, strange or missing is an input error that says what to do."""
    LISTS.save(tmp_path)
    path = tmp_path / f"{name}.npy"
    whole = path.read_bytes()
    for damaged in (whole[:-5], whole[:20], b"", b"hello"):
        path.write_bytes(damaged)
        with pytest.raises(InputError, match="Build it anew"):
            VectorIndex.open(tmp_path)
    path.unlink()
    with pytest.raises(InputError, match="Build it anew"):
        VectorIndex.open(tmp_path)


def test_what_is_no_table_of_finite_vectors_is_refused() -> None:
    """No vectors, values that are no numbers and queries of another encoder are input errors."""
    for wrong in (np.zeros((0, 3)), np.zeros(3), np.zeros((2, 0))):
        with pytest.raises(InputError, match="is no table of vectors"):
            VectorIndex.build(wrong)
    with pytest.raises(InputError, match="not all are finite"):
        VectorIndex.build(np.array([[1.0, np.nan]]))
    with pytest.raises(InputError, match="the index has 32 dimensions"):
        LISTS.search(np.zeros(31), 5)
