"""Keeps the smallest of the inputs that fuzzing has found: fuzz_keep.py, after scripts/fuzz has run for long.

Each of them reached something new when it was found. Up to 6,000 bytes for each target go to Tests/Fixtures/fuzz.
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

CORPUS = pathlib.Path("Fuzz/.build/corpus")
KEPT = pathlib.Path("Tests/Fixtures/fuzz")
LIMIT = 6_000


def smallest(folder: pathlib.Path) -> Iterator[bytes]:
    size = 0
    for found in sorted((path.read_bytes() for path in folder.iterdir()), key=lambda found: (len(found), found)):
        size += len(found)
        if size > LIMIT:
            return
        if found:
            yield found


def main() -> None:
    KEPT.mkdir(exist_ok=True)
    for folder in sorted(CORPUS.iterdir()):
        lines = [found.hex() for found in smallest(folder)]
        (KEPT / f"{folder.name}.hex").write_text("".join(f"{line}\n" for line in lines))
        print(f"{folder.name}: {len(lines)} inputs")


main()
