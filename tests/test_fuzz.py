"""Any bytes are read or refused in words: readers, the wire in both directions, and what reads a score.

USBREC_FUZZ says how many inputs there are in all (`make fuzz`: 100,000).
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.fuzz_targets import SEEDS, TARGETS

_EACH = max(1, int(os.environ.get("USBREC_FUZZ", "570")) // len(TARGETS))
#: Pieces that readers stumble over.
_ODD = st.sampled_from(
    [
        *(b"\x00", b"\n", b"\r\n", b'"', b"\\", b"{", b"[" * 3000, b"]", b"null", b"true", b"NaN", b"1e999"),
        *(b"-1", b"9" * 400, b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\\ud800", b"\xe2\x80\xae"),
        *(b"<think>", b"</think>"),
    ]
)


@st.composite
def broken(draw: st.DrawFn, name: str) -> bytes:
    """A whole input with some of it cut out, replaced, doubled or put elsewhere; or any bytes."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=200))
    data = draw(st.sampled_from(SEEDS[name]))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        stop = draw(st.integers(start, min(len(data), start + draw(st.sampled_from([0, 1, 4, 40, 400])))))
        wedge = draw(st.binary(max_size=6) | _ODD | st.just(data[start:stop] * 2))
        data = data[:start] + wedge + data[stop:]
    return data


@pytest.mark.parametrize("name", TARGETS)
def test_any_bytes_are_read_or_refused_in_words(name: str) -> None:
    @settings(max_examples=_EACH, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=broken(name))
    def check(data: bytes) -> None:
        TARGETS[name](data)

    TARGETS[name](SEEDS[name][0])
    check()
