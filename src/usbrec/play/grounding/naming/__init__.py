"""Naming: what a reply calls by a name and says of it, held against the catalogue."""
