"""Pictures kept with a report: the student's, those stored in the notebook, and the reference's beside them."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from PIL import Image

from grading.authoring.draw import Draw
from grading.domain.errors import BadReply
from grading.programs import Source

if TYPE_CHECKING:
    from grading.authoring.subject import Student

MAX_PIXELS = 8_000_000
MAX_BYTES = 16 << 20
LONGEST_SIDE = 1600


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture on its way into the report.

    Attributes:
        id: unique in the part ("boundary-sigmoid-student").
        title: caption, and the alternative text's first half.
        png: bytes; the pipeline decodes and encodes them again before they are kept.
        source: who drew it: "student", "stored" (found in the notebook as submitted), "reference" or "evidence" (drawn
            by the judge).
        criterion: id of the row it belongs to, or "".
        pair: pictures with the same non-empty pair stand side by side.
    """

    id: str
    title: str
    png: bytes
    source: Literal["student", "stored", "reference", "evidence"]
    criterion: str = ""
    pair: str = ""


FigureHook = Callable[["Student", Source, Draw], list[Picture]]


@dataclass(frozen=True, slots=True)
class Clean:
    """A picture of ours: the pixels of an untrusted one, encoded by us."""

    png: bytes
    width: int
    height: int


def clean(png: bytes) -> Clean:
    """Decode an untrusted PNG within limits and encode its pixels again; a large one is shrunk.

    Raises:
        BadReply: it is not a PNG, or has too many bytes or pixels.
    """
    if len(png) > MAX_BYTES:
        raise BadReply(f"a figure has {len(png)} bytes, more than {MAX_BYTES}")
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise BadReply(f"a figure has {image.width} x {image.height} pixels, more than {MAX_PIXELS} in all")
            image.load()
            plain = _in_plain_mode(image)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as broken:
        raise BadReply("a figure is not a readable PNG") from broken
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain.info.clear()
    buffer = io.BytesIO()
    plain.save(buffer, "PNG", compress_level=3)
    return Clean(buffer.getvalue(), plain.width, plain.height)


def _in_plain_mode(image: Image.Image) -> Image.Image:
    """The pixels with as few channels as show them: encoding them is most of what a picture costs."""
    if image.mode == "P" and "transparency" not in image.info and max(image.size) <= LONGEST_SIDE:
        return image.copy()
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        full = image.convert("RGBA")
        opaque = full.getchannel("A").getextrema() == (255, 255)
        return full.convert("RGB") if opaque else full
    return image.convert("RGB")


def canvas(width: float = 5.0, height: float = 4.0, *, dpi: int = 100) -> Any:
    """A matplotlib `Figure` of our own to draw on: object interface, Agg canvas, no global state.

    Args:
        width: inches.
        height: inches.
        dpi: pixels for each inch.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=dpi, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def png_of(figure: Any) -> bytes:
    """The PNG of a figure made with `canvas`."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
