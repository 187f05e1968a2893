//! What is done to the words of a sentence before it is read: phrases become one word, adverbs that
//! say no fact are dropped, words that join clauses become a mark.

use super::lexicon::Lexicon;
use super::tokens::{Compare, Token};
use super::words::{ADVERBS, JOINS};

/// Replaces phrases, the longest first at each place.
pub(super) fn join_phrases(raw: Vec<Token>, lexicon: &Lexicon) -> Vec<Token> {
    let mut out = Vec::with_capacity(raw.len());
    let mut at = 0;
    while at < raw.len() {
        let best = lexicon
            .phrases(&raw[at])
            .filter(|phrase| raw[at..].starts_with(&phrase.words))
            .max_by_key(|phrase| phrase.words.len());
        match best {
            Some(phrase) => {
                out.extend(phrase.token.iter().cloned());
                at += phrase.words.len();
            }
            None => {
                out.push(raw[at].clone());
                at += 1;
            }
        }
    }
    out
}

/// The words of a sentence as the grammar takes them: in one way, or in two where a word between
/// commas may join clauses or be in passing.
pub(super) fn prepared(tokens: &[Token]) -> Vec<Vec<Token>> {
    let mut out = vec![prepare(tokens, true)];
    let joined = prepare(tokens, false);
    if !out.contains(&joined) {
        out.push(joined);
    }
    out
}

/// `2 of the 3 boxes, not just 1, have one`: what it is not is said at the end.
fn contrasts_last(tokens: &[Token]) -> Vec<Token> {
    let comma = |at: usize| tokens.get(at) == Some(&Token::Mark(','));
    let is = |at: usize, words: &[&str]| {
        tokens
            .get(at)
            .and_then(Token::word)
            .is_some_and(|w| words.contains(&w))
    };
    for at in 0..tokens.len() {
        let mut i = at + 1;
        i += usize::from(is(i, &["and", "but"]));
        if !comma(at) || !is(i, &["not", "rather-than"]) {
            continue;
        }
        let from = i;
        i += 1;
        i += usize::from(is(i, &["just", "only"]));
        if matches!(tokens.get(i), Some(Token::Number(..))) && comma(i + 1) && i + 2 < tokens.len()
        {
            let mut out = tokens[..at].to_vec();
            out.extend_from_slice(&tokens[i + 2..]);
            out.push(Token::Mark(','));
            out.extend_from_slice(&tokens[from..=i]);
            return out;
        }
    }
    tokens.to_vec()
}

fn prepare(tokens: &[Token], passing: bool) -> Vec<Token> {
    let tokens = &contrasts_last(tokens);
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    let comma = |token: Option<&Token>| token == Some(&Token::Mark(','));
    while let Some(token) = tokens.get(at) {
        let next = tokens.get(at + 1);
        match token {
            Token::Word(word) if ADVERBS.contains(&word.as_str()) => {
                let before = out.is_empty() || comma(out.last());
                if before && comma(next) {
                    // `, therefore,`
                    if passing || out.is_empty() {
                        out.pop();
                    } else {
                        out.pop();
                        out.push(Token::Mark(';'));
                    }
                    at += 1;
                } else if comma(next) && !out.is_empty() {
                    // `and therefore, it`
                    let joined = out
                        .last()
                        .and_then(Token::word)
                        .is_some_and(|w| w == "and" || w == "but");
                    at += usize::from(joined);
                }
            }
            Token::Word(word) if word == "so" && next.and_then(Token::word).is_some_and(helps) => {
                out.push(token.clone());
            }
            // `a square but no circle`
            Token::Word(word)
                if word == "but"
                    && (matches!(next, Some(Token::Number(..)))
                        || next
                            .and_then(Token::word)
                            .is_some_and(|w| w == "no" || w == "only")) =>
            {
                out.push(token.clone());
            }
            Token::Word(word) if JOINS.contains(&word.as_str()) => {
                if comma(out.last()) {
                    out.pop();
                }
                if !out.is_empty() && out.last() != Some(&Token::Mark(';')) {
                    out.push(Token::Mark(';'));
                }
                if comma(next) {
                    at += 1;
                }
            }
            Token::Word(word)
                if word == "either"
                    && !matches!(
                        next,
                        Some(Token::Word(_) | Token::Ordinal(_) | Token::Number(..))
                    ) => {}
            // `Counting the items, there are six.`
            Token::Word(word)
                if out.is_empty()
                    && [
                        "counting",
                        "checking",
                        "examining",
                        "inspecting",
                        "considering",
                    ]
                    .contains(&word.as_str())
                    && tokens.contains(&Token::Mark(',')) =>
            {
                while !comma(tokens.get(at)) {
                    at += 1;
                }
            }
            // `First, there are three.`
            Token::Ordinal(_) if out.is_empty() && comma(next) => at += 1,
            // `With three cups, there are more`
            Token::Word(word)
                if word == "with" && out.is_empty() && matches!(next, Some(Token::Number(..))) =>
            {
                out.push(Token::Word("there".to_owned()));
                out.push(Token::Word("are".to_owned()));
            }
            // `only in the second box`, `in the second box only`: in only the second box.
            Token::Word(word) if word == "only" && next.and_then(Token::word) == Some("in") => {
                out.push(Token::Word("in".to_owned()));
                out.push(token.clone());
                at += 1;
            }
            Token::Word(word)
                if word == "only"
                    && !matches!(
                        next,
                        Some(
                            Token::Word(_)
                                | Token::Number(..)
                                | Token::Ordinal(_)
                                | Token::Compare(_)
                                | Token::Relation(_)
                                | Token::Quote(_)
                        )
                    )
                    && out.len() > 3
                    && out[out.len() - 4].word() == Some("in") =>
            {
                out.insert(out.len() - 3, token.clone());
            }
            Token::Word(word) if word == "whose" => {
                if comma(out.last()) {
                    out.pop();
                }
                out.push(Token::Mark(';'));
                out.push(Token::Word("its".to_owned()));
            }
            Token::Word(word) if word == "being" => out.push(Token::Word("is".to_owned())),
            // `four is larger than two`
            Token::Word(word)
                if next.and_then(Token::word) == Some("than")
                    && matches!(tokens.get(at + 2), Some(Token::Number(..)))
                    && ["larger", "bigger", "higher", "smaller", "lower"]
                        .contains(&word.as_str()) =>
            {
                let more = ["larger", "bigger", "higher"].contains(&word.as_str());
                out.push(Token::Compare(match more {
                    true => Compare::MoreThan,
                    false => Compare::FewerThan,
                }));
                at += 1;
            }
            Token::Mark('(' | ')') => {
                if !comma(out.last()) {
                    out.push(Token::Mark(','));
                }
                if comma(next) {
                    at += 1;
                }
            }
            // `x = 120`
            Token::Word(axis)
                if (axis == "x" || axis == "y") && next.and_then(Token::word) == Some("=") =>
            {
                if let Some(Token::Number(n, _)) = tokens.get(at + 2) {
                    out.push(Token::Point(format!("{axis} = {n}")));
                    at += 2;
                } else {
                    out.push(token.clone());
                }
            }
            _ => out.push(token.clone()),
        }
        at += 1;
    }
    while matches!(out.last(), Some(Token::Mark(_))) {
        out.pop();
    }
    out
}

fn helps(word: &str) -> bool {
    ["do", "does", "is", "are", "has", "have"].contains(&word)
}
