#!/usr/bin/env bash
# scipy 1.17.1: `import scipy.special` where memory is limited (`ulimit -v`) never ends.
#
# Expected: a library that gets no memory while it is loaded fails, as numpy's does: its OpenBLAS says "Memory
# allocation still failed after 10 retries, giving up" and ends the process.
#
# Instead: with an address space of 180, 200 and 220 MB the import computes for ever, at full load, and says
# nothing. With 260 MB it fails in words, with 280 MB it loads (on two cores).
#
# Cause: scipy brings another build of OpenBLAS than numpy. Its initialisation, which runs while the library is
# loaded (gotoblas_init, blas_thread_init, blas_memory_alloc), goes through its ways to allocate 32 MB a thread
# again and again until one succeeds, and has no bound.
#
# Why it matters: batch systems limit memory so. A job that should have ended with a message takes its core
# until its time is over.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check numpy==2.4.6 scipy==1.17.1
"$work/venv/bin/python" - <<'EOF_PYTHON'
import subprocess
import sys

LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
import {module}
"""


def ended(module, megabytes):
    """The exit code, None where it has not ended in fifteen seconds."""
    command = [sys.executable, "-c", LIMITED.format(module=module), str(megabytes * 1_000_000)]
    try:
        return subprocess.run(command, capture_output=True, timeout=15).returncode
    except subprocess.TimeoutExpired:
        return None


alone = {megabytes: ended("numpy", megabytes) for megabytes in (60, 100, 120)}
both = {megabytes: ended("scipy.special", megabytes) for megabytes in (180, 200, 220)}
print(f"numpy, by MB: {alone}")
print(f"scipy.special, by MB (None: no end in 15 s): {both}")
seen = None not in alone.values() and None in both.values()
print("as found: importing scipy with little memory never ends" if seen else "changed: see the codes above")
sys.exit(0 if seen else 1)
EOF_PYTHON
