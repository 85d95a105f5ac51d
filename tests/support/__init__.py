"""What tests share: fixtures, servers, fake runs, and where the checkout and the data beside it lie."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
#: Real data sets, where they lie beside the checkout; tests that read them are skipped without.
SHARED = ROOT.parent / "shared" / "data"
