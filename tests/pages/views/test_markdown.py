"""A student's Markdown on a grader's page: readable, with mathematics, and unable to do anything."""

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.pages.views.markdown import ATTRIBUTES, ELEMENTS, rendered

BLOCKS = (
    "p",
    "pre",
    "ul",
    "ol",
    "li",
    "blockquote",
    "hr",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "div",
    "section",
)
PLAIN = frozenset((*BLOCKS, "strong", "em", "s", "code", "br", "span"))
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "![x](https://elsewhere.example/x.png)",
    "<https://elsewhere.example>",
    "[x]: https://elsewhere.example\n\n[x]",
    "```html onload=x\n</code></pre><script>alert(1)</script>\n```",
    "$</math><script>alert(1)</script>$",
    r"$\href{javascript:alert(1)}{x}$",
    r"$\text{<img src=x onerror=alert(1)>}$",
    r"$\color{red}{x}$ $\style{background:url(//x)}{y}$ $\htmlData{a=b}{x}$",
    '| a |\n|:-:|\n| <b onclick="x">b</b> |',
    "# Title\n\nUnder\n===",
    "\x00\x1b[31m&lt;script&gt;",
]


class Seen(HTMLParser):
    """Elements and attributes of some HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        self.tags.add(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}


def check(text: str) -> None:
    """Only plain elements and mathematics; classes of ours, a list's start, and mathematics' own attributes."""
    seen = Seen(str(rendered(text)))

    assert seen.tags <= PLAIN | ELEMENTS
    assert {name for tag, name in seen.attributes if tag in ELEMENTS} <= ATTRIBUTES
    assert {name for tag, name in seen.attributes if tag not in ELEMENTS} <= {"class", "start"}


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_a_student_writes_can_act(text: str) -> None:
    """No script, no link, no picture, no style."""
    check(text)


@given(
    st.lists(
        st.sampled_from([*HOSTILE, "$", "$$", "`", "\n", "**", "<", ">", "&", "\\(", "|", "x^2", " "]), max_size=12
    )
)
@settings(max_examples=25, deadline=None)
def test_no_mixture_of_it_can_either(parts: list[str]) -> None:
    """Whatever is put together."""
    check("".join(parts))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (r"So $w_i = w_j$.", "<msub><mi>w</mi><mi>i</mi></msub>"),
        ("$$\n\\frac{\\partial L}{\\partial w}\n$$", '<math display="block"><mfrac>'),
        (r"\begin{align}a &= b\\ c &= d\end{align}", "<mtable"),
        (r"It is $\undefinedmacro{x}$.", r"<code>\undefinedmacro{x}</code>"),
        ("It costs 5$ or 6$.", "5$ or 6$"),
        ("`$x$`", "<code>$x$</code>"),
        ("**bold** and *thin*", "<strong>bold</strong> and <em>thin</em>"),
        ("- a\n- b", "<li>a</li>"),
        ("a\nb", "<br"),
    ],
)
def test_markdown_and_formulas_are_set(text: str, part: str) -> None:
    """MathML, which the browser sets by itself; what cannot be set stands as it was typed."""
    assert part in str(rendered(text))


def test_headings_are_no_headings_of_the_page() -> None:
    """The page's outline is ours."""
    assert str(rendered("# In short")) == '<p class="heading">In short</p>\n'


@pytest.mark.parametrize("piece", ["*a **a ", "[", "> ", "`", "$", "$x^{", "|a", "- ", "\\begin{align}", "_a", "~~a"])
def test_no_answer_keeps_the_page_waiting(piece: str) -> None:
    """The longest answer made of the worst pieces is set in the time of a page."""
    text = (piece * 16_000)[:16_000]
    begun = time.process_time()
    rendered(text)

    assert time.process_time() - begun < 3


@pytest.mark.parametrize(
    "tex", [r"\ln 6", r"\max(0, x)", r"\exp(-x)", r"\operatorname{softmax}(z)", r"\underset{i}{\arg\max}"]
)
def test_functions_with_names_are_set(tex: str) -> None:
    """As every other formula: not shown as they were typed."""
    markup = rendered(f"${tex}$")

    assert "<math" in markup
    assert "<code>" not in markup
