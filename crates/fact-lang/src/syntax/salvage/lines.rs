//! Lines of Python, told apart without a parser: good enough to find where a function ends in a
//! text that is not all Python.

use std::ops::Range;

/// Byte ranges of the lines of `text[range]`, each with its line end.
pub(super) fn lines(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = range.start;
    for line in text[range].split_inclusive('\n') {
        out.push(start..start + line.len());
        start += line.len();
    }
    out
}

/// The blanks that a line starts with.
pub(super) fn indentation(line: &str) -> &str {
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

pub(super) fn is_identifier(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// The first word of a text and what follows it.
pub(super) fn word(text: &str) -> (&str, &str) {
    let end = text.find(|c| !is_identifier(c)).unwrap_or(text.len());
    text.split_at(end)
}

/// The name that `def NAME(` or `class NAME` at the start of a text defines.
pub(super) fn defined(text: &str) -> Option<&str> {
    let (keyword, rest) = word(text);
    if keyword != "def" && keyword != "class" {
        return None;
    }
    let name = rest.strip_prefix([' ', '\t'])?.trim_start();
    let (name, rest) = word(name);
    let rest = rest.trim_start();
    let opens = rest.starts_with('(') || (keyword == "class" && rest.starts_with(':'));
    (!name.is_empty() && opens).then_some(name)
}

/// Whether a line asks the next question of a prompt: `# Query: …`, `Question 2: …`.
pub(super) fn asks(line: &str) -> bool {
    let line = line.trim_start_matches(['#', ' ', '\t']);
    let (head, rest) = word(line);
    let known = ["query", "question", "q"]
        .iter()
        .any(|w| head.eq_ignore_ascii_case(w));
    let rest = rest.trim_start_matches([' ', '\t']);
    known
        && rest
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .starts_with(':')
}

/// What of a line goes on in the next.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Scanner {
    /// Open brackets.
    depth: usize,
    /// Inside a string of three of these quotes.
    triple: Option<u8>,
    /// The line ended with a backslash.
    joined: bool,
}

impl Scanner {
    /// Whether the next line starts a statement.
    pub(super) fn at_start(&self) -> bool {
        self.depth == 0 && self.triple.is_none() && !self.joined
    }

    /// Whether the next line starts inside a string.
    pub(super) fn in_string(&self) -> bool {
        self.triple.is_some()
    }

    pub(super) fn feed(&mut self, line: &str) {
        let bytes = line.as_bytes();
        self.joined = false;
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if let Some(quote) = self.triple {
                if byte == b'\\' {
                    at += 1;
                } else if bytes[at..].starts_with(&[quote; 3]) {
                    self.triple = None;
                    at += 2;
                }
                at += 1;
                continue;
            }
            match byte {
                b'#' => return,
                b'(' | b'[' | b'{' => self.depth += 1,
                b')' | b']' | b'}' => self.depth = self.depth.saturating_sub(1),
                b'\\' => self.joined = line[at + 1..].trim().is_empty(),
                b'"' | b'\'' if bytes[at..].starts_with(&[byte; 3]) => {
                    self.triple = Some(byte);
                    at += 2;
                }
                b'"' | b'\'' => {
                    at += 1;
                    while bytes.get(at).is_some_and(|b| *b != byte && *b != b'\n') {
                        at += if bytes[at] == b'\\' { 2 } else { 1 };
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }
}
