"""Streamed words put together, also where a server repeats them: in each piece, or all of them at the end."""

from __future__ import annotations

#: A last piece that equals all before it is a repetition beyond so many characters; shorter ones models say.
_LONGEST_SAID_TWICE = 20


class StreamedText:
    """A text in pieces. What may yet be a repetition is held back until it shows.

    Pieces repeat where each is all the text so far: from the second on every one begins with the one before
    it and goes on, and there are at least three. A last piece is all of it where it equals what came before,
    unless that is short.
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        #: The piece held back: one that goes on with the first, or one that equals all before it.
        self._held: str | None = None
        #: All the text, where each piece is that.
        self._whole: str | None = None

    def add(self, piece: str, *, last: bool = False) -> str:
        """The new words in a piece; `last` where its event ends the text."""
        if not piece:
            return ""
        if self._whole is not None:
            return self._go_on(self._whole, piece)
        told = ""
        if self._held is not None:
            if len(self._pieces) == 1 and len(piece) > len(self._held) and piece.startswith(self._held):
                first = self._length
                self._pieces += [self._held, piece]
                self._held, self._whole = None, piece
                return piece[first:]
            told = self._release()
        # A piece is compared with no more than its own length.
        before = "".join(self._pieces) if len(piece) >= self._length else ""
        repeats = piece.strip() == before.strip() and len(before) > _LONGEST_SAID_TWICE
        grows = len(self._pieces) == 1 and len(piece) > len(before) and piece.startswith(before)
        if repeats and last:
            return told
        if before.strip() and (repeats or (grows and not last)):
            self._held = piece
            return told
        return told + self._append(piece)

    def add_whole(self, piece: str) -> str:
        """The new words in what a server calls the whole message, behind pieces of it."""
        if self._held is not None and piece.startswith(self._held):
            first = "".join(self._pieces)
            self._pieces.append(self._held)
            self._held, self._whole = None, piece
            return piece.removeprefix(first)
        told, before = self._release(), self.text
        if not piece.strip() or piece.strip() == before.strip():
            return told
        return told + self._append(piece.removeprefix(before))

    def end(self) -> str:
        """What was held back and is no repetition after all."""
        if self._held is None or len(self._held.strip()) == len("".join(self._pieces).strip()):
            self._held = None
            return ""
        return self._release()

    @property
    def text(self) -> str:
        return "".join(self._pieces) if self._whole is None else self._whole

    def _go_on(self, whole: str, piece: str) -> str:
        self._pieces.append(piece)
        if piece.startswith(whole):
            self._whole = piece
            return piece[len(whole) :]
        # They only seemed to repeat.
        self._whole = None
        self._length = sum(map(len, self._pieces))
        return "".join(self._pieces).removeprefix(whole)

    def _release(self) -> str:
        held, self._held = self._held, None
        return "" if held is None else self._append(held)

    def _append(self, piece: str) -> str:
        if self._whole is not None:
            self._whole += piece
        self._pieces.append(piece)
        self._length += len(piece)
        return piece
