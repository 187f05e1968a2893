//! Counting tokens: a fixed rule, so that lengths can be compared between runs and machines.
//!
//! The rule is the division into pieces that byte-pair tokenizers make before they look anything up,
//! as `cl100k_base` (tiktoken) writes it: a word with the one character before it, up to three
//! digits, a run of punctuation with the space before it, and white space. Each piece counts as one
//! token. A common word is one token of such a vocabulary; a rare one is several, so this counts a
//! little less than a tokenizer does, most of all in program text with its long names. There is no
//! vocabulary to ship, and none to go out of date.

/// Tokens of a text.
pub fn count(text: &str) -> usize {
    let mut rest = text;
    let mut count = 0;
    while !rest.is_empty() {
        rest = &rest[piece(rest)..];
        count += 1;
    }
    count
}

/// Bytes of the first piece of a text that is not empty: at least one character.
fn piece(text: &str) -> usize {
    let mut chars = text.chars();
    let Some(first) = chars.next() else {
        return 0;
    };
    let second = chars.next();
    if first == '\''
        && let Some(length) = contraction(&text[1..])
    {
        return 1 + length;
    }
    let breaks = matches!(first, '\r' | '\n');
    if first.is_alphabetic() {
        return run(text, char::is_alphabetic);
    }
    if !breaks && !first.is_numeric() && second.is_some_and(char::is_alphabetic) {
        let start = first.len_utf8();
        return start + run(&text[start..], char::is_alphabetic);
    }
    if first.is_numeric() {
        let three = text.char_indices().nth(3).map_or(text.len(), |(at, _)| at);
        return run(&text[..three], char::is_numeric);
    }
    let start = usize::from(first == ' ');
    let marks = run(&text[start..], is_mark);
    if marks > 0 {
        let end = start + marks;
        return end + run(&text[end..], |c| matches!(c, '\r' | '\n'));
    }
    let space = run(text, char::is_whitespace);
    if let Some(at) = text[..space].rfind(['\r', '\n']) {
        return at + 1;
    }
    // The last space belongs to what follows.
    let last = text[..space].chars().next_back().map_or(0, char::len_utf8);
    match space == text.len() || space == last {
        true => space,
        false => space - last,
    }
}

fn is_mark(c: char) -> bool {
    !c.is_whitespace() && !c.is_alphabetic() && !c.is_numeric()
}

/// Bytes of the characters at the start that `is` holds for.
fn run(text: &str, is: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is(c)).unwrap_or(text.len())
}

/// Length of the ending of `'s`, `'re` and the like, without the apostrophe.
fn contraction(rest: &str) -> Option<usize> {
    let starts = |ending: &&str| {
        rest.get(..ending.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(ending))
    };
    let endings = ["ll", "ve", "re", "s", "d", "m", "t"];
    endings
        .iter()
        .find(|ending| starts(ending))
        .map(|e| e.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pieces_are_those_of_the_pattern() {
        for (text, pieces) in [
            ("", 0),
            ("There are 2 cups.", 6),     // There| are| |2| cups|.
            ("the dog's tail", 4),        // the| dog|'s| tail
            ("box.count(\"circle\")", 5), // box|.count|("|circle|")
            ("12345", 2),                 // 123|45
            ("a\n\nb", 3),                // a|\n\n|b
            ("a   b", 3),                 // a|  | b
            ("is_left_of", 3),            // is|_left|_of
            ("x == 3", 4),                // x| ==| |3
            ("été Straße", 2),
            ("   ", 1),
        ] {
            assert_eq!(count(text), pieces, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_text_has_an_end(text in "\\PC{0,40}[ \n\t']{0,5}\\PC{0,10}") {
            let tokens = count(&text);
            prop_assert!(tokens <= text.chars().count());
            prop_assert_eq!(tokens == 0, text.is_empty());
        }
    }
}
