"""Hands in files that a grader started in this folder would import before its own."""

ENTRIES = ("A6",)
FILES = {
    "conftest.py": "raise SystemExit(0)\n",
    "sitecustomize.py": "import os\nos._exit(0)\n",
    "usercustomize.py": "import os\nos._exit(0)\n",
    "numpy.py": "def __getattr__(name):\n    return lambda *a, **k: True\n",
    "json.py": "loads = dumps = lambda *a, **k: {'score': 10}\n",
    "grading.py": "raise SystemExit(0)\n",
    "wire.py": "raise SystemExit(0)\n",
    "chainrule_guest.py": "raise SystemExit(0)\n",
    "pytest.ini": "[pytest]\naddopts = --collect-only\n",
    "evil.pth": "import os; os._exit(0)\n",
}


def attack(asked, *given):
    import json

    return json.dumps({"score": 10})
