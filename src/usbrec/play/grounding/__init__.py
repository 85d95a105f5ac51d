"""Grounding: which items the recommender is shown, and that it speaks of real ones."""
