"""Seekers: who answers as the user."""
