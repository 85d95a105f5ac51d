"""Tools of a recommender: a language model looks the catalogue up, and recommends by calling `recommend`.

A model of a seat that can call tools is given them with `play.tools`; what it calls is run here, recorded
with its reply, and read in place of the words where it recommends.
"""
