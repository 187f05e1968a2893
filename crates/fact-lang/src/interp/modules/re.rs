//! `re`, over a backtracking engine with a limit.

use super::super::Vm;
use super::super::call::Args;
use super::super::error::R;
use super::super::native::{self, Native};
use super::super::value::{PENDING, Tv, Value};
use crate::ast::NodeId;
use crate::trace::EventKind;
use std::rc::Rc;
use std::sync::Arc;

/// Backtracking steps of one match.
const MAX_BACKTRACKS: usize = 100_000;
/// Bytes of a compiled expression.
const MAX_COMPILED: usize = 1 << 20;

const IGNORECASE: i64 = 2;
const MULTILINE: i64 = 8;
const DOTALL: i64 = 16;
const VERBOSE: i64 = 64;

pub(crate) const PATTERN_NAMES: &[&str] = &[
    "search",
    "match",
    "fullmatch",
    "findall",
    "finditer",
    "sub",
    "subn",
    "split",
];
pub(crate) const MATCH_NAMES: &[&str] = &["group", "groups", "start", "end", "span", "groupdict"];

/// A compiled expression.
#[derive(Debug)]
pub(crate) struct Pattern {
    pub(crate) source: Arc<str>,
    regex: fancy_regex::Regex,
}

/// A match: spans in bytes of the text, and group names.
#[derive(Debug)]
pub(crate) struct Match {
    text: Arc<str>,
    groups: Vec<Option<(usize, usize)>>,
    names: Vec<Option<String>>,
}

impl Match {
    /// Where the whole match starts and ends, in characters, and its text.
    pub(crate) fn whole(&self) -> (usize, usize, String) {
        let (start, end) = self.groups.first().copied().flatten().unwrap_or_default();
        let text = self.text.get(start..end).unwrap_or_default();
        let before = self.text.get(..start).unwrap_or_default().chars().count();
        (before, before + text.chars().count(), text.to_owned())
    }
}

pub(super) fn member(name: &str) -> Option<Value> {
    let flag = match name {
        "error" => {
            return Some(Value::ExcClass(super::super::error::ExcClass::RegexError));
        }
        "I" | "IGNORECASE" => IGNORECASE,
        "M" | "MULTILINE" => MULTILINE,
        "S" | "DOTALL" => DOTALL,
        "X" | "VERBOSE" => VERBOSE,
        _ => return native::find(TABLE, name),
    };
    Some(Value::Int(flag))
}

macro_rules! table {
    ($($name:literal),*) => {
        static TABLE: &[Native] = &[
            $(Native { name: $name, call: |vm, args, node| function(vm, $name, args, node) }),*,
            Native { name: "compile", call: compile },
            Native { name: "escape", call: escape },
        ];
    };
}

table!(
    "search",
    "match",
    "fullmatch",
    "findall",
    "finditer",
    "sub",
    "subn",
    "split"
);

fn compile(vm: &mut Vm<'_>, mut args: Args, _: NodeId) -> R<Value> {
    let flags = vm.keyword(&mut args, "flags");
    vm.arity("compile", &args, 1, 2)?;
    let flags = flags.or_else(|| args.pos.get(1).cloned());
    let flags = match flags {
        Some(tv) => vm.integer(&tv.value)?,
        None => 0,
    };
    let pattern = pattern(vm, &args.pos[0].value, flags)?;
    Ok(Value::Pattern(pattern))
}

fn escape(vm: &mut Vm<'_>, args: Args, _: NodeId) -> R<Value> {
    vm.arity("escape", &args, 1, 1)?;
    let text = text(vm, "escape", &args, 0)?;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "()[]{}?*+-|^$\\.&~# \t\n\r\u{b}\u{c}".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    vm.string(out)
}

fn pattern(vm: &mut Vm<'_>, value: &Value, flags: i64) -> R<Rc<Pattern>> {
    let source = match value {
        Value::Pattern(p) => return Ok(p.clone()),
        Value::Str(s) => s.clone(),
        _ => return Err(vm.type_error("first argument must be string or compiled pattern")),
    };
    // Compiling costs far more than a step.
    vm.work(200 + source.len() * 10)?;
    vm.charge(source.len() * 64 + 1024)?;
    if source.len() > 4096 || super::pattern::nesting(&source) > 50 {
        return Err(vm.value_error("regular expression is too large"));
    }
    let mut prefix = String::new();
    for (flag, letter) in [
        (IGNORECASE, 'i'),
        (MULTILINE, 'm'),
        (DOTALL, 's'),
        (VERBOSE, 'x'),
    ] {
        if flags & flag != 0 {
            prefix.push(letter);
        }
    }
    let text = if prefix.is_empty() {
        source.to_string()
    } else {
        format!("(?{prefix}){source}")
    };
    let text = text.replace("(?P=", "\\k<").replace("\\Z", "\\z");
    let built = fancy_regex::RegexBuilder::new(&text)
        .backtrack_limit(MAX_BACKTRACKS)
        .delegate_size_limit(MAX_COMPILED)
        .delegate_dfa_size_limit(MAX_COMPILED)
        .build();
    match built {
        Ok(regex) => Ok(Rc::new(Pattern { source, regex })),
        Err(error) => {
            let message = super::pattern::complaint(&source)
                .unwrap_or_else(|| format!("invalid regular expression: {error}"));
            Err(vm.raise(super::super::error::ExcClass::RegexError, message))
        }
    }
}

fn text(vm: &mut Vm<'_>, name: &str, args: &Args, i: usize) -> R<Arc<str>> {
    match args.pos.get(i).map(|tv| &tv.value) {
        Some(Value::Str(s)) => Ok(s.clone()),
        Some(other) => {
            let message = format!(
                "expected string or bytes-like object, got '{}'",
                vm.type_name(other)
            );
            Err(vm.type_error(message))
        }
        None => {
            let message = format!("{name}() missing 1 required positional argument: 'string'");
            Err(vm.type_error(message))
        }
    }
}

/// `re.search(pattern, …)`
fn function(vm: &mut Vm<'_>, name: &str, mut args: Args, node: NodeId) -> R<Value> {
    if args.pos.is_empty() {
        let message = format!("{name}() missing 1 required positional argument: 'pattern'");
        return Err(vm.type_error(message));
    }
    let mut flags = 0;
    if let Some(tv) = vm.keyword(&mut args, "flags") {
        flags = vm.integer(&tv.value)?;
    }
    let at = match name {
        "sub" | "subn" => 4,
        "split" => 3,
        _ => 2,
    };
    if args.pos.len() > at {
        flags = vm.integer(&args.pos[at].value)?;
        args.pos.truncate(at);
    }
    let first = args.pos.remove(0);
    let pattern = pattern(vm, &first.value, flags)?;
    pattern_method(vm, &pattern, name, args, node)
}

/// `pattern.search(…)`
pub(crate) fn pattern_method(
    vm: &mut Vm<'_>,
    pattern: &Rc<Pattern>,
    name: &str,
    mut args: Args,
    node: NodeId,
) -> R<Value> {
    match name {
        "search" | "match" | "fullmatch" => {
            let text = text(vm, name, &args, 0)?;
            vm.work(text.len())?;
            let found = first_match(vm, pattern, &text, 0)?;
            let whole = found.filter(|m| {
                let (start, end) = m.groups.first().copied().flatten().unwrap_or((1, 0));
                match name {
                    "search" => true,
                    "match" => start == 0,
                    _ => start == 0 && end == text.len(),
                }
            });
            match whole {
                Some(m) => {
                    vm.charge(64 + 24 * m.groups.len())?;
                    Ok(Value::Match(Rc::new(m)))
                }
                None if name == "search" => Ok(Value::None),
                // The engine's leftmost match may differ from the anchored one.
                None => anchored(vm, pattern, name, &text),
            }
        }
        "findall" | "finditer" => {
            let text = text(vm, name, &args, 0)?;
            let matches = all_matches(vm, pattern, &text, usize::MAX)?;
            let mut items = Vec::with_capacity(matches.len());
            for m in matches {
                let value = match (name, m.groups.len()) {
                    ("finditer", _) => Value::Match(Rc::new(m)),
                    (_, 1) => group(vm, &m, 0, true)?,
                    (_, 2) => group(vm, &m, 1, true)?,
                    (_, n) => {
                        let mut parts = Vec::with_capacity(n - 1);
                        for i in 1..n {
                            parts.push(Tv::pending(group(vm, &m, i, true)?));
                        }
                        vm.tuple(parts, PENDING)?
                    }
                };
                items.push(Tv::pending(value));
            }
            vm.list(items, PENDING)
        }
        "split" => {
            let most = match vm
                .keyword(&mut args, "maxsplit")
                .or(args.pos.get(1).cloned())
            {
                Some(tv) => vm.clamped(&tv.value)?,
                None => 0,
            };
            let text = text(vm, name, &args, 0)?;
            let most = usize::try_from(most).ok().filter(|n| *n > 0);
            let matches = all_matches(vm, pattern, &text, most.unwrap_or(usize::MAX))?;
            let mut items = Vec::new();
            let mut at = 0;
            for m in matches {
                let (start, end) = m.groups.first().copied().flatten().unwrap_or((0, 0));
                items.push(Tv::pending(vm.string(&text[at..start])?));
                for i in 1..m.groups.len() {
                    items.push(Tv::pending(group(vm, &m, i, false)?));
                }
                at = end;
            }
            items.push(Tv::pending(vm.string(&text[at..])?));
            vm.list(items, PENDING)
        }
        // `sub`, `subn`
        _ => substitute(vm, pattern, name, args, node),
    }
}

fn substitute(
    vm: &mut Vm<'_>,
    pattern: &Rc<Pattern>,
    name: &str,
    mut args: Args,
    node: NodeId,
) -> R<Value> {
    let most = match vm.keyword(&mut args, "count").or(args.pos.get(2).cloned()) {
        Some(tv) => vm.clamped(&tv.value)?,
        None => 0,
    };
    let most = usize::try_from(most).ok().filter(|n| *n > 0);
    let text = text(vm, name, &args, 1)?;
    let replacement = args.pos[0].clone();
    if !matches!(replacement.value, Value::Str(_))
        && !super::super::builtins::is_callable(&replacement.value)
    {
        let message = format!(
            "decoding to str: need a bytes-like object, {} found",
            vm.type_name(&replacement.value)
        );
        return Err(vm.type_error(message));
    }
    let mut out = String::new();
    let mut at = 0;
    let mut n = 0;
    for m in all_matches(vm, pattern, &text, most.unwrap_or(usize::MAX))? {
        let (start, end) = m.groups.first().copied().flatten().unwrap_or((0, 0));
        out.push_str(&text[at..start]);
        at = end;
        n += 1;
        match &replacement.value {
            Value::Str(template) => {
                let template = template.clone();
                expand(vm, &template, &m, &mut out)?;
            }
            _ => {
                let arg = Tv::pending(Value::Match(Rc::new(m)));
                let tv = vm.call(&replacement, Args::of(vec![arg]), node)?;
                vm.dep(tv.event);
                match &tv.value {
                    Value::Str(piece) => out.push_str(piece),
                    other => {
                        let message =
                            format!("expected str instance, {} found", vm.type_name(other));
                        return Err(vm.type_error(message));
                    }
                }
            }
        }
        vm.charge(out.len() / 16)?;
        if out.len() > vm.room() {
            return Err(super::super::error::Stop::Limit(crate::run::Limit::Heap));
        }
    }
    out.push_str(&text[at..]);
    let text = vm.string(out)?;
    if name == "subn" {
        return vm.tuple(vec![Tv::pending(text), Tv::pending(Value::Int(n))], PENDING);
    }
    Ok(text)
}

/// A replacement template: `\1`, `\g<name>` and escapes.
fn expand(vm: &mut Vm<'_>, template: &str, m: &Match, out: &mut String) -> R<()> {
    let mut chars = template.char_indices();
    while let Some((at, c)) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some((_, digit)) if digit.is_ascii_digit() => {
                let index = digit.to_digit(10).unwrap_or(0) as usize;
                if index >= m.groups.len() {
                    let message = format!("invalid group reference {index} at position {}", at + 1);
                    return Err(vm.value_error(message));
                }
                out.push_str(m.text_of(index).unwrap_or(""));
            }
            Some((_, 'g')) => {
                let rest = &template[at + 2..];
                let Some(name) = rest.strip_prefix('<').and_then(|r| r.split('>').next()) else {
                    return Err(vm.value_error("missing <"));
                };
                let index = match name.parse::<usize>() {
                    Ok(index) => Some(index),
                    Err(_) => m.names.iter().position(|n| n.as_deref() == Some(name)),
                };
                match index.filter(|i| *i < m.groups.len()) {
                    Some(index) => out.push_str(m.text_of(index).unwrap_or("")),
                    None => return Err(vm.index_error(format!("unknown group name '{name}'"))),
                }
                for _ in 0..name.chars().count() + 2 {
                    chars.next();
                }
            }
            Some((_, 'n')) => out.push('\n'),
            Some((_, 't')) => out.push('\t'),
            Some((_, '\\')) | None => out.push('\\'),
            Some((_, other)) => {
                out.push('\\');
                out.push(other);
            }
        }
    }
    Ok(())
}

impl Match {
    /// Attributes of a match.
    pub(crate) fn attribute(&self, name: &str) -> Option<Value> {
        match name {
            "string" => Some(Value::Str(self.text.clone())),
            "lastindex" => {
                let last = (1..self.groups.len())
                    .rev()
                    .find(|i| self.groups[*i].is_some());
                Some(last.map_or(Value::None, |i| Value::Int(i as i64)))
            }
            _ => None,
        }
    }

    fn text_of(&self, group: usize) -> Option<&str> {
        let (start, end) = self.groups.get(group).copied().flatten()?;
        self.text.get(start..end)
    }
}

fn too_much(vm: &mut Vm<'_>) -> super::super::error::Stop {
    vm.raise(
        super::super::error::ExcClass::RuntimeError,
        "regular expression takes too long",
    )
}

fn of_captures(
    pattern: &Pattern,
    text: &Arc<str>,
    captures: &fancy_regex::Captures<'_, str>,
) -> Match {
    Match {
        text: text.clone(),
        groups: (0..captures.len())
            .map(|i| captures.get(i).map(|g| (g.start(), g.end())))
            .collect(),
        names: pattern
            .regex
            .capture_names()
            .map(|n| n.map(str::to_owned))
            .collect(),
    }
}

fn first_match(
    vm: &mut Vm<'_>,
    pattern: &Rc<Pattern>,
    text: &Arc<str>,
    from: usize,
) -> R<Option<Match>> {
    vm.work(text.len() / 4)?;
    match pattern.regex.captures_from_pos(&**text, from) {
        Ok(captures) => Ok(captures.map(|c| of_captures(pattern, text, &c))),
        Err(_) => Err(too_much(vm)),
    }
}

/// `match` and `fullmatch`: the expression anchored.
fn anchored(vm: &mut Vm<'_>, pattern: &Rc<Pattern>, name: &str, text: &Arc<str>) -> R<Value> {
    let source = pattern.regex.as_str();
    let end = if name == "fullmatch" { "\\z" } else { "" };
    vm.work(200 + source.len() * 10)?;
    let anchored = fancy_regex::RegexBuilder::new(&format!("\\A(?:{source}){end}"))
        .backtrack_limit(MAX_BACKTRACKS)
        .delegate_size_limit(MAX_COMPILED)
        .delegate_dfa_size_limit(MAX_COMPILED)
        .build();
    let Ok(regex) = anchored else {
        return Ok(Value::None);
    };
    let anchored = Rc::new(Pattern {
        source: pattern.source.clone(),
        regex,
    });
    Ok(match first_match(vm, &anchored, text, 0)? {
        Some(m) => Value::Match(Rc::new(m)),
        None => Value::None,
    })
}

fn all_matches(
    vm: &mut Vm<'_>,
    pattern: &Rc<Pattern>,
    text: &Arc<str>,
    most: usize,
) -> R<Vec<Match>> {
    let mut out = Vec::new();
    let mut at = 0;
    while out.len() < most && at <= text.len() {
        vm.work(10)?;
        let Some(m) = first_match(vm, pattern, text, at)? else {
            break;
        };
        let (start, end) = m.groups.first().copied().flatten().unwrap_or((at, at));
        at = if end > start {
            end
        } else {
            // An empty match: go on with the next character.
            end + text[end..].chars().next().map_or(1, char::len_utf8)
        };
        vm.charge(64 + 24 * m.groups.len())?;
        out.push(m);
    }
    Ok(out)
}

/// Text of a group; an unmatched one is `None`, or empty where `blank`.
fn group(vm: &mut Vm<'_>, m: &Match, index: usize, blank: bool) -> R<Value> {
    match m.text_of(index) {
        Some(text) => {
            let text: Arc<str> = text.into();
            vm.string(text)
        }
        None if blank => Ok(Value::str("")),
        None => Ok(Value::None),
    }
}

fn group_index(vm: &mut Vm<'_>, m: &Match, which: Option<&Value>) -> R<usize> {
    let index = match which {
        None => Some(0),
        Some(Value::Str(name)) => m.names.iter().position(|n| n.as_deref() == Some(&**name)),
        Some(other) => usize::try_from(vm.integer(other)?).ok(),
    };
    match index.filter(|i| *i < m.groups.len()) {
        Some(index) => Ok(index),
        None => Err(vm.index_error("no such group")),
    }
}

/// `match.group(…)`
pub(crate) fn match_method(vm: &mut Vm<'_>, m: &Rc<Match>, name: &str, args: Args) -> R<Value> {
    match name {
        "group" if args.pos.len() > 1 => {
            let mut items = Vec::new();
            for arg in &args.pos {
                let index = group_index(vm, m, Some(&arg.value))?;
                items.push(Tv::pending(group(vm, m, index, false)?));
            }
            vm.tuple(items, PENDING)
        }
        "group" => {
            let index = group_index(vm, m, args.pos.first().map(|tv| &tv.value))?;
            group(vm, m, index, false)
        }
        "groups" => {
            let default = args.pos.first().map_or(Value::None, |tv| tv.value.clone());
            let mut items = Vec::new();
            for i in 1..m.groups.len() {
                items.push(Tv::pending(match group(vm, m, i, false)? {
                    Value::None => default.clone(),
                    value => value,
                }));
            }
            vm.tuple(items, PENDING)
        }
        "groupdict" => {
            let mut entries = Vec::new();
            for (i, name) in m.names.iter().enumerate() {
                if let Some(name) = name {
                    let key = Tv::pending(vm.string(name.as_str())?);
                    entries.push((key, Tv::pending(group(vm, m, i, false)?)));
                }
            }
            vm.dict(entries, PENDING)
        }
        _ => {
            let index = group_index(vm, m, args.pos.first().map(|tv| &tv.value))?;
            let position = |at: usize| {
                let before = m.text.get(..at).unwrap_or("");
                Value::Int(crate::pytext::len(before) as i64)
            };
            let (start, end) = match m.groups[index] {
                Some((start, end)) => (position(start), position(end)),
                None => (Value::Int(-1), Value::Int(-1)),
            };
            match name {
                "start" => Ok(start),
                "end" => Ok(end),
                _ => vm.tuple(vec![Tv::pending(start), Tv::pending(end)], PENDING),
            }
        }
    }
}

impl Vm<'_> {
    /// `match[group]`
    pub(crate) fn match_group(
        &mut self,
        m: &Rc<Match>,
        container: &Tv,
        index: &Tv,
        node: NodeId,
    ) -> R<Tv> {
        let at = group_index(self, m, Some(&index.value))?;
        let value = group(self, m, at, false)?;
        let inputs = [container.event, index.event];
        let event = self.event(EventKind::Subscript, node, &inputs, &value)?;
        Ok(Tv::new(value, event))
    }
}
