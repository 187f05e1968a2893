//! A program as tokens, and where in it values of the vocabulary stand.

use super::lexicon::{COMPARISON, Lexicon, NUMBER};
use super::tokens::Phrase;
use std::sync::Arc;

/// A program, or a piece of one.
#[derive(Debug)]
pub(super) struct Program {
    /// Its tokens, white space included: joined they are the text.
    pub(super) tokens: Vec<Arc<str>>,
    /// Where it mentions values.
    pub(super) mentions: Vec<Mention>,
}

/// A token that mentions values.
#[derive(Debug)]
pub(super) struct Mention {
    /// Position of the token.
    pub(super) token: usize,
    /// What it mentions.
    pub(super) what: Mentioned,
}

/// What a token mentions.
#[derive(Debug)]
pub(super) enum Mentioned {
    /// A string that is a phrase.
    Phrase(Phrase),
    /// A member named after the general noun, such as `box.items`.
    Everything(Phrase),
    /// A string of words of one other class, such as `"bottom right"`.
    Words {
        class: Arc<str>,
        values: Vec<Arc<str>>,
    },
    /// A number that is not a subscript, with the comparison before it and that one's position.
    Number {
        number: Arc<str>,
        operator: Option<(Arc<str>, usize)>,
    },
    /// A member that stands for a value.
    Member { class: Arc<str>, value: Arc<str> },
}

impl Program {
    pub(super) fn new(text: &str, lexicon: &Lexicon) -> Self {
        let tokens = tokens(text);
        let mut mentions = Vec::new();
        // For each open bracket, whether it subscripts.
        let mut brackets: Vec<bool> = Vec::new();
        let mut before: Option<usize> = None;
        for (position, token) in tokens.iter().enumerate() {
            let previous = before.map(|i| &*tokens[i]);
            let what = match token.chars().next() {
                Some('(' | '{') => {
                    brackets.push(false);
                    None
                }
                Some('[') => {
                    brackets.push(previous.is_some_and(ends_operand));
                    None
                }
                Some(')' | ']' | '}') => {
                    brackets.pop();
                    None
                }
                Some('"' | '\'') => string(inside(token), lexicon),
                Some('0'..='9') if brackets.last() != Some(&true) => Some(Mentioned::Number {
                    number: token.clone(),
                    operator: before
                        .filter(|i| is_operator(&tokens[*i]))
                        .map(|i| (tokens[i].clone(), i)),
                }),
                Some('a'..='z' | 'A'..='Z' | '_') if previous == Some(".") => {
                    let next = tokens.get(position + 1).map(|t| &**t);
                    member(token, next, lexicon)
                }
                _ => None,
            };
            mentions.extend(what.map(|what| Mention {
                token: position,
                what,
            }));
            if !is_space(token) {
                before = Some(position);
            }
        }
        Self { tokens, mentions }
    }
}

/// The program that answers the opposite, if all of its returns are `True` or `False`.
pub(super) fn negated(text: &str) -> Option<String> {
    let mut tokens = tokens(text);
    let mut returns = 0;
    for i in 0..tokens.len() {
        if &*tokens[i] != "return" {
            continue;
        }
        returns += 1;
        let value = tokens.get_mut(i + 2)?;
        *value = match &**value {
            "True" => "False".into(),
            "False" => "True".into(),
            _ => return None,
        };
        if tokens.get(i + 3).is_some_and(|end| !end.starts_with('\n')) {
            return None;
        }
    }
    (returns > 0).then(|| tokens.concat())
}

/// The comparisons of Python that are values of the class `comparison`, and `!=`.
pub(super) fn is_operator(token: &str) -> bool {
    matches!(token, "==" | "!=" | ">=" | "<=" | ">" | "<")
}

/// The text of a string literal without its quotes.
pub(super) fn inside(literal: &str) -> &str {
    let mut chars = literal.chars();
    chars.next();
    chars.next_back();
    chars.as_str()
}

fn is_space(token: &str) -> bool {
    token.starts_with(char::is_whitespace)
}

/// Whether a `[` after `token` subscripts it.
fn ends_operand(token: &str) -> bool {
    let keyword = matches!(token, "return" | "in" | "and" | "or" | "not");
    let ends = |c: char| c.is_alphanumeric() || matches!(c, '_' | ')' | ']' | '"');
    !keyword && token.ends_with(ends)
}

/// What a member mentions.
fn member(name: &str, next: Option<&str>, lexicon: &Lexicon) -> Option<Mentioned> {
    if let Some(meaning) = lexicon.word(name)
        && lexicon.part(&meaning.class) == Some(lexicon.noun())
        && *meaning.value == *lexicon.phrases.any
        && !matches!(next, Some("(" | "["))
    {
        let mut phrase = Phrase::empty(lexicon);
        phrase.0[lexicon.noun()] = Some(meaning.value.clone());
        return Some(Mentioned::Everything(phrase));
    }
    let meaning = lexicon.member(name)?.clone();
    Some(Mentioned::Member {
        class: meaning.class,
        value: meaning.value,
    })
}

/// What a string mentions.
pub(super) fn string(text: &str, lexicon: &Lexicon) -> Option<Mentioned> {
    let words: Option<Vec<_>> = text
        .split_whitespace()
        .map(|word| lexicon.word(word))
        .collect();
    let words = words.filter(|words| !words.is_empty())?;
    let parts: Option<Vec<usize>> = words.iter().map(|m| lexicon.part(&m.class)).collect();
    if let Some(parts) = parts {
        let mut phrase = Phrase::empty(lexicon);
        for (part, meaning) in parts.into_iter().zip(words) {
            let general = part == lexicon.noun() && *meaning.value == *lexicon.phrases.any;
            if !(general && phrase.0[part].is_some()) {
                phrase.0[part] = Some(meaning.value.clone());
            }
        }
        return Some(Mentioned::Phrase(phrase));
    }
    let class = &words[0].class;
    let exchangeable = **class != *NUMBER && **class != *COMPARISON;
    (exchangeable && words.iter().all(|m| m.class == *class)).then(|| Mentioned::Words {
        class: class.clone(),
        values: words.iter().map(|m| m.value.clone()).collect(),
    })
}

/// Strings, names, numbers, comparisons, white space, and every other character by itself.
fn tokens(text: &str) -> Vec<Arc<str>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let run = |accept: fn(char) -> bool| rest.find(|c| !accept(c)).unwrap_or(rest.len());
        let length = match first {
            '"' | '\'' => rest[1..].find(first).map_or(1, |end| end + 2),
            'a'..='z' | 'A'..='Z' | '_' => run(|c| c.is_alphanumeric() || c == '_'),
            '0'..='9' => run(|c| c.is_ascii_digit()),
            c if c.is_whitespace() => run(char::is_whitespace),
            '<' | '>' | '=' | '!' if rest[1..].starts_with('=') => 2,
            c => c.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        out.push(token.into());
        rest = after;
    }
    out
}
