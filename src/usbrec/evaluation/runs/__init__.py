"""Finished runs: their rows and their summary."""
