//! Pieces of one exemplar.
//!
//! A *constituent* is a node of the program (or neighbouring operands of an `and`) with the words
//! between the first and the last of its anchors, provided that none of these words is an anchor of
//! something else. Each constituent is a piece; its inner constituents may be left open as parts of
//! any meaning of the same type. So one exemplar gives pieces of all sizes, from a phrase to the
//! whole sentence with everything in it left open.

use super::super::lexicon::Lexicon;
use super::super::tokens::{Slot, Token};
use super::anchor::{Anchor, Anchors, Company, Node};
use super::rule::{Place, Symbol};
use super::term::{Head, Term, Var};
use super::types::Type;
use std::sync::Arc;

/// Function words before a constituent that may be its own.
const MOST_BEFORE: usize = 2;
/// Function words after a constituent that may be its own.
const MOST_AFTER: usize = 1;
/// Symbols of a piece that is not a whole sentence.
const MOST_SYMBOLS: usize = 12;
/// Ways to leave open the inner constituents of one.
const MOST_CUTS: usize = 24;
/// Parts left open.
const MOST_PARTS: usize = 4;

/// An exemplar with its anchors.
pub(super) struct Aligned<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) nodes: &'a [Node<'a>],
    pub(super) anchors: &'a Anchors,
    /// The type of each node; `None` where there is none.
    pub(super) types: &'a [Option<Type>],
    pub(super) company: &'a Company,
    pub(super) lexicon: &'a Lexicon,
}

/// A piece of an exemplar, before it meets those of others.
#[derive(Debug)]
pub(super) struct Raw {
    pub(super) pattern: Vec<Symbol>,
    pub(super) template: Term,
    pub(super) places: Vec<Place>,
    /// The types of the parts.
    pub(super) parts: Vec<Type>,
    /// Whether it is the whole sentence.
    pub(super) whole: bool,
    /// How much of its meaning no word says.
    pub(super) unsaid: f64,
}

/// Nodes with a stretch of the sentence.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Constituent {
    /// The node; of operands of an `and`, that one.
    node: usize,
    /// Which of its operands, if not all.
    operands: Option<(usize, usize)>,
    /// Tokens from…to.
    from: usize,
    to: usize,
}

impl Constituent {
    fn is_within(&self, outer: &Self, nodes: &[Node<'_>]) -> bool {
        if self == outer {
            return false;
        }
        match (self.node == outer.node, self.operands, outer.operands) {
            (true, Some((a, b)), Some((c, d))) => c <= a && b <= d,
            (true, Some(_), None) => true,
            (true, None, _) => false,
            (false, _, None) => outer.node < self.node && self.node < nodes[outer.node].end,
            (false, _, Some(range)) => {
                let (start, end) = operands(nodes, outer.node, range);
                start <= self.node && self.node < end
            }
        }
    }
}

/// The nodes of some operands of a node: a range in preorder.
fn operands(nodes: &[Node<'_>], node: usize, (from, to): (usize, usize)) -> (usize, usize) {
    let mut at = node + 1;
    let mut start = at;
    for operand in 0..to {
        if operand == from {
            start = at;
        }
        at = nodes[at].end;
    }
    (start, at)
}

impl Aligned<'_> {
    /// All pieces.
    pub(super) fn pieces(&self) -> Vec<Raw> {
        let constituents = self.constituents();
        let mut out = Vec::new();
        for constituent in &constituents {
            let whole = constituent.node == 0 && constituent.operands.is_none();
            for cut in self.cuts(constituent, &constituents) {
                for stretched in [false, true] {
                    let cut = self.stretched(constituent, &cut, stretched);
                    if stretched && cut.1 == 0 {
                        continue;
                    }
                    for (from, to) in self.stretches(constituent) {
                        out.extend(self.piece(constituent, (from, to), &cut.0, false));
                    }
                    if whole {
                        let all = (0, self.tokens.len());
                        out.extend(self.piece(constituent, all, &cut.0, true));
                    }
                }
            }
        }
        out
    }

    /// The tokens that nodes of a range come from.
    fn tokens_of(&self, (from, to): (usize, usize)) -> impl Iterator<Item = usize> {
        self.anchors[from..to]
            .iter()
            .flatten()
            .map(|(token, _)| *token)
    }

    fn constituents(&self) -> Vec<Constituent> {
        let mut out = Vec::new();
        for (at, node) in self.nodes.iter().enumerate() {
            let leaf = matches!(
                node.term.head,
                Head::Var(_) | Head::Global(_) | Head::Str(_) | Head::Int(_) | Head::Constant(_)
            );
            if leaf && at > 0 {
                continue;
            }
            if self.types[at].as_ref().is_none_or(|of| !of.is_known()) {
                continue;
            }
            out.extend(self.constituent(at, None, (at, node.end)));
            if matches!(node.term.head, Head::And | Head::Or) {
                let count = node.term.args.len();
                for from in 0..count {
                    for to in from + 2..=count {
                        if to - from < count {
                            let range = operands(self.nodes, at, (from, to));
                            out.extend(self.constituent(at, Some((from, to)), range));
                        }
                    }
                }
            }
        }
        out
    }

    fn constituent(
        &self,
        node: usize,
        operands: Option<(usize, usize)>,
        range: (usize, usize),
    ) -> Option<Constituent> {
        let from = self.tokens_of(range).min();
        let to = self.tokens_of(range).max();
        let (Some(from), Some(to)) = (from, to) else {
            // The whole program goes with the whole sentence, whatever the anchors.
            return (node == 0 && operands.is_none()).then_some(Constituent {
                node,
                operands,
                from: 0,
                to: self.tokens.len(),
            });
        };
        let outside = self.tokens_of((0, range.0));
        let mut outside = outside.chain(self.tokens_of((range.1, self.nodes.len())));
        let clear = !outside.any(|token| from <= token && token <= to);
        clear.then_some(Constituent {
            node,
            operands,
            from,
            to: to + 1,
        })
    }

    /// Ways to leave inner constituents open.
    fn cuts(&self, of: &Constituent, all: &[Constituent]) -> Vec<Vec<Constituent>> {
        let mut out = self.cut(of, all, 1);
        out.retain(|cut| cut.len() <= MOST_PARTS);
        out.truncate(MOST_CUTS);
        out
    }

    fn cut(&self, of: &Constituent, all: &[Constituent], deeper: usize) -> Vec<Vec<Constituent>> {
        let within = all.iter().filter(|c| c.is_within(of, self.nodes));
        let within: Vec<&Constituent> = within.collect();
        // Operands together are one way among others to cut an `and`; its operands are another.
        let largest = |c: &&&Constituent| {
            c.operands.is_none()
                && !within
                    .iter()
                    .any(|o| o.operands.is_none() && c.is_within(o, self.nodes))
        };
        let inner: Vec<Constituent> = within.iter().filter(largest).map(|c| **c).collect();
        let mut out: Vec<Vec<Constituent>> = vec![Vec::new()];
        for constituent in &inner {
            let mut choices = vec![vec![*constituent], Vec::new()];
            if deeper > 0 {
                let cuts = self.cut(constituent, all, deeper - 1);
                choices.extend(cuts.into_iter().filter(|cut| !cut.is_empty()));
            }
            let mut next = Vec::new();
            for choice in choices {
                for cut in &out {
                    let mut cut = cut.clone();
                    cut.extend(choice.iter().copied());
                    next.push(cut);
                }
            }
            next.truncate(4 * MOST_CUTS);
            out = next;
        }
        // The first operand of several and the others together.
        let count = self.nodes[of.node].term.args.len();
        let (from, to) = of.operands.unwrap_or((0, count));
        for c in within.iter().filter(|c| c.node == of.node) {
            if c.operands == Some((from + 1, to)) {
                let (start, _) = operands(self.nodes, of.node, (from, from + 1));
                let first = within
                    .iter()
                    .find(|f| f.node == start && f.operands.is_none());
                out.extend(first.map(|first| vec![**first, **c]));
                out.push(vec![**c]);
            }
        }
        out
    }

    /// Whether a token is a word that may go with either neighbour.
    fn is_free(&self, token: usize) -> bool {
        matches!(self.tokens[token], Token::Word { .. })
            && !self.tokens_of((0, self.nodes.len())).any(|t| t == token)
    }

    /// The stretches of a constituent: with some of the function words around it.
    fn stretches(&self, of: &Constituent) -> Vec<(usize, usize)> {
        let mut out = Vec::new();
        let mut to = of.to;
        loop {
            let mut from = of.from;
            loop {
                out.push((from, to));
                if from == 0 || of.from - from == MOST_BEFORE || !self.is_free(from - 1) {
                    break;
                }
                from -= 1;
            }
            if to == self.tokens.len() || to - of.to == MOST_AFTER || !self.is_free(to) {
                break;
            }
            to += 1;
        }
        out
    }

    /// The parts in order; if `stretched`, with the function words before them, and how many of
    /// those there are.
    fn stretched(
        &self,
        of: &Constituent,
        cut: &[Constituent],
        stretched: bool,
    ) -> (Vec<Constituent>, usize) {
        let mut parts = cut.to_vec();
        parts.sort_by_key(|c| c.from);
        let mut words = 0;
        for i in 0..parts.len() {
            let least = if i > 0 { parts[i - 1].to } else { of.from };
            let part = &mut parts[i];
            let tight = part.from;
            while stretched
                && part.from > least
                && tight - part.from < MOST_BEFORE
                && self.is_free(part.from - 1)
            {
                part.from -= 1;
                words += 1;
            }
        }
        (parts, words)
    }

    /// A piece: a constituent over a stretch with parts left open.
    fn piece(
        &self,
        of: &Constituent,
        (from, to): (usize, usize),
        parts: &[Constituent],
        whole: bool,
    ) -> Option<Raw> {
        if parts.windows(2).any(|pair| pair[0].to > pair[1].from) {
            return None;
        }
        let mut builder = Builder {
            aligned: self,
            parts,
            slots: Vec::new(),
            unsaid: 0.0,
        };
        let template = builder.constituent(of)?;
        let mut pattern = Vec::new();
        let mut places = Vec::new();
        let mut order: Vec<usize> = Vec::new();
        let mut words = 0.0;
        let mut at = from;
        while at < to {
            if let Some(part) = parts.iter().position(|p| p.from == at) {
                pattern.push(Symbol::Part(part));
                at = parts[part].to;
                continue;
            }
            let token = &self.tokens[at];
            match token.slot().filter(|_| builder.slots.contains(&at)) {
                Some(slot) => {
                    order.push(at);
                    places.push(place(slot));
                    pattern.push(match slot {
                        Slot::Phrase(_) => Symbol::Phrase,
                        Slot::Number { .. } => Symbol::Number,
                        Slot::Value { class, .. } => Symbol::Value(class.clone()),
                    });
                }
                None => {
                    pattern.push(Symbol::Word(token.key(self.lexicon, true).into()));
                    if self.is_free(at) {
                        words += self.company.says(token);
                    }
                }
            }
            at += 1;
        }
        if !whole && pattern.len() > MOST_SYMBOLS {
            return None;
        }
        // A piece that says nothing itself.
        let says = pattern.iter().any(|s| !matches!(s, Symbol::Part(_)));
        if !says && (parts.len() < 2 || !matches!(template.head, Head::And | Head::Or)) {
            return None;
        }
        // Every slot that the meaning has must be said.
        if builder.slots.iter().any(|slot| !order.contains(slot)) {
            return None;
        }
        let template = numbered(&template, &order);
        let types = parts.iter().map(|part| self.types[part.node].clone());
        Some(Raw {
            pattern,
            template,
            places,
            parts: types.collect::<Option<_>>()?,
            whole,
            unsaid: (builder.unsaid - words).max(0.0),
        })
    }
}

fn place(slot: &Slot) -> Place {
    Place {
        noun: match slot {
            Slot::Phrase(phrase) => Some(phrase.0.last().is_some_and(Option::is_some)),
            _ => None,
        },
        compared: matches!(
            slot,
            Slot::Number {
                operator: Some(_),
                ..
            }
        ),
    }
}

/// With slots numbered by their order instead of their tokens.
fn numbered(term: &Term, order: &[usize]) -> Term {
    let slot = |token: usize| order.iter().position(|t| *t == token).unwrap_or(token);
    let head = match &term.head {
        Head::SlotText(token, saying) => Head::SlotText(slot(*token), *saying),
        Head::SlotNumber(token) => Head::SlotNumber(slot(*token)),
        Head::SlotCompare(token, op) => Head::SlotCompare(slot(*token), op),
        Head::SlotMember(token) => Head::SlotMember(slot(*token)),
        Head::SlotAll(token, name) => Head::SlotAll(slot(*token), name.clone()),
        other => other.clone(),
    };
    let args = term.args.iter().map(|arg| numbered(arg, order)).collect();
    Term::new(head, args)
}

struct Builder<'a> {
    aligned: &'a Aligned<'a>,
    parts: &'a [Constituent],
    /// The tokens whose slots the template has.
    slots: Vec<usize>,
    /// How much of the template asks for words and has no anchor.
    unsaid: f64,
}

impl Builder<'_> {
    fn constituent(&mut self, of: &Constituent) -> Option<Term> {
        match of.operands {
            None => self.node(of.node),
            Some(range) => {
                let args = self.operands(of.node, range)?;
                let head = self.aligned.nodes[of.node].term.head.clone();
                Some(Term::new(head, args))
            }
        }
    }

    /// Some operands of a node.
    fn operands(&mut self, node: usize, (from, to): (usize, usize)) -> Option<Vec<Term>> {
        let nodes = self.aligned.nodes;
        let mut out = Vec::new();
        let mut operand = from;
        while operand < to {
            let together = self.parts.iter().position(|part| {
                part.node == node && part.operands.is_some_and(|(start, _)| start == operand)
            });
            if let Some(part) = together {
                let (start, end) = self.parts[part].operands?;
                let args = nodes[node].term.args[start..end].to_vec();
                let open = Term::new(nodes[node].term.head.clone(), args);
                out.push(hole(part, &open));
                operand = end;
                continue;
            }
            let (at, _) = operands(nodes, node, (operand, operand + 1));
            out.push(self.node(at)?);
            operand += 1;
        }
        Some(out)
    }

    fn node(&mut self, at: usize) -> Option<Term> {
        let node = self.aligned.nodes[at];
        let open = |part: &Constituent| part.node == at && part.operands.is_none();
        if let Some(part) = self.parts.iter().position(open) {
            return Some(hole(part, node.term));
        }
        let args = self.operands(at, (0, node.term.args.len()))?;
        let mut head = node.term.head.clone();
        if self.aligned.anchors[at].is_empty() {
            self.unsaid += self.aligned.company.asks(node.term, self.aligned.lexicon);
        }
        for (token, anchor) in &self.aligned.anchors[at] {
            let token = *token;
            let compared = matches!(
                self.aligned.tokens[token].slot(),
                Some(Slot::Number { operator: Some(op), .. })
                    if matches!(head, Head::Compare(ours) if *ours == **op)
            );
            let bare = matches!(
                self.aligned.tokens[token].slot(),
                Some(Slot::Number { operator: None, .. })
            );
            head = match (anchor, head) {
                (Anchor::Text(saying), _) => Head::SlotText(token, *saying),
                (Anchor::Number, _) => Head::SlotNumber(token),
                (Anchor::Member, _) => Head::SlotMember(token),
                (Anchor::All, Head::Attr(name)) => Head::SlotAll(token, name),
                (Anchor::Compare, Head::Compare(_)) if compared => Head::SlotCompare(token, "=="),
                (Anchor::Compare, Head::Compare(op)) if bare => Head::SlotCompare(token, op),
                (_, head) => head,
            };
            if !matches!(anchor, Anchor::Word | Anchor::Compare) {
                self.slots.push(token);
            }
        }
        Some(Term::new(head, args))
    }
}

/// The place of a part: which variables it may use is told by what stood there.
fn hole(number: usize, open: &Term) -> Term {
    let uses: Vec<Var> = open.free();
    Term::new(
        Head::Hole(number),
        uses.into_iter().map(Term::var).collect(),
    )
}

/// The names of a term's variables once it is canonical.
pub(super) fn canonical_names(term: &Term, names: &[Arc<str>]) -> Vec<Arc<str>> {
    let mut seen: Vec<Var> = Vec::new();
    term.renamed(&mut |var| {
        if !seen.contains(&var) {
            seen.push(var);
        }
        var
    });
    let name = |var: Var| names.get(var as usize).cloned();
    seen.into_iter()
        .map(|var| name(var).unwrap_or_else(|| "x".into()))
        .collect()
}
