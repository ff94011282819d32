"""Train the engine anew: ``python -m depthwork.cues.train tests/gold demo``.

Needs the extra ``learn`` (scikit-learn, scipy). The same texts give the same weights. Of the first
folder only the excerpts in it are read, not its subfolders, so that what is kept aside stays aside; the
second holds whole hours and notes with their marks files.
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
    """Train on coded excerpts and marked hours, and write the weights into the package or a third folder."""
    if len(argv) not in (2, 3):
        print("depthwork.cues.train: name coded excerpts and marked hours: tests/gold demo", file=sys.stderr)
        return 2
    excerpts, hours, target = Path(argv[0]), Path(argv[1]), Path(argv[2]) if len(argv) == 3 else HERE
    coded = read_folder(excerpts) if excerpts.is_dir() else []
    if not coded:
        print(
            f"depthwork.cues.train: no coded excerpts (NNN.json with NNN.txt) in {excerpts}", file=sys.stderr
        )
        return 2
    marked = read_marked(hours)
    if not marked:
        print(f"depthwork.cues.train: no marked hours (gold/*.json) in {hours}", file=sys.stderr)
        return 2
    save(Learner([*coded, *read_exemplars(), *marked], say=print).fit(), target)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
