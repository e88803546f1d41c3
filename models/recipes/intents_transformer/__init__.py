"""Recipe of checkpoints for the ``transformers`` interpreter: any pre-trained encoder, fine-tuned on the labelled passes.

``python -m models.recipes.intents_transformer --base indobenchmark/indobert-base-p1 --output FOLDER``, after ``make setup-engines``.
"""
