//! Deletions on the text of a program, with nothing of the slicer's own: lines and indentation only.
//! It knows programs as they are printed: a statement a line, four spaces a level.

/// A line with what is indented under it.
#[derive(Debug, Clone)]
struct Part {
    head: String,
    body: Vec<Part>,
}

fn parts(lines: &[&str], depth: usize, at: &mut usize) -> Vec<Part> {
    let mut out: Vec<Part> = Vec::new();
    while *at < lines.len() {
        let indent = lines[*at].len() - lines[*at].trim_start().len();
        if indent < 4 * depth {
            break;
        }
        let head = lines[*at].trim().to_owned();
        *at += 1;
        let body = parts(lines, depth + 1, at);
        out.push(Part { head, body });
    }
    out
}

/// Whether a line goes on with the statement before it.
fn clause(head: &str) -> bool {
    ["else:", "elif ", "except", "finally:"]
        .iter()
        .any(|word| head.starts_with(word))
}

fn show(parts: &[Part], depth: usize, out: &mut String) {
    for part in parts {
        out.push_str(&format!("{}{}\n", "    ".repeat(depth), part.head));
        if part.head.ends_with(':') && part.body.is_empty() {
            out.push_str(&format!("{}pass\n", "    ".repeat(depth + 1)));
        }
        show(&part.body, depth + 1, out);
    }
}

/// Every program with one statement or one `except` clause less.
pub(crate) fn each(source: &str) -> Vec<String> {
    let lines: Vec<&str> = source.lines().collect();
    let all = parts(&lines, 0, &mut 0);
    let mut out = Vec::new();
    shorter(&all, &mut |smaller| {
        let mut text = String::new();
        show(&smaller, 0, &mut text);
        out.push(text);
    });
    out
}

fn shorter(block: &[Part], found: &mut dyn FnMut(Vec<Part>)) {
    for (at, part) in block.iter().enumerate() {
        let end = (at + 1..block.len())
            .find(|i| !clause(&block[*i].head))
            .unwrap_or(block.len());
        let without = |range: std::ops::Range<usize>| {
            let mut smaller = block.to_vec();
            smaller.drain(range);
            smaller
        };
        let entry = part.head.starts_with("def execute_command");
        let kept = entry || part.head == "pass" || used_import(part, block);
        if !clause(&part.head) && !kept {
            found(without(at..end));
        } else if part.head.starts_with("elif ") {
            // The rest of the chain belongs to it.
            found(without(at..end));
        } else if part.head.starts_with("except") {
            found(untried(without(at..at + 1)));
        }
        // Something within. An `else` or `finally` without statements goes.
        let mut inner = Vec::new();
        shorter(&part.body, &mut |body| inner.push(body));
        for body in inner {
            let mut smaller = block.to_vec();
            let empty = body.iter().all(|p| p.head == "pass");
            if empty && (part.head == "else:" || part.head == "finally:") {
                smaller.remove(at);
                found(untried(smaller));
            } else {
                smaller[at].body = body;
                found(smaller);
            }
        }
    }
}

/// A `try` without clauses is its body, with that of `else` behind it.
fn untried(block: Vec<Part>) -> Vec<Part> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < block.len() {
        let end = (at + 1..block.len())
            .find(|i| !clause(&block[*i].head))
            .unwrap_or(block.len());
        let clauses = &block[at + 1..end];
        let guarded = clauses
            .iter()
            .any(|p| p.head.starts_with("except") || p.head == "finally:");
        if block[at].head == "try:" && !guarded {
            out.extend(block[at].body.clone());
            clauses.iter().for_each(|p| out.extend(p.body.clone()));
        } else if block[at].head == "try:" && !clauses.iter().any(|p| p.head.starts_with("except"))
        {
            let mut body = block[at].clone();
            for part in clauses {
                match part.head.as_str() {
                    "else:" => body.body.extend(part.body.clone()),
                    _ => {
                        out.push(body.clone());
                        out.push(part.clone());
                    }
                }
            }
        } else {
            out.extend(block[at..end].iter().cloned());
        }
        at = end;
    }
    out
}

fn used_import(part: &Part, block: &[Part]) -> bool {
    let words: Vec<&str> = part.head.split_whitespace().collect();
    let (Some(first), Some(name)) = (words.first(), words.last()) else {
        return false;
    };
    let mut rest = String::new();
    show(block, 0, &mut rest);
    let rest = rest.replace(&part.head, "");
    matches!(*first, "import" | "from")
        && rest
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .any(|word| word == *name)
}
