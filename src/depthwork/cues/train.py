"""Train the engine anew: ``python -m depthwork.cues.train tests/gold``.

Needs the extra ``learn`` (scikit-learn, scipy). The same excerpts give the same weights. Only the
folder that is named is read, without its subfolders, so that what is kept aside stays aside.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from depthwork.cues.exemplars import read_exemplars
from depthwork.cues.gold import read_folder
from depthwork.cues.learn import Learner
from depthwork.cues.model import Model, pack

HERE = Path(__file__).parent / "data"


def save(model: Model, folder: Path) -> None:
    """Write `weights.npz` and `weights.json`."""
    arrays, meta = pack(model)
    np.savez_compressed(folder / "weights.npz", **arrays)  # type: ignore[arg-type]
    (folder / "weights.json").write_text(json.dumps(meta, indent=0, sort_keys=True) + "\n", encoding="utf-8")


def main(argv: list[str]) -> int:
    """Train on a folder of coded excerpts and write the weights into the package."""
    if len(argv) not in (1, 2):
        print("depthwork.cues.train: name a folder of coded excerpts, such as tests/gold", file=sys.stderr)
        return 2
    source, target = Path(argv[0]), Path(argv[1]) if len(argv) == 2 else HERE
    coded = read_folder(source) if source.is_dir() else []
    if not coded:
        print(f"depthwork.cues.train: no coded excerpts (NNN.json with NNN.txt) in {source}", file=sys.stderr)
        return 2
    save(Learner([*coded, *read_exemplars()], say=print).fit(), target)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
