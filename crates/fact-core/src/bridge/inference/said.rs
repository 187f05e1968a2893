//! What the evidence has said already, so that no inference need say it again.

use super::Reasoner;
use super::quantified::Query;
use crate::bridge::predicate::Predicate;
use crate::claim::entail::tally;
use crate::claim::inferred::{Condition, Quantified, Quantifier};
use crate::merge::once::announces;
use crate::merge::words::listed_objects;
use fact_lang::ast::ExprKind;

/// Whether a predicate is one that whoever has read the evidence about a thing sees to be so or not:
/// a call's own words, a number against a number, the values that it has, what a part of it is.
fn obvious(said: &Predicate) -> bool {
    match said {
        Predicate::Verb(_, rest) => {
            let relates = [" as ", " of the same ", " other than ", " together"];
            // How many are so is counted from what the evidence says of each.
            let one = rest.starts_with(" a ") || rest.starts_with(" an ");
            if rest.contains(" that ") && !one {
                return false;
            }
            let than = rest.split_once(" than ").map(|(_, behind)| behind);
            let number = than.is_none_or(|b| b.starts_with(|c: char| c.is_ascii_digit()));
            number && !relates.iter().any(|word| rest.contains(word))
        }
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter().all(obvious),
        Predicate::Not(inner) => obvious(inner),
    }
}

impl Reasoner<'_, '_> {
    /// Whether the evidence about one thing says what is to be said of it, and speaks of no other
    /// thing of its kind.
    pub(super) fn said_of_one(&self, said: Option<&Predicate>, object: u32) -> bool {
        let class = self.material.namer.record(object).class;
        let mut others = self.material.facts.iter().filter_map(|f| f.receiver());
        let alone = !others.any(|o| o != object && self.material.namer.record(o).class == class);
        self.whether && alone && said.is_none_or(obvious)
    }

    /// Whether the one sentence of evidence tells of all of a loop's things what is to be said of
    /// them, and how many they are.
    pub(super) fn said_of_all(&self, query: &Query, met: u32, total: u32) -> bool {
        let ([only], true) = (self.evidence, self.whether) else {
            return false;
        };
        let filtered = query.filter.is_some() || query.domain.filter.is_some();
        let Some(said) = query.said.as_ref().filter(|_| !filtered) else {
            return false;
        };
        // "2 of the 3 touch the wall" does not say in so many words how many do not.
        let other = matches!(said, Predicate::Not(_)) && met > 0 && met < total;
        if total == 0 && query.domain.objects.is_empty() {
            return true;
        }
        obvious(said) && !other && only.tells(&query.domain.objects)
    }

    /// Whether the evidence announces a loop's things, and says no more of them there.
    pub(super) fn announced(&self, query: &Query) -> bool {
        let mut wanted = query.domain.objects.clone();
        wanted.sort_unstable();
        wanted.len() > 1
            && self.evidence.iter().any(|sentence| {
                announces(self.material, sentence)
                    && sentence.facts.iter().all(|fact| {
                        let result = &self.material.facts[*fact].result;
                        let mut listed = listed_objects(self.material, result);
                        listed.sort_unstable();
                        listed == wanted
                    })
            })
    }

    /// Of several conditions that no element met together, the one that none met by itself: with it
    /// all is said.
    pub(super) fn narrowed(&self, query: &mut Query) {
        let Some(Predicate::And(parts)) = &query.said else {
            return;
        };
        if query.domain.over.len() != 1 || query.domain.out > 0 || !query.among.is_empty() {
            return;
        }
        let nodes: Vec<Condition> = match query.holds.as_slice() {
            [only] if only.holds => {
                let tested = crate::claim::condition::condition_at(only.node, self.ground.index);
                let Some(ExprKind::Bool { and: true, values }) = tested.map(|e| &e.kind) else {
                    return;
                };
                let ids = values.iter().map(|value| value.id);
                ids.map(|node| Condition { node, holds: true }).collect()
            }
            several => several.to_vec(),
        };
        if nodes.len() != parts.len() {
            return;
        }
        let alone = std::iter::zip(&nodes, parts).find(|(condition, _)| {
            let claim = Quantified {
                quantifier: Quantifier::None,
                over: query.domain.over.iter().map(|e| e.0).collect(),
                among: Vec::new(),
                holds: vec![**condition],
                elements: self.judged(&query.domain.elements, &[**condition]),
            };
            tally(&claim, self.ground).is_ok_and(|t| t.met == 0 && t.total > 0)
        });
        if let Some((condition, part)) = alone {
            let (condition, part) = (*condition, part.clone());
            query.holds = vec![condition];
            query.said = Some(part);
        }
    }
}
