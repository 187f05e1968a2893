//! Text ↔ tokens: words that are frequent in the training text are one token each, everything else is
//! spelled in bytes. Any text can be written and read back; no text can spell a special token.
//!
//! Rationales are made of few words, so that whole words make sequences about as short as a byte-pair
//! encoding would, without its training. A piece is a run of letters with the space before it, or one other
//! character with the space before it; numbers are therefore digits.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A token.
pub type Token = u32;

/// Nothing; fills rows.
pub const PAD: Token = 0;
/// The question follows.
pub const QUESTION: Token = 1;
/// Task: the answer follows at once.
pub const LABEL: Token = 2;
/// Task: a rationale follows.
pub const RATIONALE: Token = 3;
/// The rationale is over, the answer follows.
pub const ANSWER: Token = 4;
/// What was said is over.
pub const END: Token = 5;
const BYTES: Token = 6;
const PIECES: Token = BYTES + 256;

/// Most pieces of a vocabulary.
pub const MAX_PIECES: usize = 8192;
/// Longest piece in bytes; longer runs of letters are cut.
const MAX_PIECE: usize = 24;

/// A vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Tokenizer {
    pieces: Vec<String>,
    tokens: BTreeMap<String, Token>,
}

impl From<Tokenizer> for Vec<String> {
    fn from(tokenizer: Tokenizer) -> Self {
        tokenizer.pieces
    }
}

impl TryFrom<Vec<String>> for Tokenizer {
    type Error = String;

    fn try_from(pieces: Vec<String>) -> Result<Self, String> {
        if pieces.len() > MAX_PIECES {
            return Err(format!(
                "a vocabulary of {} pieces, at most {MAX_PIECES} are read",
                pieces.len()
            ));
        }
        let mut tokens = BTreeMap::new();
        for (token, piece) in (PIECES..).zip(&pieces) {
            if piece.len() < 2 || piece.len() > MAX_PIECE {
                return Err(format!("a piece of {} bytes", piece.len()));
            }
            if tokens.insert(piece.clone(), token).is_some() {
                return Err("a piece stands twice in the vocabulary".into());
            }
        }
        Ok(Self { pieces, tokens })
    }
}

impl Tokenizer {
    /// Learns from texts: pieces that occur `least` times or more, the most frequent ones if there are more
    /// than `most`. The order of the texts does not matter.
    pub fn learn<'a>(texts: impl IntoIterator<Item = &'a str>, least: usize, most: usize) -> Self {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for text in texts {
            let text = spaced(text);
            for piece in pieces(&text).filter(|p| p.len() > 1) {
                match counts.get_mut(piece) {
                    Some(count) => *count += 1,
                    None => drop(counts.insert(piece.to_owned(), 1)),
                }
            }
        }
        let mut frequent: Vec<(String, usize)> =
            counts.into_iter().filter(|(_, n)| *n >= least).collect();
        // Stable: equally frequent ones stay in the order of their bytes.
        frequent.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        frequent.truncate(most.min(MAX_PIECES));
        let pieces: Vec<String> = frequent.into_iter().map(|(piece, _)| piece).collect();
        let tokens = pieces.iter().cloned().zip(PIECES..).collect();
        Self { pieces, tokens }
    }

    /// How many tokens there are, special ones included.
    pub fn size(&self) -> usize {
        PIECES as usize + self.pieces.len()
    }

    /// The tokens of a text.
    pub fn encode(&self, text: &str) -> Vec<Token> {
        let mut tokens = Vec::new();
        for piece in pieces(&spaced(text)) {
            match self.tokens.get(piece) {
                Some(&token) => tokens.push(token),
                None => tokens.extend(piece.bytes().map(|b| BYTES + Token::from(b))),
            }
        }
        tokens
    }

    /// The text of tokens. Special tokens say nothing; bytes that are no UTF-8 become U+FFFD.
    pub fn decode(&self, tokens: &[Token]) -> String {
        let mut bytes = Vec::new();
        for &token in tokens {
            if let Some(piece) = token
                .checked_sub(PIECES)
                .and_then(|i| self.pieces.get(i as usize))
            {
                bytes.extend_from_slice(piece.as_bytes());
            } else if let Some(Ok(byte)) = token.checked_sub(BYTES).map(u8::try_from) {
                bytes.push(byte);
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        text.strip_prefix(' ').unwrap_or(&text).to_owned()
    }
}

/// With a space before it, so that its first word is the same piece as within a sentence.
fn spaced(text: &str) -> String {
    format!(" {text}")
}

/// Cuts a text into pieces that joined are the text.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut chars = rest.char_indices().peekable();
        let (_, mut first) = chars.next()?;
        let mut end = first.len_utf8();
        if first == ' '
            && let Some(&(_, next)) = chars.peek()
            && next != ' '
        {
            chars.next();
            first = next;
            end += next.len_utf8();
        }
        if first.is_alphabetic() {
            for (at, c) in chars {
                let longer = at + c.len_utf8();
                if !c.is_alphabetic() || longer > MAX_PIECE {
                    break;
                }
                end = longer;
            }
        }
        let (piece, left) = rest.split_at(end);
        rest = left;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn frequent_words_are_one_token_wherever_they_stand() {
        let t = Tokenizer::learn(["red red box", "the red 10"], 2, 100);
        assert_eq!(t.encode("red"), [PIECES]);
        assert_eq!(t.encode("red red"), [PIECES, PIECES]);
        assert_eq!(t.encode("b").len(), 2);
        assert_eq!(t.decode(&t.encode("red box")), "red box");
    }

    #[test]
    fn the_vocabulary_does_not_depend_on_the_order_of_texts() {
        let (a, b) = ("one two two", "three three one");
        assert_eq!(
            Tokenizer::learn([a, b], 1, 2),
            Tokenizer::learn([b, a], 1, 2)
        );
        assert_eq!(Tokenizer::learn([a, b], 1, 2).size(), PIECES as usize + 2);
    }

    #[test]
    fn a_malformed_vocabulary_is_refused() {
        for json in [r#"["ab","ab"]"#, r#"["a"]"#, r#"[""]"#] {
            assert!(serde_json::from_str::<Tokenizer>(json).is_err(), "{json}");
        }
        let long = serde_json::to_string(&vec!["ab"; MAX_PIECES + 1]).unwrap();
        assert!(serde_json::from_str::<Tokenizer>(&long).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read_back(text in "\\PC*", learned in "[a-e ]{0,40}") {
            let t = Tokenizer::learn([learned.as_str()], 1, 50);
            let tokens = t.encode(&text);
            prop_assert!(tokens.iter().all(|&t| t >= BYTES));
            prop_assert_eq!(t.decode(&tokens), text);
        }
    }
}
