"""The library: what a program calls, with files or what it holds in memory; records come back."""
