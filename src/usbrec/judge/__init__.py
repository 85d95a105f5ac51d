"""Judges: how satisfied the seeker would be with what was recommended, from 0 to 2."""
