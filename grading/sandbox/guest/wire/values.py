"""Values as messages: what is data becomes JSON and raw arrays, and back. Used on both sides of the sandbox boundary.

Packing never calls a method that a student's class could override: arrays and numbers are read through the base
classes' own functions, taken when this module was loaded, before any student code. Unpacking builds plain contiguous
arrays and plain containers, whatever the bytes say.

JSON forms: null, booleans, strings, lists, integers and finite floats stand for themselves; everything else is an
object with the key "$"::

    {"$": "float", "v": "nan"}          {"$": "int", "v": "12345678901234567890"}      {"$": "complex", "v": [re, im]}
    {"$": "tuple", "v": [...]}          {"$": "dict", "v": [[key, value], ...]}        {"$": "bytes", "n": name}
    {"$": "array", "n": name, "k": "numpy" | "torch" | "scalar" | "list", "c": complex?}    "list": of many floats
    {"$": "strings", "s": shape, "v": [...]}
    {"$": "handle", "v": number, "t": type name}
"""

import math
import re
import sys
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from .frames import Raw

MAX_DEPTH: Final = 48
MAX_ITEMS: Final = 200_000
MAX_TEXT: Final = 4096
MAX_STRING: Final = 256
MAX_INTEGER_DIGITS: Final = 400
MANY_FLOATS: Final = 16
SAFE_INTEGER: Final = 1 << 53

_ndarray = np.ndarray
_view_as = np.ndarray.view
_as_array = np.asarray

NUMPY_NAMES: Final = {
    "|b1": "BOOL",
    "|u1": "U8",
    "|i1": "I8",
    "<u2": "U16",
    "<i2": "I16",
    "<f2": "F16",
    "<u4": "U32",
    "<i4": "I32",
    "<f4": "F32",
    "<u8": "U64",
    "<i8": "I64",
    "<f8": "F64",
}
NUMPY_TYPES: Final = {name: np.dtype(code) for code, name in NUMPY_NAMES.items()}

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]")


class UnsendableError(Exception):
    """The value holds something that is neither data nor an object to keep a handle on."""


class MalformedError(Exception):
    """The message does not describe a value."""


def clean(text: str, limit: int = MAX_TEXT) -> str:
    """Text without control characters, direction marks or lone surrogates, cut to `limit` characters."""
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return _CONTROL.sub("�", cut)


class Packer:
    """Turns values into JSON, and their arrays into raw bytes.

    Args:
        keep: called with an object that is not data; returns its handle's JSON or raises UnsendableError.
        text: longest text; longer ones are cut.
    """

    def __init__(self, keep: Callable[[object], dict[str, Any]], *, text: int = MAX_TEXT) -> None:
        self._keep = keep
        self._text = text
        self._items = 0
        self.arrays: dict[str, Raw] = {}

    def pack(self, value: Any, depth: int = 0) -> Any:  # noqa: C901, PLR0911, PLR0912 - one branch for each kind
        """The value as JSON.

        Raises:
            UnsendableError: too deep, too many items, an array of objects.
        """
        self._items += 1
        if depth > MAX_DEPTH or self._items > MAX_ITEMS:
            raise UnsendableError("too deeply nested, or too many items")
        if value is None or value is True or value is False:
            return value
        kind = type(value)
        if issubclass(kind, (np.ndarray, np.generic)):
            return self._array(value, "numpy" if issubclass(kind, np.ndarray) else "scalar")
        if issubclass(kind, int):
            return self._integer(int.__index__(value))
        if issubclass(kind, float):
            number = float.__float__(value)
            return number if math.isfinite(number) else {"$": "float", "v": repr(number)}
        if issubclass(kind, str):
            return str.__str__(value)[: self._text]
        if issubclass(kind, complex):
            both = complex.__complex__(value)
            return {"$": "complex", "v": [self.pack(both.real), self.pack(both.imag)]}
        if issubclass(kind, (bytes, bytearray, memoryview)):
            return self._bytes(bytes(value))
        if issubclass(kind, list):
            items = list(list.__iter__(value))
            if len(items) >= MANY_FLOATS and all(type(item) in (float, np.float64) for item in items):
                return self._floats(items)
            return [self.pack(item, depth + 1) for item in items]
        if issubclass(kind, tuple):
            return {"$": "tuple", "v": [self.pack(item, depth + 1) for item in tuple.__iter__(value)]}
        if issubclass(kind, dict):
            pairs = [[self.pack(k, depth + 1), self.pack(v, depth + 1)] for k, v in dict.items(value)]
            return {"$": "dict", "v": pairs}
        if issubclass(kind, (set, frozenset)):
            # Sets have no order; a fixed one keeps reports the same from run to run.
            return [self.pack(item, depth + 1) for item in sorted(value, key=repr)]
        if issubclass(kind, (range, type({}.keys()), type({}.values()), type({}.items()))):
            return [self.pack(item, depth + 1) for item in value]
        return self._library(value, kind)

    def _library(self, value: Any, kind: type) -> Any:
        """Data of other libraries, as far as they are loaded."""
        torch = sys.modules.get("torch")
        if torch is not None and issubclass(kind, torch.Tensor):
            return self._tensor(value, torch)
        if torch is not None and issubclass(kind, torch.Size):
            return {"$": "tuple", "v": [int(n) for n in value]}
        pillow = sys.modules.get("PIL.Image")
        if pillow is not None and issubclass(kind, pillow.Image):
            return self._array(_as_array(value), "numpy")
        pandas = sys.modules.get("pandas")
        if pandas is not None and issubclass(kind, (pandas.DataFrame, pandas.Series)):
            return self._array(_as_array(value), "numpy")
        return self._keep(value)

    def _integer(self, number: int) -> Any:
        if -SAFE_INTEGER <= number <= SAFE_INTEGER:
            return number
        if number.bit_length() > MAX_INTEGER_DIGITS * 3:
            raise UnsendableError("an integer of hundreds of digits")
        return {"$": "int", "v": str(number)}

    def _floats(self, items: list[float]) -> dict[str, Any]:
        """What a loop collects: one by one, as numbers of JSON or arrays of one, they would be slow."""
        self._items += len(items)
        if self._items > MAX_ITEMS:
            raise UnsendableError("too deeply nested, or too many items")
        return {**self._array(np.array(items, dtype="<f8"), "numpy"), "k": "list"}

    def _add(self, raw: Raw) -> str:
        name = f"a{len(self.arrays)}"
        self.arrays[name] = raw
        return name

    def _bytes(self, value: bytes) -> dict[str, Any]:
        return {"$": "bytes", "n": self._add(Raw("U8", (len(value),), memoryview(value)))}

    def _array(self, value: Any, kind: str) -> dict[str, Any]:
        array = _view_as(value, _ndarray) if kind == "numpy" else _as_array(value)
        packed: dict[str, Any] = {"$": "array", "k": kind}
        letter = array.dtype.kind
        if letter in "US" and array.size <= MAX_ITEMS:
            return {
                "$": "strings",
                "s": list(array.shape),
                "v": [clean(str(item), MAX_STRING) for item in array.ravel()],
            }
        if letter == "c":
            packed["c"] = 1
            wide = "<f4" if array.dtype.itemsize <= 8 else "<f8"  # noqa: PLR2004 - complex64 has eight bytes
            array = np.stack([array.real, array.imag], axis=-1).astype(wide)
        elif letter == "f" and array.dtype.itemsize > 8:  # noqa: PLR2004 - longer than a double
            array = array.astype("<f8")
        elif letter not in "biuf":
            raise UnsendableError(f"an array of dtype {clean(str(array.dtype), 60)}")
        array = _as_array(array, dtype=array.dtype.newbyteorder("<"), order="C")
        packed["n"] = self._add(
            Raw(NUMPY_NAMES[array.dtype.str], tuple(array.shape), array.reshape(-1).view(np.uint8).data)
        )
        return packed

    def _tensor(self, value: Any, torch: Any) -> dict[str, Any]:
        with torch._C.DisableTorchFunctionSubclass():  # noqa: SLF001 - the documented way round a subclass's overrides
            tensor = value.detach()
            if tensor.layout is not torch.strided:
                tensor = tensor.to_dense()
            if tensor.device.type == "meta" or tensor.is_quantized:
                raise UnsendableError("a tensor without plain values")
            tensor = tensor.to("cpu").resolve_conj().resolve_neg().contiguous()
            half = tensor.dtype is torch.bfloat16
            try:
                array = tensor.view(torch.int16).numpy() if half else tensor.numpy()
            except (RuntimeError, TypeError):
                raise UnsendableError(f"a tensor of dtype {clean(str(tensor.dtype), 60)}") from None
        packed = self._array(array, "numpy")
        packed["k"] = "torch"
        if half:
            name = packed["n"]
            raw = self.arrays[name]
            self.arrays[name] = Raw("BF16", raw.shape, raw.data)
        return packed


class Unpacker:
    """Turns a message's JSON and raw arrays into plain values.

    Args:
        arrays: of the message.
        handle: called with a handle's number and its type's name.
        text: longest text; longer ones are cut and all are cleaned. None leaves text alone.
    """

    def __init__(
        self, arrays: dict[str, Raw], handle: Callable[[int, str], object], *, text: int | None = None
    ) -> None:
        self._arrays = arrays
        self._handle = handle
        self._text = text
        self._used: set[str] = set()
        self._items = 0

    def unpack(self, form: Any, depth: int = 0) -> Any:
        """The value that the JSON describes; arrays are fresh, plain, contiguous and writable.

        Raises:
            MalformedError: the JSON describes none.
        """
        self._items += 1
        if depth > MAX_DEPTH + 1 or self._items > 2 * MAX_ITEMS:
            raise MalformedError("nested too deeply, or too many items")
        if form is None or isinstance(form, (bool, int, float)):
            return form
        if isinstance(form, str):
            return form if self._text is None else clean(form, self._text)
        if isinstance(form, list):
            return [self.unpack(item, depth + 1) for item in form]
        if not isinstance(form, dict):
            raise MalformedError("not a value")
        try:
            return self._tagged(form, depth)
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError, IndexError) as fault:
            raise MalformedError(f"not a value ({type(fault).__name__})") from None

    def _tagged(self, form: dict[str, Any], depth: int) -> Any:  # noqa: PLR0911 - one return for each kind
        match form["$"]:
            case "tuple":
                return tuple(self.unpack(item, depth + 1) for item in _list(form["v"]))
            case "dict":
                pairs = ((self.unpack(k, depth + 1), self.unpack(v, depth + 1)) for k, v in _list(form["v"]))
                return dict(pairs)
            case "float" | "int" | "complex":
                return self._number(form, depth)
            case "array":
                return self._array(form)
            case "bytes":
                return bytes(self._raw(form).data)
            case "strings":
                return self._strings(form, depth)
            case "handle":
                return self._handle(int(form["v"]), clean(str(form["t"]), 200))
            case _:
                raise MalformedError("an unknown kind of value")

    def _number(self, form: dict[str, Any], depth: int) -> complex:
        """What JSON has no number for."""
        if form["$"] == "float":
            return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[form["v"]]
        if form["$"] == "int":
            if len(form["v"]) > MAX_INTEGER_DIGITS:
                raise MalformedError("an integer of hundreds of digits")
            return int(form["v"])
        real, imaginary = (self.unpack(part, depth + 1) for part in form["v"])
        return complex(float(real), float(imaginary))

    def _strings(self, form: dict[str, Any], depth: int) -> Any:
        """An array of text: as wide as its longest item, so one long item among many short ones would swell it."""
        strings = [clean(str(self.unpack(item, depth + 1)), MAX_STRING) for item in _list(form["v"])]
        return np.array(strings, dtype=np.str_).reshape([int(n) for n in form["s"]])

    def _raw(self, form: dict[str, Any]) -> Raw:
        """An array's bytes, once: a message that names one array many times would grow without end when copied."""
        name = form["n"]
        if name in self._used:
            raise MalformedError("an array that is named twice")
        self._used.add(name)
        return self._arrays[name]

    def _array(self, form: dict[str, Any]) -> Any:
        raw = self._raw(form)
        kind = form["k"]
        if raw.dtype == "BF16":
            if kind != "torch":
                raise MalformedError("bfloat16 outside torch")
            import torch

            short = np.frombuffer(raw.data, np.int16).reshape(raw.shape).copy()
            return torch.from_numpy(short).view(torch.bfloat16)
        array = np.frombuffer(raw.data, NUMPY_TYPES[raw.dtype]).reshape(raw.shape).copy()
        if raw.dtype == "BOOL":
            array = np.frombuffer(raw.data, np.uint8).reshape(raw.shape) != 0
        if form.get("c"):
            # Not re + 1j * im: 1j times infinity has a NaN in it.
            array = array.view(np.complex64 if raw.dtype == "F32" else np.complex128)[..., 0].copy()
        if kind == "scalar":
            return array.reshape(())[()]
        if kind == "list":
            self._items += array.size
            if array.ndim != 1 or raw.dtype != "F64" or self._items > 2 * MAX_ITEMS:
                raise MalformedError("not a list of floats")
            return array.tolist()
        if kind == "torch":
            import torch

            return torch.from_numpy(np.asarray(array))
        if kind != "numpy":
            raise MalformedError("an unknown kind of array")
        return np.asarray(array)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise MalformedError("not a list")
    return value
