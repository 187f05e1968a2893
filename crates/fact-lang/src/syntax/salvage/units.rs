//! Functions, imports and constants in a region of a completion, and which of them the program is.

use super::lines::{Scanner, asks, defined, indentation, is_identifier, lines, word};
use super::{CutKind, Failure, Reason, Region, entries};
use crate::ast::Module;
use crate::pack::Pack;
use crate::syntax::{SyntaxError, SyntaxErrorKind, parse_program};
use std::collections::HashSet;
use std::ops::Range;

/// Functions, imports and constants that are tried in one completion.
pub(super) const MAX_UNITS: usize = 256;

/// Longest line that is taken for an import, in bytes.
const MAX_IMPORT: usize = 400;

/// The parts of a completion that make the program.
pub(super) struct Found {
    pub(super) header: String,
    pub(super) pieces: Vec<Range<usize>>,
    pub(super) labels: Vec<(CutKind, Range<usize>)>,
}

#[derive(Debug, PartialEq, Eq)]
enum What {
    Function,
    Import,
    Constant,
}

/// A top-level statement of a program.
struct Unit<'t> {
    what: What,
    /// What it binds; for an import the whole line.
    name: &'t str,
    range: Range<usize>,
    /// Without the indentation of the whole.
    pieces: Vec<Range<usize>>,
    labels: Vec<(CutKind, Range<usize>)>,
    /// Number of pieces up to the end of the function's own `return`.
    returned: Option<usize>,
    error: Option<SyntaxError>,
}

impl Unit<'_> {
    fn text(&self, text: &str) -> String {
        self.pieces.iter().map(|p| &text[p.clone()]).collect()
    }

    /// Parses it; what follows a function's own `return` is left out if that makes it parse.
    fn judge(&mut self, text: &str, header: &str) {
        let source = header.to_owned() + &self.text(text);
        self.error = parse_program(&source).err();
        let (Some(error), Some(returned)) = (&self.error, self.returned) else {
            return;
        };
        if error.kind != SyntaxErrorKind::Invalid || returned == self.pieces.len() {
            return;
        }
        let kept: String = self.pieces[..returned]
            .iter()
            .map(|p| &text[p.clone()])
            .collect();
        if parse_program(&(header.to_owned() + &kept)).is_ok() {
            let tail = self.pieces[returned].start..self.range.end;
            self.labels.retain(|(_, l)| l.start < tail.start);
            self.labels.push((CutKind::UnreachableTail, tail));
            self.pieces.truncate(returned);
            self.error = None;
        }
    }
}

/// Whether a module that parses holds a further question with its own program.
pub(super) fn answers_further_question(text: &str, module: &Module) -> bool {
    if entries(module) < 2 {
        return false;
    }
    let mut scanner = Scanner::default();
    let mut functions = 0;
    for line in lines(text, 0..text.len()) {
        let line = &text[line];
        if scanner.at_start() {
            if functions > 0 && asks(line) {
                return true;
            }
            functions += usize::from(defined(line) == Some(Pack::ENTRY));
        }
        scanner.feed(line);
    }
    false
}

/// A line that begins a function: where `def` is, the name, and what stands before it.
struct Head<'t> {
    start: usize,
    name: &'t str,
    label: Option<(CutKind, Range<usize>)>,
    /// The quotation mark before it, if any.
    quote: &'t str,
}

fn head(text: &str, line: Range<usize>) -> Option<Head<'_>> {
    let content = line.start + indentation(&text[line.clone()]).len();
    let rest = &text[content..line.end];
    if let Some(name) = defined(rest) {
        return Some(Head {
            start: content,
            name,
            label: None,
            quote: "",
        });
    }
    // `Answer: def f(x):`, with or without a quotation mark.
    let mut start = content;
    let mut kind = CutKind::Quote;
    let label = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == ' '))
        .filter(|at| (1..40).contains(at) && rest[*at..].starts_with(": "));
    if let Some(at) = label {
        start += at + 1;
        start += indentation(&text[start..line.end]).len();
        kind = CutKind::Label;
    }
    let quote = ["\"\"\"", "'''", "\"", "'", "`"]
        .into_iter()
        .find(|q| text[start..line.end].starts_with(q))
        .unwrap_or("");
    start += quote.len();
    let name = defined(&text[start..line.end])?;
    Some(Head {
        start,
        name,
        label: Some((kind, content..start)),
        quote,
    })
}

/// Where a quoted program ends: before the last quotation mark, if nothing follows it.
fn unquoted(text: &str, end: usize, start: usize, quote: &str) -> usize {
    let trimmed = text[start..end].trim_end();
    match trimmed.strip_suffix(quote) {
        Some(inner) if !quote.is_empty() => start + inner.len(),
        _ => end,
    }
}

/// The body that follows a header: pieces without `prefix`, and where it ends.
struct Body {
    pieces: Vec<Range<usize>>,
    labels: Vec<(CutKind, Range<usize>)>,
    returned: Option<usize>,
    /// Index of the first line that is not its own.
    next: usize,
    end: usize,
}

/// Collects the lines of a function from `from` on that are indented further than `prefix`.
fn body(
    text: &str,
    all: &[Range<usize>],
    from: usize,
    prefix: &str,
    mut scanner: Scanner,
    start: usize,
) -> Body {
    let mut body = Body {
        pieces: Vec::new(),
        labels: Vec::new(),
        returned: None,
        next: from,
        end: start,
    };
    let mut inner: Option<&str> = None;
    let mut returning = false;
    let mut at = from;
    while let Some(range) = all.get(at) {
        let line = &text[range.clone()];
        let blanks = indentation(line);
        let deeper = blanks.len() > prefix.len() && blanks.starts_with(prefix);
        let content = line.trim();
        if !scanner.in_string() {
            // Even where a bracket was left open.
            if !deeper && (defined(line.trim_start()).is_some() || asks(line)) {
                break;
            }
            if scanner.at_start() && !deeper {
                let comment = content.starts_with('#') && !asks(content);
                if !content.is_empty() && !comment {
                    break;
                }
                // Blank lines and comments belong to the function if more of it follows.
                at += 1;
                continue;
            }
        }
        for passed in &all[body.next..at] {
            body.add(text, passed.clone(), prefix, false);
        }
        if scanner.at_start() && !content.is_empty() && !content.starts_with('#') {
            if returning && body.returned.is_none() {
                body.returned = Some(body.pieces.len());
            }
            let inner = *inner.get_or_insert(blanks);
            returning |= blanks == inner && word(content).0 == "return";
        }
        body.add(text, range.clone(), prefix, scanner.in_string());
        scanner.feed(line);
        at += 1;
        body.next = at;
    }
    if returning && body.returned.is_none() && scanner.at_start() {
        body.returned = Some(body.pieces.len());
    }
    body
}

impl Body {
    fn add(&mut self, text: &str, line: Range<usize>, prefix: &str, in_string: bool) {
        self.end = line.end;
        if !prefix.is_empty() && !in_string && text[line.clone()].starts_with(prefix) {
            let content = line.start + prefix.len();
            self.labels
                .push((CutKind::Indentation, line.start..content));
            self.pieces.push(content..line.end);
        } else {
            self.pieces.push(line);
        }
    }
}

/// The function whose header the prompt had: the region starts with its body.
pub(super) fn continued(
    text: &str,
    region: &Region,
    header: &str,
) -> Result<Option<Found>, Failure> {
    let all = lines(text, region.range.clone());
    let Some(first) = all.iter().position(|l| !text[l.clone()].trim().is_empty()) else {
        return Ok(None);
    };
    let line = &text[all[first].clone()];
    let content = line.trim();
    if head(text, all[first].clone()).is_some() {
        return Ok(None);
    }
    let indented = !indentation(line).is_empty();
    let second = all[first + 1..]
        .iter()
        .map(|l| &text[l.clone()])
        .find(|l| !l.trim().is_empty())
        .unwrap_or("");
    // Prompts that end with the blanks of the first line leave that line without them.
    let statement = content.starts_with("return ")
        || (!content.ends_with(':') && !indentation(second).is_empty() && !asks(content));
    if !indented && (!statement || defined(second.trim_start()).is_some()) {
        return Ok(None);
    }
    let name = defined(header.trim_start()).unwrap_or(Pack::ENTRY);
    let mut header = header.trim_end().to_owned() + "\n";
    let mut scanner = Scanner::default();
    let mut head_pieces = Vec::new();
    let mut from = first;
    if !indented {
        let blanks = indentation(second);
        header.push_str(if blanks.is_empty() { "    " } else { blanks });
        scanner.feed(line);
        head_pieces.push(all[first].clone());
        from += 1;
    }
    let own = body(text, &all, from, "", scanner, all[first].end);
    let mut returned = own.returned.map(|n| n + head_pieces.len());
    if !indented && word(content).0 == "return" {
        returned = Some(1);
    }
    let mut pieces = head_pieces;
    pieces.extend(own.pieces);
    let mut unit = Unit {
        what: What::Function,
        name,
        range: all[first].start..own.end,
        pieces,
        labels: own.labels,
        returned,
        error: None,
    };
    unit.judge(text, &header);
    match unit.error {
        None => {
            let mut rest = all[own.next..].iter();
            if let Some(question) = rest.find(|l| asks(&text[(*l).clone()])) {
                let further = question.start..region.range.end;
                unit.labels.push((CutKind::NextQuestion, further));
            }
            Ok(Some(Found {
                header,
                pieces: unit.pieces,
                labels: unit.labels,
            }))
        }
        // Whatever function follows, it is not the one that was begun.
        Some(error) if indented => Err(Failure {
            conclusive: true,
            ..Failure::of(name, all[first].start, &error)
        }),
        Some(_) => Ok(None),
    }
}

/// The program among the functions of a region.
pub(super) fn select(
    text: &str,
    region: &Region,
    tries: &mut usize,
) -> Result<Option<Found>, Failure> {
    let (mut units, question) = scan(text, region, *tries);
    *tries -= units.len();
    for unit in &mut units {
        unit.judge(text, "");
    }
    let functions = || units.iter().filter(|u| u.what == What::Function);
    let named = functions().any(|u| u.name.starts_with(Pack::ENTRY));
    let mut candidates = functions().filter(|u| !named || u.name.starts_with(Pack::ENTRY));
    let Some(first) = candidates.clone().next() else {
        return Ok(None);
    };
    let Some(entry) = candidates.find(|u| u.error.is_none()) else {
        let error = first.error.as_ref();
        return Err(match error {
            Some(error) => Failure {
                conclusive: question.is_some(),
                ..Failure::of(first.name, first.range.start, error)
            },
            None => Failure {
                reason: Reason::NoFunction,
                at: first.range.start,
                conclusive: false,
            },
        });
    };
    let entry = entry.range.start;
    let kept = needed(text, &units, entry, region.fenced)?;
    let mut found = Found {
        header: String::new(),
        pieces: Vec::new(),
        labels: question
            .map(|at| (CutKind::NextQuestion, at..region.range.end))
            .into_iter()
            .collect(),
    };
    let mut before: Option<usize> = None;
    for (unit, kept) in units.iter().zip(kept) {
        if !kept {
            if unit.what == What::Function {
                let kind = match unit.error {
                    None => CutKind::OtherFunction,
                    Some(_) => CutKind::UnfinishedFunction,
                };
                found.labels.push((kind, unit.range.clone()));
            }
            continue;
        }
        let start = unit.pieces[0].start;
        if let Some(end) = before
            && text[end..start].trim().is_empty()
            && unit.labels.iter().all(|(_, l)| l.start >= start)
        {
            found.pieces.push(end..start);
        }
        found.pieces.extend(unit.pieces.iter().cloned());
        found.labels.extend(unit.labels.iter().cloned());
        before = unit.pieces.last().map(|p| p.end);
    }
    let program: String = found.pieces.iter().map(|p| &text[p.clone()]).collect();
    match parse_program(&program) {
        Ok(_) => Ok(Some(found)),
        Err(error) => Err(Failure::of(Pack::ENTRY, entry, &error)),
    }
}

/// Which units the program consists of: the entry and what it needs; in a fence every whole
/// function, too.
fn needed(
    text: &str,
    units: &[Unit<'_>],
    entry: usize,
    fenced: bool,
) -> Result<Vec<bool>, Failure> {
    let name_of_entry = units.iter().find(|u| u.range.start == entry);
    let name_of_entry = name_of_entry.map(|u| u.name);
    let again = |u: &Unit<'_>| Some(u.name) == name_of_entry && u.range.start != entry;
    let mut kept: Vec<bool> = units
        .iter()
        .map(|u| {
            u.range.start == entry
                || (fenced && u.what == What::Function && u.error.is_none() && !again(u))
        })
        .collect();
    let mut words = HashSet::new();
    let mut read = vec![false; units.len()];
    loop {
        for (at, unit) in units.iter().enumerate() {
            if kept[at] && !std::mem::replace(&mut read[at], true) {
                words.extend(identifiers(&text[unit.range.clone()]));
            }
        }
        let more = units.iter().enumerate().position(|(at, unit)| {
            let wanted = match unit.what {
                What::Function => words.contains(unit.name) && !again(unit),
                What::Constant => unit.range.start < entry && words.contains(unit.name),
                What::Import => identifiers(unit.name)
                    .any(|w| !["import", "from", "as"].contains(&w) && words.contains(w)),
            };
            let other = |u: &Unit<'_>| u.what == What::Function && u.name == unit.name;
            let doubled = unit.what == What::Function
                && units.iter().zip(&kept).any(|(u, kept)| *kept && other(u));
            let better = unit.what == What::Function
                && unit.error.is_some()
                && units.iter().any(|u| other(u) && u.error.is_none());
            let broken = unit.what != What::Function && unit.error.is_some();
            wanted && !kept[at] && !doubled && !better && !broken
        });
        let Some(more) = more else {
            return Ok(kept);
        };
        if units[more].error.is_some() {
            return Err(Failure {
                reason: Reason::Helper {
                    name: units[more].name.to_owned(),
                },
                at: units[more].range.start,
                conclusive: false,
            });
        }
        kept[more] = true;
    }
}

fn identifiers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| !is_identifier(c)).filter(|w| !w.is_empty())
}

/// The units of a region, at most `most`, up to a further question; and where that is.
fn scan<'t>(text: &'t str, region: &Region, most: usize) -> (Vec<Unit<'t>>, Option<usize>) {
    let mut range = region.range.clone();
    let mut all = lines(text, range.clone());
    let mut units: Vec<Unit<'t>> = Vec::new();
    let mut decorated: Option<usize> = None;
    let mut at = 0;
    while let Some(line) = all.get(at).cloned()
        && units.len() < most
    {
        let shown = &text[line.clone()];
        let functions = units.iter().any(|u| u.what == What::Function);
        if functions && asks(shown) {
            return (units, Some(line.start));
        }
        if let Some(head) = head(text, line.clone()) {
            let prefix = indentation(shown);
            let inner = unquoted(text, range.end, head.start, head.quote);
            let mark = (inner < range.end).then(|| inner..inner + head.quote.len());
            if mark.is_some() {
                range.end = inner;
                all.truncate(all.partition_point(|l| l.start < inner));
                if let Some(last) = all.last_mut() {
                    last.end = last.end.min(inner);
                }
            }
            let end = line.end.min(range.end);
            let mut scanner = Scanner::default();
            scanner.feed(&text[head.start..end]);
            let mut labels: Vec<_> = head.label.into_iter().collect();
            let start = decorated.take().unwrap_or(head.start);
            if start == head.start && !prefix.is_empty() && labels.is_empty() {
                labels.push((CutKind::Indentation, line.start..head.start));
            }
            let own = body(text, &all, at + 1, prefix, scanner, end);
            labels.extend(own.labels);
            labels.extend(mark.map(|mark| (CutKind::Quote, mark)));
            let mut pieces = vec![start..end];
            pieces.extend(own.pieces);
            units.push(Unit {
                what: What::Function,
                name: head.name,
                range: start..own.end,
                pieces,
                labels,
                returned: own.returned.map(|n| n + 1),
                error: None,
            });
            at = own.next;
            continue;
        }
        let content = shown.trim();
        if content.starts_with('@') {
            decorated = decorated.or(Some(line.start));
        } else if !content.is_empty() {
            decorated = None;
        }
        let what = match word(content) {
            ("import" | "from", rest) if rest.starts_with(' ') && content.len() <= MAX_IMPORT => {
                Some((What::Import, content))
            }
            (name, rest) if !name.is_empty() => {
                let rest = rest.trim_start();
                let assigned = rest.starts_with('=') && !rest.starts_with("==");
                assigned.then_some((What::Constant, name))
            }
            _ => None,
        };
        let mut next = at + 1;
        if let Some((what, name)) = what {
            let mut scanner = Scanner::default();
            scanner.feed(shown);
            while !scanner.at_start()
                && let Some(more) = all.get(next)
                && defined(text[more.clone()].trim_start()).is_none()
            {
                scanner.feed(&text[more.clone()]);
                next += 1;
            }
            let start = line.start + indentation(shown).len();
            let end = all[next - 1].end;
            let labels = match start > line.start {
                true => vec![(CutKind::Indentation, line.start..start)],
                false => Vec::new(),
            };
            units.push(Unit {
                what,
                name,
                range: start..end,
                pieces: vec![start..end],
                labels,
                returned: None,
                error: None,
            });
        }
        at = next;
    }
    (units, None)
}
