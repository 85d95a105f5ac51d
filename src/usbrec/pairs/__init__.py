"""Preference pairs: PODCS, filters, export."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from usbrec.pairs.advice import no_pairs
    from usbrec.pairs.export import EXPORTS, SCHEMA, export_pairs, read_pairs, refuse_empty
    from usbrec.pairs.filters import drop_reason
    from usbrec.pairs.podcs import FURTHER, all_pairs, count_pairs, distinct_pairs, make_pair, select_pairs
else:
    from usbrec.on_demand import given_out

    __getattr__ = given_out(
        __name__,
        {
            "advice": "no_pairs",
            "export": "EXPORTS SCHEMA export_pairs read_pairs refuse_empty",
            "filters": "drop_reason",
            "podcs": "FURTHER all_pairs count_pairs distinct_pairs make_pair select_pairs",
        },
    )

__all__ = [
    "EXPORTS",
    "FURTHER",
    "SCHEMA",
    "all_pairs",
    "count_pairs",
    "distinct_pairs",
    "drop_reason",
    "export_pairs",
    "make_pair",
    "no_pairs",
    "read_pairs",
    "refuse_empty",
    "select_pairs",
]
