//! From sentences to facts.

use super::clause::Clause;
use super::emission::{counts, emit};
use super::facts::Fact;
use super::lexicon::{CONNECTIVES, Lexicon};
use super::phrase::{Context, NpList, Reader};
use super::tokens::{Token, sentences, tokens};
use std::collections::BTreeMap;

/// Longest sentence that is read, in tokens.
const LONGEST: usize = 160;
/// Ways to split a sentence into clauses that are tried.
const TRIES: usize = 4000;

/// What a text says.
#[derive(Debug, Clone, Default)]
pub(super) struct Reading {
    /// Sentence by sentence.
    pub(super) sentences: Vec<SentenceFacts>,
    /// What is spoken of as one that is there: name, place.
    pub(super) definite: Definite,
}

/// Names and places of single things, with the text that named each first.
pub(super) type Definite = BTreeMap<(String, Option<String>), usize>;

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

/// Reads the facts of texts that follow one another.
pub(super) fn read(texts: &[&str], lexicon: &Lexicon) -> Reading {
    let mut reading = Reading::default();
    let mut state = State {
        context: Context::default(),
        counting: false,
        definite: Definite::new(),
        text: 0,
        counts: Vec::new(),
    };
    for (at, text) in texts.iter().enumerate() {
        state.text = at;
        for sentence in sentences(text) {
            let mut found = read_sentence(&sentence, lexicon, &mut state);
            found.text = at;
            reading.sentences.push(found);
        }
    }
    reading.definite = state.definite;
    reading
}

/// What is carried from clause to clause.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) context: Context,
    /// Whether the clause before counted, so that `none in the third box` goes on.
    pub(super) counting: bool,
    pub(super) definite: Definite,
    /// The text that is read.
    pub(super) text: usize,
    /// Counts so far, for `more … than …`.
    pub(super) counts: Vec<(String, Option<String>, String)>,
}

fn read_sentence(text: &str, lexicon: &Lexicon, state: &mut State) -> SentenceFacts {
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
    let reader = Reader {
        tokens: &tokens,
        lexicon,
    };
    let mut tries = TRIES;
    let mut own = state.clone();
    if tokens.len() <= LONGEST
        && let Some(facts) = reader.segments(0, tokens.len(), &mut own, &mut tries)
    {
        *state = own;
        out.facts = facts;
        return out;
    }
    // What is not understood is one fact: its words in order.
    let words: Vec<String> = tokens
        .iter()
        .map(|token| match token {
            Token::Word(word) if !lexicon.is_function(word) => lexicon.canonical(word),
            other => other.shown(),
        })
        .collect();
    out.facts = vec![Fact::Unread(words.join(" "))];
    state.context = Context::default();
    state.counting = false;
    out
}

impl Reader<'_> {
    fn connects(&self, at: usize, end: usize) -> bool {
        [',', ';', ':'].iter().any(|mark| self.mark(at, end, *mark))
            || self.word(at, end).is_some_and(|w| CONNECTIVES.contains(&w))
    }

    fn segments(
        &self,
        at: usize,
        end: usize,
        state: &mut State,
        tries: &mut usize,
    ) -> Option<Vec<Fact>> {
        let (mut at, mut end) = (at, end);
        while self.connects(at, end) {
            at += 1;
        }
        while end > at && (self.connects(end - 1, end) && !self.is(end - 1, end, "so")) {
            end -= 1;
        }
        if at >= end {
            return Some(Vec::new());
        }
        *tries = tries.checked_sub(1)?;
        let mut own = state.clone();
        if let Some(facts) = self.whole(at, end, &mut own) {
            *state = own;
            return Some(facts);
        }
        for split in at + 1..end {
            if !self.connects(split, end) {
                continue;
            }
            let mut own = state.clone();
            let Some(mut facts) = self.whole(at, split, &mut own) else {
                continue;
            };
            if let Some(more) = self.segments(split + 1, end, &mut own, tries) {
                facts.extend(more);
                *state = own;
                return Some(facts);
            }
        }
        None
    }

    /// One clause, or what goes on from one.
    fn whole(&self, at: usize, end: usize, state: &mut State) -> Option<Vec<Fact>> {
        if let Some(clause) = self.clause(at, end, &mut state.context) {
            return emit(self.lexicon, clause, state);
        }
        if !state.counting {
            return None;
        }
        let (list, next) = self.list(at, end, &mut state.context, 0)?;
        let goes_on = list.items.iter().all(counts);
        if next != end || !goes_on {
            return None;
        }
        emit(self.lexicon, there_is(list), state)
    }
}

fn there_is(list: NpList) -> Clause {
    Clause {
        subject: list,
        said: Vec::new(),
        witnesses: Vec::new(),
        existential: true,
        denied: false,
        place: None,
        more_than: None,
    }
}
