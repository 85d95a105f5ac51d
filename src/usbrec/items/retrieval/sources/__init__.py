"""Ranking sources: each scores all items for a dialogue."""
