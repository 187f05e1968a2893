//! Random programs over a small world of variables, from a stream of choices.
//!
//! Every variable is bound before the random part and keeps its type, so that most programs return.

use super::statements::STATEMENTS;
use std::fmt::Write;

/// A stream of choices; when it runs out, the first choice is taken.
pub(crate) struct Choices<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Choices<'_> {
    fn of(&mut self, n: usize) -> usize {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        byte as usize % n
    }

    fn pick<'s>(&mut self, from: &[&'s str]) -> &'s str {
        from[self.of(from.len())]
    }

    fn spent(&self) -> bool {
        self.at >= self.bytes.len()
    }
}

/// Names that every program binds first: ints, lists of ints, dicts of ints, lists of lists.
const INTS: &[&str] = &["a", "b", "c"];
const LISTS: &[&str] = &["xs", "ys"];
const QUESTIONS: &[&str] = &["'p'", "'q'", "'r'", "'s'", "'t'", "'u'"];
const KEYS: &[&str] = &["'k'", "'l'", "'m'"];

const HEAD: &str = "\
g = 1
gs = [1]
def execute_command(image):
    global g
    a, b, c = 1, 2, 3
    xs, ys = [1, 2, 3], [4, 5]
    d = {'k': 1, 'l': 2}
    grid = [[1], [2, 3], []]
    s = {1, 2}
    it = iter([7, 8, 9, 10])
    fs = []
    t = 'ab'
    tk = {(1, 2): 5}
    dd = defaultdict(list)
    cs = Counter([1, 1, 2])
    gen = (image.at(n) for n in [1, 2, 3])
    o = image.part()
    o.tag = 0
    def mark(n):
        o.tag += n
        return n
    def add_all(items, *more):
        for n in more:
            items.append(n)
        return items
    def push(n):
        xs.append(n)
        return len(xs)
    def bump(n=a):
        nonlocal b
        b += n
        return b
    def put(items, n):
        items.append(n)
        return n
    def pure(n):
        if n > 2:
            return n - 1
        return n + 1
    def shout(n):
        if n > 1:
            raise ValueError(n)
        return n
";

/// A program made of the choices in `bytes`.
pub(crate) fn program(bytes: &[u8]) -> String {
    let mut maker = Maker {
        choices: Choices { bytes, at: 0 },
        out: HEAD.to_owned(),
        loops: 0,
        names: 0,
    };
    let mut n = 0;
    while !maker.choices.spent() && n < 14 {
        maker.statement(1, 0);
        n += 1;
    }
    let result = maker.result();
    let _ = writeln!(maker.out, "    return {result}");
    maker.out
}

struct Maker<'a> {
    choices: Choices<'a>,
    out: String,
    /// Loops around the statement that is made.
    loops: usize,
    /// Fresh names so far.
    names: usize,
}

impl Maker<'_> {
    fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.out, "{}{text}", "    ".repeat(depth));
    }

    fn fresh(&mut self, stem: &str) -> String {
        self.names += 1;
        format!("{stem}{}", self.names)
    }

    fn block(&mut self, depth: usize, nested: usize) {
        let n = 1 + self.choices.of(2);
        for _ in 0..n {
            self.statement(depth, nested);
        }
    }

    fn list(&mut self) -> &'static str {
        self.choices.pick(&["xs", "ys", "grid[0]", "grid[1]", "gs"])
    }

    fn int(&mut self, fuel: usize) -> String {
        let n = if fuel == 0 { 3 } else { 27 };
        match self.choices.of(n) {
            0 => self.choices.pick(INTS).to_owned(),
            1 => self.choices.pick(&["0", "1", "2", "5"]).to_owned(),
            2 => format!("image.count({})", self.choices.pick(QUESTIONS)),
            3 => format!("len({})", self.list()),
            4 => format!("{}[{}]", self.list(), self.choices.pick(&["0", "-1", "1"])),
            5 => {
                let op = self.choices.pick(&["+", "-", "*", "%"]);
                format!("({} {op} {})", self.int(fuel - 1), self.int(fuel - 1))
            }
            6 => format!(
                "({} if {} else {})",
                self.int(fuel - 1),
                self.bool(fuel - 1),
                self.int(fuel - 1)
            ),
            7 => format!("d.get({}, {})", self.choices.pick(KEYS), self.int(0)),
            8 => format!("d[{}]", self.choices.pick(KEYS)),
            9 => format!("push({})", self.int(0)),
            10 => format!("bump({})", self.int(0)),
            11 => format!("pure({})", self.int(fuel - 1)),
            12 => format!("sum({})", self.list()),
            13 => {
                let f = self.choices.pick(&["max", "min"]);
                format!("{f}({}, default=0)", self.ints(fuel - 1))
            }
            14 => format!("sum({})", self.ints(fuel - 1)),
            15 => format!("next(it, {})", self.int(0)),
            16 => format!("put({}, {})", self.list(), self.int(0)),
            17 => format!(
                "({} := {})",
                self.choices.pick(&["a", "b"]),
                self.int(fuel - 1)
            ),
            18 => format!(
                "({} {} {})",
                self.bool(fuel - 1),
                self.choices.pick(&["and", "or"]),
                self.int(fuel - 1)
            ),
            19 => format!(
                "sorted({}, key=lambda n: {})[0]",
                self.list(),
                self.choices.pick(&["-n", "image.at(n)", "n % 2"])
            ),
            20 => "len(s)".to_owned(),
            21 => format!("{}.pop()", self.list()),
            22 => format!("d.pop({}, {})", self.choices.pick(KEYS), self.int(0)),
            23 => format!("{}.index({})", self.list(), self.int(0)),
            24 => "g".to_owned(),
            25 => format!("d.setdefault({}, {})", self.choices.pick(KEYS), self.int(0)),
            _ => format!(
                "next((n for n in {} if {}), 0)",
                self.list(),
                self.predicate()
            ),
        }
    }

    fn predicate(&mut self) -> &'static str {
        self.choices
            .pick(&["image.has(n)", "n > 2", "image.has(n) and n > a", "n != b"])
    }

    /// An iterable of ints.
    fn ints(&mut self, fuel: usize) -> String {
        match self.choices.of(11) {
            0 => self.list().to_owned(),
            1 => format!("[{}, {}]", self.int(fuel.min(1)), self.int(fuel.min(1))),
            2 => format!("[n for n in {} if {}]", self.list(), self.predicate()),
            3 => format!("[image.at(n) for n in {}]", self.list()),
            4 => format!("range({})", self.choices.pick(&["a", "3", "len(ys)"])),
            5 => format!("sorted({})", self.list()),
            6 => format!("{}[{}:]", self.list(), self.choices.pick(&["1", "a", "-2"])),
            7 => "d.values()".to_owned(),
            8 => format!("reversed({})", self.list()),
            9 => format!("map(pure, {})", self.list()),
            _ => "it".to_owned(),
        }
    }

    fn bool(&mut self, fuel: usize) -> String {
        let n = if fuel == 0 { 3 } else { 11 };
        match self.choices.of(n) {
            0 => format!("image.ask({})", self.choices.pick(QUESTIONS)),
            1 => format!(
                "{} > {}",
                self.choices.pick(INTS),
                self.choices.pick(&["0", "1", "2"])
            ),
            2 => self.list().to_owned(),
            3 => format!("not {}", self.bool(fuel - 1)),
            4 => {
                let op = self.choices.pick(&["and", "or"]);
                format!("({} {op} {})", self.bool(fuel - 1), self.bool(fuel - 1))
            }
            5 => {
                let f = self.choices.pick(&["any", "all"]);
                format!("{f}({} for n in {})", self.predicate(), self.list())
            }
            6 => format!("{} in {}", self.int(fuel - 1), self.list()),
            7 => format!(
                "{} < {} < {}",
                self.int(0),
                self.int(fuel - 1),
                self.int(fuel - 1)
            ),
            8 => format!("{} in d", self.choices.pick(KEYS)),
            9 => format!("{} == {}", self.list(), self.list()),
            _ => format!("{} == {}", self.int(fuel - 1), self.int(fuel - 1)),
        }
    }

    /// Statements on what other kinds leave alone: functions that are chosen, names that may be
    /// unbound, dicts that grow while they are iterated.
    fn rare(&mut self, depth: usize) {
        let test = self.bool(1);
        match self.choices.of(6) {
            0 => {
                let chosen = format!("c = (push if {test} else pure)({})", self.int(0));
                self.line(depth, &chosen);
            }
            1 => {
                self.line(depth, &format!("if {test}:"));
                self.line(depth + 1, "u = 1");
            }
            2 => {
                self.line(depth, &format!("if {test} and 'u' in d:"));
                self.line(depth + 1, "del u");
            }
            3 => {
                self.line(depth, "try:");
                self.line(depth + 1, "u");
                self.line(depth, "except NameError:");
                self.line(depth + 1, "c = 7");
            }
            4 => {
                let f = self.choices.pick(&["push", "pure", "bump", "shout"]);
                self.line(depth, &format!("h = {f} if {test} else pure"));
                self.line(depth, "h(2)");
            }
            _ => {
                self.line(depth, "try:");
                self.line(depth + 1, "for k in d:");
                self.line(depth + 2, &format!("if {test}: d[k + 'z'] = 1"));
                self.line(depth, "except RuntimeError:");
                self.line(depth + 1, "c = 8");
            }
        }
    }

    /// One of many statements on texts, counters, tuple keys, objects, iterators and rows.
    fn more(&mut self, depth: usize) {
        let statement = self.choices.pick(STATEMENTS);
        let statement = statement.replace("{}", &"    ".repeat(depth));
        if self.choices.of(2) == 1 && !statement.contains('\n') {
            let test = self.bool(1);
            self.line(depth, &format!("if {test}:"));
            self.line(depth + 1, &statement);
        } else {
            self.line(depth, &statement);
        }
    }

    fn statement(&mut self, depth: usize, nested: usize) {
        if self.choices.of(4) == 3 {
            return self.more(depth);
        }
        let compound = if nested < 3 { 37 } else { 24 };
        match self.choices.of(compound) {
            0 => {
                let (name, value) = (self.choices.pick(INTS), self.int(2));
                self.line(depth, &format!("{name} = {value}"));
            }
            1 => {
                let (name, value) = (self.choices.pick(INTS), self.int(1));
                let op = self.choices.pick(&["+=", "-="]);
                self.line(depth, &format!("{name} {op} {value}"));
            }
            2 => {
                let (list, value) = (self.list(), self.int(1));
                self.line(depth, &format!("{list}.append({value})"));
            }
            3 => {
                let (list, value) = (self.list(), self.int(1));
                let at = self.choices.pick(&["0", "-1", "a"]);
                self.line(depth, &format!("{list}[{at}] = {value}"));
            }
            4 => {
                let (key, value) = (self.choices.pick(KEYS), self.int(1));
                self.line(depth, &format!("d[{key}] = {value}"));
            }
            5 => {
                let (list, items) = (self.list(), self.ints(1));
                self.line(depth, &format!("{list}.extend({items})"));
            }
            6 => {
                let text = self.choices.pick(&[
                    "ys = xs",
                    "xs = list(ys)",
                    "ys = grid[0]",
                    "grid[2] = xs",
                    "gs.append(g)",
                    "xs, ys = ys, xs",
                    "ys = xs[:]",
                    "grid.append(ys)",
                ]);
                self.line(depth, text);
            }
            7 => {
                let text = self.choices.pick(&[
                    "xs.sort()",
                    "xs.reverse()",
                    "xs.sort(key=lambda n: image.at(n))",
                    "xs.sort(key=lambda n: -n)",
                    "ys.clear()",
                ]);
                self.line(depth, text);
            }
            8 => {
                let (key, value) = (self.choices.pick(KEYS), self.int(0));
                let text = match self.choices.of(4) {
                    0 => format!("d.update({{{key}: {value}}})"),
                    1 => format!("d.setdefault({key}, {value})"),
                    2 => format!("d[{key}] += {value}"),
                    _ => format!("d = {{**d, {key}: {value}}}"),
                };
                self.line(depth, &text);
            }
            9 => {
                let call = self.int(1);
                self.line(depth, &call);
            }
            10 => {
                let value = self.int(1);
                let text = match self.choices.of(4) {
                    0 => format!("s.add({value})"),
                    1 => format!("s.discard({value})"),
                    2 => format!("s |= {{{value}}}"),
                    _ => format!("s = s & {{1, {value}}}"),
                };
                self.line(depth, &text);
            }
            11 => {
                let value = self.int(1);
                self.line(depth, &format!("g = {value}"));
            }
            12 => {
                let (test, call) = (self.bool(1), self.int(1));
                let op = self.choices.pick(&["and", "or"]);
                self.line(depth, &format!("{test} {op} {call}"));
            }
            13 => {
                let test = self.bool(1);
                let text = self.choices.pick(&[
                    "xs.append(9)",
                    "push(8)",
                    "bump(3)",
                    "d.update(m=3)",
                    "next(it)",
                    "put(grid[0], 6)",
                ]);
                self.line(depth, &format!("{text} if {test} else None"));
            }
            14 => {
                let (a, b) = (self.int(1), self.int(1));
                self.line(depth, &format!("a, (b, c) = {a}, ({b}, a)"));
            }
            15 => {
                let text = self.choices.pick(&[
                    "a, *ys = xs",
                    "*xs, b = ys + [1]",
                    "for row in grid: row.append(a)",
                    "del xs[0]",
                    "del xs[1:]",
                    "c = max(xs, key=lambda n: image.at(n), default=0)",
                ]);
                self.line(depth, text);
            }
            16 => {
                let text = self.choices.pick(&[
                    "fs.append(lambda: a)",
                    "fs.append(lambda: push(1))",
                    "fs.append(lambda n=a: n)",
                    "c = fs[0]() if fs else 0",
                    "for f in fs: c = f()",
                ]);
                self.line(depth, text);
            }
            17 | 18 if self.loops > 0 => {
                let test = self.bool(1);
                let jump = self.choices.pick(&["break", "continue"]);
                self.line(depth, &format!("if {test}:"));
                self.line(depth + 1, jump);
            }
            19 => {
                let (test, value) = (self.bool(1), self.int(1));
                self.line(depth, &format!("if {test}:"));
                self.line(depth + 1, &format!("return {value}"));
            }
            20 => {
                let value = self.int(1);
                self.line(depth, &format!("c = shout({value})"));
            }
            21 => {
                let test = self.bool(1);
                self.line(depth, &format!("assert {test}"));
            }
            22 => {
                let items = self.ints(1);
                let f = self.choices.pick(&[
                    "xs = list",
                    "ys = sorted",
                    "s = set",
                    "c = sum",
                    "c, *xs = ",
                ]);
                self.line(depth, &format!("{f}({items})"));
            }
            23 => {
                let pred = self.predicate();
                let list = self.list();
                let text = match self.choices.of(4) {
                    0 => format!("ys = [push(n) for n in {list} if {pred}][:3]"),
                    1 => format!("d = {{'k': n for n in {list} if {pred}}}"),
                    2 => "c = {k: v for k, v in d.items()}.get('k', 0)".to_owned(),
                    _ => format!("xs = list(filter(lambda n: {pred}, {list}))"),
                };
                self.line(depth, &text);
            }
            24..=28 => {
                let test = self.bool(2);
                self.line(depth, &format!("if {test}:"));
                self.block(depth + 1, nested + 1);
                if self.choices.of(2) == 1 {
                    self.line(depth, "else:");
                    self.block(depth + 1, nested + 1);
                }
            }
            29..=31 => {
                let (name, items) = (self.choices.pick(&["a", "n", "c"]), self.ints(1));
                // A list that grows while it is iterated would not end.
                self.line(depth, &format!("for {name} in list({items})[:4]:"));
                self.looped(depth, nested);
            }
            32 => {
                let (limit, test) = (self.fresh("w"), self.bool(1));
                self.line(depth, &format!("{limit} = 3"));
                self.line(depth, &format!("while {test} and {limit} > 0:"));
                self.line(depth + 1, &format!("{limit} -= 1"));
                self.looped(depth, nested);
            }
            33 | 34 => {
                self.line(depth, "try:");
                self.block(depth + 1, nested + 1);
                if self.choices.of(3) > 0 {
                    let class = self.choices.pick(&[
                        "Exception",
                        "ValueError as e",
                        "(KeyError, IndexError)",
                    ]);
                    self.line(depth, &format!("except {class}:"));
                    self.block(depth + 1, nested + 1);
                    if class.ends_with('e') && self.choices.of(2) == 1 {
                        self.line(depth + 1, "c = e.args[0]");
                    }
                    if self.choices.of(2) == 1 {
                        self.line(depth, "else:");
                        self.block(depth + 1, nested + 1);
                    }
                    if self.choices.of(3) > 0 {
                        return;
                    }
                }
                self.line(depth, "finally:");
                self.block(depth + 1, nested + 1);
            }
            35 => {
                let name = self.fresh("f");
                self.line(depth, &format!("def {name}(a, b=b):"));
                let loops = std::mem::take(&mut self.loops);
                // Own copies, so that no name is unbound.
                self.line(depth + 1, "c = a");
                self.line(depth + 1, "nonlocal xs, ys, d, s");
                self.block(depth + 1, nested + 1);
                self.loops = loops;
                let value = self.int(1);
                self.line(depth + 1, "return a + b + c");
                self.line(depth, &format!("c = {name}({value})"));
            }
            36 => self.rare(depth),
            _ => self.line(depth, "pass"),
        }
    }

    fn looped(&mut self, depth: usize, nested: usize) {
        self.loops += 1;
        self.block(depth + 1, nested + 1);
        self.loops -= 1;
        if self.choices.of(4) == 1 {
            self.line(depth, "else:");
            self.block(depth + 1, nested + 1);
        }
    }

    fn result(&mut self) -> String {
        match self.choices.of(11) {
            9 => self
                .choices
                .pick(&["t", "tk", "cs", "dd", "o.tag"])
                .to_owned(),
            10 => "(a, xs[-1:], t, len(d))".to_owned(),
            0 => self.choices.pick(INTS).to_owned(),
            1 => self.choices.pick(LISTS).to_owned(),
            2 => "d".to_owned(),
            3 => format!("len({})", self.list()),
            4 => format!("{}[{}]", self.list(), self.choices.pick(&["0", "-1", "1"])),
            5 => "s".to_owned(),
            6 => "next(it, 0)".to_owned(),
            7 => self
                .choices
                .pick(&["grid", "len(grid[0])", "g", "gs"])
                .to_owned(),
            _ => self.bool(1),
        }
    }
}
