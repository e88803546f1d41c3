"""``python -m analytics.samples FOLDER``."""

import sys
from pathlib import Path

from analytics.samples import render_samples

render_samples(Path(sys.argv[1]))
