//! Looks at the text of a regular expression before it is compiled.

/// CPython's words for the usual mistakes; `None` for the others.
pub(super) fn complaint(source: &str) -> Option<String> {
    let mut open: Vec<usize> = Vec::new();
    let mut class: Option<usize> = None;
    // Whether there is something to repeat, and whether it is repeated already.
    let (mut item, mut repeated) = (false, false);
    let mut chars = source.chars().enumerate().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                if chars.next().is_none() {
                    return Some(format!("bad escape (end of pattern) at position {at}"));
                }
                (item, repeated) = (true, false);
            }
            ']' if class.is_some_and(|start| at > start + 1) => {
                class = None;
                (item, repeated) = (true, false);
            }
            _ if class.is_some() => {}
            '[' => {
                class = Some(at);
                if chars.peek().is_some_and(|(_, c)| *c == '^') {
                    chars.next();
                    class = Some(at + 1);
                }
            }
            '(' => {
                open.push(at);
                (item, repeated) = (false, false);
                if chars.peek().is_some_and(|(_, c)| *c == '?') {
                    chars.next();
                }
            }
            ')' => {
                if open.pop().is_none() {
                    return Some(format!("unbalanced parenthesis at position {at}"));
                }
                (item, repeated) = (true, false);
            }
            '|' => (item, repeated) = (false, false),
            '*' | '+' | '?' => {
                if repeated && c != '?' && c != '+' {
                    return Some(format!("multiple repeat at position {at}"));
                }
                if !item {
                    return Some(format!("nothing to repeat at position {at}"));
                }
                repeated = true;
            }
            _ => (item, repeated) = (true, false),
        }
    }
    if let Some(start) = class {
        let start = if source.chars().nth(start) == Some('^') {
            start - 1
        } else {
            start
        };
        return Some(format!("unterminated character set at position {start}"));
    }
    let start = open.last()?;
    Some(format!(
        "missing ), unterminated subpattern at position {start}"
    ))
}

/// Open parentheses and brackets at the deepest point.
pub(super) fn nesting(source: &str) -> usize {
    let (mut depth, mut deepest) = (0usize, 0);
    for c in source.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}
