"""Train the engine anew: ``python -m depthwork.cues.train tests/gold tests/gold/more demo``.

Needs the extra ``learn`` (scikit-learn, scipy). The same texts give the same weights. Of the folders
of excerpts only the excerpts in them are read, not their subfolders, so that what is kept aside stays
aside; the last folder holds whole hours and notes with their marks files.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from depthwork.cues.exemplars import read_exemplars
from depthwork.cues.gold import read_folder, read_marked
from depthwork.cues.learn import Learner
from depthwork.cues.model import Model, pack

HERE = Path(__file__).parent / "data"


def save(model: Model, folder: Path) -> None:
    """Write `weights.npz` and `weights.json`."""
    arrays, meta = pack(model)
    np.savez_compressed(folder / "weights.npz", **arrays)  # type: ignore[arg-type]
    (folder / "weights.json").write_text(json.dumps(meta, indent=0, sort_keys=True) + "\n", encoding="utf-8")


def main(argv: list[str]) -> int:
    """Train on coded excerpts and marked hours, and write the weights into the package or after ``--to``."""
    folders, target = argv, HERE
    if len(argv) > 2 and argv[-2] == "--to":
        folders, target = argv[:-2], Path(argv[-1])
    if len(folders) < 2:
        print(
            "depthwork.cues.train: name coded excerpts and marked hours: tests/gold tests/gold/more demo",
            file=sys.stderr,
        )
        return 2
    *excerpts, hours = (Path(name) for name in folders)
    coded = []
    for folder in excerpts:
        found = read_folder(folder) if folder.is_dir() else []
        if not found:
            print(
                f"depthwork.cues.train: no coded excerpts (NNN.json with NNN.txt) in {folder}",
                file=sys.stderr,
            )
            return 2
        coded.extend(found)
    marked = read_marked(hours)
    if not marked:
        print(f"depthwork.cues.train: no marked hours (gold/*.json) in {hours}", file=sys.stderr)
        return 2
    save(Learner([*coded, *read_exemplars(), *marked], say=print).fit(), target)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
