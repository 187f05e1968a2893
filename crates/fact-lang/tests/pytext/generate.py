"""Writes cases.jsonl beside this script: results of CPython 3.11 that pytext must reproduce.

Run with CPython 3.11:  python3.11 generate.py
A line is [operation, arguments..., result]; an exception is {"raise": class, "message": text}.
Integers travel as decimal text, floats as their repr.
"""

import itertools
import json
import pathlib
import random

RANDOM = random.Random(3)
LINES = []


def case(operation, function, *args):
    try:
        result = function()
    except Exception as error:
        message = error.args[0] if len(error.args) == 1 else str(error)
        result = {"raise": type(error).__name__, "message": message}
    LINES.append([operation, *args, result])


def text(x):
    return float.__repr__(x) if isinstance(x, float) else str(x)


FLOATS = [0.0, -0.0, 1.0, 0.1, -1.5, 2.5, 0.5, 1e16, 1e15, 123456.789, -1e-5, 1e22, 5e-324,
          1.7976931348623157e308, 1 / 3, 2 / 3, 9.995, 99.5, 1e-4, 12345678.9, float("inf"),
          float("-inf"), float("nan"), 0.045, 1e100, 999999.5, 0.00001234]
INTS = [0, 1, -1, 7, 42, -255, 1000, 1234567, -9876543210, 10**20, 97, 65536]
STRS = ["", "a", "héllo", "cat dog", "日本語", "😀"]

ALIGNS = ["", "<", ">", "^", "=", "*<", "0>", "é^", "x="]
SIGNS = ["", "+", " ", "-"]
SHARPS = ["", "#", "0", "#0", "z"]
WIDTHS = ["", "5", "12"]
GROUPS = ["", ",", "_"]


def specs(precisions, kinds):
    whole = itertools.product(ALIGNS, SIGNS, SHARPS, WIDTHS, GROUPS, precisions, kinds)
    return ["".join(parts) for parts in whole]


FLOAT_SPECS = specs(["", ".0", ".1", ".3", ".17"], ["", "e", "E", "f", "F", "g", "G", "n", "%", "d"])
INT_SPECS = specs(["", ".2"], ["", "b", "c", "d", "o", "x", "X", "n", "f", "e", "%", "s"])
STR_SPECS = specs(["", ".0", ".2"], ["", "s", "d", "q", "\x01"])
BROKEN = ["zz", ".", "<<<<", ",_", "_,", ",,", "99999999999999999999", ".99999999999999999999",
          "10.", "a", "5d5", "é", "٣", "+-", "{}", " ", "08", "-08", "=+08"]

for spec in RANDOM.sample(FLOAT_SPECS, 900) + BROKEN:
    x = RANDOM.choice(FLOATS)
    case("format_float", lambda: format(x, spec), text(x), spec)
for spec in RANDOM.sample(INT_SPECS, 600) + BROKEN:
    n = RANDOM.choice(INTS)
    case("format_int", lambda: format(n, spec), text(n), spec)
for spec in RANDOM.sample(STR_SPECS, 250) + BROKEN:
    s = RANDOM.choice(STRS)
    case("format_str", lambda: format(s, spec), s, spec)
for spec in ["", "d", "5", "s", ">6", "05", "b", ".1f", "x"]:
    case("format_bool", lambda: format(True, spec), True, spec)

for x in FLOATS:
    case("float_repr", lambda: repr(x), text(x))
for _ in range(300):
    x = RANDOM.choice([RANDOM.uniform(-10, 10), RANDOM.uniform(-1e6, 1e6), RANDOM.random() * 10.0 ** RANDOM.randint(-30, 30)])
    n = RANDOM.randint(-6, 18)
    case("float_repr", lambda: repr(x), text(x))
    case("round", lambda: text(round(x, n)), text(x), n)
for x in [0.5, 1.5, 2.5, -0.5, 2.675, 1.005, 0.125, 15.0, 25.0, 50.0, 150.0, 60.0, 5e-324, 1.7e308, 0.0, 1e22]:
    for n in [-400, -309, -308, -3, -2, -1, 0, 1, 2, 22, 323, 324]:
        case("round", lambda: text(round(x, n)), text(x), n)
for n in INTS + [5, 15, 25, 150, 250, -15, -25, 10**30 + 5 * 10**9]:
    for k in [-40, -10, -2, -1, 0, 3]:
        case("round_int", lambda: text(round(n, k)), text(n), k)

for s in ["0", "-12", "+7", " 42\n", "4_2", "4__2", "_4", "4_", "", " ", "abc", "1.5", "0x1f", "٣٤", "- 1", "--1",
          "1e5", "½", "²", "00", "010", "0b11", "0o17", "0_0", "0x_f", "zz", "1" * 30, "9" * 4300, "9" * 4301,
          "x" * 300, "it's", "\x1c7\x1f", "\u00a07", "\u200b7", "1\0", "0x", "+", "-0", "0XFF", "-0b1"]:
    for base in [10, 0, 16, 2, 36, 1, 37, -2]:
        if base == 10 or len(s) < 40:
            case("parse_int", lambda: text(int(s, base)), s, base)
for s in ["1", "1.", ".5", "-1.5e3", "1e400", "-1e400", "inf", "-Infinity", "nan", "+NaN", "1_0.5_0", "1__0", "_1",
          "1_", "1_.5", "1._5", "1e1_0", "", " ", " 3.5\n", "0x1p3", "1e", "e5", ".", "1.5.2", "--1", "infin", "1d5",
          "٣.٥", "1,5", "it's", "1e-400", "0.1e-1", "+.5", "1 2", "-", "nanx", "in f"]:
    case("parse_float", lambda: text(float(s)), s)

NUMBERS = [0.0, -0.0, 1.0, -1.0, 7.5, -7.5, 2.0, -2.0, 0.1, -0.3, 1e20, 1e-20, float("inf"), float("-inf"), float("nan")]
for a in NUMBERS:
    for b in NUMBERS:
        case("float_div", lambda: text(a // b), text(a), text(b))
        case("float_mod", lambda: text(a % b), text(a), text(b))
BIG = INTS + [10**30, -(10**30) + 7, 2**53 + 1, 2**64 - 1, 10**309, 3]
for a in BIG:
    for b in [1, -1, 3, -7, 0, 10**20, -(10**31), 2**53 + 1, 10**309]:
        case("int_div", lambda: text(a // b), text(a), text(b))
        if b:
            case("int_mod", lambda: text(a % b), text(a), text(b))
        case("true_div", lambda: text(a / b), text(a), text(b))

for s in ["", "a", "it's", 'say "x"', "'\"", "\\", "\n\r\t", "\0\x1f\x7f\x80", "é\xa0\xad", "\u200b\u2028日", "😀\U000e0001", "\ufeff"]:
    case("repr", lambda: repr(s), s)
    case("ascii", lambda: ascii(s), s)

WORDS = ["", " ", "a", "A", "aB c", "They're 3rd-RATE", "ǆ ǅ Ǆ", "ß ﬁ", "ΑΣ ΑΣΑ", "İı", "1²½三", "٣", "\x1c\x85", "Hello World",
         "HELLO", "hello", "ŉ", "ΐ", "Ⅷ ⅷ", "ⓐ", "ª", "_x1", "é", "中文", "ẞ", "Ꭰ ꭰ", "a\u0301b"]
METHODS = ["lower", "upper", "title", "capitalize", "swapcase", "casefold", "isalpha", "isdigit", "isdecimal", "isnumeric",
           "isalnum", "isspace", "isupper", "islower", "istitle", "isprintable", "isidentifier", "isascii"]
for s in WORDS:
    for method in METHODS:
        if method == "isidentifier" and "\u0301" in s:
            continue  # combining marks are refused, see case::is_identifier
        case(method, lambda: getattr(s, method)(), s)

TEMPLATES = ["}", "{", "{}{", "{!}", "{!r", "{!rx}", "{!x}", "{0!r:>5}", "{:{}}", "{:{:{}}}", "{0}{}", "{}{0}", "{0[a}", "{0.}",
             "{0[]}", "{0[0]x}", "a}b", "{{}}", "{:}}", "{0[{]}", "{99999999999999999999}", "{:{{}}}", "{:{{}", "{:", "{!",
             "{0!}", "{0", "{0:{1}", "{:>{}}{}", "}}{{", "{!é}", "{a{b}}", "x{}y{{z}}{}", "{!r:}", "{:5}|{:<5}|{:^5}", "{}", "é{}",
             "{0}{1}{0}", "{5}", "{:d}", "{!s:>{}}", "{٣}", "{0!s:{1}>{2}}", "{]}", "{[}", "{0[0]]}"]
for template in TEMPLATES:
    case("template", lambda: template.format("ab", "5", "7", "9"), template, ["ab", "5", "7", "9"])

PERCENT = [("%d", 3.7), ("%d", -3.7), ("%d", "a"), ("%x", 1.5), ("%x", "a"), ("%o", 8), ("%#x", 255), ("%#o", 8), ("%#X", 255),
           ("%", 1), ("%y", 1), ("%é", 1), ("%c", 65), ("%c", "ab"), ("%c", "é"), ("%c", 1.0), ("%c", -1), ("%c", 10**30),
           ("%(a)s", 1), ("%05d", -3), ("%+d", 3), ("% d", 3), ("%-5d|", 3), ("%.3d", 5), ("%5.3d|", 5), ("%05.3d|", 5),
           ("%f", "a"), ("%f", 1), ("%e", 1e10), ("%E", 1e10), ("%g", 1e10), ("%G", 1e-10), ("%#g", 1.0), ("%#.0f", 1.0),
           ("%5%", 1), ("%-5s|", "a"), ("%5s|", "b"), ("%.1s", "cd"), ("%ld", 1), ("%lld", 1), ("%.99999999999d", 1),
           ("%99999999999999999999d", 1), ("%.99999999999999999999d", 1), ("%.3000000000f", 1.0),
           ("%d", float("inf")), ("%d", float("nan")), ("%f", float("nan")), ("%05f", float("-inf")), ("%08x", -255),
           ("%#08x", -255), ("%-#8x|", 255), ("%+s", "a"), ("%05s", "a"), ("%+x", 10), ("%5c|", 65), ("%-5c|", "b"),
           ("%.0f", 0.5), ("%.0f", 1.5), ("%#.3x", 5), ("%.10x", 255), ("%5", 1), ("%.", 1), ("%l", 1), ("%\n", 1), ("%b", 1),
           ("%-05d|", 3), ("%+ d", 3), ("%.f", 1.5), ("%10.f|", 1.5), ("%F", float("inf")), ("%i", "5"), ("%d", 10**20),
           ("%f", 10**400), ("%#5o|", 8), ("100%% %d", 5), ("%u", 5), ("%hd", 5), ("%08.3f", -3.14159), ("%+.2e", 12345.678),
           ("%5.1f%%", 99.55), ("%s%", "a"), ("%d and %y", 1)]
for template, arg in PERCENT:
    kind = type(arg).__name__
    case("percent", lambda: template % (arg,), template, kind, text(arg) if kind != "str" else arg)

path = pathlib.Path(__file__).with_name("cases.jsonl")
path.write_text("".join(json.dumps(line, ensure_ascii=True) + "\n" for line in LINES))
