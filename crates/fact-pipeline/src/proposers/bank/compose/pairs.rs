//! Minimal pairs: two sentences that differ in one stretch, with programs that differ in one place.
//! What the stretch says is what stands in the place, so its words are anchors of it even if no
//! other sentence has them.

use super::super::lexicon::Lexicon;
use super::anchor::nodes;
use super::grammar::Source;
use super::term::{Head, Term};
use std::sync::Arc;

/// Longest stretch, in tokens.
const MOST_TOKENS: usize = 6;
/// Most pairs of one exemplar that are looked at.
const MOST_PAIRS: usize = 50;

/// A stretch of a sentence and the node of its program that it says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Said {
    pub(super) from: usize,
    pub(super) to: usize,
    /// In preorder.
    pub(super) node: usize,
}

/// For each exemplar what its minimal pairs tell.
pub(super) fn pairs(sources: &[Source<'_>], lexicon: &Lexicon) -> Vec<Vec<Said>> {
    let keys: Vec<Vec<Arc<str>>> = sources
        .iter()
        .map(|s| {
            s.tokens
                .iter()
                .map(|t| t.key(lexicon, false).into())
                .collect()
        })
        .collect();
    let mut out: Vec<Vec<Said>> = vec![Vec::new(); sources.len()];
    for a in 0..sources.len() {
        for b in a + 1..sources.len() {
            if out[a].len() >= MOST_PAIRS {
                break;
            }
            let Some((from, ends)) = stretch(&keys[a], &keys[b]) else {
                continue;
            };
            let (s, t) = (&sources[a].normal.term, &sources[b].normal.term);
            let Some((x, y)) = place(s, t) else {
                continue;
            };
            for (source, to, node) in [(a, ends.0, x), (b, ends.1, y)] {
                let said = Said { from, to, node };
                if !out[source].contains(&said) {
                    out[source].push(said);
                }
            }
        }
    }
    out
}

/// The only stretch in which two sentences differ: its start, and its end in each.
fn stretch(a: &[Arc<str>], b: &[Arc<str>]) -> Option<(usize, (usize, usize))> {
    if a.len().abs_diff(b.len()) > MOST_TOKENS {
        return None;
    }
    let before = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let rest = (&a[before..], &b[before..]);
    let pairs = rest.0.iter().rev().zip(rest.1.iter().rev());
    let after = pairs.take_while(|(x, y)| x == y).count();
    let ends = (a.len() - after, b.len() - after);
    let long = |end: usize| end > before && end - before <= MOST_TOKENS;
    // Of two sentences with little in common it says nothing.
    let common = before + after;
    let alike = 2 * common >= a.len().max(b.len());
    (long(ends.0) && long(ends.1) && alike).then_some((before, ends))
}

/// The only place in which two terms differ but for values: the node in each.
fn place(a: &Term, b: &Term) -> Option<(usize, usize)> {
    let (xs, ys) = (nodes(a), nodes(b));
    let (mut x, mut y) = (0, 0);
    // Down to where they differ, as long as all else is the same.
    loop {
        let (s, t) = (xs[x].term, ys[y].term);
        if !alike(&s.head, &t.head) || s.args.len() != t.args.len() {
            break;
        }
        let mut children = (x + 1, y + 1);
        let mut different = None;
        for (p, q) in s.args.iter().zip(&t.args) {
            if !same(p, q) && different.replace(children).is_some() {
                // In two places: what holds both is the place.
                return (x > 0).then_some((x, y));
            }
            children = (xs[children.0].end, ys[children.1].end);
        }
        (x, y) = different?;
    }
    (x > 0).then_some((x, y))
}

fn same(a: &Term, b: &Term) -> bool {
    alike(&a.head, &b.head)
        && a.args.len() == b.args.len()
        && a.args.iter().zip(&b.args).all(|(a, b)| same(a, b))
}

/// Whether two nodes are the same but for the values of the vocabulary, and names.
fn alike(a: &Head, b: &Head) -> bool {
    match (a, b) {
        (Head::Str(_), Head::Str(_))
        | (Head::Int(_), Head::Int(_))
        | (Head::Var(_), Head::Var(_))
        | (Head::Lambda(_), Head::Lambda(_)) => true,
        (Head::Comprehension(a, x), Head::Comprehension(b, y)) => {
            a == b && x.iter().map(|(_, n)| n).eq(y.iter().map(|(_, n)| n))
        }
        _ => a == b,
    }
}
