//! What the words of a request mean, as far as a latent world needs it.

use crate::english::singular;
use fact_lang::tool::{Arg, Request};

/// Longest text, in bytes, that is looked at word by word; a longer one is taken as a whole.
const MAX_TEXT: usize = 400;

/// What lines of a list begin with.
const BULLETS: [char; 3] = ['-', '*', '•'];

/// Words that name anything.
const ANYTHING: [&str; 8] = [
    "thing",
    "object",
    "item",
    "entity",
    "something",
    "anything",
    "element",
    "one",
];

/// Words for the image as a whole.
const IMAGE: [&str; 7] = [
    "image",
    "picture",
    "photo",
    "photograph",
    "scene",
    "it",
    "this image",
];

/// A relation and its converse: “a `.0` b” says what “b `.1` a” says. One that is its own converse
/// holds both ways.
const CONVERSES: [(&str, &str); 18] = [
    ("left of", "right of"),
    ("above", "below"),
    ("over", "under"),
    ("in front of", "behind"),
    ("on", "beneath"),
    ("on top of", "underneath"),
    ("inside", "around"),
    ("in", "containing"),
    ("wearing", "worn by"),
    ("holding", "held by"),
    ("carrying", "carried by"),
    ("riding", "ridden by"),
    ("next to", "next to"),
    ("near", "near"),
    ("beside", "beside"),
    ("touching", "touching"),
    ("by", "by"),
    ("adjacent to", "adjacent to"),
];

/// Lower case, single spaces, no article at the start, no punctuation at the end.
pub(super) fn clean(text: &str) -> String {
    if text.len() > MAX_TEXT {
        return text.to_owned();
    }
    let text = text.replace('_', " ").to_lowercase();
    let text = text.trim_end_matches(['?', '.', '!', ' ']);
    let words: Vec<&str> = text.split_whitespace().collect();
    article_free(&words).join(" ")
}

fn article_free<'a, 'b>(words: &'b [&'a str]) -> &'b [&'a str] {
    match words {
        ["a" | "an" | "the" | "any" | "some", rest @ ..] if !rest.is_empty() => rest,
        _ => words,
    }
}

/// A noun phrase as it is compared: [`clean`], in the singular.
pub(super) fn phrase(text: &str) -> String {
    let text = clean(text);
    match text.len() > MAX_TEXT {
        true => text,
        false => singular(&text),
    }
}

/// The last word of a phrase: what it is a phrase of.
pub(super) fn head(phrase: &str) -> &str {
    phrase.rsplit(' ').next().unwrap_or(phrase)
}

/// Whether the (singular) noun names anything.
pub(super) fn is_anything(noun: &str) -> bool {
    ANYTHING.contains(&noun)
}

/// Whether the (clean) noun means the image as a whole.
pub(super) fn is_image(noun: &str) -> bool {
    IMAGE.contains(&noun)
}

/// A relation as it is compared, and whether its two sides are to be swapped.
pub(super) fn relation(text: &str) -> (String, bool) {
    let text = clean(text);
    let short = ["to the ", "to ", "on the ", "is "]
        .into_iter()
        .find_map(|start| text.strip_prefix(start))
        .filter(|rest| rest.starts_with("left") || rest.starts_with("right"))
        .unwrap_or(&text);
    let short = match short {
        "left" | "left side of" => "left of",
        "right" | "right side of" => "right of",
        "front of" => "in front of",
        other => other,
    };
    for (one, other) in CONVERSES {
        if short == one {
            return (one.to_owned(), false);
        }
        if short == other {
            return (one.to_owned(), true);
        }
    }
    (short.to_owned(), false)
}

/// Whether the relation (as [`relation`] spells it) is its own converse.
pub(super) fn is_symmetric(relation: &str) -> bool {
    CONVERSES
        .iter()
        .any(|(one, other)| one == other && *one == relation)
}

/// The text among the arguments at this position.
pub(super) fn text_arg(request: &Request, at: usize) -> Option<&str> {
    match request.args.get(at) {
        Some((_, Arg::Str(text))) => Some(text),
        _ => None,
    }
}

/// The texts of the first list among the arguments.
pub(super) fn listed(request: &Request) -> Vec<String> {
    let list = request.args.iter().find_map(|(_, arg)| match arg {
        Arg::List(items) => Some(items),
        _ => None,
    });
    let items = list.map_or(&[][..], Vec::as_slice);
    let texts = items.iter().filter_map(|item| match item {
        Arg::Str(text) => Some(text.clone()),
        _ => None,
    });
    texts.collect()
}

/// What a question asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// “how many dogs are there”
    Count(String),
    /// “is there a dog”
    Exists(String),
    /// “is the dog brown”: the words after the verb.
    Property(Vec<String>),
    /// “what color is the dog”: the class and the noun.
    Value(String, String),
    /// “is it red or blue”, a list of possible answers.
    Choice(Vec<String>),
    /// Any other question for yes or no.
    Polar,
    /// Any other question for a number.
    Number,
    /// “what is this”
    Name,
    /// Any other, with its first word: `where`, `who`, `what`.
    Open(String),
}

const POLAR: [&str; 22] = [
    "is", "are", "was", "were", "do", "does", "did", "can", "could", "has", "have", "had", "will",
    "would", "should", "am", "isn't", "aren't", "doesn't", "don't", "might", "must",
];

/// Reads a question. Never fails: what it does not know is [`Form::Open`].
pub(super) fn form(question: &str) -> Form {
    let offered = offered(question);
    if offered.len() > 1 {
        return Form::Choice(offered);
    }
    let text = clean(question);
    let first = text.split(' ').next().unwrap_or_default().to_owned();
    if let Some(noun) = text.strip_prefix("how many ") {
        return Form::Count(phrase(before(
            noun,
            &[" are ", " is ", " do ", " does ", " in the ", " can "],
        )));
    }
    if [
        "how much ",
        "what number ",
        "how old ",
        "what is the number of ",
    ]
    .iter()
    .any(|start| text.starts_with(start))
    {
        return Form::Number;
    }
    for start in [
        "is there ",
        "are there ",
        "do you see ",
        "is this a photo of ",
    ] {
        if let Some(noun) = text.strip_prefix(start) {
            return Form::Exists(phrase(before(noun, &[" in the ", " on the ", " here"])));
        }
    }
    for start in ["is ", "are "] {
        if let Some(rest) = text.strip_prefix(start) {
            let words: Vec<&str> = rest.split(' ').collect();
            let words = article_free(&words);
            if words.len() > 1 {
                return Form::Property(words.iter().map(|w| (*w).to_owned()).collect());
            }
        }
    }
    if POLAR.contains(&&*first) {
        return Form::Polar;
    }
    let rest = ["what is ", "what's ", "what ", "which "]
        .into_iter()
        .find_map(|start| text.strip_prefix(start));
    if let Some(rest) = rest {
        let rest = rest.strip_prefix("the ").unwrap_or(rest);
        if [
            "this",
            "it",
            "that",
            "this object",
            "object",
            "in the image",
        ]
        .contains(&rest)
        {
            return Form::Name;
        }
        let cut = [" of ", " is ", " are "]
            .into_iter()
            .find_map(|middle| rest.split_once(middle));
        if let Some((class, noun)) = cut {
            let class = match class {
                "colour" | "colors" | "colours" => "color",
                other => other,
            };
            return Form::Value(class.to_owned(), phrase(noun));
        }
    }
    Form::Open(first)
}

fn before<'a>(text: &'a str, ends: &[&str]) -> &'a str {
    let cut = ends.iter().filter_map(|end| text.find(end)).min();
    cut.map_or(text, |at| &text[..at])
}

/// The answers that a question itself offers: the lines of a list behind “answers:” or “options:”,
/// or what stands around “or”.
pub(super) fn offered(question: &str) -> Vec<String> {
    let lines: Vec<&str> = question
        .lines()
        .map(str::trim)
        .skip_while(|line| {
            let line = line.to_lowercase();
            !(line.ends_with("answers:")
                || line.ends_with("options:")
                || line.ends_with("choices:"))
        })
        .skip(1)
        .take_while(|line| line.starts_with(BULLETS))
        .collect();
    if lines.len() > 1 {
        let texts = lines
            .iter()
            .map(|line| line.trim_start_matches(BULLETS).trim());
        return texts.map(str::to_owned).filter(|t| !t.is_empty()).collect();
    }
    if question.len() > MAX_TEXT {
        return Vec::new();
    }
    let text = question.trim_end_matches(['?', '.', '!', ' ']);
    let Some((left, right)) = text.rsplit_once(" or ") else {
        return Vec::new();
    };
    let last = right.trim();
    let size = last.split_whitespace().count().max(1);
    // “..., red, green or blue”: commas part the other options.
    let mut parts: Vec<&str> = left
        .trim_end_matches(',')
        .rsplit([',', ':', ';'])
        .map(str::trim)
        .collect();
    parts.retain(|part| !part.is_empty());
    let Some((first, rest)) = parts.split_first() else {
        return Vec::new();
    };
    let mut options = vec![last.to_owned()];
    // Of the words before “or” as many as stand behind it (“is the big dog red or blue”), or from
    // the article on if there is one behind it (“is it an indoor or an outdoor scene”).
    let is_article = |word: &str| ["a", "an", "the"].contains(&word);
    let words: Vec<&str> = first.split_whitespace().collect();
    let from = match last.split_whitespace().next().is_some_and(is_article) {
        true => words.iter().rposition(|word| is_article(word)),
        false => None,
    };
    let from = from.unwrap_or(words.len().saturating_sub(size));
    options.push(words[from..].join(" "));
    let alone = from == 0;
    if alone {
        for part in rest {
            let words: Vec<&str> = part.split_whitespace().collect();
            let from = words.len().saturating_sub(size);
            options.push(words[from..].join(" "));
            if from > 0 {
                break;
            }
        }
    }
    options.retain(|option| !option.is_empty());
    options.reverse();
    options
}

/// Words to answer an open question with, by its first word.
pub(super) fn answers_to(first: &str) -> &'static [&'static str] {
    match first {
        "where" => &[
            "on the table",
            "outside",
            "in the kitchen",
            "on the street",
            "in the park",
        ],
        "who" => &["a man", "a woman", "a child", "a player"],
        "when" => &["morning", "afternoon", "evening", "night"],
        "why" => &["to have fun", "to work", "to rest"],
        "how" => &["by hand", "slowly", "carefully"],
        _ => &[
            "table", "person", "water", "tree", "wood", "white", "standing",
        ],
    }
}
