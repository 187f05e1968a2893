//! Which slot of an exemplar's sentence stands for which slot of the question.

use super::words::{Token, Value};
use std::collections::BTreeMap;

/// Position of a slot in the exemplar → position of the slot in the question that takes its place.
pub(super) type Mapping = BTreeMap<usize, usize>;

/// Score of a token without counterpart.
const GAP: f64 = -1.0;
/// Score of a pair that must not be.
const NEVER: f64 = -9.0;

/// Mappings to try, the likeliest first: by alignment of the sentences, by order within each kind,
/// with two noun phrases exchanged.
pub(super) fn mappings(exemplar: &[Token], question: &[Token]) -> Vec<Mapping> {
    let aligned = align(exemplar, question);
    let in_order = in_order(exemplar, question, &aligned);
    let crossed = crossed(exemplar, question, &in_order);
    let mut out = vec![aligned];
    if in_order != out[0] {
        out.push(in_order.clone());
    }
    if let Some(crossed) = crossed.filter(|c| *c != in_order) {
        out.push(crossed);
    }
    out
}

fn pair_score(a: &Token, b: &Token) -> f64 {
    let bonus = |same: bool, score: f64| if same { score } else { 0.0 };
    match (a, b) {
        (Token::Word(_), Token::Word(_)) => {
            if a.key(false) == b.key(false) {
                1.0
            } else {
                -0.9
            }
        }
        (Token::Slot(a), Token::Slot(b)) if a.same_kind(b) => {
            let classes = match (a, b) {
                (Value::Noun(a), Value::Noun(b)) => a.same_classes(b),
                _ => false,
            };
            2.0 + bonus(classes, 0.5) + bonus(a == b, 0.2)
        }
        _ => NEVER,
    }
}

/// The best global alignment (Needleman and Wunsch).
fn align(exemplar: &[Token], question: &[Token]) -> Mapping {
    let (n, m) = (exemplar.len(), question.len());
    let mut best = vec![vec![0.0; m + 1]; n + 1];
    let mut pair = vec![vec![0.0; m + 1]; n + 1];
    for (i, row) in best.iter_mut().enumerate() {
        row[0] = i as f64 * GAP;
    }
    for (j, cell) in best[0].iter_mut().enumerate() {
        *cell = j as f64 * GAP;
    }
    for i in 1..=n {
        for j in 1..=m {
            pair[i][j] = pair_score(&exemplar[i - 1], &question[j - 1]);
            best[i][j] = f64::max(
                best[i - 1][j - 1] + pair[i][j],
                f64::max(best[i - 1][j], best[i][j - 1]) + GAP,
            );
        }
    }
    let mut mapping = Mapping::new();
    let (mut i, mut j) = (n, m);
    while i > 0 && j > 0 {
        if best[i][j] == best[i - 1][j - 1] + pair[i][j] {
            (i, j) = (i - 1, j - 1);
            if exemplar[i].slot().is_some() {
                mapping.insert(i, j);
            }
        } else if best[i][j] == best[i - 1][j] + GAP {
            i -= 1;
        } else {
            j -= 1;
        }
    }
    mapping
}

/// Slots of one kind in their order, where both sentences have equally many; else as aligned.
fn in_order(exemplar: &[Token], question: &[Token], aligned: &Mapping) -> Mapping {
    let mut mapping = Mapping::new();
    for (at, value) in slots(exemplar) {
        if mapping.contains_key(&at) {
            continue;
        }
        let alike = |(_, other): &(usize, &Value)| value.same_kind(other);
        let ours: Vec<_> = slots(exemplar).filter(alike).collect();
        let theirs: Vec<_> = slots(question).filter(alike).collect();
        if ours.len() == theirs.len() {
            let pairs = ours.iter().zip(&theirs);
            mapping.extend(pairs.map(|((i, _), (j, _))| (*i, *j)));
        }
    }
    for (i, j) in aligned {
        if !mapping.contains_key(i) && !mapping.values().any(|taken| taken == j) {
            mapping.insert(*i, *j);
        }
    }
    mapping
}

/// With the two noun phrases of each sentence exchanged.
fn crossed(exemplar: &[Token], question: &[Token], in_order: &Mapping) -> Option<Mapping> {
    let nouns = |tokens: &[Token]| -> Option<[usize; 2]> {
        let nouns = slots(tokens).filter(|(_, value)| matches!(value, Value::Noun(_)));
        nouns.map(|(at, _)| at).collect::<Vec<_>>().try_into().ok()
    };
    let ([a, b], [x, y]) = (nouns(exemplar)?, nouns(question)?);
    let mut mapping = in_order.clone();
    mapping.insert(a, y);
    mapping.insert(b, x);
    Some(mapping)
}

/// The slots of a sentence with their positions.
pub(super) fn slots(tokens: &[Token]) -> impl Iterator<Item = (usize, &Value)> {
    tokens
        .iter()
        .enumerate()
        .filter_map(|(at, token)| Some((at, token.slot()?)))
}
