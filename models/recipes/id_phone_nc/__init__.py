"""``id-phone-nc``: the head of ``id-phone`` trained on people besides synthetic voices, for research only.

``python -m models.recipes.id_phone_nc --people FOLDER --synthetic WORK --output DIR`` builds and measures it. INDspeech (Sakti et
al., 2004) is licensed CC BY-NC-SA 4.0: nothing of it, and no weights trained on it, may become part of the package.
"""
