"""Preferences: what the seeker is believed to want."""
