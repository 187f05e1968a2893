//! The facts of a rationale's text, and whether another text says the same.
//!
//! A language model may write a rationale anew; what it wrote counts only if it says what the rules
//! said and nothing else. So both texts are read into facts: how many of what are where, what is true
//! of what, how things stand to each other, each with its numbers, attributes, quantifier and
//! polarity; then the facts are compared. Order and division of sentences say nothing, nor do
//! connectives, active and passive, `left of` and `right of` with the roles swapped, digits and words,
//! pronouns that stand for one thing.
//!
//! When unsure, refuse: a word that neither the rationale, the pack nor a closed list of English
//! function words has is a difference, and a sentence that the grammar does not read is one fact, its
//! words in order. The words of the pack come from its `says` templates and its `VOCABULARY`.
//!
//! How: the words of a sentence are read in every way the grammar allows (`noun` to `clause`); of each
//! way, what the words stand for is resolved (`discourse` to `members`), and what is then said becomes
//! facts (`emission` to `numbers`). The rationale is read in the most likely way. The other text is
//! read in the most likely way that says nothing but what the rationale says, if there is one: it is
//! held against what is known, which settles what `it` is, but no reading may lose a word.
//!
//! | module | holds |
//! |---|---|
//! | `words`, `phrases`, `lexicon` | the words that a text may have |
//! | `tokens`, `prepare` | words, numbers, phrases that are one word; adverbs dropped |
//! | `syntax` | noun phrases, verb phrases, clauses |
//! | `determiner`, `noun`, `lists` | how noun phrases are read |
//! | `verb`, `clause` | how verb phrases and clauses are read, and sentences divided |
//! | `discourse`, `ellipsis`, `members` | what words stand for |
//! | `names` | phrases as words, in a fixed form |
//! | `emission`, `counting`, `predication`, `predicate`, `relating`, `having`, `numbers` | from clauses to facts |
//! | `reading` | which reading of a sentence is taken |
//! | `facts`, `compare` | facts and differences |
//! | `conclusion` | the last sentence |

mod clause;
mod compare;
mod conclusion;
mod counting;
mod determiner;
mod discourse;
mod ellipsis;
mod emission;
mod facts;
mod having;
mod lexicon;
mod lists;
mod members;
mod names;
mod noun;
mod numbers;
mod phrases;
mod predicate;
mod predication;
mod prepare;
mod reading;
mod relating;
mod syntax;
mod tokens;
mod verb;
mod words;

pub use facts::{Difference, DifferenceKind};

use crate::rationale::{GroundedBox, Rationale, Step, StepKind};
use fact_lang::pack::Pack;
use lexicon::Lexicon;
use reading::read;

/// A text may be so many times as long as the one that the rules made, and [`MORE`] beyond.
const TIMES: usize = 3;
/// See [`TIMES`], in bytes.
const MORE: usize = 400;

/// The rationale that `text` is, if it says what `rule` says and nothing else: its sentences as
/// steps, each with the cites and boxes of the steps of `rule` whose facts it states.
///
/// A fixed function of its arguments. The text of the steps and of the conclusion, joined, is `text`
/// with its white space made single, and with the conclusion as a sentence of its own if it was a
/// part of the last.
///
/// # Errors
/// The differences, at least one.
pub fn rewritten(pack: &Pack, rule: &Rationale, text: &str) -> Result<Rationale, Vec<Difference>> {
    let rule_text = rule.text();
    let text = plain(text, &rule_text)?;
    let mut sentences: Vec<String> = tokens::sentences(&text);
    let Some(mut conclusion) = sentences.pop() else {
        return Err(vec![form("is empty")]);
    };
    if let Some((step, last)) = conclusion::split(&rule.conclusion, &conclusion) {
        sentences.push(step);
        conclusion = last;
    }
    let lexicon = Lexicon::new(pack, &[&rule_text]);
    let mut differences = conclusion::differences(&rule.conclusion, &conclusion, &sentences);
    let of_rule: Vec<&str> = rule.steps.iter().map(|step| &*step.text).collect();
    let of_text: Vec<&str> = sentences.iter().map(|sentence| &**sentence).collect();
    let evidence = read(&of_rule, &lexicon, None);
    let said = read(&of_text, &lexicon, Some(&compare::Known::new(&evidence)));
    let compared = compare::compare(&evidence, &said, &of_text);
    differences.extend(compared.differences);
    differences.extend(odd_words(&text, &rule_text));
    if !differences.is_empty() {
        return Err(differences);
    }
    let steps = std::iter::zip(sentences, compared.backing)
        .map(|(text, backing)| step(text, &backing, rule))
        .collect();
    Ok(Rationale { steps, conclusion })
}

/// The facts of texts that follow one another, each in words: for tests and for those who want to see
/// why a text was refused. What is in square brackets was not understood.
pub fn facts(pack: &Pack, texts: &[&str]) -> Vec<Vec<String>> {
    let lexicon = Lexicon::new(pack, texts);
    let mut out = vec![Vec::new(); texts.len()];
    for sentence in read(texts, &lexicon, None).sentences {
        let shown = sentence.facts.iter().map(|fact| match fact {
            facts::Fact::Unread(text) => format!("[{text}]"),
            fact => fact.to_string(),
        });
        out[sentence.text].extend(shown);
        out[sentence.text].extend(sentence.unread.map(|reason| format!("[{reason}]")));
    }
    out
}

/// A sentence with what backs it: the steps of the rule's rationale with these indices.
fn step(text: String, backing: &[usize], rule: &Rationale) -> Step {
    let backing: Vec<&Step> = backing
        .iter()
        .filter_map(|at| rule.steps.get(*at))
        .collect();
    let evidence = backing.iter().any(|s| s.kind == StepKind::Evidence);
    let kind = match backing.first() {
        Some(first) if !evidence => first.kind,
        _ => StepKind::Evidence,
    };
    let mut cites: Vec<u32> = backing
        .iter()
        .flat_map(|s| s.cites.iter().copied())
        .collect();
    cites.sort_unstable();
    cites.dedup();
    let mut boxes: Vec<GroundedBox> = Vec::new();
    for grounded in backing.iter().flat_map(|s| &s.boxes) {
        if !boxes.contains(grounded) {
            boxes.push(grounded.clone());
        }
    }
    Step {
        kind,
        text,
        cites,
        boxes,
    }
}

fn form(text: &str) -> Difference {
    Difference::new(DifferenceKind::Form, text.to_owned())
}

/// The text with single spaces.
fn plain(text: &str, rule: &str) -> Result<String, Vec<Difference>> {
    let most = TIMES * rule.len() + MORE;
    if text.len() > most {
        return Err(vec![form("is much longer than what there is to say")]);
    }
    if let Some(c) = text
        .chars()
        .find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        return Err(vec![form(&format!(
            "has the control character {}",
            c.escape_default()
        ))]);
    }
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.chars().next() {
        None => Err(vec![form("is empty")]),
        Some(first) if first.is_lowercase() => Err(vec![form("does not begin with a capital")]),
        Some(_) if !text.ends_with('.') => Err(vec![form("does not end with a full stop")]),
        Some(_) => Ok(text),
    }
}

/// Words in capitals that the evidence does not write so.
fn odd_words(text: &str, rule: &str) -> Vec<Difference> {
    let words = |text: &str| -> Vec<String> {
        let apart = |c: char| !c.is_alphanumeric();
        text.split(apart)
            .filter(|w| !w.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let known = words(rule);
    let mut out = Vec::new();
    for word in words(text) {
        let odd = word.chars().skip(1).any(char::is_uppercase) && !known.contains(&word);
        if odd {
            let text = format!("writes `{word}`, which the evidence does not");
            out.push(Difference::new(DifferenceKind::Word, text));
        }
    }
    out.dedup();
    out
}
