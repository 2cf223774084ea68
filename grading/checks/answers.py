"""Where a written answer stands in a notebook: by anchor, heading or number, across renumbered editions.

A question is a place in the markdown: a line that bears its anchor, its heading or its number. What belongs to it goes
from there to the next question or heading. Of that, what the course handed out (`given`) and placeholders are taken
away; what is left is the student's answer. Nothing left is no answer: the row is then 0 by itself, without a person.

Editions renumber: 7.2 of one year is 8.2 of the next, and 6 is another question altogether. So a number counts only
where what stands there is `about` the right thing; a heading or an anchor needs no such proof.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grading.authoring.written import Find
from grading.domain.submission import SubmittedFile
from grading.programs import Source, read_source

PLACEHOLDER = re.compile(
    r"(?:your|type|write|put|enter|insert|add|double[- ]?click)\b.{0,40}\b"
    r"(?:answers?|response|solution|explanation|text)(?:\s+(?:goes|here|below|in|this|cell))*"
    r"|todo|tbd|answers?|votre r[ée]ponse(?: ici)?|[._\-–—…]+",
    re.IGNORECASE,
)
MARKER = re.compile(
    r"(?:your\s+|my\s+)?(?:answer|a|response|solution|r[ée]ponse)\s*(?:\d[\d.]*\s*)?[:：]\s*", re.IGNORECASE
)
TITLE_WORDS = r"(?:question|exerci[cs]e|assignment|problem|task|part|q|ex)"
NUMBER = r"(?:\d+(?:\.\d+)*(?:\.?\([a-z]\)|\.?[a-z])?)"
STRONG = re.compile(
    rf"^(?:{TITLE_WORDS}\b\.?\s*\(?|)(?P<number>{NUMBER})(?![\w%])\)?[.:)]?(?=\s|$|[\W_])", re.IGNORECASE
)
WORDED = re.compile(rf"^{TITLE_WORDS}\b\.?\s*\(?{NUMBER}|^q{NUMBER}", re.IGNORECASE)
GLUED = re.compile(rf"^q(?P<number>{NUMBER})\b", re.IGNORECASE)
LISTED = re.compile(rf"^\(?(?P<number>{NUMBER})\s*[.)]\s")
HEADING = re.compile(r"^ {0,3}(#{1,6})(?:\s+|(?=[^#\s]))(.*)$")
ANCHOR = re.compile(
    r"""(?:\bid|\bname)\s*=\s*["']?([\w:.-]+)|\{#([\w:.-]+)\}|<!--\s*(?:answer|question)\s*:\s*([\w:.-]+)\s*-->"""
)
TAG = re.compile(r"<!--.*?-->|</?[a-zA-Z][^<>]{0,300}>|\{#[\w:.-]+\}")
FENCE = re.compile(r"^ {0,3}(```|~~~)")
LONGEST_LINE = 4_000
PRINT_DIGITS = 16
EDGES = " .:!()[]<>\"'"


@dataclass(frozen=True, slots=True)
class Question:
    """Where an answer is looked for; anchors first, then headings, then numbers.

    Attributes:
        anchors: ids in the markdown: `<a id="q-2">`, `{#q-2}`, `<!-- answer: q-2 -->`.
        headings: titles without their number, as any edition has them; case, marks and spaces do not count.
        numbers: as any edition has them ("8.2", "7.2", "3a").
        about: words of which one stands in the question (as a part of a word, without regard to case), or the number is
            taken for another edition's; empty: any question of that number.
    """

    anchors: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of markdown.

    Attributes:
        level: of a heading; 0 for other lines.
        bare: without marks, tags and emphasis.
        number: that it begins with, or "".
        strong: whether the number is the line's label: in a heading, in bold, or behind a word such as "Question".
        cell: of the notebook.
    """

    text: str
    level: int
    bare: str
    number: str
    strong: bool
    anchors: tuple[str, ...]
    cell: int

    @property
    def opens(self) -> bool:
        """Whether something new begins here."""
        return self.level > 0 or self.strong


class Prints(frozenset[str]):
    """Lines by their fingerprints: a course's own words can be known for such without being kept."""

    def __contains__(self, line: object) -> bool:
        return isinstance(line, str) and super().__contains__(print_of(line))


def print_of(line: str) -> str:
    """A line's fingerprint."""
    return hashlib.sha256(line.encode("utf-8", "replace")).hexdigest()[:PRINT_DIGITS]


def handed_out(
    *starters: Path, prints: Iterable[str] = (), as_read: Callable[[Source], Source] = lambda source: source
) -> frozenset[str]:
    """`given_lines` of the starters in these files, and of editions of which only the fingerprints are kept.

    Args:
        starters: their paths.
        prints: `print_of` each line of the other editions.
        as_read: what is done to every notebook before its answers are looked for.
    """
    read = (as_read(read_source(SubmittedFile(path.name, path.read_bytes()))) for path in starters)
    return Prints({*map(print_of, given_lines(*read)), *prints})


def given_lines(*sources: Source) -> frozenset[str]:
    """What the course handed out: the lines of its starters' markdown, of every edition that students may use."""
    return frozenset(key for source in sources for line in _lines(source) if (key := _key(line.text)))


def answer(question: Question, given: frozenset[str] = frozenset()) -> Find:
    """A `find` for `asks`: the student's answer to the question, as Markdown, or None where there is none.

    Args:
        question: where to look.
        given: `given_lines` of the starters. Without them the question's own paragraph is taken for the course's.
    """

    def find(source: Source) -> str | None:
        places = list(_places(source, question, given))
        # Who left a question blank and answered it further down labels that answer as the question is.
        same = (region for start, region in places if start.number == places[0][0].number)
        return next((told for region in same if (told := _answer(region, given))), None)

    return find


def asked_in(source: Source, question: Question, given: frozenset[str] = frozenset()) -> bool:
    """Whether the question stands in the notebook at all."""
    return next(_places(source, question, given), None) is not None


def own_lines(source: Source, given: frozenset[str]) -> list[tuple[str, bool]]:
    """The student's own lines of all markdown, each with whether a heading or a label stands in it."""
    told = ((line, _own(line, given)) for line in _lines(source))
    return [(own, line.opens) for line, own in told if own is not None and _says(own)]


def _places(source: Source, question: Question, given: frozenset[str]) -> Iterator[tuple[_Line, list[_Line]]]:
    lines = list(_lines(source))
    for start in _starts(lines, question):
        region = _region(lines, start, given)
        if start.number not in question.numbers or _fits(region, question, start):
            yield start, region


def first_word(find: Find, words: Iterable[str]) -> Find:
    """The word that an answer begins with, where it is one of `words`; otherwise the whole answer.

    For true-or-false with an explanation: one row asks `first_word`, another `explanation`.
    """
    pattern = _leading(words)

    def found(source: Source) -> str | None:
        text = find(source)
        led = None if text is None else pattern.match(text)
        return text if led is None else led[1]

    return found


def explanation(find: Find, words: Iterable[str]) -> Find:
    """The answer without the word of `words` that it begins with, or None where nothing follows."""
    pattern = _leading(words)

    def found(source: Source) -> str | None:
        text = find(source)
        rest = "" if text is None else pattern.sub("", text, count=1)
        return rest.strip(" \t\n.,:;–—-*_") and rest.strip()

    return found


def _leading(words: Iterable[str]) -> re.Pattern[str]:
    longest_first = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"[\s*_(\[]*({longest_first})(?!\w)[\s*_)\].,:;–—-]*", re.IGNORECASE)


def _lines(source: Source) -> Iterator[_Line]:
    for cell in source.cells:
        if cell.kind != "markdown":
            continue
        fenced = False
        for text in cell.source.splitlines():
            fence = FENCE.match(text) is not None
            fenced ^= fence
            yield (
                _Line(text, 0, text.strip(), "", False, (), cell.index) if fenced or fence else _read(text, cell.index)
            )


def _read(text: str, cell: int) -> _Line:
    cut = text[:LONGEST_LINE]
    anchors = tuple(next(filter(None, found)) for found in ANCHOR.findall(cut))
    heading = HEADING.match(TAG.sub("", cut))
    level = len(heading[1]) if heading else 0
    marked = (_title_of(heading) if heading else TAG.sub("", cut)).strip()
    bold = marked.startswith(("**", "__"))
    bare = _bare(marked)
    glued = GLUED.match(bare)
    label = glued or STRONG.match(bare)
    strong = label is not None and (level > 0 or bold or WORDED.match(bare) is not None)
    listed = label if strong else LISTED.match(bare)
    number = _number(listed["number"]) if listed else ""
    return _Line(text, level, bare, number, strong, anchors, cell)


def _bare(text: str) -> str:
    return re.sub(r"^[>\-+*\s]+(?=\S)|[*_`]+", "", TAG.sub("", text)).strip()


def _number(text: str) -> str:
    return re.sub(r"[().]*$", "", text.lower()).replace(".(", "(").replace("(", "").replace(")", "")


def _key(text: str) -> str:
    """A line as it is compared: without marks, tags, emphasis and spaces."""
    cut = text[:LONGEST_LINE]
    heading = HEADING.match(cut)
    return re.sub(r"\s+", "", _bare(_title_of(heading) if heading else cut)).casefold()


def _title_of(heading: re.Match[str]) -> str:
    return heading[2].rstrip().rstrip("#").rstrip()


def _starts(lines: list[_Line], question: Question) -> Iterator[_Line]:
    yield from (line for line in lines if set(line.anchors) & set(question.anchors))
    wanted = [_title(heading) for heading in question.headings]
    for exactly in (True, False):
        for line in lines:
            title = _title(line.bare) if line.opens else ""
            if title and any(title == other or (not exactly and other in title) for other in wanted):
                yield line
    numbers = {_number(number) for number in question.numbers}
    strong = [line for line in lines if line.strong and line.number in numbers]
    yield from strong or (line for line in lines if line.number in numbers)


def _title(text: str) -> str:
    label = GLUED.match(text) or STRONG.match(text)
    return re.sub(r"[\W_]+", "", text[label.end() :] if label else text).casefold()


def _fits(region: list[_Line], question: Question, start: _Line) -> bool:
    """Whether the place is that of this question; what was found by anchor or title needs no proof."""
    found_by_name = set(start.anchors) & set(question.anchors) or any(
        _title(h) in _title(start.bare) for h in question.headings
    )
    if not question.about or found_by_name:
        return True
    text = "\n".join(line.bare for line in region).casefold()
    return any(word.casefold() in text for word in question.about)


def _region(lines: list[_Line], start: _Line, given: frozenset[str]) -> list[_Line]:
    """From the question's line to the next question or heading.

    Where the question is the course's, only the course's own headings end it: students put headings into answers.
    """
    first = next(i for i, line in enumerate(lines) if line is start)
    ours = _handed_out(start, given)
    listed = bool(start.number) and not start.opens
    for end in range(first + 1, len(lines)):
        line = lines[end]
        if ours and not _handed_out(line, given):
            continue
        if line.anchors and not line.bare:
            continue
        ends = line.opens if not start.level else (line.opens and (line.level or 7) <= start.level) or line.strong
        if ends or (listed and line.number and not line.opens):
            return lines[first:end]
    return lines[first:]


def _answer(region: list[_Line], given: frozenset[str]) -> str:
    if any(_key(line.text) in given for line in region):
        kept = [rest for line in region if (rest := _own(line, given)) is not None]
    else:
        kept = _behind_the_question(region)
    while kept and not _says(kept[0]):
        kept.pop(0)
    if kept:
        kept[0] = _unmarked(kept[0])
    text = "\n".join(line for line in kept if not _is_placeholder(line)).strip()
    return text if any(c.isalnum() for c in text) else ""


def _own(line: _Line, given: frozenset[str]) -> str | None:
    """What of a line is the student's: all of it, what was written behind the course's words, or nothing (None)."""
    if _key(line.text) in given:
        return None
    head = _course_head(line.text, given)
    return line.text[head:].strip() if head else line.text


def _handed_out(line: _Line, given: frozenset[str]) -> bool:
    return _key(line.text) in given or _course_head(line.text, given) > 0


def _course_head(text: str, given: frozenset[str]) -> int:
    """How many characters at a line's start are a whole line of the course's."""
    ends = (i for i in range(min(len(text), LONGEST_LINE), 3, -1) if text[i - 1] in " ?:.*_]")
    return next((i for i in ends if _key(text[:i]) in given), 0)


def _behind_the_question(region: list[_Line]) -> list[str]:
    """Without the starter: what follows an "Answer:", else the question's first paragraph, else its question mark."""
    for place, line in enumerate(region):
        if MARKER.match(line.bare):
            return [line.text, *(after.text for after in region[place + 1 :])]
    for place in range(1, len(region)):
        new_cell = region[place].cell != region[place - 1].cell
        if (new_cell or not region[place - 1].bare or region[0].level) and any(_says(r.text) for r in region[place:]):
            return [line.text for line in region[place:]]
    _, asked, rest = region[0].text.rpartition("?")
    return [rest] if asked else []


def _unmarked(text: str) -> str:
    """The line without an "Answer:" in front, however it is set."""
    return re.sub(rf"^[\s>*_#]*{MARKER.pattern}[*_\s]*", "", text, count=1, flags=re.IGNORECASE)


def _says(text: str) -> bool:
    """Whether a line says anything: no placeholder, no empty mark."""
    return bool(_bare(text).strip(EDGES)) and not _is_placeholder(text)


def _is_placeholder(text: str) -> bool:
    return PLACEHOLDER.fullmatch(_bare(text).strip(EDGES)) is not None
