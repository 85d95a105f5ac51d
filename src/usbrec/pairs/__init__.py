"""Preference pairs: PODCS, filters, export."""

from usbrec.pairs.export import EXPORTS, export_pairs, read_pairs
from usbrec.pairs.filters import drop_reason
from usbrec.pairs.podcs import FURTHER, all_pairs, count_pairs, make_pair, select_pairs

__all__ = [
    "EXPORTS",
    "FURTHER",
    "all_pairs",
    "count_pairs",
    "drop_reason",
    "export_pairs",
    "make_pair",
    "read_pairs",
    "select_pairs",
]
