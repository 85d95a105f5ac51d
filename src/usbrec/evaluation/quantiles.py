"""Quantiles of the normal distribution and of Student's: SciPy's, imported when the first is asked for.

In a command the import leaves out the compiler of Fortran (numpy.f2py), which SciPy imports by the way and
does not use, and which takes two thirds of the time; in a Python program everything stays as it is.
"""

from __future__ import annotations

import functools
import sys
from types import ModuleType
from typing import Any

import numpy as np

from usbrec import on_demand

_COMPILER = "numpy.f2py"


def normal(value: float) -> float:
    """The share of the normal distribution below a value."""
    return float(_special().ndtr(value))


def student(freedom: int, share: float) -> float:
    """The value below which a share of Student's distribution lies."""
    return float(_special().stdtrit(freedom, share))


@functools.cache
def _special() -> Any:
    # Costs every command a tenth of its start, so not before something is counted.
    if not on_demand.in_command or _COMPILER in sys.modules or "scipy.special" in sys.modules:
        import scipy.special
    else:
        vars(np)["f2py"] = sys.modules[_COMPILER] = ModuleType(_COMPILER)
        try:
            import scipy.special
        finally:
            del sys.modules[_COMPILER]
            vars(np).pop("f2py", None)
    return scipy.special
