//! A linter for the English of rationales: what no careful writer would leave standing.
//!
//! It knows the language of this crate's sentences, not all of English: what it reports is wrong,
//! what it passes need not be good.

use super::inflect::{article, plural, singular};
use std::collections::HashMap;

/// Something wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub rule: Rule,
    /// The words at fault.
    pub found: String,
}

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// `a apple`, `an cup`.
    Article,
    /// `there is 2`, `1 items`, `2 item`, `both square`, `the 2 boxes is`.
    Number,
    /// `the the`.
    DoubledWord,
    /// Two spaces, a space before a stop, none behind a comma, or a space at an end.
    Spacing,
    /// A sentence that begins with a small letter.
    Capital,
    /// A text without a stop at its end, or with two.
    Stop,
    /// A quotation mark or bracket without its partner.
    Unbalanced,
    /// The same sentence twice.
    RepeatedSentence,
    /// A sentence that says nothing: `0 is not 1`, or that a black square is a square.
    Empty,
    /// One name of five words or more, three times in a sentence.
    RepeatedName,
    /// A sentence of more words than anyone follows.
    Long,
    /// A part of a template or of a program: `{self}`, `None`, `True`, `some_name`.
    Raw,
}

/// The longest sentence in words that is not reported.
const LONGEST: usize = 90;

/// Problems of a text, in the order of its sentences. Text in quotation marks is not judged: it is
/// somebody else's.
pub fn lint(text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    spacing(text, &mut problems);
    balance(text, &mut problems);
    let own = unquoted(text);
    let ends_well = own.ends_with(['.', '!', '?', '”', '"']) && !own.ends_with("..");
    if !ends_well || own.contains(". .") {
        let words: Vec<&str> = own.split_whitespace().rev().take(3).collect();
        let found = words.into_iter().rev().collect::<Vec<_>>().join(" ");
        problems.push(problem(Rule::Stop, &found));
    }
    for sentence in sentences(&own) {
        judge(sentence, &mut problems);
    }
    let mut seen: HashMap<&str, u32> = HashMap::new();
    let whole = |s: &&str| s.matches('“').count() == s.matches('”').count();
    for sentence in sentences(text).filter(whole) {
        let times = seen.entry(sentence).or_default();
        *times += 1;
        if *times == 2 {
            problems.push(problem(Rule::RepeatedSentence, sentence));
        }
    }
    problems
}

fn problem(rule: Rule, found: &str) -> Problem {
    Problem {
        rule,
        found: found.to_owned(),
    }
}

/// The text with `“…”` for each quotation.
fn unquoted(text: &str) -> String {
    let mut out = String::new();
    let mut depth = 0usize;
    for c in text.chars() {
        match c {
            '“' => {
                if depth == 0 {
                    out.push_str("“…");
                }
                depth += 1;
            }
            '”' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    out.push('”');
                }
            }
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// Sentences: they end at a stop before a space and a capital letter, a digit or a quotation.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut ends: Vec<usize> = Vec::new();
    let mut before: [Option<char>; 2] = [None, None];
    for (at, c) in text.char_indices() {
        if before[1] == Some(' ') && matches!(before[0], Some('.' | '!' | '?')) {
            ends.push(at);
        }
        before = [before[1], Some(c)];
    }
    ends.push(text.len());
    let mut start = 0;
    ends.into_iter().filter_map(move |end| {
        let sentence = text.get(start..end)?.trim();
        start = end;
        (!sentence.is_empty()).then_some(sentence)
    })
}

fn spacing(text: &str, problems: &mut Vec<Problem>) {
    let around = |at: usize| {
        let before: String = text[..at].chars().rev().take(12).collect();
        let behind: String = text[at..].chars().take(12).collect();
        let before: String = before.chars().rev().collect();
        format!("{before}{behind}")
    };
    if text != text.trim() {
        problems.push(problem(Rule::Spacing, "a space at an end"));
    }
    for wrong in ["  ", " ,", " .", " ;", " :", ",,", "( ", " )", "\n", "\t"] {
        for (at, _) in text.match_indices(wrong) {
            problems.push(problem(Rule::Spacing, &around(at)));
        }
    }
    for (at, _) in text.match_indices(',') {
        let behind = text[at + 1..].chars().next();
        if behind.is_some_and(|c| !c.is_whitespace() && !c.is_ascii_digit() && c != '”') {
            problems.push(problem(Rule::Spacing, &around(at)));
        }
    }
}

fn balance(text: &str, problems: &mut Vec<Problem>) {
    for (open, close) in [('(', ')'), ('[', ']'), ('“', '”')] {
        let mut depth = 0i64;
        let mut wrong = false;
        for c in text.chars() {
            depth += i64::from(c == open) - i64::from(c == close);
            wrong |= depth < 0;
        }
        if wrong || depth != 0 {
            problems.push(problem(Rule::Unbalanced, &format!("{open}{close}")));
        }
    }
    if text.matches('"').count() % 2 == 1 {
        problems.push(problem(Rule::Unbalanced, "\""));
    }
}

fn judge(sentence: &str, problems: &mut Vec<Problem>) {
    if sentence.chars().next().is_some_and(char::is_lowercase) {
        problems.push(problem(Rule::Capital, sentence));
    }
    let bare: Vec<&str> = sentence
        .split_whitespace()
        .map(|w| w.trim_matches(|c: char| !c.is_alphanumeric() && c != '…'))
        .collect();
    let lower: Vec<String> = bare.iter().map(|w| w.to_lowercase()).collect();
    if lower.len() > LONGEST {
        let found = format!("{} words: {}", lower.len(), bare[..6].join(" "));
        problems.push(problem(Rule::Long, &found));
    }
    for (at, pair) in lower.windows(2).enumerate() {
        let shown = bare[at..at + 2].join(" ");
        let apart = sentence.contains(&format!("{}, {}", bare[at], bare[at + 1]));
        if pair[0] == pair[1] && pair[0].chars().any(char::is_alphabetic) && !apart {
            problems.push(problem(Rule::DoubledWord, &shown));
        }
        if matches!(pair[0].as_str(), "a" | "an")
            && pair[1].starts_with(char::is_alphanumeric)
            && article(&pair[1]) != pair[0]
        {
            problems.push(problem(Rule::Article, &shown));
        }
    }
    raw(sentence, problems);
    // A comma ends what a count counts.
    let mut parted = Vec::with_capacity(lower.len());
    for (word, shown) in std::iter::zip(&lower, sentence.split_whitespace()) {
        parted.push(word.clone());
        if shown.ends_with([',', ';', ':']) {
            parted.push(String::new());
        }
    }
    numbers(&parted, problems);
    empty(&lower, problems);
    repeated_names(&lower, problems);
}

fn raw(sentence: &str, problems: &mut Vec<Problem>) {
    for (at, word) in sentence.split_whitespace().enumerate() {
        let bare = word.trim_matches(|c: char| c.is_ascii_punctuation() && c != '_');
        let code = ["True", "False", "nan", "inf"].contains(&bare)
            || (bare == "None" && at > 0)
            || (bare.contains('_') && bare.chars().any(char::is_alphabetic))
            || word.contains(['{', '}', '<', '>']) && word.len() > 1;
        if code {
            problems.push(problem(Rule::Raw, word));
        }
    }
}

/// Words that a count may stand before without counting what comes next.
const NO_NOUN: [&str; 26] = [
    "is", "are", "in", "of", "and", "or", "more", "less", "fewer", "other", "at", "to", "on", "as",
    "than", "not", "px", "for", "the", "by", "with", "that", "those", "has", "have", "but",
];

/// The noun that a count stands before, as far as its number shows: the last word before a verb,
/// preposition or stop.
fn counted(words: &[String]) -> Option<&str> {
    const ENDS: [&str; 50] = [
        "is", "are", "in", "of", "and", "or", "but", "that", "to", "on", "at", "has", "have",
        "touches", "touch", "lies", "lie", "does", "do", "from", "with", "behind", "above",
        "below", "tall", "wide", "high", "than", "not", "cannot", "can", "made", "near", "next",
        "left", "right", "under", "over", "for", "meet", "meets", "which", "matches", "match",
        "overlaps", "overlap", "hold", "holds", "contain", "contains",
    ];
    let end = words
        .iter()
        .position(|w| ENDS.contains(&w.as_str()) || w.is_empty())
        .unwrap_or(words.len());
    words[..end].last().map(String::as_str)
}

fn is_singular(noun: &str) -> bool {
    singular(noun) == noun && plural(noun) != noun
}

fn is_plural(noun: &str) -> bool {
    plural(noun) == noun && singular(noun) != noun
}

fn numbers(words: &[String], problems: &mut Vec<Problem>) {
    let mut report = |from: usize, to: usize| {
        let found = words[from..to.min(words.len())].join(" ");
        problems.push(problem(Rule::Number, &found));
    };
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).map_or("", String::as_str);
        let before = at.checked_sub(1).map_or("", |b| words[b].as_str());
        if word == "there" && (next == "is" || next == "are") {
            let third = words.get(at + 2).map_or("", String::as_str);
            let one = ["a", "an", "1", "no", "one"].contains(&third);
            let many = third.parse::<u64>().is_ok_and(|n| n != 1);
            if (next == "is" && many) || (next == "are" && ["a", "an", "1", "one"].contains(&third))
            {
                report(at, at + 3);
            }
            if one && next == "is" && third == "no" {
                let noun = counted(&words[at + 3..]);
                if noun.is_some_and(is_plural) {
                    report(at, at + 5);
                }
            }
        }
        // "2, 4 and 1 blocks": the last of several numbers does not stand alone.
        let last_of_many = before == "and"
            && at
                .checked_sub(2)
                .is_some_and(|b| words[b].parse::<u64>().is_ok());
        if let Ok(count) = word.parse::<u64>()
            && !last_of_many
            && !NO_NOUN.contains(&next)
            && next.starts_with(char::is_alphabetic)
            && let Some(noun) = counted(&words[at + 1..])
            && ((count == 1 && is_plural(noun)) || (count != 1 && is_singular(noun)))
            && !["one", "each", "ones"].contains(&noun)
        {
            report(at, at + 4);
        }
        if ["both", "neither", "all"].contains(&word.as_str())
            && word != "all"
            && next == "of"
            && words.get(at + 2).is_none_or(|w| w != "the" && w != "them")
        {
            report(at, at + 3);
        }
        if word == "both" && counted(&words[at + 1..]).is_some_and(is_singular) {
            report(at, at + 4);
        }
        // "Both squares is", "the 2 boxes is", "the 1 box are".
        if ["is", "are", "has", "have", "does", "do"].contains(&word.as_str()) {
            subject_agrees(words, at, &mut report);
        }
    }
}

/// Whether the subject that begins the sentence agrees with its verb: only where the verb follows a
/// plain counted or quantified subject.
fn subject_agrees(words: &[String], verb: usize, report: &mut impl FnMut(usize, usize)) {
    let Some(first) = words.first().map(String::as_str) else {
        return;
    };
    let plural_verb = ["are", "have", "do"].contains(&words[verb].as_str());
    let start = usize::from(first == "so");
    let opening = words.get(start).map_or("", String::as_str);
    let verbs = [
        "is", "are", "has", "have", "does", "do", "touch", "touches", "lie", "lies",
    ];
    let first_verb = words.iter().position(|w| verbs.contains(&w.as_str()));
    if first_verb != Some(verb) {
        return;
    }
    let subject = &words[start..verb];
    let singular_subject = match opening {
        "both" => Some(false),
        "neither" | "none" | "no" | "every" | "each" | "one" => Some(true),
        "all" => Some(false),
        other => match other.parse::<u64>() {
            Ok(n) if words.get(start + 1).is_some_and(|w| w == "of") => Some(n == 1),
            _ => None,
        },
    };
    // "No square that is black and no circle" has more than one verb; "and" may join subjects.
    let joined = subject
        .iter()
        .any(|w| w == "and" || w == "that" || w == "nor");
    if let Some(one) = singular_subject
        && !joined
        && one == plural_verb
    {
        report(start, verb + 1);
    }
}

/// `0 is not 1`; `the yellow square is a yellow square`.
fn empty(words: &[String], problems: &mut Vec<Problem>) {
    let number = |w: &String| w.parse::<f64>().is_ok();
    if let [a, is, rest @ .., b] = words
        && number(a)
        && number(b)
        && is == "is"
        && (rest.is_empty() || rest == ["not"])
    {
        problems.push(problem(Rule::Empty, &words.join(" ")));
    }
    let Some(be) = words.iter().position(|w| w == "is" || w == "are") else {
        return;
    };
    let (subject, said) = (&words[..be], &words[be + 1..]);
    let said: Vec<String> = said
        .iter()
        .filter(|w| !["a", "an", "the"].contains(&w.as_str()))
        .map(|w| singular(w))
        .collect();
    if subject.first().is_some_and(|w| w == "there") || said.is_empty() || said.len() > 4 {
        return;
    }
    let subject: Vec<String> = subject.iter().map(|w| singular(w)).collect();
    let noun_end = subject
        .iter()
        .position(|w| w == "in" || w == "at")
        .unwrap_or(subject.len());
    let named = &subject[..noun_end];
    let all_named = said.iter().all(|w| named.contains(w));
    let same_noun = named.last().is_some() && named.last() == said.last();
    if all_named && same_noun {
        problems.push(problem(Rule::Empty, &words.join(" ")));
    }
}

/// The same long name three times in one sentence.
fn repeated_names(words: &[String], problems: &mut Vec<Problem>) {
    const LENGTH: usize = 6;
    let mut seen: HashMap<&[String], u32> = HashMap::new();
    for name in words.windows(LENGTH) {
        // Names begin with an article; numbers in them tell things apart.
        let verb =
            |w: &String| ["is", "are", "has", "have", "touches", "touch"].contains(&w.as_str());
        if name[0] != "the" || name.iter().any(verb) {
            continue;
        }
        let times = seen.entry(name).or_default();
        *times += 1;
        if *times == 3 {
            problems.push(problem(Rule::RepeatedName, &name.join(" ")));
        }
    }
}
