"""Catalogue files: read into items."""
