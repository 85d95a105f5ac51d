"""Comparison of runs with each other."""
