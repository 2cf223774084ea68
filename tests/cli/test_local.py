"""What commands share that grade on this machine."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cli.local import standin_folder


def test_stand_ins_lie_in_the_state_or_in_a_cache(tmp_path: Path, monkeypatch: Any) -> None:
    """Whoever has no service's state finds no new folder beside their own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    there: Any = SimpleNamespace(state=tmp_path)
    nowhere: Any = SimpleNamespace(state=tmp_path / "var")

    assert standin_folder(there) == tmp_path / "standins"
    assert standin_folder(nowhere) == tmp_path / "cache" / "chainrule" / "standins"
    assert not (tmp_path / "var").exists()
