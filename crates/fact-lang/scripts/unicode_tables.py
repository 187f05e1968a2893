"""Writes src/pytext/tables.rs: the character properties of CPython 3.11 (Unicode 14.0).

Run with CPython 3.11:  python3.11 scripts/unicode_tables.py > src/pytext/tables.rs
"""

import textwrap
import unicodedata

assert unicodedata.unidata_version == "14.0.0", unicodedata.unidata_version

CHARS = [chr(i) for i in range(0x110000) if not 0xD800 <= i < 0xE000]


def boundaries(predicate):
    """The code points where the predicate changes, starting from false."""
    out, state = [], False
    for i in range(0x110000):
        now = predicate(chr(i))
        if now != state:
            out.append(i)
            state = now
    if state:
        out.append(0x110000)
    return out


def emit(name, doc, kind, items):
    body = textwrap.fill(", ".join(items), 98, initial_indent="    ", subsequent_indent="    ")
    print(f"\n/// {doc}\n#[rustfmt::skip]\npub(super) const {name}: &[{kind}] = &[\n{body},\n];")


def quoted(text):
    return '"' + "".join(f"\\u{{{ord(c):x}}}" for c in text) + '"'


def pairs(mapping):
    return [f"({ord(c):#x},{quoted(t)})" for c, t in mapping]


print("//! Character properties of CPython 3.11 (Unicode 14.0), written by `scripts/unicode_tables.py`.")
for name, method in [
    ("PRINTABLE", str.isprintable),
    ("ALPHA", str.isalpha),
    ("NUMERIC", str.isnumeric),
    ("DIGIT", str.isdigit),
]:
    doc = f"`str.{method.__name__}` of one character: code points where it changes, from false."
    emit(name, doc, "u32", [f"{b:#x}" for b in boundaries(method)])
zeros = [c for c in CHARS if c.isdecimal() and unicodedata.decimal(c) == 0]
assert all(
    c.isdecimal() == any(0 <= ord(c) - ord(z) <= 9 for z in zeros) for c in CHARS
)
emit("ZEROS", "The zero of each run of ten decimal digits.", "u32", [f"{ord(z):#x}" for z in zeros])
titlecase = [c for c in CHARS if unicodedata.category(c) == "Lt"]
emit("TITLECASE", "Characters that are in title case.", "u32", [f"{ord(c):#x}" for c in titlecase])
emit(
    "TO_TITLE",
    "`str.title` of one character where it is not its `str.upper`.",
    "(u32, &str)",
    pairs((c, c.title()) for c in CHARS if c.title() != c.upper()),
)
emit(
    "FOLD",
    "`str.casefold` of one character where it is not its `str.lower`.",
    "(u32, &str)",
    pairs((c, c.casefold()) for c in CHARS if c.casefold() != c.lower()),
)
