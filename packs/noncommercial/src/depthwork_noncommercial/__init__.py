"""Item text for non-commercial use; Depthwork finds it by the entry point `depthwork.measures`."""

from importlib.resources import files
from importlib.resources.abc import Traversable


def texts() -> Traversable:
    """The folder with one text file a measure."""
    return files(__name__) / "texts"
