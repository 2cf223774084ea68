"""What a notebook expects around its cells: `get_ipython()`, `display`, magics.

Programs come with magics already translated.
"""

import builtins
import os
import shlex
import sys
from pathlib import Path
from typing import Any

from . import loader
from .state import ProgramState

IGNORED_CELLS = ("bash", "sh", "javascript", "js", "html", "HTML", "latex", "markdown", "svg", "script", "perl", "ruby")


class Shell:
    """Stands for IPython's shell: runs what means something here, notes and skips the rest.

    Args:
        program: whose namespace cells share.
    """

    def __init__(self, program: ProgramState) -> None:
        self._program = program
        self.user_ns = program.namespace
        self.colors = "NoColor"

    def run_line_magic(self, name: str, line: str = "", **_: Any) -> Any:
        """`%name line`."""
        match name:
            case "time" | "timeit" | "prun" | "memit":
                if line.strip():
                    loader.execute_text(self._program, line, f"<%{name}>")
            case "run":
                self._run_file(line)
            case "cd":
                self._change_folder(line.strip().strip("'\""))
            case "pip" | "conda" | "mamba":
                self.system(f"{name} {line}")
            case "env" | "set_env":
                key, __, value = line.replace("=", " ", 1).partition(" ")
                if key and value:
                    os.environ[key] = value.strip()
            case "pylab":
                loader.execute_text(
                    self._program,
                    "import numpy as np\nfrom matplotlib import pyplot as plt\nfrom pylab import *",
                    "<%pylab>",
                )
            case "pwd":
                return str(Path.cwd())
            case _:
                pass  # %matplotlib, %load_ext, %autoreload, %config …: about the screen
        return None

    def run_cell_magic(self, name: str, line: str, cell: str) -> Any:
        """`%%name line` over a whole cell."""
        if name in ("time", "timeit", "capture", "prun", "python", "python3"):
            loader.execute_text(self._program, cell, f"<%%{name}>")
        elif name in ("writefile", "file"):
            target = Path(line.rsplit(maxsplit=1)[-1].strip("'\"")) if line.split() else None
            if target is not None:
                target.write_text(cell, encoding="utf-8")
        elif name in IGNORED_CELLS:
            self._program.mended(f"a %%{name} cell was skipped")
        else:
            self._program.mended(f"a cell with the unknown magic %%{name} was skipped")

    magic = run_line_magic

    def __repr__(self) -> str:
        return f"<ipykernel.zmqshell.ZMQInteractiveShell object at {id(self):#x}>"

    def system(self, command: str) -> None:
        """`!command`: there is no shell in the sandbox, and no network."""
        self._program.mended(f"`!{command.strip()[:120]}` was skipped")

    def getoutput(self, command: str, **_: Any) -> list[str]:
        """`x = !command`: nothing."""
        self.system(command)
        return []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_, **__: None

    def _run_file(self, line: str) -> None:
        words = [word for word in shlex.split(line) if not word.startswith("-")]
        for candidate in [Path(words[0]), Path(f"{words[0]}.py")] if words else []:
            if candidate.is_file():
                namespace = self._program.namespace
                before = namespace.get("__file__")
                namespace["__file__"] = str(candidate.resolve())
                try:
                    loader.execute_text(self._program, candidate.read_text(encoding="utf-8"), f"<{candidate.name}>")
                finally:
                    namespace["__file__"] = before
                    if before is None:
                        del namespace["__file__"]
                return
        self._program.mended(f"`%run {line[:120]}` was skipped: there is no such file")

    def _change_folder(self, folder: str) -> None:
        try:
            os.chdir(folder)
        except OSError:
            self._program.mended(f"`%cd {folder[:120]}` was skipped: there is no such folder")


def install(program: ProgramState) -> None:
    """Give the program its notebook surroundings."""
    shell = Shell(program)

    def get_ipython() -> Shell:
        return shell

    def display(*values: object, **_: object) -> None:
        for value in values:
            try:
                sys.stdout.write(f"{value!r}\n")
            except Exception:  # noqa: S112 - a value whose repr fails shows nothing
                continue

    given: tuple[tuple[str, Any], ...] = (("get_ipython", get_ipython), ("display", display))
    for name, value in given:
        program.namespace[name] = value
        setattr(builtins, name, value)
    for module in ("IPython", "IPython.core.getipython", "IPython.core.display_functions", "IPython.display"):
        loaded: Any = sys.modules.get(module)
        if loaded is not None:
            if hasattr(loaded, "get_ipython"):
                loaded.get_ipython = get_ipython
            if hasattr(loaded, "display"):
                loaded.display = display
    program.namespace.setdefault("In", [""])
    program.namespace.setdefault("Out", {})
