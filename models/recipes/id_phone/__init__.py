"""``id-phone``: a Whisper-tiny-type encoder cut after three blocks, and a small CTC head of ours for Indonesian calls.

``python -m models.recipes.id_phone all --work DIR`` retrains it from scratch: cut → voices → features → train → export →
evaluate. Only synthetic voices are heard in training; people only in ``evaluate``.
"""
