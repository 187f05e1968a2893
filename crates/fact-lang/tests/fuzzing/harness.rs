//! What the fuzz targets and the plain test share: from bytes to a program, and the program run.
//!
//! Nothing here may panic, whatever the bytes: a panic is a bug in `fact-lang`.

use fact_lang::pack::Pack;
use fact_lang::run::{Inputs, Limits, run};
use fact_lang::syntax::parse_program;
use fact_lang::tool::{Answer, Answers, Arg, Detection, ImageRef, Request};
use std::sync::LazyLock;

/// Stack of a thread that parses, runs, renders and drops programs.
pub const STACK_BYTES: usize = 2 << 20;

static VIPER: LazyLock<Pack> = LazyLock::new(|| Pack::builtin("viper").unwrap());
static BLOCKS: LazyLock<Pack> = LazyLock::new(|| Pack::builtin("blocks").unwrap());

/// Small, so that an input takes milliseconds at most.
fn limits() -> Limits {
    Limits {
        steps: 20_000,
        heap: 4 << 20,
        output: 8 << 10,
        tool_calls: 50,
        events: 20_000,
        ..Limits::default()
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): numbers for what the bytes do not say.
pub struct Numbers(pub u64);

impl Numbers {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

/// Perception of the worst kind: any answer to any question, or none.
struct Hostile(Numbers);

impl Answers for Hostile {
    fn answer(&mut self, _: &Request) -> Option<Answer> {
        let n = &mut self.0;
        let mut side = || [-1e300, -1.0, 0.0, 10.5, 639.0, 1e9, 1e300][n.below(7)];
        let bbox = [side(), side(), side(), side()];
        Some(match n.below(8) {
            0 => Answer::Detections(Vec::new()),
            1 | 2 => Answer::Detections(vec![
                Detection {
                    label: "cup\0{0.__class__}".into(),
                    bbox: bbox.into(),
                    score: -1.0,
                    id: None,
                    attributes: [("color".to_owned(), Arg::List(vec![Arg::None]))].into(),
                };
                3
            ]),
            3 => Answer::Text("red".repeat(n.below(2_000))),
            4 => Answer::Number(bbox[0]),
            5 => Answer::Bool(n.below(2) == 0),
            6 => Answer::Error("%s {".into()),
            _ => return None,
        })
    }
}

/// Parses a text as a program and as a pack, runs what parses, renders its trace, drops it all.
pub fn text(source: &str) {
    let seed = source
        .bytes()
        .fold(7, |n: u64, b| n.wrapping_mul(31) + u64::from(b));
    if seed.is_multiple_of(8) {
        let _ = Pack::load("fuzz", source);
    }
    let program = match parse_program(source) {
        Ok(program) => program,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert!(error.span.start <= error.span.end);
            return;
        }
    };
    let pack: &Pack = if seed.is_multiple_of(3) {
        &BLOCKS
    } else {
        &VIPER
    };
    let image = ImageRef {
        sha256: "00".into(),
        width: 640,
        height: 480,
    };
    let inputs = Inputs::image(image);
    let go = || {
        run(
            &program,
            pack,
            &inputs,
            &mut Hostile(Numbers(seed)),
            &limits(),
        )
    };
    let first = go();
    if seed.is_multiple_of(16) {
        // NaN is not equal to itself: texts are compared.
        assert_eq!(
            format!("{first:?}"),
            format!("{:?}", go()),
            "not deterministic"
        );
    }
    assert!(!first.trace.render(&program, pack).is_empty());
}

/// Any bytes.
pub fn bytes(data: &[u8]) {
    text(&String::from_utf8_lossy(data));
}

/// What programs are made of, and what breaks them.
const PIECES: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ".",
    "=",
    "==",
    "<",
    "+",
    "-",
    "*",
    "**",
    "/",
    "//",
    "%",
    "|",
    "&",
    "^",
    "~",
    "<<",
    ">>",
    "not ",
    " and ",
    " or ",
    " in ",
    " is ",
    " if ",
    " else ",
    " for x in ",
    "lambda x: ",
    ":=",
    "+=",
    "->",
    "\n",
    "\n    ",
    "\n        ",
    "\t",
    " ",
    "\\\n",
    "#",
    "'",
    "\"",
    "'''",
    "f'{",
    "}'",
    "f\"{x!r:>{5}}\"",
    "b'a'",
    "r'\\d'",
    "return ",
    "break",
    "continue",
    "pass",
    "while True:",
    "for x in range(3):",
    "if x:",
    "elif x:",
    "else:",
    "try:",
    "except:",
    "except Exception as e:",
    "finally:",
    "raise ",
    "del ",
    "assert ",
    "global x",
    "nonlocal x",
    "def f(a, b=1, *c, d, **e):",
    "import math",
    "from re import sub",
    "class A:",
    "yield x",
    "await x",
    "async ",
    "match x:",
    "with x as y:",
    "@a\n",
    "...",
    "x",
    "y",
    "f",
    "image",
    "image_patch",
    "ImagePatch(image)",
    ".find('cup')",
    ".exists('dog')",
    ".simple_query('what?')",
    "None",
    "True",
    "0",
    "1",
    "-1",
    "2**63",
    "10**400",
    "1e308",
    "1.5",
    "0x7f",
    "1_000",
    "1j",
    "''",
    "'%s'",
    "'{}'",
    "'{0.x[1]!r:>9}'",
    "[]",
    "{}",
    "()",
    "set()",
    "len",
    "str",
    "sorted",
    "sum",
    "max",
    "zip",
    "map",
    "iter",
    "next",
    "range",
    "dict",
    "print",
    "type",
    "isinstance",
    "enumerate",
    "reversed",
    ".append(x)",
    ".sort(key=len)",
    ".pop()",
    ".items()",
    ".format(x)",
    ".join(x)",
    ".split()",
    ".update(x)",
    ".__class__",
    "[::-1]",
    "[0]",
    "[1:2] = x",
    "re.sub('(a*)*b', x, x)",
    "itertools.product(x, repeat=3)",
    "functools.reduce(f, x)",
    "collections.deque(x, 2)",
    "statistics.mean(x)",
    "é",
    "日",
    "\0",
    "\u{feff}",
    "\r\n",
];

/// A program of `corpus`, changed at random: pieces dropped, doubled, moved, replaced, taken from
/// another program, nested or repeated.
pub fn mutation(corpus: &[&str], numbers: &mut Numbers) -> String {
    let Some(base) = corpus.get(numbers.below(corpus.len())) else {
        return String::new();
    };
    let mut program: Vec<char> = base.chars().take(8_000).collect();
    for _ in 0..1 + numbers.below(6) {
        let (a, b) = (
            numbers.below(program.len() + 1),
            numbers.below(program.len() + 1),
        );
        // Mostly short stretches.
        let (from, to) = match numbers.below(4) {
            0 => (a.min(b), a.max(b)),
            _ => (a, (a + numbers.below(12)).min(program.len())),
        };
        let piece: Vec<char> = PIECES[numbers.below(PIECES.len())].chars().collect();
        match numbers.below(8) {
            0 => drop(program.drain(from..to)),
            1 => {
                let taken = program[from..to].to_vec();
                program.splice(b..b, taken);
            }
            2 => {
                let other = corpus[numbers.below(corpus.len())];
                let lines: Vec<&str> = other.lines().collect();
                let line = lines.get(numbers.below(lines.len())).copied().unwrap_or("");
                program.splice(a..a, format!("\n{line}\n").chars());
            }
            3 => {
                let times = 1 + numbers.below(300);
                program.splice(a..a, piece.repeat(times));
            }
            4 if to > from => {
                let c = char::from_u32(numbers.below(0x3000) as u32).unwrap_or('?');
                program[from] = c;
            }
            5 => {
                let number = numbers.next() as i64 >> numbers.below(60);
                program.splice(from..to, number.to_string().chars());
            }
            _ => {
                program.splice(from..to, piece);
            }
        }
    }
    program.into_iter().collect()
}

/// Bytes for [`bytes`]: any, printable, or the pieces of programs.
pub fn random_bytes(numbers: &mut Numbers) -> Vec<u8> {
    let len = numbers.below(200);
    match numbers.below(3) {
        0 => (0..len).map(|_| numbers.next() as u8).collect(),
        1 => (0..len).map(|_| b' ' + (numbers.below(95) as u8)).collect(),
        _ => {
            let pieces = (0..len / 4).map(|_| PIECES[numbers.below(PIECES.len())]);
            pieces.collect::<String>().into_bytes()
        }
    }
}
