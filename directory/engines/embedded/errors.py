"""What goes wrong inside the engine and never leaves it: the engine answers from an older generation instead."""


class Damaged(Exception):
    """A file does not hold what was written to it."""
