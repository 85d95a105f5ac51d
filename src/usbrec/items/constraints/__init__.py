"""Constraints on items: typed columns of a catalogue, filters on them, and the words that ask for one."""
