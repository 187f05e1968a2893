//! Whether two texts have the same facts.

use super::facts::{Difference, DifferenceKind, Fact, Quantity, Thing};
use super::reading::Reading;
use std::collections::BTreeSet;

/// What a comparison found.
pub(super) struct Compared {
    pub(super) differences: Vec<Difference>,
    /// For each sentence of the text, the texts of the evidence that back it.
    pub(super) backing: Vec<Vec<usize>>,
}

/// What the evidence says, and what follows from it at once.
pub(super) struct Known<'a> {
    reading: &'a Reading,
    facts: Vec<(usize, &'a Fact)>,
}

impl<'a> Known<'a> {
    pub(super) fn new(reading: &'a Reading) -> Self {
        Self {
            reading,
            facts: facts(reading),
        }
    }

    /// How many places with an ordinal there are.
    pub(super) fn size(&self) -> Option<usize> {
        self.reading.size
    }

    /// What it counts: name, place, number.
    pub(super) fn counts(&self) -> &[(String, Option<String>, String)] {
        &self.reading.counts
    }

    /// The texts of the evidence that say a fact, or from which it follows.
    fn backing(&self, fact: &Fact) -> Vec<usize> {
        let mut out: Vec<usize> = self
            .facts
            .iter()
            .filter(|(_, other)| same(other, fact))
            .map(|(step, _)| *step)
            .collect();
        if out.is_empty() {
            out.extend(named(self.reading, fact));
        }
        out
    }

    /// Whether the evidence says a fact, or it follows at once.
    pub(super) fn allows(&self, fact: &Fact) -> bool {
        self.facts.iter().any(|(_, other)| same(other, fact)) || named(self.reading, fact).is_some()
    }
}

/// Holds the facts of a text, of which `sentences` are the sentences, against those of the evidence.
pub(super) fn compare(evidence: &Reading, text: &Reading, sentences: &[&str]) -> Compared {
    let mut differences = Vec::new();
    let mut backing = vec![BTreeSet::new(); sentences.len()];
    let evidence = Known::new(evidence);
    let known = &evidence.facts;
    let said: Vec<(usize, &Fact)> = facts(text);
    let mut strange: Vec<&Fact> = Vec::new();
    for (sentence, fact) in &said {
        let steps = evidence.backing(fact);
        if steps.is_empty() && !strange.contains(fact) {
            strange.push(fact);
        }
        backing[*sentence].extend(steps);
    }
    let mut missing: Vec<&Fact> = Vec::new();
    for (_, fact) in known {
        if !said.iter().any(|(_, other)| same(fact, other)) && !missing.contains(fact) {
            missing.push(fact);
        }
    }
    for sentence in &text.sentences {
        let shown = sentences[sentence.text];
        for word in &sentence.unknown {
            let text = format!("says `{word}`, which the evidence does not");
            differences.push(Difference::new(DifferenceKind::Word, text));
        }
        if let Some(reason) = &sentence.unread {
            let text = format!("has {reason} in “{shown}”");
            differences.push(Difference::new(DifferenceKind::Form, text));
        } else if sentence.unknown.is_empty() && sentence.facts.is_empty() {
            let text = format!("“{shown}” says nothing");
            differences.push(Difference::new(DifferenceKind::Unread, text));
        }
    }
    // Words that are not known say why their sentence's facts are missing.
    let unread = text
        .sentences
        .iter()
        .any(|s| !s.unknown.is_empty() || s.unread.is_some());
    pair(&mut strange, &mut missing, &mut differences);
    for fact in strange {
        let (kind, text) = match fact {
            Fact::Unread(_) => (
                DifferenceKind::Unread,
                format!("is not understood: “{fact}”"),
            ),
            _ => (DifferenceKind::Added, format!("adds “{fact}”")),
        };
        differences.push(Difference::new(kind, text));
    }
    if !unread {
        for fact in missing {
            let text = format!("does not say “{fact}”");
            differences.push(Difference::new(DifferenceKind::Missing, text));
        }
    }
    Compared {
        differences,
        backing: backing
            .into_iter()
            .map(|set| set.into_iter().collect())
            .collect(),
    }
}

fn facts(reading: &Reading) -> Vec<(usize, &Fact)> {
    let sentences = reading.sentences.iter();
    sentences
        .flat_map(|s| s.facts.iter().map(|fact| (s.text, fact)))
        .collect()
}

/// Whether two facts are one. `one` in the place of a noun is one, or at least one; what is named in
/// passing may leave out where it is.
fn same(a: &Fact, b: &Fact) -> bool {
    let (
        Fact::Count {
            what,
            place,
            denied,
            presupposed,
        },
        Fact::Count {
            what: other,
            place: elsewhere,
            denied: other_denied,
            presupposed: other_presupposed,
        },
    ) = (a, b)
    else {
        return a == b;
    };
    let quantity = what.quantity == other.quantity
        || one_of(&what.quantity, &other.quantity)
        || one_of(&other.quantity, &what.quantity);
    let in_passing =
        (*presupposed || *other_presupposed) && (place.is_none() || elsewhere.is_none());
    quantity
        && denied == other_denied
        && what.name == other.name
        && (place == elsewhere || in_passing)
}

fn one_of(a: &Quantity, b: &Quantity) -> bool {
    *a == Quantity::One && (*b == Quantity::Some || *b == Quantity::Exactly("1".into()))
}

/// That there is what the evidence speaks of as `the small circle`, or where it is: which text does.
fn named(evidence: &Reading, fact: &Fact) -> Option<usize> {
    match fact {
        Fact::Count {
            what:
                Thing {
                    quantity: Quantity::Some,
                    name,
                },
            place,
            denied: false,
            ..
        } => {
            let place = place.as_ref().map(ToString::to_string);
            evidence.definite.get(&(name.clone(), place)).copied()
        }
        // The only one there is: there is one.
        Fact::Count {
            what:
                Thing {
                    quantity: Quantity::Exactly(n),
                    name,
                },
            place: None,
            denied: false,
            ..
        } if n == "1" => {
            let only = format!("the only {name}");
            let mut sentences = evidence.sentences.iter();
            let found = sentences.find(|s| {
                s.facts.iter().any(|fact| {
                    matches!(fact, Fact::Predicate { predicates, denied: false, .. }
                        if predicates.contains(&only))
                })
            });
            found.map(|s| s.text)
        }
        Fact::Predicate {
            subject:
                Thing {
                    quantity: Quantity::The,
                    name,
                },
            predicates,
            denied: false,
        } => {
            let [said] = predicates.as_slice() else {
                return None;
            };
            let place = said.strip_prefix("be in ")?;
            let place = Some(place.to_owned());
            evidence.definite.get(&(name.clone(), place)).copied()
        }
        _ => None,
    }
}

/// Takes out facts that are the same but for one thing, and names it.
fn pair(strange: &mut Vec<&Fact>, missing: &mut Vec<&Fact>, out: &mut Vec<Difference>) {
    let mut at = 0;
    while at < strange.len() {
        let fact = strange[at];
        let nearest = missing
            .iter()
            .enumerate()
            .map(|(i, other)| (likeness(fact, other), i))
            .filter(|(likeness, _)| *likeness >= 0.5)
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        let Some((_, i)) = nearest else {
            at += 1;
            continue;
        };
        let other = missing.remove(i);
        strange.remove(at);
        let text = format!("says “{fact}” where the evidence says “{other}”");
        out.push(Difference::new(kind(fact, other), text));
    }
}

/// The share of words that two facts of one kind have in common.
fn likeness(a: &Fact, b: &Fact) -> f64 {
    if std::mem::discriminant(a) != std::mem::discriminant(b) || matches!(a, Fact::Unread(_)) {
        return 0.0;
    }
    let words = |fact: &Fact| -> BTreeSet<String> {
        let text = fact.to_string();
        text.split_whitespace().map(str::to_owned).collect()
    };
    let (a, b) = (words(a), words(b));
    let common = a.intersection(&b).count();
    common as f64 / a.len().max(b.len()).max(1) as f64
}

fn kind(a: &Fact, b: &Fact) -> DifferenceKind {
    let of_things = |a: &Thing, b: &Thing| {
        if a.quantity == b.quantity {
            return DifferenceKind::Attribute;
        }
        match (&a.quantity, &b.quantity) {
            (Quantity::None, _) | (_, Quantity::None) => DifferenceKind::Polarity,
            (Quantity::Exactly(_), Quantity::Exactly(_)) => DifferenceKind::Number,
            (Quantity::AtLeast(m), Quantity::AtLeast(n))
            | (Quantity::AtMost(m), Quantity::AtMost(n))
                if m != n =>
            {
                DifferenceKind::Number
            }
            _ => DifferenceKind::Quantifier,
        }
    };
    match (a, b) {
        (
            Fact::Count {
                what,
                denied,
                place,
                ..
            },
            Fact::Count {
                what: other,
                denied: other_denied,
                place: elsewhere,
                ..
            },
        ) => match (place, elsewhere) {
            _ if denied != other_denied => DifferenceKind::Polarity,
            (Some(place), Some(elsewhere)) if what == other => of_things(place, elsewhere),
            _ => of_things(what, other),
        },
        (
            Fact::Predicate {
                subject, denied, ..
            },
            Fact::Predicate {
                subject: other,
                denied: other_denied,
                ..
            },
        ) => match denied == other_denied {
            true => of_things(subject, other),
            false => DifferenceKind::Polarity,
        },
        (
            Fact::Relation {
                subject,
                object,
                denied,
                ..
            },
            Fact::Relation {
                subject: other,
                object: other_object,
                denied: other_denied,
                ..
            },
        ) => {
            if denied != other_denied {
                DifferenceKind::Polarity
            } else if subject == other_object && object == other {
                DifferenceKind::Roles
            } else {
                of_things(subject, other)
            }
        }
        (
            Fact::Numbers { left, right, .. },
            Fact::Numbers {
                left: l, right: r, ..
            },
        ) => match left == r && right == l {
            true => DifferenceKind::Roles,
            false => DifferenceKind::Number,
        },
        _ => DifferenceKind::Attribute,
    }
}
