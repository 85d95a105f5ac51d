"""Sparse matrices as plain arrays, for files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray


def flat(name: str, matrix: Any) -> dict[str, NDArray[Any]]:
    """The three arrays of a matrix in compressed rows, by name."""
    return {
        f"{name}.data": matrix.data.astype(np.float32),
        f"{name}.indices": matrix.indices.astype(np.int32),
        f"{name}.indptr": matrix.indptr.astype(np.int64),
    }


def whole(name: str, arrays: Mapping[str, NDArray[Any]], columns: int) -> Any:
    """The matrix that :func:`flat` gave the arrays of."""
    data, indices, indptr = (arrays[f"{name}.{part}"] for part in ("data", "indices", "indptr"))
    return sparse.csr_matrix((data, indices, indptr), shape=(len(indptr) - 1, columns))
