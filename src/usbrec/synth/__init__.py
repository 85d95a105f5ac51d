"""Simulated dialogues: seekers and their openings made from a catalogue alone."""
