//! Which exemplars are like a question: Dice's coefficient over weighted words and pairs of words.

use super::lexicon::Lexicon;
use super::tokens::Token;
use std::collections::HashMap;

/// Weight of n-grams that tell the values of slots apart, next to those that tell kinds apart.
const FINE: f64 = 0.25;
/// Length of the longest n-grams.
const LONGEST: usize = 2;
/// Stands before and after a sentence.
const START: &str = "^";
const END: &str = "$";

/// The n-grams that the bank's sentences have, and what they weigh: the rarer, the more.
#[derive(Debug, Default)]
pub(super) struct Grams {
    known: HashMap<String, usize>,
    /// By number.
    weights: Vec<f64>,
    /// Weight of n-grams that no sentence of the bank has: coarse, fine.
    unseen: [f64; 2],
}

/// The n-grams of a sentence.
#[derive(Debug)]
pub(super) struct Counts {
    /// Number, how often it occurs, weight; in the order of the sentence.
    grams: Vec<(Option<usize>, u32, f64)>,
    /// Weight of all.
    total: f64,
}

impl Grams {
    /// Learns the n-grams of the bank's sentences. Those of `others` are known too, but only the
    /// sentences say which are rare.
    pub(super) fn learn(sentences: &[&[Token]], others: &[&[Token]], lexicon: &Lexicon) -> Self {
        let mut out = Self::default();
        let mut frequency: Vec<(bool, u32)> = Vec::new();
        let counted = sentences.iter().map(|tokens| (tokens, 1));
        for (tokens, times) in counted.chain(others.iter().map(|tokens| (tokens, 0))) {
            for gram in count(tokens, lexicon) {
                let next = out.known.len();
                let number = *out.known.entry(gram.text).or_insert(next);
                if number == frequency.len() {
                    frequency.push((gram.fine, 0));
                }
                frequency[number].1 += times;
            }
        }
        let weight = |(fine, frequency): (bool, u32)| {
            let factor = if fine { FINE } else { 1.0 };
            factor * (1.0 + sentences.len() as f64 / (1.0 + f64::from(frequency))).ln()
        };
        out.weights = frequency.into_iter().map(weight).collect();
        out.unseen = [weight((false, 0)), weight((true, 0))];
        out
    }

    /// The n-grams of a sentence.
    pub(super) fn count(&self, tokens: &[Token], lexicon: &Lexicon) -> Counts {
        let grams: Vec<_> = count(tokens, lexicon)
            .into_iter()
            .map(|gram| {
                let number = self.known.get(&gram.text).copied();
                let unseen = self.unseen[usize::from(gram.fine)];
                let weight = number.map_or(unseen, |number| self.weights[number]);
                (number, gram.count, weight)
            })
            .collect();
        let weighted = grams.iter().map(|(_, n, weight)| weight * f64::from(*n));
        Counts {
            total: weighted.sum(),
            grams,
        }
    }
}

/// An n-gram of a sentence.
struct Gram {
    fine: bool,
    text: String,
    count: u32,
}

/// The n-grams of a sentence, each once, in order.
fn count(tokens: &[Token], lexicon: &Lexicon) -> Vec<Gram> {
    let mut out: Vec<Gram> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for fine in [false, true] {
        let keys = tokens.iter().map(|token| token.key(lexicon, fine));
        let keys: Vec<String> = std::iter::once(START.to_owned())
            .chain(keys.filter(|key| !key.is_empty()))
            .chain([END.to_owned()])
            .collect();
        for length in 1..=LONGEST {
            for window in keys.windows(length) {
                let text = format!("{}{}", u8::from(fine), window.join("\t"));
                let place = *places.entry(text.clone()).or_insert(out.len());
                match out.get_mut(place) {
                    Some(gram) => gram.count += 1,
                    None => out.push(Gram {
                        fine,
                        text,
                        count: 1,
                    }),
                }
            }
        }
    }
    out
}

/// Sentences by their n-grams.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// N-gram → sentences that have it, and how often.
    postings: HashMap<usize, Vec<(usize, u32)>>,
    /// Weight of all n-grams of a sentence, if it is in the index.
    totals: Vec<Option<f64>>,
}

impl Index {
    /// Adds the next sentence, or leaves its place empty.
    pub(super) fn push(&mut self, sentence: Option<&Counts>) {
        let number = self.totals.len();
        self.totals.push(sentence.map(|counts| counts.total));
        for (gram, count, _) in sentence.iter().flat_map(|counts| &counts.grams) {
            if let Some(gram) = gram {
                self.postings
                    .entry(*gram)
                    .or_default()
                    .push((number, *count));
            }
        }
    }

    /// The at most `most` sentences that are most like a question, best first, those that are
    /// equally like it in the order of the bank.
    pub(super) fn nearest(
        &self,
        question: &Counts,
        most: usize,
        admit: impl Fn(usize) -> bool,
    ) -> Vec<(f64, usize)> {
        let mut common = vec![0.0; self.totals.len()];
        for (gram, count, weight) in &question.grams {
            let postings = gram.and_then(|gram| self.postings.get(&gram));
            for (sentence, theirs) in postings.into_iter().flatten() {
                common[*sentence] += weight * f64::from(*count.min(theirs));
            }
        }
        let mut scored: Vec<(f64, usize)> = self
            .totals
            .iter()
            .enumerate()
            .filter(|(number, _)| admit(*number))
            .filter_map(|(number, total)| {
                let score = 2.0 * common[number] / (question.total + (*total)?);
                Some((score, number))
            })
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        scored.truncate(most);
        scored
    }
}
