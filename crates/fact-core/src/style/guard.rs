//! Text of data and models that would be taken for markup of a trainer.
//!
//! Trainers and chat templates look for markers in the text itself: `<image>` is where an image
//! goes, `<|im_end|>` ends a turn, `</think>` ends the thought. A question, a label or a model's
//! answer may contain them, by chance or by intent. [`clean`] writes them so that they are read by
//! people as they were and by no machine as a marker:
//!
//! * `<` and `>` of whatever looks like a tag become `‹` and `›`: a `<` with a space behind it and a
//!   `>` with a space before it stay, as no marker has them;
//! * `[INST]`, `[/INST]`, `[TOOL_CALLS]` and the like get round brackets;
//! * `USER:` and `ASSISTANT:`, by which Vicuna's template divides turns, get a space before the
//!   colon, `###` becomes `##`;
//! * line breaks, other control characters and the marks that turn the direction of writing become
//!   spaces or go;
//! * beside boxes: four numbers in square brackets get round ones, and `{"` becomes `("`, and
//!   the `@` of `@c3` becomes `＠`, so that every box in the text is one of ours.
//!
//! Cleaning what is clean changes nothing.

/// Longest inside of square brackets that is looked at, in bytes.
const INSIDE: usize = 64;

/// The text with no marker in it; `boxes` if boxes are to stand in it.
pub fn clean(text: &str, boxes: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let text: String = text
        .chars()
        .filter(|c| !turns_direction(*c))
        .map(|c| match c {
            _ if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => ' ',
            _ => c,
        })
        .collect();
    let mut brackets_until = None;
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        match c {
            '<' if !rest.starts_with(' ') => out.push('‹'),
            '>' if at == 0 || !text[..at].ends_with(' ') => out.push('›'),
            '[' => match marked(rest, boxes) {
                Some(length) => {
                    brackets_until = Some(at + 1 + length);
                    out.push('(');
                }
                None => out.push('['),
            },
            ']' if brackets_until == Some(at) => out.push(')'),
            '{' if boxes && rest.starts_with('"') => out.push('('),
            '@' if boxes && names_cell(rest) => out.push('＠'),
            ':' if ends_with_role(&text[..at]) => out.push_str(" :"),
            '#' if out.ends_with("##") => {}
            _ => out.push(c),
        }
    }
    out
}

/// Whether the text is as [`clean`] would write it: it can stand in any place as it is.
pub fn is_clean(text: &str) -> bool {
    clean(text, true) == text
}

fn turns_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The length of what stands up to the closing bracket, if the brackets are a marker's or a box's.
fn marked(rest: &str, boxes: bool) -> Option<usize> {
    let length = rest
        .bytes()
        .take(INSIDE)
        .position(|byte| matches!(byte, b'[' | b']'))?;
    let inside = &rest[..length];
    if rest.as_bytes()[length] != b']' {
        return None;
    }
    let name = inside.strip_prefix('/').unwrap_or(inside);
    let capitals = name.bytes().filter(u8::is_ascii_uppercase).count();
    let marker = capitals >= 2
        && name
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    let numbers = inside.matches([',', ';']).count() >= 3
        && inside
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b';' | b' ' | b'-'));
    (marker || (boxes && numbers)).then_some(length)
}

/// Whether a text begins with the name of a cell of the board, as in `@c3`.
fn names_cell(rest: &str) -> bool {
    let mut bytes = rest.bytes();
    let column = bytes.next().is_some_and(|b| b.is_ascii_lowercase());
    column && bytes.next().is_some_and(|b| b.is_ascii_digit())
}

/// Whether the text ends with the name of a role that Vicuna's template divides turns by.
fn ends_with_role(before: &str) -> bool {
    before.ends_with("USER") || before.ends_with("ASSISTANT")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_marker_is_left() {
        for (text, cleaned) in [
            ("<think>no</think>", "‹think›no‹/think›"),
            ("<|im_start|>system", "‹|im_start|›system"),
            ("<<SYS>> x <</SYS>>", "‹‹SYS›› x ‹‹/SYS››"),
            ("</s><s>[INST] hi [/INST]", "‹/s›‹s›(INST) hi (/INST)"),
            ("[TOOL_CALLS][{}]", "(TOOL_CALLS)[{}]"),
            ("<image><bbox><ref-object>", "‹image›‹bbox›‹ref-object›"),
            ("<｜User｜>", "‹｜User｜›"),
            ("a USER: b ASSISTANT: c", "a USER : b ASSISTANT : c"),
            ("### Human", "## Human"),
            ("one\ntwo\u{202e}\r\u{2028}three", "one two  three"),
            ("<box>[[1, 2, 3, 4]]</box>", "‹box›[(1, 2, 3, 4)]‹/box›"),
            (r#"{"bbox_2d": [1,2,3,4]}"#, r#"("bbox_2d": (1,2,3,4)}"#),
            ("2 < 3 and 4 > 1", "2 < 3 and 4 > 1"),
            ("ends with <", "ends with ‹"),
            ("xs[0] and [a, b]", "xs[0] and [a, b]"),
            ("at @c3, me@home", "at ＠c3, me@home"),
        ] {
            assert_eq!(clean(text, true), cleaned);
        }
        assert_eq!(clean("[1,2,3,4]", false), "[1,2,3,4]");
        assert!(is_clean("yes") && !is_clean("<image>") && !is_clean("a\nb"));
    }

    proptest! {
        #[test]
        fn cleaning_is_done_once(text in "[<>|/\\[\\]{}#:@\"A-C a1,.\n\u{202e}USERthink]{0,60}") {
            let once = clean(&text, true);
            prop_assert_eq!(clean(&once, true), once.as_str());
            for marker in ["<t", "</", "<|", "<<", "[INST]", "###", "USER:", "\n"] {
                prop_assert!(!once.contains(marker), "{once:?}");
            }
        }
    }
}
