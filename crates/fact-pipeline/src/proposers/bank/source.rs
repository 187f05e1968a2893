//! A program as tokens, and where in it values of the vocabulary occur.

use super::words::{ANY, NOUN_CLASSES, Noun, SHAPE, Vocabulary};
use std::sync::Arc;

/// An exemplar's program.
#[derive(Debug)]
pub(super) struct Source {
    /// All its tokens, white space included: joined they are the text.
    pub(super) tokens: Vec<Arc<str>>,
    /// Where it mentions values.
    pub(super) mentions: Vec<Mention>,
}

/// A mention of a value.
#[derive(Debug)]
pub(super) struct Mention {
    /// Index of the token.
    pub(super) token: usize,
    /// What it mentions.
    pub(super) what: Mentioned,
}

/// What a token mentions.
#[derive(Debug)]
pub(super) enum Mentioned {
    /// A string that is a noun phrase, or a member that stands for the general noun.
    Noun(Noun),
    /// A string of words of one other class, such as `"bottom right"`.
    Words {
        class: Arc<str>,
        values: Vec<Arc<str>>,
    },
    /// A number that is not a subscript, with the comparison before it and that one's token.
    Number {
        number: Arc<str>,
        comparison: Option<(Arc<str>, usize)>,
    },
    /// The name of a pack function that stands for a value.
    Attribute { class: Arc<str>, value: Arc<str> },
}

impl Source {
    pub(super) fn new(text: &str, vocabulary: &Vocabulary) -> Self {
        let tokens = tokens(text);
        let mut mentions = Vec::new();
        let mut brackets: Vec<bool> = Vec::new();
        let mut before: Option<usize> = None;
        for (index, token) in tokens.iter().enumerate() {
            let previous = before.map(|i| &*tokens[i]);
            match token.chars().next() {
                Some('(' | '{') => brackets.push(false),
                Some('[') => brackets.push(previous.is_some_and(ends_operand)),
                Some(')' | ']' | '}') => {
                    brackets.pop();
                }
                Some('"' | '\'') => {
                    let inner = &token[1..token.len().max(2) - 1];
                    if let Some(what) = string(inner, vocabulary) {
                        mentions.push(Mention { token: index, what });
                    }
                }
                Some(c) if c.is_ascii_digit() && brackets.last() != Some(&true) => {
                    let comparison = before
                        .filter(|i| is_comparison(&tokens[*i]))
                        .map(|i| (tokens[i].clone(), i));
                    let what = Mentioned::Number {
                        number: token.clone(),
                        comparison,
                    };
                    mentions.push(Mention { token: index, what });
                }
                Some(c) if (c.is_alphabetic() || c == '_') && previous == Some(".") => {
                    let used = tokens
                        .get(index + 1)
                        .is_some_and(|t| matches!(&**t, "[" | "("));
                    if !used && vocabulary.word(token).is_some_and(|(c, v)| is_any(c, v)) {
                        // `.items` is `.find("item")`.
                        let mut noun = Noun::default();
                        noun.0[SHAPE] = Some(ANY.into());
                        let what = Mentioned::Noun(noun);
                        mentions.push(Mention { token: index, what });
                    } else if let Some((class, value)) = vocabulary.attribute(token) {
                        let what = Mentioned::Attribute {
                            class: class.clone(),
                            value: value.clone(),
                        };
                        mentions.push(Mention { token: index, what });
                    }
                }
                _ => {}
            }
            if !token.starts_with(char::is_whitespace) {
                before = Some(index);
            }
        }
        Self { tokens, mentions }
    }
}

fn is_any(class: &str, value: &str) -> bool {
    class == NOUN_CLASSES[SHAPE] && value == ANY
}

fn is_comparison(token: &str) -> bool {
    matches!(token, "==" | "!=" | ">=" | "<=" | ">" | "<")
}

/// Whether a bracket after `token` subscripts it.
fn ends_operand(token: &str) -> bool {
    let keyword = matches!(token, "return" | "in" | "and" | "or" | "not");
    let ends = |c: char| c.is_alphanumeric() || matches!(c, '_' | ')' | ']' | '"');
    !keyword && token.ends_with(ends)
}

/// What the text of a string literal mentions.
fn string(text: &str, vocabulary: &Vocabulary) -> Option<Mentioned> {
    let words: Option<Vec<_>> = text
        .split_whitespace()
        .map(|word| vocabulary.word(word))
        .collect();
    let words = words.filter(|w| !w.is_empty())?;
    let noun_class = |class: &str| NOUN_CLASSES.iter().position(|c| *c == class);
    if words.iter().all(|(class, _)| noun_class(class).is_some()) {
        let mut noun = Noun::default();
        for (class, value) in words {
            let class = noun_class(class)?;
            let general = class == SHAPE && **value == *ANY;
            if !(general && noun.0[class].is_some()) {
                noun.0[class] = Some(value.clone());
            }
        }
        return Some(Mentioned::Noun(noun));
    }
    let (class, _) = *words.first()?;
    let exchangeable = class != "number" && class != "comparison" && noun_class(class).is_none();
    (exchangeable && words.iter().all(|(c, _)| *c == class)).then(|| Mentioned::Words {
        class: class.into(),
        values: words.iter().map(|(_, value)| (*value).clone()).collect(),
    })
}

/// Strings, names, numbers, comparisons, white space, and every other character by itself.
fn tokens(text: &str) -> Vec<Arc<str>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let run = |accept: fn(char) -> bool| rest.find(|c| !accept(c)).unwrap_or(rest.len());
        let length = match first {
            '"' | '\'' => rest[1..]
                .find(first)
                .map_or(first.len_utf8(), |end| end + 2),
            c if c.is_alphabetic() || c == '_' => run(|c| c.is_alphanumeric() || c == '_'),
            c if c.is_ascii_digit() => run(|c| c.is_ascii_digit()),
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
