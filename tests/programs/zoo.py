"""Messy files as students submit them, built in code; and a stand-in for the guest that runs sources of our own."""

import base64
import json
from collections.abc import Mapping, Sequence

from grading.domain.submission import SubmittedFile
from grading.programs import Program, Source, read_source

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def code_cell(source: str | Sequence[str], **fields: object) -> dict[str, object]:
    """A code cell as nbformat 4 stores it."""
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None, **fields}


def notebook_json(*cells: object, **fields: object) -> dict[str, object]:
    """A notebook of nbformat 4.5; strings are code cells."""
    made = [code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made, **fields}


def notebook(*cells: object, name: str = "homework.ipynb", **fields: object) -> SubmittedFile:
    """A notebook's file; strings are code cells."""
    return SubmittedFile(name, json.dumps(notebook_json(*cells, **fields)).encode())


def source_of(*cells: object) -> Source:
    """A notebook, read."""
    return read_source(notebook(*cells))


def module(text: str, name: str = "model.py") -> SubmittedFile:
    """A module's file."""
    return SubmittedFile(name, text.encode())


def old_notebook(*inputs: str) -> SubmittedFile:
    """A notebook of nbformat 3, with an output of each kind under its first cell."""
    cells: list[dict[str, object]] = [
        {"cell_type": "code", "input": text, "language": "python", "prompt_number": 1, "outputs": []} for text in inputs
    ]
    cells[0]["outputs"] = [
        {"output_type": "pyout", "prompt_number": 1, "text": "1", "png": base64.b64encode(PNG).decode()},
        {"output_type": "stream", "stream": "stdout", "text": ["a\n", "b\n"]},
        {"output_type": "pyerr", "ename": "NameError", "evalue": "x", "traceback": []},
    ]
    heading = {"cell_type": "heading", "level": 2, "source": "Title"}
    document = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [{"cells": [heading, *cells]}],
    }
    return SubmittedFile("old.ipynb", json.dumps(document).encode())


def run(program: Program, given: Mapping[str, object] | None = None) -> dict[str, object]:
    """Execute the units of a program made from our own sources, the way the guest does; faults end only their unit."""
    namespace: dict[str, object] = {
        "__name__": "__main__",
        "__few__": lambda iterable: iterable,
        "__long_loop__": lambda count: count,
        "__entry__": lambda value: value,
        "__entry_in__": lambda value, *_: value,
        **(given or {}),
    }
    for unit in program.units:
        code = compile("\n" * (unit.first_line - 1) + unit.source, unit.label, "exec", dont_inherit=True)
        try:
            exec(code, namespace)  # noqa: S102 - our own sources
        except Exception as error:  # noqa: BLE001
            namespace.setdefault("faults", []).append((unit.label, error))  # type: ignore[attr-defined]
    return namespace


# Real submissions by what is odd about them: each is read, sliced, run whole and described without an error.
ZOO: dict[str, SubmittedFile] = {
    "no metadata, no ids, no outputs": SubmittedFile(
        "a.ipynb",
        json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": ["x = 1\n", "y = 2"]}]}).encode(),
    ),
    "duplicate ids": notebook(code_cell("x = 1", id="a"), code_cell("y = 2", id="a")),
    "no nbformat at all": SubmittedFile("a.ipynb", json.dumps({"cells": [code_cell("x = 1")]}).encode()),
    "lone surrogates and NULs": SubmittedFile(
        "a.ipynb",
        b'{"nbformat": 4, "nbformat_minor": 2, "cells": [{"cell_type": "code", "source": "x = \'\\ud800\\u0000\'"}]}',
    ),
    "byte order mark": SubmittedFile("a.ipynb", b"\xef\xbb\xbf" + notebook("x = 1").content),
    "UTF-16": SubmittedFile("a.ipynb", json.dumps(notebook_json("x = 'é'")).encode("utf-16")),
    "cells that are no cells": notebook(None, 3, [], {"cell_type": 7, "source": {"a": 1}}, "x = 1"),
    "outputs that are no outputs": notebook(
        code_cell("x = 1", outputs=[None, 3, {"output_type": "display_data", "data": 7}])
    ),
    "nbformat 3": old_notebook("x = 1\nprint(x)", "def f(a):\n    return a"),
    "nbformat 3 with holes": SubmittedFile(
        "a.ipynb",
        json.dumps(
            {"nbformat": 3, "worksheets": [None, {"cells": [None, {"cell_type": "code"}, {"input": ["y = 1"]}]}]}
        ).encode(),
    ),
    "blank right-hand sides": notebook("import math\ntransform_train = \ntransform_test =\ndef f(x):\n    return x\n"),
    "Python 2": notebook("for i in xrange(10):\n    print i\n", "def f(x):\n    print 'a', x\n"),
    "magics": notebook(
        "%matplotlib inline\n!pip install torch\n%cd ..\nimport math",
        "try:\n    import absent\nexcept ImportError:\n    !pip install absent\n",
        "%run 'utils-data.py'",
        "%%time\nx = 1",
        "%%bash\necho hello",
        "%%writefile extra.py\nz = 1",
        "files = !ls\nfiles?",
        "%time x = 3",
        "%%capture out\n%%time\ndef g(): return 1",
    ),
    "prompts pasted along": notebook(">>> x = 1\n>>> def f():\n...     return x\n"),
    "an indented cell": notebook("    x = 1\n    y = 2\n"),
    "blank and comment cells": notebook("", "   \n", "# nothing\n", "\n\n\nx = 1"),
    "colab": notebook(
        "from google.colab import drive\ndrive.mount('/content/drive')\nimport sys\nsys.path.append('/content')"
    ),
    "input": notebook("name = input('your name')\nprint(name)"),
    "accents and Chinese": notebook(
        "# réseau de neurones 神经网络\nclé = 'é神'\ndef carré(x): return x * x; y = clé\n"
    ),
    "form feeds and odd line ends": notebook("x = 1\x0c\ny = 2\u2028\r\nz = 3\rw = 4\n"),
    "scopes that contradict": notebook(
        "nonlocal x\ny = 1", "def f():\n    nonlocal q\n    return q", "return 3", "break"
    ),
    "top-level await": notebook("import asyncio\nawait asyncio.sleep(0)\nasync for x in y: pass"),
    "an unclosed string": notebook('def f():\n    """never closed\n    return 1\n\ndef g():\n    return 2\n'),
    "conflict markers": module("<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> other\ndef f(): return x\n"),
    "a module with tabs and spaces": module("def f(x):\n\tif x:\n        return 1\n\treturn 2\n\ndef g(): return 3\n"),
    "a module with a magic": module("%matplotlib inline\nimport math\n"),
    "a module in latin-1": SubmittedFile("m.py", "# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1")),
    "a module of a package": module(
        "from .utils import f\nfrom . import layers, losses as l\nfrom .. import (a)\nx = 1"
    ),
    "walrus, match, f-strings": notebook(
        "import re\nif (n := 50000) > 3: y = f'{50000 + n}'\nmatch n:\n    case 50000: z = 1\n    case _: z = 2\n"
    ),
}
