//! Which words of a sentence belong to which nodes of its program.
//!
//! Slots are anchors by what they say: a phrase and the string that says it, a number and the
//! literal, "base" and the member `base`. Of the other words, those that keep company with a kind
//! of node over the whole bank are anchored to it ("touching" to `touches_wall`), measured by the
//! Dice coefficient. Words without an anchor, most of them function words, may go with either
//! neighbour.

use super::super::lexicon::Lexicon;
use super::super::program::{Mentioned, string};
use super::super::tokens::{Phrase, Slot, Token, slots};
use super::pairs::Said;
use super::term::{Head, Saying, Term};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Words that this share of the sentences has say too little to be anchors.
const TOO_COMMON: f64 = 0.4;
/// Least Dice coefficient of a word and a kind of node that belong together.
const TOGETHER: f64 = 0.3;

/// What this share of the exemplars has needs no word to say it.
const COMMON: f64 = 0.1;

/// A node by its place in preorder; its subtree is a range.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node<'a> {
    pub(super) term: &'a Term,
    /// One past the last node of its subtree.
    pub(super) end: usize,
    pub(super) parent: Option<usize>,
}

/// The nodes of a term in preorder.
pub(super) fn nodes(term: &Term) -> Vec<Node<'_>> {
    fn visit<'a>(term: &'a Term, parent: Option<usize>, out: &mut Vec<Node<'a>>) {
        let at = out.len();
        out.push(Node {
            term,
            end: 0,
            parent,
        });
        for arg in &term.args {
            visit(arg, Some(at), out);
        }
        out[at].end = out.len();
    }
    let mut out = Vec::new();
    visit(term, None, &mut out);
    out
}

/// How a node comes from a token.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Anchor {
    /// A string that a slot says.
    Text(Saying),
    /// The number of a slot.
    Number,
    /// A comparison with the number of a slot: also the slot's comparison, unless it says another.
    Compare,
    /// A member that stands for the value of a slot.
    Member,
    /// A member named after the general noun.
    All,
    /// Something that a word is about.
    Word,
}

/// The tokens that nodes come from.
pub(super) type Anchors = Vec<Vec<(usize, Anchor)>>;

/// Which words keep company with which kinds of node.
#[derive(Debug, Default)]
pub(super) struct Company {
    /// Dice coefficients, where they are high.
    together: BTreeMap<(Arc<str>, String), f64>,
    /// Shares of the exemplars that have a kind of node.
    features: BTreeMap<String, f64>,
    /// Shares of the exemplars that have a word.
    words: BTreeMap<Arc<str>, f64>,
}

/// What kind of node a word may be about.
fn feature(term: &Term) -> Option<String> {
    match &term.head {
        Head::Attr(name) => Some(format!(".{name}")),
        Head::Global(name) => Some(name.to_string()),
        Head::Not | Head::Compare("!=" | "not in" | "is not") => Some("not".into()),
        Head::Compare(op) => Some((*op).into()),
        Head::Str(text) => Some(format!("\"{text}\"")),
        Head::Or => Some("or".into()),
        Head::Neg => Some("-".into()),
        Head::Binary(op) => Some((*op).into()),
        Head::Subscript => Some("[]".into()),
        _ => None,
    }
}

impl Company {
    pub(super) fn learn<'a>(exemplars: impl Iterator<Item = (&'a [Token], &'a Term)>) -> Self {
        let mut words: BTreeMap<Arc<str>, f64> = BTreeMap::new();
        let mut features: BTreeMap<String, f64> = BTreeMap::new();
        let mut both: BTreeMap<(Arc<str>, String), f64> = BTreeMap::new();
        let mut count = 0.0;
        for (tokens, term) in exemplars {
            count += 1.0;
            let stems: BTreeSet<&Arc<str>> = tokens.iter().filter_map(stem).collect();
            let of: BTreeSet<String> = nodes(term)
                .iter()
                .filter_map(|node| feature(node.term))
                .collect();
            for stem in &stems {
                *words.entry((*stem).clone()).or_default() += 1.0;
                for feature in &of {
                    let pair = ((*stem).clone(), feature.clone());
                    *both.entry(pair).or_default() += 1.0;
                }
            }
            for feature in of {
                *features.entry(feature).or_default() += 1.0;
            }
        }
        let dice = |((word, feature), n): ((Arc<str>, String), f64)| {
            let of_word = words.get(&word).copied().unwrap_or_default();
            let of_feature = features.get(&feature).copied().unwrap_or_default();
            let dice = 2.0 * n / (of_word + of_feature);
            let says = of_word <= TOO_COMMON * count && dice >= TOGETHER;
            says.then_some(((word, feature), dice))
        };
        let together = both.into_iter().filter_map(dice).collect();
        words.values_mut().for_each(|n| *n /= count);
        features.values_mut().for_each(|n| *n /= count);
        Self {
            together,
            features,
            words,
        }
    }

    /// How much a node asks for a word that says it, from 0 to 1: the rarer, the more.
    pub(super) fn asks(&self, term: &Term, lexicon: &Lexicon) -> f64 {
        let value = match &term.head {
            Head::Str(text) => string(text, lexicon).is_some(),
            _ => false,
        };
        let share = feature(term).and_then(|feature| self.features.get(&feature).copied());
        match (value, share) {
            (true, _) => 1.0,
            (_, Some(share)) => rarity(share),
            (_, None) => 0.0,
        }
    }

    /// How much a token may say, from 0 to 1.
    pub(super) fn says(&self, token: &Token) -> f64 {
        let share = stem(token).and_then(|stem| self.words.get(stem));
        share.map_or(0.0, |share| rarity(*share))
    }

    fn of(&self, stem: &Arc<str>, feature: &str) -> Option<f64> {
        let pair = (stem.clone(), feature.to_owned());
        self.together.get(&pair).copied()
    }
}

fn rarity(share: f64) -> f64 {
    (1.0 - share / COMMON).max(0.0)
}

fn stem(token: &Token) -> Option<&Arc<str>> {
    match token {
        Token::Word { stem, .. } => Some(stem),
        Token::Slot(_) => None,
    }
}

/// What of the vocabulary a node may come from.
struct Mention {
    node: usize,
    /// Slots that it may come from.
    slots: Vec<(usize, Anchor)>,
}

/// Anchors the nodes of a term to the tokens of its sentence.
pub(super) fn anchors(
    tokens: &[Token],
    nodes: &[Node<'_>],
    company: &Company,
    lexicon: &Lexicon,
) -> Anchors {
    let mut out: Anchors = vec![Vec::new(); nodes.len()];
    let mentions: Vec<Mention> = (0..nodes.len())
        .filter_map(|at| mention(at, nodes, tokens, lexicon))
        .collect();
    // Mentions that may come from the same slots come from them in order.
    let mut groups: Vec<(Vec<usize>, Vec<&Mention>)> = Vec::new();
    for mention in &mentions {
        let slots: Vec<usize> = mention.slots.iter().map(|(at, _)| *at).collect();
        match groups.iter_mut().find(|(of, _)| *of == slots) {
            Some((_, group)) => group.push(mention),
            None => groups.push((slots, vec![mention])),
        }
    }
    for (slots, group) in groups {
        for (rank, mention) in group.iter().enumerate() {
            let of = match group.len() >= slots.len() {
                true => rank * slots.len() / group.len(),
                false => rank,
            };
            let (token, anchor) = mention.slots[of];
            out[mention.node].push((token, anchor));
            if anchor == Anchor::Number
                && let Some(parent) = nodes[mention.node].parent
            {
                out[parent].push((token, Anchor::Compare));
            }
        }
    }
    words(tokens, nodes, company, &mut out);
    out
}

/// Anchors words.
fn words(tokens: &[Token], nodes: &[Node<'_>], company: &Company, out: &mut Anchors) {
    let features: Vec<Option<String>> = nodes
        .iter()
        .enumerate()
        .map(|(at, node)| feature(node.term).filter(|_| out[at].is_empty()))
        .collect();
    let mut taken: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (token, stem) in tokens
        .iter()
        .enumerate()
        .filter_map(|(i, t)| Some((i, stem(t)?)))
    {
        let mut best: Option<(f64, &str)> = None;
        for feature in features.iter().flatten() {
            if let Some(dice) = company.of(stem, feature)
                && best.is_none_or(|(most, _)| dice > most)
            {
                best = Some((dice, feature));
            }
        }
        let Some((_, best)) = best else {
            continue;
        };
        let of: Vec<usize> = (0..nodes.len())
            .filter(|at| features[*at].as_deref() == Some(best))
            .collect();
        let rank = taken.entry((stem, best)).or_default();
        if let Some(node) = of.get(*rank).or(of.last()) {
            out[*node].push((token, Anchor::Word));
        }
        *rank += 1;
    }
}

/// Anchors the words that minimal pairs tell about and that have no anchor, but for common ones.
pub(super) fn anchor_pairs(
    anchors: &mut Anchors,
    tokens: &[Token],
    said: &[Said],
    company: &Company,
) {
    for Said { from, to, node } in said {
        for (token, of) in tokens.iter().enumerate().take(*to).skip(*from) {
            let known = anchors.iter().flatten().any(|(t, _)| *t == token);
            if !known && company.says(of) > 0.0 {
                anchors[*node].push((token, Anchor::Word));
            }
        }
    }
}

/// Where a node may come from.
fn mention(at: usize, nodes: &[Node<'_>], tokens: &[Token], lexicon: &Lexicon) -> Option<Mention> {
    let term = nodes[at].term;
    let mut well: Vec<(usize, Anchor)> = Vec::new();
    let mut somehow: Vec<(usize, Anchor)> = Vec::new();
    match &term.head {
        Head::Str(text) => match string(text, lexicon)? {
            Mentioned::Phrase(ours) => {
                // `"blue"` next to `"blue item"`: the color, whatever else is said.
                let mut parts = ours.parts().map(|(part, _)| part);
                let alone = lexicon.part(&lexicon.phrases.alone);
                let alone = match (parts.next(), parts.next()) {
                    (Some(part), None) => alone.filter(|alone| *alone == part),
                    _ => None,
                };
                let ours = ours.particular(lexicon);
                for (place, theirs) in phrases(tokens) {
                    let theirs = theirs.particular(lexicon);
                    if ours == theirs {
                        if let Some(part) = alone {
                            well.push((place, Anchor::Text(Saying::Part(part))));
                            continue;
                        }
                        well.push((place, Anchor::Text(Saying::Phrase)));
                        continue;
                    }
                    let mut parts = ours.parts();
                    if let (Some((part, value)), None) = (parts.next(), parts.next())
                        && theirs.0[part].as_ref() == Some(value)
                    {
                        somehow.push((place, Anchor::Text(Saying::Part(part))));
                    }
                }
            }
            Mentioned::Words { class, values } => {
                let [ours] = &*values else {
                    return None;
                };
                for (place, slot) in slots(tokens) {
                    if matches!(slot, Slot::Value { class: c, value } if *c == class && value == ours)
                    {
                        well.push((place, Anchor::Text(Saying::Value)));
                    }
                }
            }
            _ => return None,
        },
        Head::Int(n) => {
            let parent = nodes[at].parent?;
            let compares = nodes[parent].term;
            let is_right = at > parent + 1;
            if !matches!(compares.head, Head::Compare(_)) || !is_right {
                return None;
            }
            for (place, slot) in slots(tokens) {
                let Slot::Number { operator, number } = slot else {
                    continue;
                };
                if **number != *n.to_string() {
                    continue;
                }
                let same = operator
                    .as_ref()
                    .is_none_or(|op| matches!(compares.head, Head::Compare(ours) if *ours == **op));
                let list = if same { &mut well } else { &mut somehow };
                list.push((place, Anchor::Number));
            }
        }
        Head::Attr(name) => {
            let is_function = nodes[at].parent.is_some_and(|parent| {
                matches!(nodes[parent].term.head, Head::Call(_)) && parent + 1 == at
            });
            if let Some(meaning) = lexicon.member(name) {
                for (place, slot) in slots(tokens) {
                    if matches!(slot, Slot::Value { class, value }
                        if *class == meaning.class && *value == meaning.value)
                    {
                        well.push((place, Anchor::Member));
                    }
                }
            } else if !is_function && is_general(name, lexicon) {
                for (place, phrase) in phrases(tokens) {
                    if phrase.particular(lexicon).is_empty() {
                        well.push((place, Anchor::All));
                    }
                }
            }
        }
        _ => return None,
    }
    let slots = if well.is_empty() { somehow } else { well };
    (!slots.is_empty()).then_some(Mention { node: at, slots })
}

fn phrases(tokens: &[Token]) -> impl Iterator<Item = (usize, &Phrase)> {
    slots(tokens).filter_map(|(place, slot)| match slot {
        Slot::Phrase(phrase) => Some((place, phrase)),
        _ => None,
    })
}

/// Whether a member is named after the noun that everything answers to.
fn is_general(name: &str, lexicon: &Lexicon) -> bool {
    lexicon.word(name).is_some_and(|meaning| {
        lexicon.part(&meaning.class) == Some(lexicon.noun())
            && *meaning.value == *lexicon.phrases.any
    })
}

/// A comparison of the vocabulary as terms have it.
pub(super) fn known_operator(op: &str) -> Option<&'static str> {
    ["==", "!=", ">=", "<=", ">", "<"]
        .into_iter()
        .find(|known| *known == op)
}
