"""Trains the weights by which a call tells people from machines; see ``models/cards/answering.md``."""
