//! The parts of a completion, by fences, thoughts and end markers.

use super::CutKind;
use std::ops::Range;

const FENCE: &str = "```";
const THINK: [(&str, &str); 2] = [("<think>", "</think>"), ("<thinking>", "</thinking>")];
/// What servers leave at the end of a completion when told not to stop there.
const END: &[&str] = &[
    "<|im_end|>",
    "<|endoftext|>",
    "<|eot_id|>",
    "<|end_of_text|>",
    "<｜end▁of▁sentence｜>",
    "<end_of_turn>",
    "</s>",
    "[/PYTHON]",
    "</code>",
];

/// A stretch of text without fence or thought in it.
#[derive(Debug)]
pub(super) struct Region {
    /// Where, in bytes.
    pub(super) range: Range<usize>,
    /// Whether it is the content of a fenced block.
    pub(super) fenced: bool,
}

/// The regions that are not blank, in order; what divides them is added to `labels`.
pub(super) fn regions(text: &str, labels: &mut Vec<(CutKind, Range<usize>)>) -> Vec<Region> {
    let mut start = 0;
    if let Some(rest) = text.strip_prefix('\u{feff}') {
        start = text.len() - rest.len();
        labels.push((CutKind::ByteOrderMark, 0..start));
    }
    let mut end = text.len();
    if let Some(at) = END.iter().filter_map(|marker| text.find(marker)).min()
        && at >= start
    {
        labels.push((CutKind::EndMarker, at..end));
        end = at;
    }
    let mut out = Vec::new();
    let mut fenced = false;
    for plain in without_thoughts(text, start..end, labels) {
        fences(text, plain, &mut fenced, &mut out, labels);
    }
    out.retain(|region| !text[region.range.clone()].trim().is_empty());
    out
}

fn without_thoughts(
    text: &str,
    range: Range<usize>,
    labels: &mut Vec<(CutKind, Range<usize>)>,
) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut at = range.start;
    let within = &text[range.clone()];
    let Some((open, close)) = THINK.iter().find(|(_, close)| within.contains(close)) else {
        // A thought without an end takes all the rest.
        if let Some(open) = THINK.iter().filter_map(|(open, _)| within.find(open)).min() {
            let thought = range.start + open;
            labels.push((CutKind::Thought, thought..range.end));
            return vec![at..thought];
        }
        return vec![range];
    };
    // The prompt may have ended with the opening tag.
    let first = within.find(close).unwrap_or(0);
    if !within[..first].contains(open) {
        let end = range.start + first + close.len();
        labels.push((CutKind::Thought, at..end));
        at = end;
    }
    while let Some(found) = text[at..range.end].find(open) {
        let thought = at + found;
        out.push(at..thought);
        let end = text[thought..range.end]
            .find(close)
            .map_or(range.end, |n| thought + n + close.len());
        labels.push((CutKind::Thought, thought..end));
        at = end;
    }
    out.push(at..range.end);
    out
}

/// Three backticks open and close blocks wherever they stand: Python has no use for them.
fn fences(
    text: &str,
    range: Range<usize>,
    fenced: &mut bool,
    out: &mut Vec<Region>,
    labels: &mut Vec<(CutKind, Range<usize>)>,
) {
    let mut at = range.start;
    let mut search = at;
    while let Some(found) = text[search..range.end].find(FENCE) {
        let fence = search + found;
        let ticks = text[fence..range.end]
            .bytes()
            .take_while(|b| *b == b'`')
            .count();
        let mut end = fence + ticks;
        let language = text[end..range.end]
            .bytes()
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'+' | b'-' | b'.'))
            .count();
        let name = &text[end..end + language];
        let python = ["python", "python3", "py", "Python", "tool_code"].contains(&name);
        let rest = &text[end + language..range.end];
        let line_ends =
            rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n') || rest.trim().is_empty();
        // `return x```Then …`: what follows a closing fence is prose, not a language.
        let names = if *fenced { python } else { python || line_ends };
        let opens = if *fenced { python } else { true };
        if names {
            end += language;
        }
        if line_ends && (names || language == 0) {
            let blanks = text[end..range.end].find('\n').map_or(0, |n| n + 1);
            end += blanks;
        }
        out.push(Region {
            range: at..fence,
            fenced: *fenced,
        });
        labels.push((CutKind::Fence, fence..end));
        *fenced = opens;
        at = end;
        search = end;
    }
    out.push(Region {
        range: at..range.end,
        fenced: *fenced,
    });
}
