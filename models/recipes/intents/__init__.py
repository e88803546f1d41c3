"""Recipe of the intent model: a linear model over named features and a small network over words, averaged.

``python -m models.recipes.intents all`` trains on the passes in ``nlu/phrases/utterances`` (never on those named ``held_out_*``).
"""
