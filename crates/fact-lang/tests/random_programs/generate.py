"""Random programs and what CPython 3.11 makes of them, one JSON object a line.

Run with CPython 3.11:  python3.11 generate.py --seed S --count N [--start I]
A line is {seed, index, source, outcome, output, tools} with repr for "returned", class and message
for "raised"; tools are the calls answered and requests the distinct
requests, both in order. Program (S, I) is the same on every machine.
What cannot be compared is left out, and the last line counts it: {"left_out": {reason: n}}.
"""

import argparse
import collections
import contextlib
import functools
import io
import itertools
import json
import math
import random
import re
import signal
import statistics
import string
import sys
import warnings

from grammar import ELEMENT, LITERALS, ODD, RULES, SHOW, SPECS

PLACEHOLDER = re.compile(r"<(?:(x)\.)?(spec1?\.)?([a-z]+)(?::x=([a-z]+))?>")
MISTYPED = 0.006  # of the expressions are of another type than asked for
STABLE = [t for t in LITERALS if t not in ("set", "sset")]


class Writer:
    """Draws one program."""

    def __init__(self, rng):
        self.rng = rng
        self.names = 0
        self.lines = []
        self.depth = 0
        self.loops = 0
        self.left = rng.randint(4, 16)

    def fresh(self, prefix):
        self.names += 1
        return f"{prefix}{self.names}"

    def line(self, text):
        self.lines.append("    " * self.depth + text)

    # Expressions

    def simple(self, kind, scope):
        """A name or a literal that may stand in an f-string."""
        names = [n for n, t in scope.items() if t == kind]
        if names and self.rng.random() < 0.8:
            return self.rng.choice(names)
        fit = [v for v in LITERALS[kind] if '"' not in v and "\\" not in v]
        return "(" + self.rng.choice(fit).replace("'", '"') + ")"

    def expr(self, kind, scope, depth):
        """An expression of (about) a type, over the names in scope."""
        if self.rng.random() < MISTYPED:
            kind = self.rng.choice(STABLE)
        names = [n for n, t in scope.items() if t == kind]
        roll = self.rng.random()
        if depth <= 0 or roll < 0.15:
            if names and roll < 0.7:
                return self.rng.choice(names)
            return self.rng.choice(LITERALS[kind])
        if names and roll < 0.45:
            return self.rng.choice(names)
        return self.fill(self.rng.choice(RULES.get(kind) or LITERALS[kind]), scope, depth - 1)

    def fill(self, template, scope, depth):
        """A template with its placeholders drawn."""
        name = self.fresh("x") if "@x" in template else None
        bound = re.search(r"<x\.([a-z]+)>", template)
        inner = scope | {name: ELEMENT[bound[1]]} if bound else scope
        quoted = template.startswith("f'")

        def draw(match):
            over, spec, kind, argument = match.groups()
            if spec:
                return self.rng.choice(SPECS[kind])[1 if spec == "spec1." else 0 :]
            if quoted:
                return self.simple(kind, scope)
            within = scope if over else inner
            if argument:
                within = scope | {name: argument}
            text = self.expr(kind, within, depth)
            follows = template[match.end() : match.end() + 1]
            return f"({text})" if follows == "." and text[:1] in "-0123456789T" else text

        text = PLACEHOLDER.sub(draw, template)
        return text.replace("@x", name) if name else text

    def any(self, scope, depth=2):
        kind = self.rng.choice(list(LITERALS))
        return SHOW[kind] % self.expr(kind, scope, depth)

    # Statements: each takes the names in scope, and may add to them.

    def block(self, scope, at_most=4):
        self.depth += 1
        before = len(self.lines)
        for _ in range(self.rng.randint(1, at_most)):
            self.statement(scope)
        if len(self.lines) == before:
            self.line("pass")
        self.depth -= 1

    def branch(self, scope):
        """A block that may not run: most of its names stay unknown, some are used all the same."""
        inner = dict(scope)
        self.block(inner, 3)
        for name, kind in inner.items():
            if self.rng.random() < 0.15:
                scope[name] = kind

    def statement(self, scope):
        self.left -= 1
        simple = [self.assign] * 8 + [self.augmented] * 3 + [self.mutate] * 6 + [self.show] * 4
        simple += [self.unpack] * 2 + [self.slice_store, self.delete, self.odd, self.odd, self.closure]
        simple += [self.check, self.call_closure, self.tool, self.capture]
        nested = [self.condition] * 3 + [self.loop] * 4 + [self.while_loop] + [self.attempt] * 3 + [self.define] * 2
        if self.depth < 4 and self.left > 0 and self.rng.random() < 0.4:
            self.rng.choice(nested)(scope)
        else:
            before = len(self.lines)
            self.rng.choice(simple)(scope)
            if len(self.lines) == before + 1 and self.rng.random() < 0.4:
                self.guarded(scope, self.lines.pop().strip())
        if self.loops and self.rng.random() < 0.06:
            self.line(f"if {self.expr('bool', scope, 1)}: {self.rng.choice(['break', 'continue'])}")
        elif self.rng.random() < 0.01:
            self.line(f"if {self.expr('bool', scope, 1)}: return {self.any(scope)}")

    def target(self, scope, kind):
        """A name of a type: one that is there, or a new one."""
        names = [n for n, t in scope.items() if t == kind and n[0] == "v"]
        return self.rng.choice(names) if names and self.rng.random() < 0.4 else self.fresh("v")

    def assign(self, scope):
        kind = self.rng.choice(list(LITERALS))
        value = self.expr(kind, scope, 3)
        name = self.target(scope, kind)
        if self.rng.random() < 0.1:
            other = self.target(scope, kind)
            self.line(f"{name} = {other} = {value}")
            scope[other] = kind
        elif self.rng.random() < 0.05:
            self.line(f"{name}: int = {value}")
        else:
            self.line(f"{name} = {value}")
        scope[name] = kind

    def pick(self, scope, *kinds):
        names = [(n, t) for n, t in scope.items() if t in kinds and n[0] == "v"]
        return self.rng.choice(names) if names else (None, None)

    def augmented(self, scope):
        ops = {"int": "+ - * // % & | ^", "float": "+ - * /", "str": "+", "ilist": "+", "slist": "+", "set": "| & - ^", "tup": "+", "dict": "|", "sset": "| -", "bool": "&"}
        name, kind = self.pick(scope, *ops)
        if name:
            self.line(f"{name} {self.rng.choice(ops[kind].split())}= {self.expr(kind, scope, 2)}")

    MUTATIONS = {
        "ilist": ["@.append(<int>)", "@.extend(<ilist>)", "@.insert(<int>, <int>)", "@.remove(<int>)", "@.sort(reverse=<bool>)", "@.sort(key=lambda v: -v)", "@.reverse()", "@[<int>] = <int>", "@.pop(<int>)", "@.clear()", "@ *= 2"],
        "slist": ["@.append(<str>)", "@.sort(key=len)", "@.sort()", "@[0] = <str>", "@.extend(<str>)", "@.remove(<str>)"],
        "dict": ["@[<str>] = <int>", "@.update(<dict>)", "@.update(a=<int>)", "@.pop(<str>, None)", "@.setdefault(<str>, <int>)", "@[<str>] += <int>", "@.popitem()", "@.clear()"],
        "idict": ["@[<int>] = <str>", "@.update(<idict>)", "@[<float>] = <str>", "@[<bool>] = <str>"],
        "set": ["@.add(<int>)", "@.update(<ilist>)", "@.discard(<int>)", "@.remove(<int>)", "@.intersection_update(<set>)", "@.difference_update(<ilist>)"],
        "sset": ["@.add(<str>)", "@.update(<slist>)", "@.discard(<str>)"],
        "nlist": ["@.append(<ilist>)", "@[<int>].append(<int>)", "@[0][0] = <int>", "@[0] += <ilist>", "@.sort(key=sum)"],
        "plist": ["@.append((<str>, <int>))", "@.sort(key=lambda p: p[1], reverse=True)", "@.sort()", "@[0] = ('q', <int>)"],
        "flist": ["@.append(<float>)", "@.sort()", "@[-1] /= <float>"],
        "tup": ["@[0] = <int>"],
        "str": ["@[0] = <str>"],
    }

    def mutate(self, scope):
        name, kind = self.pick(scope, *self.MUTATIONS)
        if name:
            self.line(self.fill(self.rng.choice(self.MUTATIONS[kind]), scope, 1).replace("@", name, 1))

    def show(self, scope):
        self.line(f"print({self.any(scope)}, {self.any(scope)})" if self.rng.random() < 0.5 else f"print({self.any(scope)})")

    def unpack(self, scope):
        a, b, c = (self.fresh("v") for _ in range(3))
        form = self.rng.choice(
            [
                (f"{a}, {b} = <int>, <int>", {a: "int", b: "int"}),
                (f"{a}, {b} = {b}, {a} = <tup>", {a: "int", b: "int"}),
                (f"{a}, *{b} = <ilist>", {a: "int", b: "ilist"}),
                (f"*{a}, {b} = <tup>", {a: "ilist", b: "int"}),
                (f"{a}, *{b}, {c} = <str>", {a: "str", b: "slist", c: "str"}),
                (f"({a}, {b}), {c} = <plist>[0], <int>", {a: "str", b: "int", c: "int"}),
                (f"[{a}, [{b}, *{c}]] = <str>, <ilist>", {a: "str", b: "int", c: "ilist"}),
                (f"{a}, {b} = <ilist>", {a: "int", b: "int"}),
                (f"{a}, {b}, {c} = sorted(<ilist>)[:3]", {a: "int", b: "int", c: "int"}),
                (f"{a}, {b} = <int>", {a: "int", b: "int"}),
            ]
        )
        self.line(self.fill(form[0], scope, 1))
        scope.update(form[1])

    def slice_store(self, scope):
        name, _ = self.pick(scope, "ilist")
        if name:
            form = ["[<int>:<int>] = <ilist>", "[::2] = <ilist>", "[:0] = <tup>", "[<int>:] = <int>", "[::-1] = <ilist>", "[:] = [<int> for @x in <x.ilist>]", "[<int>:<int>:<int>] = <ilist>"]
            self.line(name + self.fill(self.rng.choice(form), scope, 1))

    def delete(self, scope):
        name, kind = self.pick(scope, "ilist", "dict", "nlist", "int")
        if name:
            form = {"ilist": ["[<int>]", "[<int>:<int>]", "[::2]", "[-1]"], "dict": ["[<str>]"], "nlist": ["[0]", "[0][<int>]"], "int": [""]}
            self.line(f"del {name}" + self.fill(self.rng.choice(form[kind]), scope, 1))

    def odd(self, scope):
        self.guarded(scope, "print(" + self.fill(self.rng.choice(ODD), scope, 1) + ")")

    def guarded(self, scope, text):
        """Something that is likely to fail, so that the program goes on."""
        if self.rng.random() < 0.08:
            return self.line(text)
        error = self.fresh("e")
        self.line("try:")
        self.line(f"    {text}")
        self.line(f"except Exception as {error}:")
        self.line(f"    print(type({error}).__name__, {error})")

    def check(self, scope):
        kind = self.rng.choice(["assert <bool>, <str>", "assert <ilist>", "raise ValueError(<str>)", "raise KeyError(<str>)", "raise IndexError", "raise <int>", "raise RuntimeError(<int>, <str>)"])
        text = self.fill(kind, scope, 1)
        self.guarded(scope, text if self.rng.random() < 0.5 or text.startswith("assert") else f"if {self.expr('bool', scope, 1)}: {text}")

    def closure(self, scope):
        name, late = self.fresh("f"), self.pick(scope, "int")[0]
        self.line(f"{name} = lambda a=0, *, k=1: {self.expr('int', scope | {'a': 'int', 'k': 'int'}, 2)}")
        scope[name] = "function"
        if late:
            self.line(f"{late} = {self.expr('int', scope, 1)}")

    def call_closure(self, scope):
        names = [n for n, t in scope.items() if t == "function"]
        if names:
            args = self.rng.choice(["", "<int>", "<int>, k=<int>", "a=<int>", "*<ilist>", "<int>, <int>"])
            name = self.fresh("v")
            self.guarded(scope, f"{name} = {self.rng.choice(names)}({self.fill(args, scope, 1)}); print({name})")
            if self.rng.random() < 0.2:
                scope[name] = "int"

    def tool(self, scope):
        call = self.rng.choice(["ask", "count", "score", "check"])
        name = self.fresh("v")
        self.line(f"{name} = patch.{call}({self.expr('str', scope, 2)})")
        scope[name] = {"ask": "str", "count": "int", "score": "float", "check": "bool"}[call]

    def capture(self, scope):
        """Closures made in a loop; a generator that is drawn from in parts."""
        name, it = self.fresh("v"), self.fresh("x")
        form = self.rng.choice(
            [
                f"{name} = [g() for g in [(lambda: {it} + <int>) for {it} in <ilist>]]",
                f"{name} = ({it} * 2 for {it} in <ilist>); print(next({name}, None), list({name}), list({name})); {name} = []",
                f"{name} = iter(<ilist>); print(next({name}, None), [a for a in {name} if a != next({name}, 0)]); {name} = []",
                f"{name} = zip(<ilist>, <ilist>); print(list({name}), list({name})); {name} = []",
                f"{name} = [{it} for {it} in <ilist> if ({it} % 2 or <bool>)]",
                f"{name} = list(map(lambda a, b: a + b, <ilist>, <tup>))",
            ]
        )
        self.line(self.fill(form, scope, 1))
        scope[name] = "ilist"

    def condition(self, scope):
        if self.rng.random() < 0.2:
            name = self.fresh("w")
            self.line(f"if ({name} := {self.expr('int', scope, 1)}) > {self.expr('int', scope, 1)}:")
            scope[name] = "int"
        else:
            self.line(f"if {self.expr('bool', scope, 2)}:")
        self.branch(scope)
        if self.rng.random() < 0.3:
            self.line(f"elif {self.expr('bool', scope, 2)}:")
            self.branch(scope)
        if self.rng.random() < 0.5:
            self.line("else:")
            self.branch(scope)

    def loop(self, scope):
        a, b, iterated = self.fresh("i"), self.fresh("i"), None
        mutated, _ = self.pick(scope, "ilist")
        forms = [
            (f"{a} in range(<int> % 5)", {a: "int"}), (f"{a} in <ilist>[:6]", {a: "int"}), (f"{a} in <str>[:6]", {a: "str"}),
            (f"{a}, {b} in enumerate(<slist>[:5])", {a: "int", b: "str"}), (f"{a}, {b} in list(<dict>.items())", {a: "str", b: "int"}),
            (f"{a}, {b} in zip(<ilist>[:4], <slist>)", {a: "int", b: "str"}), (f"{a} in sorted(<set>, key=str)[:5]", {a: "int"}),
            (f"{a} in dict(<dict>)", {a: "str"}), (f"{a}, {b} in <plist>[:5]", {a: "str", b: "int"}), (f"{a}, *{b} in <nlist>[:5]", {a: "int", b: "ilist"}),
            (f"{a} in reversed(<ilist>[:5])", {a: "int"}), (f"{a} in (q for q in <ilist>[:5] if q)", {a: "int"}),
        ]
        form, names = self.rng.choice(forms)
        over = self.rng.random()
        if mutated and over < 0.15:
            self.line(f"for {a} in {mutated}:")
            change = self.rng.choice([f"{mutated}.append({a})", f"{mutated}.insert(0, 7)", f"{mutated}.remove({a})", f"{mutated}.pop()", f"{mutated}.clear()"])
            self.line(f"    if len({mutated}) > 8: break")
            self.line(f"    {change}")
            names = {a: "int"}
        elif over < 0.22:
            name = self.pick(scope, "dict")[0] or "{'a': 1}"
            self.line(f"for {a} in {name}:")
            self.line(f"    {name}[{a} + 'z'] = 1" if name[0] == "v" else "    pass")
            names = {a: "str"}
            iterated = name
        else:
            self.line(f"for {self.fill(form, scope, 1)}:")
        # A dict that loses and gains a key while it is iterated goes on as its table happens to be.
        inner = {n: t for n, t in scope.items() if not iterated or t != "dict"} | names
        self.loops += 1
        self.block(inner, 3)
        self.loops -= 1
        if self.rng.random() < 0.25:
            self.line("else:")
            self.block(inner, 2)
        if self.rng.random() < 0.3:
            scope.update(names)

    def while_loop(self, scope):
        name = self.fresh("n")
        self.line(f"{name} = 0")
        self.line(f"while {name} < {self.rng.randint(1, 5)}" + (f" and {self.expr('bool', scope, 1)}:" if self.rng.random() < 0.4 else ":"))
        self.line(f"    {name} += 1")
        self.loops += 1
        self.block(scope | {name: "int"}, 3)
        self.loops -= 1
        if self.rng.random() < 0.3:
            self.line("else:")
            self.branch(scope)

    def attempt(self, scope):
        self.line("try:")
        self.branch(scope)
        handlers = self.rng.random()
        if handlers < 0.85:
            kinds = self.rng.choice(["Exception", "(ValueError, TypeError)", "IndexError", "LookupError", "ArithmeticError", "KeyError", "AttributeError"])
            error = self.fresh("e")
            self.line(f"except {kinds} as {error}:")
            self.line(f"    print(type({error}).__name__, {error}, len({error}.args))")
            if self.rng.random() < 0.2:
                self.line(f"    raise" if self.rng.random() < 0.5 else f"    raise ValueError({error})")
            if self.rng.random() < 0.3:
                self.line("except:")
                self.branch(scope)
            if self.rng.random() < 0.3:
                self.line("else:")
                self.branch(scope)
        if handlers >= 0.85 or self.rng.random() < 0.3:
            self.line("finally:")
            self.branch(scope)

    def define(self, scope):
        name, a, b = self.fresh("f"), self.fresh("a"), self.fresh("a")
        counter, _ = self.pick(scope, "int")
        self.line(f"def {name}({a}, {b}={self.expr('int', scope, 1)}, *rest):")
        inner = {k: t for k, t in scope.items() if self.rng.random() < 0.8} | {a: "int", b: "int", "rest": "tup"}
        outer_loops, self.loops = self.loops, 0
        if counter and self.rng.random() < 0.5:
            self.line(f"    nonlocal {counter}")
            self.line(f"    {counter} += {a}")
        elif self.rng.random() < 0.2:
            self.line("    global TOTAL")
            self.line("    TOTAL += 1")
        if self.rng.random() < 0.2:
            self.line(f"    if {a} > 0 and {a} < 9: return {name}({a} - 1, {b} + 1) + 1")
        self.block(inner, 3)
        self.line(f"    return {self.expr('int', inner, 2)}")
        self.loops = outer_loops
        scope[name] = "function"
        self.guarded(scope, f"print({name}({self.fill('<int>', scope, 1)}))")

    def program(self):
        self.line("TOTAL = 0")
        self.line(f"def helper(a, b={self.rng.randint(0, 5)}):")
        self.line(f"    return {self.expr('int', {'a': 'int', 'b': 'int', 'TOTAL': 'int'}, 2).replace('helper', 'int').replace('patch.count', 'len')}")
        self.line("def execute_command(image):")
        self.depth = 1
        self.line("patch = Patch(image)")
        scope = {}
        while self.left > 0:
            self.statement(scope)
        kept = [SHOW[t] % n for n, t in scope.items() if t in SHOW]
        self.line(f"return ({', '.join(self.rng.sample(kept, min(len(kept), 8)))}{',' if kept else ''} TOTAL)" if kept else "return TOTAL")
        return "\n".join(self.lines) + "\n"


def score(question):
    """The stub perception: a number of the question's characters. The Rust side has the same."""
    total = 0
    for character in question:
        total = (total * 31 + ord(character)) % 1000003
    return total


class Patch:
    """The tools, as in tools.py, the pack of the Rust side."""

    asked = []  # the calls that were answered, in order
    requests = []  # the distinct requests, in order

    def __init__(self, image):
        pass

    def _ask(self, tool, question):
        if not isinstance(question, str):
            raise TypeError("a question is a str")
        n = score(question)
        request = f"{tool} {question}"
        if request not in Patch.requests:
            Patch.requests.append(request)
        if n % 17 == 3:
            raise RuntimeError(f"no answer to {n}")
        Patch.asked.append(request)
        return n

    def ask(self, question):
        return f"word{self._ask('ask', question) % 7}"

    def count(self, question):
        return self._ask("count", question) % 5

    def score(self, question):
        return self._ask("score", question) % 11 / 4

    def check(self, question):
        return self._ask("check", question) % 2 == 0


class TooSlow(BaseException):
    """A program of no use here."""


def too_slow(*_):
    raise TooSlow


def run(source):
    """What CPython makes of a program, or why it cannot be compared."""
    Patch.asked, Patch.requests = [], []
    output = io.StringIO()
    names = {"Patch": Patch, "math": math, "re": re, "collections": collections, "itertools": itertools, "functools": functools, "string": string, "statistics": statistics}
    line = {}
    try:
        code = compile(source, "<program>", "exec")
    except SyntaxError as error:
        return None, f"syntax: {error.msg}"
    with contextlib.redirect_stdout(output):
        try:
            signal.setitimer(signal.ITIMER_REAL, 2)
            exec(code, names)
            line = {"outcome": "returned", "repr": repr(names["execute_command"](None))}
        except TooSlow:
            return None, "slow"
        except MemoryError:
            return None, "memory"
        except Exception as error:
            line = {"outcome": "raised", "class": type(error).__name__, "message": str(error)}
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    line |= {"output": output.getvalue(), "tools": Patch.asked, "requests": Patch.requests}
    text = json.dumps(line)
    if "MemoryError" in text:
        return None, "memory"
    if " at 0x" in text:
        return None, "an address is shown"
    if len(text) > 20_000:
        return None, "long"
    return line, None


def main():
    assert sys.version_info[:2] == (3, 11), sys.version
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--start", type=int, default=0)
    arguments = parser.parse_args()
    signal.signal(signal.SIGALRM, too_slow)
    left_out = collections.Counter()
    index, kept = arguments.start, 0
    while kept < arguments.count:
        source = Writer(random.Random(f"{arguments.seed}/{index}")).program()
        line, why = run(source)
        if line is None:
            left_out[why] += 1
        else:
            kept += 1
            head = {"seed": arguments.seed, "index": index, "source": source}
            print(json.dumps(head | line))
        index += 1
    print(json.dumps({"left_out": dict(left_out)}))


main()
