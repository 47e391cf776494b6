"""Contact files as people write them: every style, quoting, comment and line end that YAML has, drawn at random.

A comment begins with `# ~`, which no value does.
"""

import re

from hypothesis import strategies as st

WORDS = st.sampled_from(
    [
        "Acme",
        "NewCo: Ltd",
        "it's",
        'say "hi"',
        "a # b",
        "Zoë Ünal",
        "null",
        "NO",
        "0123456",
        "12:30",
        "- x",
        "🎩 & co",
        "a, b",
        "{x}",
        "back\\slash",
    ]
)
STATUS = [" away", ' "left"', "", " ~"]
PREVIOUS = [
    "\n^  - {email: f@x.example, why: 'a: b', mine: [1]}",
    "\n^- email: f@x.example # ~ c\n^  mine: x\n^- email: g@x.example",
    "\n^    - why: >-\n^        long\n^        words\n^      email: f@x.example",
    " [{email: f@x.example}]",
]
OWN = [
    ": met at LISA",
    ":",
    ": |\n^  two\n^  lines",
    ": >-  # ~ folded\n^   folded\n^\n^   text # no comment\n",
    ": |+\n^  kept\n\n",
    ": |2\n^    more\n^  less",
    ": plain text\n^   over lines",
    ': "quoted\n^  - over \\\n^  lines"',
    ":\n^  deep: {er: [x, y]}\n^  still: 'so'",
    ":\n^- - nested\n^  - lists",
    ": !!str 12",
    ": {a: 1, b: [2, 3]}  # ~ tail",
]


def quoted(text: str, style: str) -> str:
    """Write *text* as a YAML scalar."""
    if style == "'":
        return "'" + text.replace("'", "''") + "'"
    if style == "plain" and re.fullmatch(r"[A-Za-z][\w@. ]*", text) and text not in ("null", "NO"):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@st.composite
def scalars(draw: st.DrawFn, words: st.SearchStrategy[str] = WORDS) -> str:
    """Draw a scalar in any quoting."""
    return quoted(draw(words), draw(st.sampled_from(["plain", "'", '"'])))


@st.composite
def lists(draw: st.DrawFn, indent: str, words: st.SearchStrategy[str]) -> str:
    """Draw a list behind a colon, in flow or block style, with comments."""
    items = draw(st.lists(scalars(words), min_size=1, max_size=3, unique=True))
    match draw(st.sampled_from(["flow", "tight", "lines", "block", "same", "deep"])):
        case "flow":
            return " [" + ", ".join(items) + "]" + draw(comments())
        case "tight":
            return " [" + ",".join(items) + ",]" + draw(comments())
        case "lines":
            return " [" + ",".join(f"\n{indent}    {item}" for item in items) + f"\n{indent}  ]" + draw(comments())
        case "same":
            return draw(comments()) + "".join(f"\n{indent}- {item}{draw(comments())}" for item in items)
        case "deep":
            return draw(comments()) + "".join(f"\n{indent}   -   {item}{draw(comments())}" for item in items)
        case _:
            return "".join(f"\n{indent}  - {item}{draw(comments())}" for item in items)


def comments() -> st.SearchStrategy[str]:
    """Draw a comment at the end of a line, or none."""
    return st.sampled_from(["", "", "  # ~ why - not: {a} [b]", "   "])


@st.composite
def own_fields(draw: st.DrawFn, indent: str) -> str:
    """Draw a field that is the owner's own, of any shape."""
    name = draw(st.sampled_from(["note", "x-y", "met", '"quo: ted"', "é"]))
    return f"{indent}{name}" + draw(st.sampled_from(OWN)).replace("^", indent)


@st.composite
def blocks(draw: st.DrawFn, number: int, dash: str) -> str:
    """Draw an entry in block style."""
    indent = dash + draw(st.sampled_from(["  ", "    "]))
    fields = [
        f"{indent}name: {draw(scalars())}{draw(comments())}",
        f"{indent}email: {draw(scalars(st.just(f'c{number}@x.example')))}{draw(comments())}",
    ]
    fields += [f"{indent}{name}: {draw(scalars())}{draw(comments())}" for name in ("company", "title") if draw(st.booleans())]
    for name, words in (("phones", WORDS), ("tags", WORDS)):
        if draw(st.booleans()):
            fields.append(f"{indent}{name}:{draw(lists(indent, words))}")
    if draw(st.booleans()):
        fields.append(f"{indent}status:{draw(st.sampled_from(STATUS))}{draw(comments())}")
    if draw(st.booleans()):
        fields.append(f"{indent}previous:{draw(st.sampled_from(PREVIOUS)).replace('^', indent)}")
    for field in draw(st.lists(own_fields(indent), max_size=2, unique_by=lambda text: text.split(":")[0])):
        fields.insert(draw(st.integers(0, len(fields))), field)
    if draw(st.booleans()):
        fields = draw(st.permutations(fields))
    if draw(st.booleans()):
        fields.insert(draw(st.integers(1, len(fields))), f"{draw(st.sampled_from([indent, '']))}# ~ a line of its own")
    text = "\n".join(fields)
    return dash + "-" + text[len(dash) + 1 :]


@st.composite
def flows(draw: st.DrawFn, number: int, dash: str) -> str:
    """Draw an entry in flow style."""
    pairs = [f"name: {draw(scalars())}", f"email: c{number}@x.example"]
    if draw(st.booleans()):
        pairs.append(f"company: {draw(scalars())}")
    if draw(st.booleans()):
        pairs.append(f"tags: [{', '.join(draw(st.lists(scalars(), max_size=2, unique=True)))}]")
    if draw(st.booleans()):
        pairs.append("previous: [{email: f@x.example, until: 2026-01-01}]")
    pairs = draw(st.permutations(pairs))
    gap = draw(st.sampled_from([", ", ",", f",\n{dash}    ", f" ,\n{dash}   # ~ between\n{dash}   "]))
    return f"{dash}- {{{draw(st.sampled_from(['', ' ']))}{gap.join(pairs)}}}{draw(comments())}"


@st.composite
def files(draw: st.DrawFn) -> str:
    """Draw a contact file."""
    dash = draw(st.sampled_from(["", "  ", "      "]))
    entries = [draw(st.one_of(blocks(n, dash), blocks(n, dash), flows(n, dash))) for n in range(draw(st.integers(1, 4)))]
    between = draw(st.sampled_from(["\n", "\n\n", f"\n{dash}# ~ next: - {{\n", "\n# ~ - name: nobody\n\n"]))
    before = draw(st.sampled_from(["", "# ~ mine\n", "---\n", "x-old: &a {k: v}\nx-more: *a\n", "%YAML 1.1\n---\n"]))
    after = draw(st.sampled_from(["", "\n", "\n\n# ~ the end", "\nafter: [1, 2]\n", "\n...\n", "\n# ~ tail\nz:\n- name: no entry\n"]))
    text = f"{before}contacts:{draw(comments())}\n{between.join(entries)}{after}"
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return draw(st.sampled_from(["", "\ufeff"])) + text
