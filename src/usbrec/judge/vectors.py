"""Vector cache: texts encoded once and kept on disk, so that interrupted work goes on where it stopped.

SQLite holds them: a few at a time are added as a whole or not at all, several processes may add at once,
and only what is asked for is read.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from usbrec.engine import Progress, Silent
from usbrec.items.retrieval.encoder import Encoder
from usbrec.keys import digest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

#: So many texts are encoded, a second's work or less, before they are kept.
_CHUNK = 8
#: Seconds to wait for another process that is writing.
_PATIENCE = 5.0


class TextVectors:
    """Vectors of one encoder by text, kept in `folder`; where that cannot be written, only time is lost.

    Each text is encoded by itself: in a batch its last digits would depend on the others.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder = encoder
        self._file = folder / f"{encoder.name}.sqlite"

    def of(self, texts: Iterable[str], *, progress: Progress | None = None) -> dict[str, Floats]:
        """The vector of each text, shape (d,). Those that are not kept yet are encoded and kept as it goes;
        `progress` is told of these. Raises what the encoder raises."""
        keys = {text: digest(text) for text in texts}
        known = self._read(keys.values())
        new = [text for text, key in keys.items() if key not in known]
        if new:
            self._encode(new, keys, known, progress or Silent())
        return {text: known[key] for text, key in keys.items()}

    def _encode(
        self, new: Sequence[str], keys: Mapping[str, str], known: dict[str, Floats], progress: Progress
    ) -> None:
        """Add the vectors of the `new` texts to those that are known and kept; also where this is stopped,
        those that are there."""
        fresh: dict[str, Floats] = {}
        progress.start("second judge", len(new), 0, "texts to embed")
        try:
            for text in new:
                fresh[keys[text]] = np.asarray(self._encoder.encode([text]), dtype=np.float32)[0]
                if len(fresh) >= _CHUNK:
                    self._write(fresh)
                    known |= fresh
                    fresh = {}
                progress.advance(failed=False)
        finally:
            self._write(fresh)
            known |= fresh
            progress.finish()

    def _read(self, keys: Iterable[str]) -> dict[str, Floats]:
        """The vectors that are kept; none of a file that is missing, damaged or not to be read."""
        found: dict[str, Floats] = {}
        if not self._file.is_file():
            return found
        try:
            with self._opened() as kept:
                for key in keys:
                    for (blob,) in kept.execute("SELECT vector FROM vectors WHERE text = ?", (key,)):
                        if len(blob) and not len(blob) % 4:
                            vector_d = np.frombuffer(blob, dtype=np.float32)
                            if np.isfinite(vector_d).all():
                                found[key] = vector_d
        except (OSError, sqlite3.OperationalError):
            return {}
        except sqlite3.DatabaseError:
            # No database any more: what is made anew takes its place.
            with contextlib.suppress(OSError):
                self._file.unlink()
            return {}
        return found

    def _write(self, fresh: Mapping[str, Floats]) -> None:
        if not fresh:
            return
        rows = [(key, vector_d.tobytes()) for key, vector_d in fresh.items()]
        with contextlib.suppress(OSError, sqlite3.Error):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._opened() as kept:
                kept.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """The database, whose changes are kept together when the block ends without an error."""
        with closing(sqlite3.connect(self._file, timeout=_PATIENCE)) as kept, kept:
            kept.execute("CREATE TABLE IF NOT EXISTS vectors (text TEXT PRIMARY KEY, vector BLOB)")
            yield kept
