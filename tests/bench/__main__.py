"""Run every measurement, print a table and write ``bench/results.json``.

A list of ``{"name", "value", "unit", "n", "detail"}``. Timings are of this machine as it is: compare ratios, not machines.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.measurements import ALL, Result

RESULTS = Path(__file__).resolve().parents[2] / "bench" / "results.json"


def main() -> int:
    """Measure."""
    results: list[Result] = []
    for measurement in ALL:
        print(f"… {measurement.__name__}", file=sys.stderr, flush=True)
        results += _guarded(measurement)
    table = Table("name", "value", "unit", "n", "detail")
    for result in results:
        table.add_row(result["name"], f"{result['value']:.4g}", result["unit"], str(result["n"]), result["detail"])
    Console(width=150).print(table)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(f"{platform.machine()}, Python {platform.python_version()}: written to {RESULTS}")
    return 0


def _guarded(measurement: Callable[[], Iterator[Result]]) -> list[Result]:
    """One that cannot run here (no human recordings, say) says why and is left out."""
    try:
        return list(measurement())
    except LookupError as missing:
        print(f"  left out: {missing}", file=sys.stderr)
        return []


if __name__ == "__main__":
    raise SystemExit(main())
