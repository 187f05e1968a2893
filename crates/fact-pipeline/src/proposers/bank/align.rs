//! Which slot of a question takes the place of which slot of an exemplar.

use super::tokens::{Slot, Token, slots};

/// What a token without counterpart costs.
const GAP: f64 = -1.0;
/// What two different words cost: less than leaving out both.
const OTHER_WORD: f64 = -0.9;
/// What a word with the same stem gains.
const SAME_WORD: f64 = 1.0;
/// What two slots of one kind gain.
const SAME_KIND: f64 = 2.0;
/// What two phrases with the same classes gain besides.
const SAME_CLASSES: f64 = 0.5;
/// What two slots with the same value gain besides.
const SAME_VALUE: f64 = 0.2;
/// What never stands against one another: worse than two gaps.
const NEVER: f64 = -9.0;

/// For each token of an exemplar, the token of the question whose slot takes its place.
pub(super) type Mapping = Vec<Option<usize>>;

/// The different mappings worth trying: by alignment; in order within each kind of slot; and that
/// with two phrases exchanged.
pub(super) fn mappings(exemplar: &[Token], question: &[Token]) -> Vec<Mapping> {
    let aligned = aligned(exemplar, question);
    let in_order = in_order(exemplar, question, &aligned);
    let crossed = crossed(exemplar, question, &in_order);
    let mut out = vec![aligned];
    if in_order != out[0] {
        out.push(in_order.clone());
    }
    if let Some(crossed) = crossed
        && crossed != in_order
    {
        out.push(crossed);
    }
    out
}

/// Global alignment (Needleman and Wunsch).
fn aligned(exemplar: &[Token], question: &[Token]) -> Mapping {
    let width = question.len() + 1;
    let at = |i: usize, j: usize| i * width + j;
    let mut best = vec![0.0; (exemplar.len() + 1) * width];
    for i in 0..=exemplar.len() {
        for j in 0..=question.len() {
            best[at(i, j)] = match (i, j) {
                (0, _) => j as f64 * GAP,
                (_, 0) => i as f64 * GAP,
                _ => (best[at(i - 1, j - 1)] + gain(&exemplar[i - 1], &question[j - 1]))
                    .max(best[at(i - 1, j)] + GAP)
                    .max(best[at(i, j - 1)] + GAP),
            };
        }
    }
    let mut mapping = vec![None; exemplar.len()];
    let (mut i, mut j) = (exemplar.len(), question.len());
    while i > 0 && j > 0 {
        let (ours, theirs) = (&exemplar[i - 1], &question[j - 1]);
        if best[at(i, j)] == best[at(i - 1, j - 1)] + gain(ours, theirs) {
            i -= 1;
            j -= 1;
            if ours.slot().is_some() {
                mapping[i] = Some(j);
            }
        } else if best[at(i, j)] == best[at(i - 1, j)] + GAP {
            i -= 1;
        } else {
            j -= 1;
        }
    }
    mapping
}

fn gain(ours: &Token, theirs: &Token) -> f64 {
    match (ours, theirs) {
        (Token::Word { stem: a, .. }, Token::Word { stem: b, .. }) if a == b => SAME_WORD,
        (Token::Word { .. }, Token::Word { .. }) => OTHER_WORD,
        (Token::Slot(a), Token::Slot(b)) if a.same_kind(b) => {
            let classes = match (a, b) {
                (Slot::Phrase(a), Slot::Phrase(b)) if a.same_classes(b) => SAME_CLASSES,
                _ => 0.0,
            };
            SAME_KIND + classes + if a == b { SAME_VALUE } else { 0.0 }
        }
        _ => NEVER,
    }
}

/// The slots of each kind one after the other, where there are equally many; the others as aligned.
fn in_order(exemplar: &[Token], question: &[Token], aligned: &Mapping) -> Mapping {
    let mut mapping = vec![None; exemplar.len()];
    for (position, slot) in slots(exemplar) {
        let ours = of_kind(exemplar, slot);
        let theirs = of_kind(question, slot);
        if ours.len() == theirs.len() {
            let rank = ours.iter().position(|p| *p == position);
            mapping[position] = rank.map(|rank| theirs[rank]);
        }
    }
    for (position, to) in aligned.iter().enumerate() {
        if to.is_some() && mapping[position].is_none() && !mapping.contains(to) {
            mapping[position] = *to;
        }
    }
    mapping
}

/// Two phrases against two, exchanged.
fn crossed(exemplar: &[Token], question: &[Token], in_order: &Mapping) -> Option<Mapping> {
    let phrase = |tokens: &[Token]| -> Vec<usize> {
        slots(tokens)
            .filter(|(_, slot)| matches!(slot, Slot::Phrase(_)))
            .map(|(position, _)| position)
            .collect()
    };
    let ([a, b], [x, y]) = (&*phrase(exemplar), &*phrase(question)) else {
        return None;
    };
    let mut mapping = in_order.clone();
    mapping[*a] = Some(*y);
    mapping[*b] = Some(*x);
    Some(mapping)
}

fn of_kind(tokens: &[Token], kind: &Slot) -> Vec<usize> {
    slots(tokens)
        .filter(|(_, slot)| slot.same_kind(kind))
        .map(|(position, _)| position)
        .collect()
}
