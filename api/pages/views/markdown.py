"""A student's Markdown as markup that can do nothing, with mathematics as MathML: no script, no request elsewhere.

Raw HTML is text, links and pictures are shown as they were typed, headings become bold lines, and no attribute that a
student chose is left. Formulas are set by `math_core`; what comes out of it is taken apart and put together from a list
of known elements. A formula that cannot be set is shown as it was typed.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape, unescape
from typing import Any
from xml.etree import ElementTree as ET

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from math_core import LatexError, LatexToMathML
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

LONGEST = 16_000
LONGEST_FORMULA = 2_000
_ELEMENTS = (
    "math mrow mi mn mo mtext ms mspace msqrt mroot mfrac msub msup msubsup munder mover munderover "
    "mmultiscripts mprescripts mtable mtr mtd mpadded mphantom mstyle menclose merror"
)
ELEMENTS = frozenset(_ELEMENTS.split())
_ATTRIBUTES = (
    "display displaystyle scriptlevel mathvariant stretchy symmetric largeop movablelimits form fence "
    "separator accent accentunder linethickness lspace rspace minsize maxsize width height depth voffset "
    "columnalign rowalign columnspan rowspan columnlines rowlines columnspacing rowspacing"
)
ATTRIBUTES = frozenset(_ATTRIBUTES.split())
KEPT_ATTRIBUTES = frozenset({"start"})
# Those that XML does not know: the converter writes HTML's, such as the one between a function's name and what follows.
NAMED = re.compile(r"&(?!(?:lt|gt|amp|quot|apos);)[A-Za-z]+;")


def rendered(text: str) -> Markup:
    """The Markdown as harmless HTML; text beyond 16,000 characters is cut off."""
    parser = _parser()
    tokens = parser.parse(text[:LONGEST])
    _tame(tokens)
    return Markup(parser.renderer.render(tokens, parser.options, {}))  # noqa: S704 - see the module: nothing raw is left


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 20})
    parser.enable(["table", "strikethrough"]).disable(
        ["image", "link", "autolink", "reference", "html_block", "html_inline"]
    )
    dollarmath_plugin(parser, allow_labels=False, allow_digits=False, double_inline=True, renderer=_dollars)
    amsmath_plugin(parser, renderer=lambda content: formula(content, display=True))
    return parser


def _dollars(content: str, options: Mapping[str, Any]) -> str:
    return formula(content, display=bool(options.get("display_mode")))


def formula(tex: str, *, display: bool) -> str:
    """A formula as MathML, or as it was typed where it cannot be set."""
    try:
        if len(tex) > LONGEST_FORMULA:
            return _typed(tex)
        made = _converter().convert_with_local_state(tex.strip(), displaystyle=display)
        root = ET.fromstring(NAMED.sub(lambda name: unescape(name[0]), made))  # noqa: S314 - our own converter's output, without entities; bounded above
    except (LatexError, ET.ParseError):
        return _typed(tex)
    if not _known(root):
        return _typed(tex)
    root.set("display", "block" if display else "inline")
    return ET.tostring(root, encoding="unicode")


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML(fancy_error=False, max_expansions=200)


def _typed(tex: str) -> str:
    return f"<code>{escape(tex.strip())}</code>"


def _known(root: ET.Element) -> bool:
    """Whether every element is one of mathematics; attributes that are not are taken away."""
    for element in root.iter():
        if element.tag not in ELEMENTS:
            return False
        for name in set(element.attrib) - ATTRIBUTES:
            del element.attrib[name]
    return True


def _tame(tokens: Sequence[Token]) -> None:
    for token in tokens:
        token.attrs = {name: value for name, value in token.attrs.items() if name in KEPT_ATTRIBUTES}
        token.info = ""
        if token.type.startswith("heading"):
            token.tag = "p"
            token.attrs = {"class": "heading"} if token.nesting == 1 else {}
        _tame(token.children or ())
