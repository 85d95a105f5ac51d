"""Audit of a run: what may have made its figures other than they should be, and what they are without it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from usbrec.evaluation.audit.audit import SCHEMA, audit
    from usbrec.evaluation.audit.preferences import audit_pairs
    from usbrec.evaluation.audit.rows import audit_rows
else:
    from usbrec.on_demand import given_out

    __getattr__ = given_out(
        __name__,
        {"audit": "SCHEMA audit", "preferences": "audit_pairs", "rows": "audit_rows"},
    )

__all__ = ["SCHEMA", "audit", "audit_pairs", "audit_rows"]
