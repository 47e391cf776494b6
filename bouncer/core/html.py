"""The text that a reader of an HTML part sees; inline tags never split a word, and the target of a `mailto:` link is kept."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote

_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        """address article aside blockquote br caption center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5
    h6 header hr legend li main nav ol option p pre section table tbody td tfoot th thead title tr ul""",
    )
)
_PARAGRAPHS = frozenset({"blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "p", "table", "ul", "ol"})
_UNSEEN = frozenset({"head", "noscript", "script", "style", "template"})
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
_MOST = 400_000  # characters of mark-up that are looked at


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.unseen = 0
        self.quotes = 0
        self.target = ""
        self.link_from = 0
        self.verbatim = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self.unseen += 1
        elif tag == "body":
            self.unseen = 0  # a head that nobody closed ends here
        elif tag == "a":
            href = next((value for name, value in attrs if name == "href" and value), "")
            self.target = unquote(href[7:].partition("?")[0]).strip() if href[:7].lower() == "mailto:" else ""
            self.link_from = len(self.pieces)
        elif tag in _BLOCKS:
            self.quotes += tag == "blockquote"
            self.verbatim += tag == "pre"
            self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self.unseen = max(0, self.unseen - 1)
        elif tag == "a" and self.target:
            shown = "".join(self.pieces[self.link_from :])
            if self.target.lower() not in shown.lower():
                self.pieces.append(f" <{self.target}>")
            self.target = ""
        elif tag in _BLOCKS and tag not in {"br", "hr"}:
            self.quotes = max(0, self.quotes - (tag == "blockquote"))
            self.verbatim = max(0, self.verbatim - (tag == "pre"))
            self._break(tag)

    def handle_data(self, data: str) -> None:
        if self.unseen:
            return
        if self.verbatim:
            self.pieces.append(data)
            return
        text = _SPACES.sub(" ", data)
        self.pieces.append(text)

    def _break(self, tag: str) -> None:
        self.pieces.append("\t" if tag in {"td", "th"} else ("\n\n" if tag in _PARAGRAPHS else "\n") + "> " * min(self.quotes, 3))


_LINE = re.compile(r"[ \t]*\n[ \t]*")
_EMPTY = re.compile(r"\n{3,}")


def text_of(markup: str) -> str:
    """Give the text of HTML *markup*, blocks on lines of their own, quoted blocks after `> `; never raises."""
    reader = _Text()
    try:
        reader.feed(markup[:_MOST])
        reader.close()
    except (AssertionError, ValueError, RecursionError):  # the library's own checks, on mark-up such as `<![`
        return _SPACES.sub(" ", re.sub(r"<[^<>]*>", " ", markup[:_MOST])).strip()
    return _EMPTY.sub("\n\n", _LINE.sub("\n", "".join(reader.pieces))).strip()
