"""Stands for NumPy in the bundled server until it is imported first, and unpacks it then: findings need none of it."""

import importlib
import importlib.util
import os
import sys
from pathlib import Path


def _become_numpy() -> None:
    file = Path(os.environ["AIFIRST_BUNDLED"]) / "unpack.py"
    spec = importlib.util.spec_from_file_location("aifirst_unpack", file)
    unpack = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(unpack)
    sys.path.insert(0, str(unpack.unpacked(Path(os.environ["AIFIRST_BUNDLED_STORAGE"]), "arrays")))
    importlib.invalidate_caches()
    del sys.modules["numpy"]
    importlib.import_module("numpy")


_become_numpy()
