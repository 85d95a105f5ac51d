"""User-supplied systems in the seats: an object of Python, an installed plug-in, a service over HTTP.

A recommender has ``reply(conversation)``, a seeker ``reply(conversation, targets)``, a judge (judge/own.py)
``score(conversation, targets)``. They are given conversations, never a prompt: no worked examples, no list in
the last message, no system text.
"""
