"""Letting replies in: from bytes that a student's process may have forged to plain values, or a declared refusal.

Everything here treats its argument as hostile. `WireError` and `MalformedError` are the only exceptions, and mean: not
a message that our guest would send.
"""

import io
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from grading.domain.errors import BadReply, ChainruleError, Missing, Overran, Raised, RubricFault
from grading.sandbox.answers import BoxFigure, Defined, SandboxLayer, UnitFault
from grading.sandbox.guest.wire import frames as wire
from grading.sandbox.guest.wire import values

MAX_PICTURE_SIDE = 1700
MAX_NOTES = 200
REPLY_TEXT = 4096


def value(form: Any, arrays: dict[str, wire.Raw], handle: Callable[[int, str], object]) -> Any:
    """A reply's value: plain contiguous arrays, plain containers, text cut to 4 kB and cleaned.

    Raises:
        MalformedError: it describes none.
    """
    try:
        return values.Unpacker(arrays, handle, text=REPLY_TEXT).unpack(form)
    except RecursionError:
        raise values.MalformedError("nested too deeply") from None
    except (ImportError, MemoryError, RuntimeError) as fault:
        raise values.MalformedError(f"not a value ({type(fault).__name__})") from None


def text(form: Any, limit: int = REPLY_TEXT) -> str:
    """A piece of text, cut and cleaned; "" for what is none."""
    return values.clean(form, limit) if isinstance(form, str) else ""


def number(form: Any) -> float:
    """A finite number, or 0."""
    if isinstance(form, (int, float)) and not isinstance(form, bool):
        try:
            result = float(form)
        except OverflowError:
            return 0.0
        return result if np.isfinite(result) else 0.0
    return 0.0


def natural(form: Any) -> int:
    """An integer of ordinary size, or -1."""
    return form if type(form) is int and -1 <= form < 1 << 53 else -1


def texts(form: Any, limit: int = 300) -> tuple[str, ...]:
    """A list of texts, each cut and cleaned."""
    return (
        tuple(text(item, limit) for item in form[:MAX_NOTES] if isinstance(item, str)) if isinstance(form, list) else ()
    )


def pairs(form: Any) -> list[tuple[str, str]]:
    """A list of (kind, detail)."""
    return [
        (text(item[0], 60), text(item[1], 300))
        for item in (form[:MAX_NOTES] if isinstance(form, list) else [])
        if isinstance(item, list) and len(item) == 2  # noqa: PLR2004 - a pair
    ]


def layers(form: Any) -> tuple[SandboxLayer, ...]:
    """What confines a box, as it said before any student code ran."""
    rows = [row for row in form if isinstance(row, list) and len(row) == 3] if isinstance(form, list) else []  # noqa: PLR2004
    return tuple(
        SandboxLayer(text(name, 40), holds=holds is True, detail=text(detail, 300)) for name, holds, detail in rows
    )


def fault(form: dict[str, Any]) -> ChainruleError:
    """What a box answered instead of a value, as the error that it is on our side."""
    described = text(form.get("text"), 2000)
    match form.get("kind"):
        case "missing":
            return Missing(described)
        case "unsendable":
            return BadReply(f"the answer is not plain data: {described}")
        case "author":
            return RubricFault(described)
        case "overran":
            return Overran(described)
        case _:
            exception = text(form.get("exception"), 100) or "Exception"
            return Raised(exception, described, where=text(form.get("where"), 200))


def unit_fault(form: Any, label: str) -> UnitFault | None:
    """An exception that left a unit, or None."""
    if not isinstance(form, dict):
        return None
    return UnitFault(
        label, text(form.get("exception"), 100), text(form.get("text"), 2000), where=text(form.get("where"), 200)
    )


def definitions(form: Any) -> tuple[Defined, ...]:
    """What a program defines."""
    found = []
    for item in form if isinstance(form, list) else []:
        if not isinstance(item, dict) or not isinstance(item.get("name"), str):
            continue
        versions = item.get("versions")
        found.append(
            Defined(
                name=text(item["name"], 200),
                kind=text(item.get("kind"), 20),
                parameters=texts(item.get("parameters"), 100),
                required=max(0, natural(item.get("required"))),
                versions=tuple(natural(v) for v in versions[:MAX_NOTES]) if isinstance(versions, list) else (),
            )
        )
    return tuple(found)


def figures(form: Any) -> list[BoxFigure]:
    """Figures with their pictures encoded anew."""
    return [_figure(item) for item in form[:MAX_NOTES] if isinstance(item, dict)] if isinstance(form, list) else []


def _figure(item: dict[str, Any]) -> BoxFigure:
    images = item.get("images")
    return BoxFigure(
        label=text(item.get("label"), 200),
        png=picture(item.get("png")),
        images=tuple(a for a in images[:MAX_NOTES] if isinstance(a, np.ndarray)) if isinstance(images, list) else (),
    )


def picture(raw: Any) -> bytes:
    """PNG bytes made by us from the pixels of PNG bytes made by others; b"" if refused."""
    from PIL import Image

    if not isinstance(raw, bytes) or not raw:
        return b""
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(raw), formats=["PNG"]) as image:
            warnings.simplefilter("error")
            if max(image.size) > MAX_PICTURE_SIDE:
                return b""
            pixels = image.convert("RGBA")
            flat = Image.new("RGB", pixels.size, "white")
            flat.paste(pixels, mask=pixels.getchannel("A"))
            file = io.BytesIO()
            flat.save(file, format="PNG")
            return file.getvalue()
    except Exception:  # noqa: BLE001 - an image library's own errors on hostile bytes are of many classes
        return b""
