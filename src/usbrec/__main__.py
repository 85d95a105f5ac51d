"""``python -m usbrec`` is the command line."""

from usbrec.cli import main

main()
