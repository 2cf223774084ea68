"""Archives and assignments, made in code."""

import io
import stat
import warnings
import zipfile
from decimal import Decimal
from pathlib import Path

from grading.domain.assignment import Assignment, ExpectedFile, Limits

NOTEBOOK = b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}'
FIRST = "1.activation_function_and_vanishing_gradient.ipynb"
SECOND = "2.image_classification_and_feature_visualization.ipynb"


def assignment(*names: str, upload_bytes: int = 1 << 20, required: bool = False) -> Assignment:
    """An assignment that expects files of these names; the two notebooks where none is given."""
    return Assignment(
        slug="demo",
        title="Demo",
        summary="",
        version="sha256:0",
        folder=Path(),
        points=Decimal(10),
        files=tuple(ExpectedFile(name, name, required) for name in names or (FIRST, SECOND)),
        limits=Limits(),
        upload_bytes=upload_bytes,
    )


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive with these entries, whatever their names."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", method) as archive:
        warnings.simplefilter("ignore")
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


def special(name: str, kind: int) -> zipfile.ZipInfo:
    """An entry that says it is a link, a device or a pipe."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (kind | stat.S_IRUSR) << 16
    return info


def notebook_of(code: str) -> bytes:
    """A notebook with one cell."""
    escaped = code.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return b'{"nbformat": 4, "nbformat_minor": 2, "cells": [{"cell_type": "code", "source": "%s"}]}' % escaped.encode()
