//! Text to tokens: words in lower case without contractions, numbers as digits, phrases that are one
//! word for the grammar (`to the left of`, `at least`) as one token.

use super::lexicon::Lexicon;
use crate::english::{number_of_word, ordinal_of_word};

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A word in lower case.
    Word(String),
    /// A number, as digits; whether it was spelled as a word.
    Number(String, bool),
    /// `first`, `3rd`: as a number.
    Ordinal(u32),
    /// Quoted text, as it stands.
    Quote(String),
    /// `(350, 90)`: as it stands, spaces normalised.
    Point(String),
    /// How two things stand to each other, by a name that starts with `@`.
    Relation(String),
    /// `at least` and the like.
    Compare(Compare),
    /// `,` `;` `:` `(` `)` and dashes (as `,`).
    Mark(char),
}

/// How an amount compares with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compare {
    AtLeast,
    AtMost,
    MoreThan,
    FewerThan,
    Exactly,
}

impl Token {
    /// The word, if it is one.
    pub(super) fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            _ => None,
        }
    }

    /// As messages show it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Word(word) => word.clone(),
            Self::Number(n, _) => n.clone(),
            Self::Ordinal(n) => crate::english::ordinal(i64::from(*n)),
            Self::Quote(text) => format!("“{text}”"),
            Self::Point(text) => text.clone(),
            Self::Relation(name) => name.trim_start_matches('@').replace('_', " "),
            Self::Compare(compare) => match compare {
                Compare::AtLeast => "at least",
                Compare::AtMost => "at most",
                Compare::MoreThan => "more than",
                Compare::FewerThan => "fewer than",
                Compare::Exactly => "exactly",
            }
            .to_owned(),
            Self::Mark(mark) => mark.to_string(),
        }
    }
}

/// Splits a text into sentences; a full stop within quotes or numbers ends none.
pub(super) fn sentences(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut current = String::new();
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        current.push(c);
        match c {
            '“' => quoted = true,
            '”' => quoted = false,
            '"' => quoted = !quoted,
            _ => {}
        }
        let ends = matches!(c, '.' | '!' | '?') && !quoted;
        if ends && chars.peek().is_none_or(|next| next.is_whitespace()) {
            let done = std::mem::take(&mut current).trim().to_owned();
            if !done.is_empty() {
                out.push(done);
            }
        }
    }
    let rest = current.trim();
    if !rest.is_empty() {
        out.push(rest.to_owned());
    }
    out
}

/// The tokens of a sentence, phrases joined.
///
/// # Errors
/// A character that no rationale has.
pub(super) fn tokens(sentence: &str, lexicon: &Lexicon) -> Result<Vec<Token>, String> {
    let body = sentence.trim_end_matches(['.', '!', '?']);
    let raw = raw_tokens(body)?;
    Ok(super::prepare::join_phrases(raw, lexicon))
}

pub(super) fn raw_tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut out = Vec::new();
    let chars: Vec<char> = text.chars().collect();
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        match c {
            _ if c.is_whitespace() => at += 1,
            '“' | '"' => {
                let close = if c == '“' { '”' } else { '"' };
                let end = (at + 1..chars.len())
                    .find(|i| chars[*i] == close)
                    .ok_or_else(|| "a quote that is not closed".to_owned())?;
                let inner: String = chars[at + 1..end].iter().collect();
                out.push(Token::Quote(inner.trim().to_owned()));
                at = end + 1;
            }
            '(' => {
                if let Some((point, end)) = point(&chars, at) {
                    out.push(Token::Point(point));
                    at = end;
                } else {
                    out.push(Token::Mark('('));
                    at += 1;
                }
            }
            ',' | ';' | ':' | ')' => {
                out.push(Token::Mark(c));
                at += 1;
            }
            '–' | '—' => {
                out.push(Token::Mark(','));
                at += 1;
            }
            '=' => {
                out.push(Token::Word("=".to_owned()));
                at += 1;
            }
            '-' if chars.get(at + 1).is_some_and(char::is_ascii_digit) => {
                let (number, end) = number(&chars, at + 1);
                out.push(Token::Number(format!("-{number}"), false));
                at = end;
            }
            '-' => at += 1,
            _ if c.is_ascii_digit() => {
                let (number, end) = number(&chars, at);
                let suffix: String = chars[end..]
                    .iter()
                    .take_while(|c| c.is_alphabetic())
                    .collect();
                if ["st", "nd", "rd", "th"].contains(&suffix.as_str())
                    && let Ok(n) = number.parse()
                {
                    out.push(Token::Ordinal(n));
                    at = end + 2;
                } else {
                    out.push(Token::Number(number, false));
                    at = end;
                }
            }
            _ if c.is_alphabetic() => {
                let end = (at..chars.len())
                    .find(|i| {
                        !chars[*i].is_alphanumeric() && !matches!(chars[*i], '\'' | '’' | '_')
                    })
                    .unwrap_or(chars.len());
                let word: String = chars[at..end].iter().collect();
                push_word(&mut out, &word);
                at = end;
            }
            other => return Err(format!("the character `{}`", other.escape_default())),
        }
    }
    Ok(out)
}

fn number(chars: &[char], at: usize) -> (String, usize) {
    let mut end = at;
    while end < chars.len()
        && (chars[end].is_ascii_digit()
            || (chars[end] == '.' && chars.get(end + 1).is_some_and(char::is_ascii_digit)))
    {
        end += 1;
    }
    let text: String = chars[at..end].iter().collect();
    let text = match text.split_once('.') {
        Some((whole, rest)) if rest.bytes().all(|b| b == b'0') => whole.to_owned(),
        _ => text,
    };
    (text, end)
}

/// `(12, 40)`, also with four numbers.
fn point(chars: &[char], at: usize) -> Option<(String, usize)> {
    let end = (at + 1..chars.len().min(at + 60)).find(|i| chars[*i] == ')')?;
    let inner: String = chars[at + 1..end].iter().collect();
    let parts: Vec<&str> = inner.split(',').map(str::trim).collect();
    let numbers = parts.len() > 1
        && parts.iter().all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_digit() || b == b'.' || b == b'-')
        });
    numbers.then(|| (format!("({})", parts.join(", ")), end + 1))
}

fn push_word(out: &mut Vec<Token>, word: &str) {
    let lower = word.to_lowercase().replace('’', "'");
    let mut push = |word: &str| out.push(Token::Word(word.to_owned()));
    match lower.as_str() {
        "can't" | "cannot" => return ["can", "not"].into_iter().for_each(push),
        "won't" => return ["will", "not"].into_iter().for_each(push),
        _ => {}
    }
    if let Some(verb) = lower.strip_suffix("n't") {
        push(verb);
        return push("not");
    }
    for (ending, verb) in [("'s", "is"), ("'re", "are"), ("'ve", "have")] {
        if let Some(stem) = lower.strip_suffix(ending)
            && ["there", "it", "that", "here", "they", "we", "what", "which"].contains(&stem)
        {
            push(stem);
            return push(verb);
        }
    }
    if let Some(stem) = lower.strip_suffix("'s") {
        push_word(out, stem);
        return out.push(Token::Word("'s".to_owned()));
    }
    if let Some(stem) = lower.strip_suffix('\'') {
        push_word(out, stem);
        return out.push(Token::Word("'s".to_owned()));
    }
    if let Some(n) = number_of_word(&lower) {
        return out.push(Token::Number(n.to_string(), true));
    }
    if let Some(n) = ordinal_of_word(&lower) {
        return out.push(Token::Ordinal(n));
    }
    let spelled = match lower.as_str() {
        "colour" => "color",
        "colours" => "colors",
        "coloured" => "colored",
        "grey" => "gray",
        "centre" => "center",
        "picture" | "photo" | "photograph" => "image",
        "pictures" | "photos" | "photographs" => "images",
        "px" => "pixels",
        "inside" | "within" => "in",
        "amongst" => "among",
        "nobody" | "none" => "none",
        other => other,
    };
    push(spelled);
}
