"""Keeps the smallest of the inputs that fuzzing has found: fuzz_keep.py, after scripts/fuzz has run for long.

libFuzzer drops what reaches nothing new; of the rest, up to 6,000 bytes for each target go to Tests/Fixtures/fuzz.
"""

from __future__ import annotations

import pathlib
import subprocess
import tempfile

WORK = pathlib.Path("Fuzz/.build")
KEPT = pathlib.Path("Tests/Fixtures/fuzz")
LIMIT = 6_000


def merged(target: str, folder: pathlib.Path) -> list[bytes]:
    """The inputs that matter, the smallest first."""
    subprocess.run([WORK / "release" / "Fuzz", target, folder, WORK / "corpus" / target, "-merge=1", "-verbosity=0"],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return sorted((path.read_bytes() for path in folder.iterdir()), key=lambda found: (len(found), found))


def main() -> None:
    KEPT.mkdir(exist_ok=True)
    for target in sorted(path.name for path in (WORK / "corpus").iterdir()):
        kept, size = [], 0
        with tempfile.TemporaryDirectory() as folder:
            for found in merged(target, pathlib.Path(folder)):
                size += len(found)
                if size > LIMIT:
                    break
                kept.append(found.hex())
        (KEPT / f"{target}.hex").write_text("".join(f"{line}\n" for line in kept if line))
        print(f"{target}: {len(kept)} inputs")


main()
