"""What the interpreter is started with: loads this folder as the package `chainrule_guest` and starts the warden.

Nothing of ours but this folder may be importable in a box, so the search path is cut to the interpreter's own.
"""

import importlib.util
import sys
from pathlib import Path

PACKAGE = "chainrule_guest"


def _load() -> None:
    folder = Path(__file__).resolve().parent
    prefixes = tuple(f"{prefix}/" for prefix in (sys.prefix, sys.base_prefix))
    sys.path[:] = [entry for entry in sys.path if entry.startswith(prefixes)]
    spec = importlib.util.spec_from_file_location(
        PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"no package in {folder}")
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)


if __name__ == "__main__":
    _load()
    warden = importlib.import_module(f"{PACKAGE}.processes.warden")
    warden.main(int(sys.argv[1]), sys.argv[2])
