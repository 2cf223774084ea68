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
from grading.sandbox.answers import Array, BoxFigure, Defined, FigureAxes, SandboxLayer, UnitFault
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
                unit_index=natural(item.get("unit")),
                versions=tuple(natural(v) for v in versions[:MAX_NOTES]) if isinstance(versions, list) else (),
            )
        )
    return tuple(found)


def figures(form: Any) -> list[BoxFigure]:
    """Figures with their pictures encoded anew."""
    return [_figure(item) for item in form[:MAX_NOTES] if isinstance(item, dict)] if isinstance(form, list) else []


def _figure(item: dict[str, Any]) -> BoxFigure:
    png, width, height = picture(item.get("png"))
    axes = item.get("axes")
    return BoxFigure(
        unit=natural(item.get("unit")),
        label=text(item.get("label"), 200),
        png=png,
        width=width,
        height=height,
        title=text(item.get("title"), 300),
        axes=tuple(_axes(a) for a in axes[:64] if isinstance(a, dict)) if isinstance(axes, list) else (),
        axes_count=max(0, natural(item.get("axes_count"))),
    )


def _axes(item: dict[str, Any]) -> FigureAxes:
    return FigureAxes(
        title=text(item.get("title"), 300),
        xlabel=text(item.get("xlabel"), 300),
        ylabel=text(item.get("ylabel"), 300),
        xlim=_limits(item.get("xlim")),
        ylim=_limits(item.get("ylim")),
        images=_arrays(item.get("images")),
        lines=_arrays(item.get("lines")),
        line_labels=texts(item.get("line_labels"), 200),
        scatters=_arrays(item.get("scatters")),
        collections=max(0, natural(item.get("collections"))),
        collection_kinds=texts(item.get("collection_kinds"), 100),
        patches=max(0, natural(item.get("patches"))),
        texts=texts(item.get("texts"), 200),
        legend=texts(item.get("legend"), 200),
    )


def _limits(form: Any) -> tuple[float, ...]:
    return tuple(number(v) for v in form[:2]) if isinstance(form, list) else ()


def _arrays(form: Any) -> tuple[Array, ...]:
    return tuple(a for a in form[:64] if isinstance(a, np.ndarray)) if isinstance(form, list) else ()


def picture(raw: Any) -> tuple[bytes, int, int]:
    """PNG bytes made by us from the pixels of PNG bytes made by others, with width and height; b"", 0, 0 if refused."""
    from PIL import Image

    if not isinstance(raw, bytes) or not raw:
        return b"", 0, 0
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(raw), formats=["PNG"]) as image:
            warnings.simplefilter("error")
            if max(image.size) > MAX_PICTURE_SIDE:
                return b"", 0, 0
            pixels = image.convert("RGBA")
            flat = Image.new("RGB", pixels.size, "white")
            flat.paste(pixels, mask=pixels.getchannel("A"))
            file = io.BytesIO()
            flat.save(file, format="PNG")
            return file.getvalue(), flat.width, flat.height
    except Exception:  # noqa: BLE001 - an image library's own errors on hostile bytes are of many classes
        return b"", 0, 0
