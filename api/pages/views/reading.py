"""What was submitted, as HTML to read: nbconvert in a process of its own, sanitized, for a frame that can do nothing.

A notebook is a document that a student wrote: its Markdown and its outputs may hold scripts, and parsing it may take
for ever. So it is parsed outside the service, with an empty environment and limits on time and memory; bleach takes out
everything that is not plain markup; and the answer is served under `FRAME_POLICY`, which allows no script, no address
but data, and no origin.
"""

import resource
import subprocess
import sys
from importlib import import_module
from typing import Any

from traitlets.config import Config

FRAME_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
TOO_LARGE_BYTES = 16 << 20
TIME_S = 20
MEMORY_BYTES = 3 << 30
MARKUP = (
    *("a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "details", "div", "dl", "dt", "em", "hr"),
    *("figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "i", "img", "ins", "kbd", "li", "ol", "p", "pre"),
    *("q", "s", "samp", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th"),
    *("thead", "tr", "tt", "u", "ul", "var"),
)
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Submitted</title><style>
:root {{ color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }}
body {{ margin: 1rem; overflow-wrap: anywhere }}
pre {{ font: 13px/1.45 ui-monospace, monospace; white-space: pre-wrap; margin: 0 }}
.input_area, .output_text, .output_error {{ padding: .5rem .75rem; border-radius: 6px; margin: .25rem 0 }}
.input_area {{ background: color-mix(in srgb, CanvasText 6%, Canvas) }}
.output_error, .output_stderr {{ border-left: 3px solid #c0392b }}
.prompt {{ font: 12px ui-monospace, monospace; opacity: .6 }}
.cell {{ margin-bottom: 1rem }}
table {{ border-collapse: collapse }} td, th {{ border: 1px solid; padding: .2rem .5rem }}
img {{ max-width: 100%; background: white }}
{colours}
</style>{body}</html>"""


class NotShown(Exception):  # noqa: N818  # it says what the file is
    """The file cannot be shown; it can still be downloaded."""


def readable(name: str, content: bytes) -> str:
    """A whole HTML page that shows a notebook or a module.

    Args:
        name: as submitted; the suffix says what it is.
        content: the file.

    Raises:
        NotShown: too large, broken, or too slow to read.
    """
    if len(content) > TOO_LARGE_BYTES:
        raise NotShown("The file is too large to be shown here.")
    try:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", __name__, name.rpartition(".")[2]],
            input=content,
            capture_output=True,
            timeout=TIME_S,
            check=True,
            env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "PYTHONPATH": ":".join(filter(None, sys.path))},
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise NotShown("The file cannot be shown here.") from error
    return done.stdout.decode("utf-8", "replace")


def _convert(kind: str, content: bytes) -> str:
    nbformat: Any = import_module("nbformat")
    exporters: Any = import_module("nbconvert")
    formatters: Any = import_module("pygments.formatters")

    text = content.decode("utf-8", "replace")
    notebook = (
        nbformat.reads(text, as_version=4)
        if kind == "ipynb"
        else nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text)])
    )
    wanted = Config({"SanitizeHTML": {"tags": list(MARKUP)}})
    exporter = exporters.HTMLExporter(
        config=wanted, template_name="basic", sanitize_html=True, exclude_anchor_links=True
    )
    body, _ = exporter.from_notebook_node(notebook)
    return PAGE.format(colours=formatters.HtmlFormatter(style="default").get_style_defs(".highlight"), body=body)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (TIME_S, TIME_S))
    sys.stdout.buffer.write(_convert(sys.argv[1], sys.stdin.buffer.read()).encode("utf-8", "replace"))
