"""Linking: which items a text mentions."""
