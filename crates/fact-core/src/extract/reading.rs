//! From sentences to facts.

use super::clause::Division;
use super::compare::Known;
use super::discourse::{Choices, Definite, Resolver, State};
use super::facts::Fact;
use super::lexicon::Lexicon;
use super::noun::Parser;
use super::prepare::prepared;
use super::syntax::{Clause, Passing};
use super::tokens::{Token, sentences, tokens};
use std::collections::BTreeSet;

/// Longest sentence that is read, in tokens.
const LONGEST: usize = 160;
/// Ways to divide a sentence that are tried.
const DIVISIONS: usize = 24;
/// Readings of one clause that are tried.
const READINGS: usize = 48;
/// Readings of one sentence that are tried in all.
const TRIES: usize = 600;

/// What a text says.
#[derive(Debug, Clone, Default)]
pub(super) struct Reading {
    /// Sentence by sentence.
    pub(super) sentences: Vec<SentenceFacts>,
    /// What is spoken of as one that is there: name, place.
    pub(super) definite: Definite,
    /// How many places with an ordinal there are.
    pub(super) size: Option<usize>,
    /// What is counted: name, place, number.
    pub(super) counts: Vec<(String, Option<String>, String)>,
}

/// A sentence with its facts.
#[derive(Debug, Clone, Default)]
pub(super) struct SentenceFacts {
    /// Which of the texts it is of.
    pub(super) text: usize,
    pub(super) facts: Vec<Fact>,
    /// Words that are on no list.
    pub(super) unknown: Vec<String>,
    /// What the characters or the grammar do not allow.
    pub(super) unread: Option<String>,
}

/// Reads the facts of texts that follow one another. Where a sentence can be read in several ways, it
/// is read in the first that says nothing but what is `known`; if there is none, or nothing is known
/// yet, in the most likely.
pub(super) fn read(texts: &[&str], lexicon: &Lexicon, known: Option<&Known<'_>>) -> Reading {
    let mut reading = Reading {
        size: known.and_then(|known| known.size()),
        ..Reading::default()
    };
    let mut state = State {
        // The first that are named, for `the other 2` before them.
        ordinals: texts
            .iter()
            .flat_map(|text| sentences(text))
            .filter_map(|sentence| tokens(&sentence, lexicon).ok())
            .map(|tokens| ordinals(&tokens))
            .find(|found| !found.is_empty())
            .unwrap_or_default(),
        ..State::default()
    };
    for (at, text) in texts.iter().enumerate() {
        state.text = at;
        for sentence in sentences(text) {
            state.front = None;
            let size = &mut reading.size;
            let mut found = read_sentence(&sentence, lexicon, &mut state, known, size);
            found.text = at;
            if known.is_none() {
                reading.size = reading
                    .size
                    .or_else(|| counted_places(lexicon, &found.facts));
            }
            reading.sentences.push(found);
        }
    }
    reading.definite = state.definite;
    reading.counts = state.counts;
    reading
}

/// How many places with an ordinal these facts count.
fn counted_places(lexicon: &Lexicon, facts: &[Fact]) -> Option<usize> {
    facts.iter().find_map(|fact| match fact {
        Fact::Count {
            what,
            place: None,
            denied: false,
            ..
        } if lexicon.ordered.as_ref() == Some(&what.name)
            || lexicon.housed.as_ref() == Some(&what.name) =>
        {
            match &what.quantity {
                super::facts::Quantity::Exactly(n) => n.parse().ok(),
                _ => None,
            }
        }
        _ => None,
    })
}

fn read_sentence(
    text: &str,
    lexicon: &Lexicon,
    state: &mut State,
    known: Option<&Known<'_>>,
    size: &mut Option<usize>,
) -> SentenceFacts {
    let mut out = SentenceFacts::default();
    let tokens = match tokens(text, lexicon) {
        Ok(tokens) => tokens,
        Err(reason) => {
            out.unread = Some(reason);
            return out;
        }
    };
    for token in &tokens {
        if let Token::Word(word) = token
            && !lexicon.knows(word)
            && !out.unknown.contains(word)
        {
            out.unknown.push(word.clone());
        }
    }
    if !out.unknown.is_empty() {
        return out;
    }
    let named = ordinals(&tokens);
    if !named.is_empty() {
        state.ordinals = named;
    }
    let mut variants = prepared(&tokens);
    // `One black square in the image.`
    let mut verbs = tokens.iter().filter_map(Token::word);
    if !verbs.any(|word| lexicon.finite_lemma(word).is_some()) {
        let there = ["there", "is"].map(|word| Token::Word(word.to_owned()));
        let mut more = variants.clone();
        for variant in &mut more {
            variant.splice(0..0, there.clone());
        }
        variants.extend(more);
    }
    let mut best: Option<(usize, State, Vec<Fact>)> = None;
    let mut tries = TRIES;
    for tokens in &variants {
        if tokens.len() > LONGEST {
            continue;
        }
        let parser = Parser::new(tokens, lexicon);
        let divisions: Vec<Division> = parser.sentence();
        for (chain, _) in divisions.iter().take(DIVISIONS) {
            let clauses = chain.clauses();
            let Some((strange, own, facts)) =
                interpret(&clauses, lexicon, state, known, size, &mut tries)
            else {
                continue;
            };
            if best.as_ref().is_none_or(|(least, _, _)| strange < *least) {
                best = Some((strange, own, facts));
            }
            if best.as_ref().is_some_and(|(least, _, _)| *least == 0) {
                break;
            }
        }
        if best.as_ref().is_some_and(|(least, _, _)| *least == 0) {
            break;
        }
    }
    let unread = Fact::Unread(words(variants.first().map_or(&[], Vec::as_slice), lexicon));
    match best {
        Some((strange, own, facts))
            if strange == 0 || known.is_none_or(|known| !known.allows(&unread)) =>
        {
            *state = own;
            out.facts = facts;
        }
        _ => {
            // What is not understood is one fact: its words in order.
            out.facts = vec![unread];
            state.counting = false;
            state.subject = None;
            state.vps.clear();
        }
    }
    out
}

/// The ordinals of a sentence.
fn ordinals(tokens: &[Token]) -> BTreeSet<u32> {
    tokens
        .iter()
        .filter_map(|token| match token {
            Token::Ordinal(n) => Some(*n),
            _ => None,
        })
        .collect()
}

/// The facts of clauses that follow one another, and how many of them are not known.
fn interpret(
    clauses: &[&Clause],
    lexicon: &Lexicon,
    state: &State,
    known: Option<&Known<'_>>,
    size: &mut Option<usize>,
    tries: &mut usize,
) -> Option<(usize, State, Vec<Fact>)> {
    let mut state = state.clone();
    let mut facts = Vec::new();
    let mut strange = 0;
    for clause in clauses {
        let mut choices = Some(Choices::default());
        let mut best: Option<(usize, State, Vec<Fact>)> = None;
        for _ in 0..READINGS {
            let Some(fixed) = choices.take() else {
                break;
            };
            *tries = tries.checked_sub(1)?;
            let mut resolver = Resolver {
                lexicon,
                state: state.clone(),
                choices: fixed,
                size: *size,
                seen: None,
                told: Passing::default(),
                evidence: known.map_or(&[], Known::counts),
            };
            let found = resolver.clause(clause);
            if known.is_none() && size.is_none() && found.is_some() {
                *size = resolver.seen;
            }
            choices = resolver.choices.next();
            let Some(found) = found else {
                continue;
            };
            let unknown = known.map_or(0, |known| {
                found.iter().filter(|fact| !known.allows(fact)).count()
            });
            if best.as_ref().is_none_or(|(least, _, _)| unknown < *least) {
                best = Some((unknown, resolver.state, found));
            }
            if unknown == 0 {
                break;
            }
        }
        let (unknown, own, found) = best?;
        strange += unknown;
        state = own;
        facts.extend(found);
    }
    Some((strange, state, facts))
}

fn words(tokens: &[Token], lexicon: &Lexicon) -> String {
    let words: Vec<String> = tokens
        .iter()
        .map(|token| match token {
            Token::Word(word) if !lexicon.is_function(word) => lexicon.canonical(word),
            other => other.shown(),
        })
        .collect();
    words.join(" ")
}
