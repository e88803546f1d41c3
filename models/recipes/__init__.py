"""How each model in ``weights/`` is made; nothing here is imported at run time."""
