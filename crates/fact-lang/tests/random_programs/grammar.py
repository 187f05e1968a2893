"""Typed expressions for the random programs: one table, from a type to templates.

`<int>` stands for an expression of type int, and so on. `<x.ilist>` binds a fresh name (`@x`) over
the elements of an expression of that type; `<body:int>` and later placeholders then see it.
Types: int float str bool ilist (of int) slist (of str) flist dict (str to int) idict (int to str)
set (of int) sset (of str) tup (of int) plist (of (str, int) pairs) nlist (of lists of int) none.
Sets are only looked at in ways that do not tell their order, which differs by design.
"""

LITERALS = {
    "int": ["0", "1", "2", "3", "7", "10", "-1", "-5", "255", "1000", "(10**18)", "(2**63)", "(-2**64)", "True", "123456789012345678901234567890"],
    "float": ["0.0", "1.0", "0.5", "-2.5", "3.14159", "1e16", "1e-7", "0.1", "100.0", "2.675", "-0.0", "1e22", "123456.789"],
    "str": ["''", "'a'", "'b'", "'cup'", "'red cup'", "'Hello, World'", "'a,b,,c'", "'  pad '", "'12'", "'3.5'", "'-7'", "'ß'", "'é'", "'x\\ny'", "\"it's\"", "'ABC'", "'aXbXc'", "'two 2 four 4'", "'\\t'", "'日本'"],
    "bool": ["True", "False"],
    "ilist": ["[]", "[1]", "[3, 1, 2]", "[5, 5, 1, 0]", "[0, -1, 4, 2, 9]", "list(range(6))", "[True, 2]"],
    "slist": ["[]", "['a']", "['cup', 'dog', 'cat']", "['b', 'A', 'a', 'B']", "['x', 'yy', 'zzz', '']"],
    "flist": ["[]", "[1.5]", "[0.1, 0.2, 0.3]", "[2.0, -1.5, 3.25]", "[1, 2.5]"],
    "dict": ["{}", "{'a': 1}", "{'a': 1, 'b': 2, 'cup': 3}", "{'x': 0, 'cup': 5}", "dict(a=2, z=9)"],
    "idict": ["{}", "{1: 'one'}", "{1: 'a', 2: 'b', 0: 'z'}", "{i: str(i) for i in range(4)}"],
    "set": ["set()", "{1, 2}", "{3, 1, 5}", "{0, -1}"],
    "sset": ["set()", "{'a'}", "{'a', 'cup'}"],
    "tup": ["()", "(1,)", "(1, 2)", "(3, 1, 2)", "(0, 0, 5, 7)"],
    "plist": ["[]", "[('a', 1)]", "[('b', 2), ('a', 2), ('c', 1)]", "[('cup', 3), ('dog', 3), ('cat', 0)]"],
    "nlist": ["[]", "[[1]]", "[[1, 2], [3]]", "[[], [4, 0], [2]]", "[[0] * 2 for _ in range(3)]"],
    "none": ["None"],
}

# How to look at a value of each type without telling the order of a set.
SHOW = {t: "%s" for t in LITERALS} | {"set": "sorted(%s, key=str)", "sset": "sorted(%s, key=str)"}

ELEMENT = {"ilist": "int", "slist": "str", "flist": "float", "tup": "int", "dict": "str", "idict": "int", "nlist": "ilist", "str": "str"}

# Bound over these: element type in scope under the fresh name.
RULES = {
    "int": [
        "(<int> + <int>)", "(<int> - <int>)", "(<int> * <int>)", "(<int> // <int>)", "(<int> % <int>)",
        "(<int> ** (<int> % 5))", "(<int> & <int>)", "(<int> | <int>)", "(<int> ^ <int>)",
        "(<int> << (<int> % 70))", "(<int> >> (<int> % 70))", "(-<int>)", "(~<int>)", "(+<int>)",
        "len(<str>)", "len(<ilist>)", "len(<dict>)", "len(<set>)", "len(<tup>)", "len(<plist>)",
        "<ilist>[<int>]", "<ilist>[-1]", "<ilist>[0]", "<tup>[<int>]", "<nlist>[<int>][0]", "<dict>[<str>]",
        "<dict>.get(<str>, <int>)", "<dict>.pop(<str>)", "<dict>.pop(<str>, <int>)", "<dict>.setdefault(<str>, <int>)",
        "<ilist>.pop()", "<ilist>.pop(<int>)", "<ilist>.index(<int>)", "<ilist>.count(<int>)", "<slist>.index(<str>)",
        "<str>.find(<str>)", "<str>.rfind(<str>)", "<str>.index(<str>)", "<str>.count(<str>)", "<str>.find(<str>, <int>)",
        "<str>.find(<str>, <int>, <int>)", "<str>.rindex(<str>)", "<tup>.count(<int>)", "<tup>.index(<int>)",
        "sum(<ilist>)", "sum(<tup>, <int>)", "max(<ilist>)", "min(<ilist>)", "max(<int>, <int>)", "min(<int>, <int>, <int>)",
        "max(<ilist>, default=<int>)", "min(<set>)", "max(<slist>, key=len).count('a')", "abs(<int>)", "int(<float>)", "int(<str>)", "int(<bool>)",
        "int(<str>, <int>)", "round(<float>)", "round(<int>, -1)", "ord(<str>)", "divmod(<int>, <int>)[1]", "pow(<int>, <int> % 9, <int>)",
        "(<int> if <bool> else <int>)", "(<int> or <int>)", "(<int> and <int>)", "next(iter(<ilist>))", "next(iter(<ilist>), <int>)",
        "sum(1 for @x in <x.ilist> if <bool>)", "sum(<int> for @x in <x.ilist>)", "max((<int> for @x in <x.tup>), default=0)",
        "sum(len(@x) for @x in <x.nlist>)", "next((@x for @x in <x.ilist> if <bool>), <int>)",
        "(lambda @x: <int:x=int>)(<int>)", "(lambda @x, y=<int>: <int:x=int> + y)(<int>)", "math.floor(<float>)", "math.ceil(<float>)",
        "math.gcd(<int>, <int>)", "math.factorial(<int> % 20)", "math.trunc(<float>)", "math.isqrt(<int>)", "math.prod(<ilist>)", "math.comb(<int>, <int> % 9)",
        "functools.reduce(lambda a, b: a * 2 + b, <ilist>)", "functools.reduce(lambda a, b: a - b, <ilist>, <int>)",
        "collections.Counter(<slist>)[<str>]", "collections.Counter(<str>).most_common(1)[0][1]", "statistics.median_low(<ilist>)",
        "statistics.mode(<ilist>)", "len(re.findall(r'[a-z]+', <str>))", "int(re.search(r'\\d+', <str>).group())",
        "patch.count(<str>)", "helper(<int>)", "helper(<int>, b=<int>)", "len(list(zip(<ilist>, <slist>)))",
        "[<int>, <int>][<bool>]", "(@x := <int>)", "len(<str>.split(<str>))", "len(set(<str>))", "bin(<int>).count('1')",
        "<int>.bit_length()", "sorted(<ilist>)[<int>]", "sorted(<ilist>, reverse=<bool>)[0]", "len({*<ilist>, *<tup>})", "len({**<dict>, **<dict>})",
        "isinstance(<int>, int) + <int>", "sum(map(len, <slist>))", "sum(<set>)", "len(<set> - <set>)", "len(<sset> & <sset>)",
    ],
    "float": [
        "(<float> + <float>)", "(<float> - <float>)", "(<float> * <float>)", "(<float> / <float>)", "(<int> / <int>)", "(<float> // <float>)",
        "(<float> % <float>)", "(<float> + <int>)", "(<int> * <float>)", "(-<float>)", "abs(<float>)", "round(<float>, 2)", "round(<float>, <int>)", "round(<int> / 3, 3)",
        "float(<int>)", "float(<str>)", "max(<flist>)", "min(<float>, <float>)", "sum(<flist>)", "<flist>[<int>]", "math.sqrt(<float>)", "math.hypot(<float>, <float>)",
        "math.dist(<tup>, <tup>)", "math.fabs(<float>)", "statistics.mean(<ilist>)", "statistics.mean(<flist>)", "statistics.median(<flist>)", "math.copysign(<float>, <float>)",
        "(<float> ** 2)", "(<int> ** -2)", "patch.score(<str>)", "(<float> if <bool> else <float>)", "math.fsum(<flist>)", "math.log10(<float>)", "math.fmod(<float>, <float>)",
        "statistics.pstdev(<ilist>)", "statistics.stdev(<flist>)", "sum(<ilist>) / len(<ilist>)", "divmod(<float>, <float>)[0]", "math.radians(<float>)", "math.pi", "(<float> ** <int>)",
    ],
    "str": [
        "(<str> + <str>)", "(<str> * (<int> % 4))", "str(<int>)", "str(<float>)", "str(<ilist>)", "str(<dict>)", "repr(<str>)", "repr(<slist>)", "str(<bool>)", "str(<tup>)", "str(<plist>)",
        "<str>.lower()", "<str>.upper()", "<str>.title()", "<str>.capitalize()", "<str>.strip()", "<str>.lstrip()", "<str>.rstrip(<str>)", "<str>.strip(<str>)", "<str>.swapcase()", "<str>.casefold()",
        "<str>.replace(<str>, <str>)", "<str>.replace(<str>, <str>, <int>)", "<str>.join(<slist>)", "<str>.zfill(<int> % 12)", "<str>.ljust(<int> % 12)", "<str>.rjust(<int> % 12, '*')", "<str>.center(<int> % 12)",
        "<str>[<int>]", "<str>[<int>:<int>]", "<str>[::-1]", "<str>[<int>::<int>]", "<str>[:<int>]", "<slist>[<int>]", "<slist>.pop()", "<str>.split()[<int>]", "<str>.partition(<str>)[<int>]", "<str>.rpartition(<str>)[0]",
        "<idict>[<int>]", "<idict>.get(<int>, <str>)", "<plist>[<int>][0]", "chr(<int> % 300 + 32)", "max(<slist>)", "min(<slist>, key=len)", "max(<plist>, key=lambda p: p[1])[0]", "max(<dict>, key=<dict>.get)",
        "f'{<int>}'", "f'{<float>:.2f}|{<str>!r}'", "f'{<str>:>{<int> % 9}}'", "f'{<int><spec.int>}'", "f'{<float><spec.float>}'", "f'{<str><spec.str>}'", "f'{<int>=}'", "f'{<ilist>} {<dict>}'", "f'{<str>!s:^9}'",
        "'{} {}'.format(<int>, <str>)", "'{0}{1!r}{0}'.format(<str>, <str>)", "'{a:>5}'.format(a=<int>)", "'{:<spec1.float>}'.format(<float>)", "'{0[0]}'.format(<ilist>)", "'{x[a]}'.format(x=<dict>)",
        "('%d-%s' % (<int>, <str>))", "('%5.1f|%r' % (<float>, <str>))", "('%s' % <ilist>)", "('%x %o %e' % (<int>, <int>, <float>))", "('%(a)s' % <dict>)", "('%-5d|%+d' % (<int>, <int>))", "('%05.1f%%' % <float>)",
        "patch.ask(<str>)", "(<str> if <bool> else <str>)", "(<str> or <str>)", "''.join(sorted(<str>))", "''.join(reversed(<str>))", "','.join(str(@x) for @x in <x.ilist>)", "' '.join(@x.upper() for @x in <x.slist> if <bool>)",
        "re.sub(r'[aeiou]', '*', <str>)", "re.sub(r'(\\w)(\\w)', r'\\2\\1', <str>)", "re.split(r'[,\\s]+', <str>)[0]", "string.ascii_lowercase[<int>]", "type(<int>).__name__", "type(<float>).__name__", "bin(<int>)", "hex(<int>)", "oct(<int>)",
        "(lambda @x: <str:x=str>)(<str>)", "'-'.join(map(str, <ilist>))", "next((@x for @x in <x.slist> if <bool>), 'none')", "<str>.removeprefix(<str>)", "<str>.removesuffix(<str>)", "str(<nlist>)", "str(<idict>)", "str(<none>)", "<str>.expandtabs()",
        "str(collections.Counter(<slist>))", "str(collections.OrderedDict(<plist>))", "format(<float>, '.3f')", "format(<int>, ',')", "str(collections.deque(<ilist>, maxlen=3))", "ascii(<str>)", "str(range(<int> % 99, <int> % 99))", "str(slice(<int>, None))",
    ],
    "bool": [
        "(<int> < <int>)", "(<int> <= <float>)", "(<int> == <float>)", "(<int> != <int>)", "(<int> < <int> <= <int>)", "(<str> < <str>)", "(<str> == <str>)", "(<str> in <str>)", "(<str> in <slist>)", "(<str> not in <dict>)", "(<int> in <ilist>)", "(<int> in <set>)",
        "(<int> in range(<int> % 1000))", "(<ilist> < <ilist>)", "(<tup> == <tup>)", "(<dict> == <dict>)", "(<set> <= <set>)", "(<set> == <set>)", "<set>.issubset(<ilist>)", "<set>.isdisjoint(<set>)", "<sset>.issuperset(<slist>)", "(<plist> > <plist>)", "(<none> is None)", "(<str> is not None)",
        "(not <bool>)", "(not <ilist>)", "(<bool> and <bool>)", "(<bool> or <bool>)", "bool(<str>)", "bool(<float>)", "any(<ilist>)", "all(<slist>)", "any(<bool> for @x in <x.ilist>)", "all(@x > <int> for @x in <x.tup>)", "any(<bool> for @x in <x.slist>)",
        "<str>.startswith(<str>)", "<str>.endswith((<str>, <str>))", "<str>.isdigit()", "<str>.isalpha()", "<str>.isupper()", "<str>.islower()", "<str>.isspace()", "<str>.isalnum()", "<str>.istitle()", "<str>.isnumeric()", "<str>.isidentifier()", "isinstance(<int>, (int, str))", "isinstance(<float>, float)", "isinstance(<bool>, int)",
        "math.isclose(<float>, <float>)", "patch.check(<str>)", "(<float> > <float>)", "callable(len)", "(<bool> == <int>)", "(<bool> ^ <bool>)", "(<bool> & <bool>)", "(<idict>.get(<int>) is None)", "math.isnan(<float>)", "bool(re.match(r'\\w+', <str>))", "(<nlist> == <nlist>)", "<float>.is_integer()", "(<dict>.keys() == <dict>.keys())", "(<dict>.keys() <= <sset>)",
    ],
    "ilist": [
        "[<int>, <int>]", "[<int>]", "(<ilist> + <ilist>)", "(<ilist> * (<int> % 3))", "<ilist>[<int>:]", "<ilist>[:<int>]", "<ilist>[::-1]", "<ilist>[<int>:<int>:<int>]", "sorted(<ilist>)", "sorted(<ilist>, reverse=True)", "sorted(<set>, key=str)", "sorted(<ilist>, key=lambda v: -v)", "sorted(<tup>, key=abs)", "list(<tup>)", "list(range(<int> % 7))", "list(range(<int> % 9, <int> % 9, <int> % 7 - 3))",
        "[<int> for @x in <x.ilist>]", "[@x for @x in <x.ilist> if <bool>]", "[len(@x) for @x in <x.slist>]", "[<int> for @x in <x.tup> for y in <ilist>]", "[y for @x in <x.nlist> for y in @x]", "list(map(lambda @x: <int:x=int>, <ilist>))", "list(filter(lambda @x: <bool:x=int>, <ilist>))", "list(filter(None, <ilist>))", "[i for i, _ in enumerate(<slist>, <int>)]", "list(reversed(<ilist>))", "<ilist>.copy()",
        "list(<dict>.values())", "list(<idict>)", "[a for (a, b) in zip(<ilist>, <tup>)]", "[*<ilist>, *<tup>]", "list(itertools.accumulate(<ilist>))", "list(itertools.chain(<ilist>, <tup>))", "list(itertools.islice(<ilist>, <int>))", "list(itertools.takewhile(lambda @x: <bool:x=int>, <ilist>))", "list(itertools.dropwhile(lambda v: v > 1, <ilist>))", "[n for _, n in <plist>]", "(<ilist> or <ilist>)", "(<ilist> if <bool> else <ilist>)", "<nlist>[<int>]", "sum(<nlist>, [])", "[f() for f in [lambda: @x for @x in <x.ilist>]]", "[f() for f in [lambda @x=@x: @x for @x in <x.ilist>]]",
        "list(itertools.repeat(<int>, <int> % 4))", "list(itertools.starmap(lambda a, b: b, <plist>))", "[int(c) for c in <str> if c.isdigit()]", "list(collections.deque(<ilist>, maxlen=2))", "list(set(<ilist>) & <set>)[:0]", "statistics.multimode(<ilist>)", "list(itertools.compress(<ilist>, <ilist>))", "sorted(set(<ilist>) | <set>, key=str)", "sorted(<set> ^ <set>, key=str)", "sorted(<set>.union(<ilist>), key=str)", "list(divmod(<int>, <int>))", "[@x := <int>, @x]",
    ],
    "slist": [
        "[<str>, <str>]", "[<str>]", "<str>.split()", "<str>.split(<str>)", "<str>.split(',', <int>)", "<str>.rsplit(' ', 1)", "<str>.splitlines()", "list(<str>)", "sorted(<slist>)", "sorted(<slist>, key=str.lower)", "sorted(<slist>, key=len, reverse=True)", "sorted(<sset>, key=str)", "list(<dict>)", "list(<dict>.keys())", "list(<idict>.values())", "[<str> for @x in <x.slist>]", "[@x for @x in <x.slist> if <bool>]", "[str(@x) for @x in <x.ilist>]", "(<slist> + <slist>)", "<slist>[<int>:<int>]", "<slist>[::<int>]", "[s for s, _ in <plist>]", "sorted(<dict>, key=lambda k: <dict>.get(k, 0))", "re.findall(r'\\w+', <str>)", "re.split(r'(,)', <str>)", "list(map(str.upper, <slist>))", "list(dict.fromkeys(<slist>))", "[a + b for a, b in zip(<slist>, <str>)]", "[k for k, v in <dict>.items() if v > <int>]", "[''.join(p) for p in itertools.permutations(<str>[:3])]", "[str(k) for k, g in itertools.groupby(<ilist>)]", "(<slist> if <bool> else <slist>)", "list(<str>.partition(<str>))", "[f'{@x}:{<int>}' for @x in <x.ilist>]", "list(filter(str.isdigit, <str>))",
    ],
    "flist": ["[<float>, <float>]", "[@x / 2 for @x in <x.ilist>]", "sorted(<flist>)", "(<flist> + <flist>)", "<flist>[<int>:]", "list(map(float, <ilist>))", "[round(@x, 1) for @x in <x.flist>]", "[<float> for @x in <x.ilist>]", "list(itertools.accumulate(<flist>, max))"],
    "dict": ["{<str>: <int>, <str>: <int>}", "dict(<plist>)", "dict(zip(<slist>, <ilist>))", "{@x: <int> for @x in <x.slist>}", "{k: v for k, v in <dict>.items() if <bool>}", "{**<dict>, <str>: <int>}", "(<dict> | <dict>)", "<dict>.copy()", "dict(collections.Counter(<str>))", "dict(sorted(<dict>.items(), key=lambda kv: kv[1]))", "dict.fromkeys(<slist>, <int>)", "dict(<dict>, z=<int>)", "{c: i for i, c in enumerate(<str>)}", "dict(collections.Counter(<slist>) + collections.Counter(<slist>))", "(<dict> if <bool> else <dict>)"],
    "idict": ["{<int>: <str>}", "{@x: <str> for @x in <x.ilist>}", "dict(enumerate(<slist>))", "{v: k for k, v in <dict>.items()}", "(<idict> | <idict>)", "dict(zip(<ilist>, <str>))"],
    "set": ["{<int>, <int>}", "set(<ilist>)", "(<set> | <set>)", "(<set> & <set>)", "(<set> - <set>)", "(<set> ^ <set>)", "{<int> for @x in <x.ilist>}", "<set>.union(<tup>)", "<set>.difference(<ilist>)", "<set>.intersection(<ilist>)", "<set>.copy()", "<set>.symmetric_difference(<ilist>)"],
    "sset": ["{<str>, <str>}", "set(<slist>)", "set(<str>)", "(<sset> | <sset>)", "(<sset> - <sset>)", "{@x.lower() for @x in <x.slist>}", "set(<dict>)"],
    "tup": ["(<int>, <int>)", "(<int>,)", "tuple(<ilist>)", "(<tup> + <tup>)", "<tup>[<int>:]", "<tup>[::-1]", "(*<ilist>, <int>)", "tuple(<int> for @x in <x.ilist>)", "divmod(<int>, <int>)", "tuple(sorted(<tup>))", "(<tup> * (<int> % 3))"],
    "plist": ["[(<str>, <int>)]", "list(<dict>.items())", "list(zip(<slist>, <ilist>))", "sorted(<plist>)", "sorted(<plist>, key=lambda p: p[1])", "sorted(<plist>, key=lambda p: (-p[1], p[0]))", "sorted(<dict>.items(), key=lambda kv: kv[1], reverse=True)", "collections.Counter(<slist>).most_common()", "collections.Counter(<str>).most_common(2)", "[(s, i) for i, s in enumerate(<slist>)]", "(<plist> + <plist>)", "<plist>[<int>:]", "[(@x, <int>) for @x in <x.slist>]", "list(itertools.product(<slist>, <ilist>))[:5]", "[(k, len(list(g))) for k, g in itertools.groupby(<str>)]", "list(itertools.zip_longest(<slist>, <ilist>, fillvalue=0))"],
    "nlist": ["[<ilist>, <ilist>]", "[[<int>] * 2 for @x in <x.tup>]", "[<ilist> for @x in <x.ilist>]", "(<nlist> + <nlist>)", "sorted(<nlist>, key=len)", "sorted(<nlist>)", "[list(p) for p in itertools.combinations(<ilist>, 2)][:6]", "[list(r) for r in zip(*<nlist>)]", "<nlist>[::-1]", "[list(p) for p in itertools.pairwise(<ilist>)]", "[list(g) for _, g in itertools.groupby(sorted(<ilist>))]"],
    "none": ["<ilist>.append(<int>)", "print(<str>)", "<dict>.get(<str> + '?')", "<ilist>.sort()", "re.match('z', <str>)", "<ilist>.reverse()", "print(<int>, <float>, sep=<str>)", "print(<ilist>, end=<str>)", "print()"],
}

# Calls that must fail, or might: what they say is compared.
ODD = [
    "<str>.push(<int>)", "<ilist>.add(<int>)", "<dict>.append(1)", "<int>.foo", "<none>.lower()", "<ilist>.length", "len()", "len(<ilist>, 1)", "len(<int>)", "abs(<str>)", "abs()", "int()", "int(<ilist>)", "int('x')", "float('one')", "float(<ilist>)", "<int>()", "<str>()", "<int>[0]", "<none>[0]", "<str>[<str>]", "<ilist>[<str>]", "<tup>[<float>]", "<dict>[<ilist>]", "{<ilist>: 1}", "{<ilist>}",
    "<int> + <str>", "<str> + <int>", "<ilist> + <tup>", "<str> - <str>", "<str> * <str>", "<ilist> * <float>", "<none> + 1", "<str> < <int>", "<ilist> < <int>", "<none> > <int>", "<int> in <int>", "<int> in <str>", "-<str>", "~<float>", "+<ilist>", "<float> & 1", "<float> << 1", "1 << -1", "<dict> + <dict>", "<set> + <set>", "sorted(<int>)", "sorted([1, <str>])", "sorted(<ilist>, <int>)", "sorted()", "max()", "max([])", "max(<int>)", "min(1, <str>)", "sum(<slist>)", "sum(<str>)", "sum()", "sum(<slist>, '')", "next(<ilist>)", "next(iter([]))", "iter(<int>)", "range(<float>)", "range(1, 2, 0)", "range()", "list(<int>)", "set(<nlist>)", "tuple(<int>)", "dict(<ilist>)", "dict([(1, 2, 3)])", "dict(<slist>)", "enumerate()", "zip(<int>)", "map(len)", "list(map(len, <ilist>))", "filter(len)", "reversed(<int>)", "reversed(<set>)", "round(<str>)", "round(<float>, <str>)", "divmod(1, 0)", "divmod(<str>, 1)", "pow(2, -1, 0)", "pow(<str>, 2)", "chr(-1)", "chr(<str>)", "ord('ab')", "ord(<int>)", "isinstance(1, 2)", "isinstance(1)", "bool(1, 2)", "str(1, 2, 3, 4)", "print(sep=1)",
    "<str>.split('')", "<str>.split(1)", "<str>.join(<ilist>)", "<str>.join(<int>)", "<str>.replace(<str>)", "<str>.replace(1, 2)", "<str>.strip(1)", "<str>.startswith(1)", "<str>.startswith(['a'])", "<str>.lower(1)", "<str>.find()", "<str>.find(1)", "<str>.count()", "<str>.format()", "'{}'.format()", "'{a}'.format(1)", "'{0.foo}'.format(1)", "'{'.format(1)", "'{:d}'.format(<str>)", "'{:s}'.format(<int>)", "'{:q}'.format(<int>)", "'{!x}'.format(1)", "'{1} {}'.format(1)", "f'{<str>:d}'", "f'{<int>:s}'", "f'{<ilist>:5}'", "'%d' % <str>", "'%d %d' % 1", "'%s' % (1, 2)", "'%z' % 1", "'%(a)d' % 1", "'%c' % <int>", "'%c' % <str>", "<str>.zfill(<str>)", "<str>.center()", "<str>.ljust(5, 'ab')", "<str>.index('zzz')", "<str>.partition('')", "<ilist>.pop('a')", "<ilist>.pop(99)", "[].pop()", "<ilist>.append()", "<ilist>.append(1, 2)", "<ilist>.extend(<int>)", "<ilist>.extend()", "<ilist>.insert(1)", "<ilist>.insert('a', 1)", "<ilist>.remove(<str>)", "<ilist>.remove()", "<ilist>.index(<str>)", "<ilist>.index()", "<ilist>.count()", "<ilist>.sort(1)", "<ilist>.sort(foo=1)", "<ilist>.sort(key=1)", "<ilist>.sort(key=len)", "<ilist>.reverse(1)", "<ilist>.copy(1)", "<ilist>.clear(1)",
    "<dict>.get()", "<dict>.get(1, 2, 3)", "<dict>.get([])", "<dict>.pop()", "<dict>.pop('zz')", "<dict>.pop([], 1)", "<dict>.update(<int>)", "<dict>.update([1])", "<dict>.setdefault()", "<dict>.items(1)", "<dict>.keys()[0]", "<dict>.values()[0]", "<dict>.popitem(1)", "{}.popitem()", "<dict>.has_key('a')", "dict.fromkeys()", "dict.fromkeys(1)", "<set>.add()", "<set>.add([])", "<set>.remove(99)", "<set>.remove([])", "<set>.discard([])", "set().pop()", "<set>.union(1)", "<set>.update(1)", "<set> | [1]", "<set>[0]", "<set> < 1", "<tup>.append(1)", "<tup>.index(99)", "<tup>.count()", "helper()", "helper(1, 2, 3)", "helper(b=1)", "helper(1, c=2)", "helper(1, a=2)", "(lambda: 1)(2)", "(lambda a, b: 1)(2)", "(lambda a, b=2: 1)()", "undefined_name", "math.foo", "math.sqrt(-1)", "math.sqrt('a')", "math.sqrt()", "math.log(0)", "math.floor('a')", "math.factorial(-1)", "math.factorial(1.5)", "math.gcd(1.5)", "math.acos(2)", "math.exp(1000)", "math.isqrt(-1)", "math.comb(-1, 2)", "math.dist((1,), (1, 2))", "math.pow(0, -1)", "math.ceil(None)", "re.match('(', 'a')", "re.search(1, 'a')", "re.search('a', 1)", "re.match('a', 'b').group()", "re.sub('a', 1, 'a')", "statistics.mean([])", "statistics.median([])", "statistics.mode([])", "statistics.stdev([1])", "statistics.mean(<slist>)", "collections.Counter(<int>)", "collections.Counter().most_common('a')", "collections.defaultdict(1)", "collections.defaultdict(list)[[]]", "collections.deque(1)", "collections.deque().pop()", "collections.deque().popleft()", "collections.deque([1])[5]", "collections.deque([1], maxlen=-1)", "functools.reduce(len, [])", "functools.reduce(lambda a: a, [1, 2])", "functools.partial()", "list(itertools.islice([1], -1))", "list(itertools.combinations([1]))", "itertools.chain(1)", "list(itertools.product(1))", "list(itertools.permutations([1], -1))", "next(itertools.count('a'))", "string.foo", "1 / 0", "1 // 0", "1 % 0", "1.0 / 0", "1.0 // 0", "1.0 % 0", "0 ** -1", "0.0 ** -1", "10.0 ** 400", "int(1e400)", "int(float('nan'))", "round(float('inf'))", "2.0 ** 1e10", "1e308 * 10", "int('1' * 5000)", "'a' * <float>", "[1, 2][<float>]", "(1, 2, 3)[<str>]", "'abc'[10]", "range(3)[5]", "range(3)['a']", "slice(1)[0]", "[].index(1, 2, 3, 4)", "type(1, 2)", "type()", "repr()", "str.lower()", "str.lower(1)", "list.append([])", "list.append(1, 2)", "dict.get({})", "int.foo", "str.join(',', 1)", "all(1)", "any()", "all(<ilist>, 1)", "sorted(<plist>, key=1)", "min(<ilist>, key=1)", "max(1, 2, default=3)", "max(<ilist>, foo=1)", "zip([1], [1, 2], strict=True)", "list(zip([1], [1, 2], strict=True))", "callable()", "hex('a')", "bin(1.5)", "Exception()", "ValueError('a', 1).args", "str(KeyError('a'))", "str(KeyError())", "repr(ValueError('x', 2))", "ValueError(a=1)", "None()", "None < None", "True + None", "[] < ()", "{} < {}", "(1, 'a') < (1, 2)", "[1, [2]] < [1, 2]", "'a' 'b' % 1", "f'{1:{2}{3}}'", "(1).real", "(1.5).imag", "(5).numerator", "'a'.isascii()", "[1, 2, 3].__len__", "''.join", "print", "len", "iter([])", "print(end=1)", "bool.foo", "<str>.translate({97: 'b'})", "<str>.maketrans('a', 'b')", "sum([[1], [2]])", "sum([1], start=2)", "int(3, base=2)", "int('z', 36)", "int('12', 1)", "round(2.5)", "round(-1.5)", "round(1234.5, -2)", "round(10**20, -3)", "abs(-0.0)", "max('')", "max(<dict>)", "max('a', 'b', key=1)", "enumerate(<int>)", "enumerate([1], 'a')", "sorted({1: 2, 'a': 3})", "list(reversed(<dict>))", "[*<int>]", "{**<ilist>}", "(lambda **k: 1)", "helper(*<int>)", "helper(**<int>)", "helper(*[1, 2, 3, 4])", "helper(**{'a': 1, 'zz': 2})", "print(*<ilist>, sep='-')",
]

SPECS = {
    "int": ["", ":d", ":5", ":<5", ":^7", ":>7", ":05d", ":+d", ": d", ":,", ":_", ":x", ":#x", ":b", ":#o", ":X", ":c", ":e", ":.2f", ":%", ":g", ":*^9", ":=+8", ":010,d", ":n", ":s", ":.3d", ":zz", ":,s", ":#_b"],
    "float": ["", ":f", ":.0f", ":.1f", ":.3f", ":e", ":.2e", ":g", ":.3g", ":G", ":%", ":.1%", ":10.2f", ":<10.2f", ":+.1f", ": .1f", ":,.2f", ":_.1f", ":010.3f", ":^12", ":.5", ":#.3g", ":d", ":s", ":x", ":*>9.1f", ":n", ":z.1f", ":E"],
    "str": ["", ":s", ":5", ":<8", ":>8", ":^8", ":*^8", ":.2", ":8.3s", ":d", ":=5", ":+", ":05", ":-<6", ":,", ":#s", ":q"],
}
