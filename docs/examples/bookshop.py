"""A recommender, a seeker and a judge of one's own, each in a few lines."""

import usbrec


class Nearest:
    """Recommends the book that shares most categories with those that were named."""

    identity = {"version": 1}

    def __init__(self, catalogue="docs/examples/books.csv"):
        self.books = list(usbrec.load_catalogue(catalogue))

    def reply(self, conversation):
        said = " ".join(turn.text for turn in conversation.turns)
        named = [book for book in self.books if book.title in said]
        liked = {genre for book in named for genre in book.genres}
        fresh = [book for book in self.books if book not in named]
        best = max(fresh, key=lambda book: len(liked & set(book.genres)))
        return usbrec.Reply("Perhaps this one:", items=[best.id])


class Regular:
    """Says another category of the book it wants in each round."""

    identity = {"version": 1}

    def reply(self, conversation, targets):
        if targets is None:  # inside a search nobody knows the targets
            return "Something else, please."
        wanted = [genre for book in targets.items for genre in book.genres]
        return f"I would like something with {wanted[conversation.round % len(wanted)].lower()} in it."


class Strict:
    """2 for a target in the last reply, 1 for a book of its author, else 0."""

    identity = {"version": 1}

    def score(self, conversation, targets):
        last = [turn for turn in conversation.turns if turn.role == "recommender"][-1]
        if targets.named_by_turn(last):
            return 2
        return int(any(person in last.text for book in targets.items for person in book.people))
