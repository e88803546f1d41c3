"""Print the ``files`` lines of models.toml for a folder of weights: ``python tools/model_hashes.py models/weights/id-phone``."""

from __future__ import annotations

import sys
from pathlib import Path

from models.store import sha256_of

for path in sorted(Path(sys.argv[1]).rglob("*")):
    if path.is_file():
        name = path.relative_to(sys.argv[1])
        print(f'  {{ path = "{name}", size_bytes = {path.stat().st_size}, sha256 = "{sha256_of(path)}" }},')
