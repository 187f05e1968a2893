//! Which samples, in which order.

use super::{Entry, Listed, Standing};
use fact_core::verify::Level;
use fact_pipeline::store::Review;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// What people said, as a filter asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reviewed {
    Not,
    Some,
    Standing(Standing),
}

/// How much a rationale helps verifiers, as a filter asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transfer {
    Helps,
    Same,
    Hurts,
    NotAsked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Order {
    /// As in the data set.
    #[default]
    Data,
    /// Least confident first.
    Confidence,
    /// Longest first.
    Length,
    /// Least helpful first.
    Transfer,
}

/// Which samples to list, in which order. Made from a query; what it does not name is not asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Filter {
    /// `None` within: no answer.
    level: Option<Option<Level>>,
    accepted: Option<bool>,
    /// The whole reason, or its stage.
    failure: Option<String>,
    /// Least and largest, in [0, 1].
    confidence: [Option<f32>; 2],
    /// Least and largest, in tokens.
    length: [Option<u32>; 2],
    transfer: Option<Transfer>,
    reviewed: Option<Reviewed>,
    /// In lower case; all must occur.
    words: Vec<String>,
    order: Order,
}

/// Most words of a search.
const MAX_WORDS: usize = 16;

impl Filter {
    /// From the fields of a query. Fields that are no filter's are passed over.
    ///
    /// # Errors
    /// If a value is none of its field's: a sentence that says so.
    pub(crate) fn from_query(query: &[(String, String)]) -> Result<Self, String> {
        let mut filter = Self::default();
        for (name, value) in query {
            let wrong = || format!("`{value}` is no value of `{name}`");
            if value.is_empty() {
                continue;
            }
            match name.as_str() {
                "level" => filter.level = Some(level(value).ok_or_else(wrong)?),
                "accepted" => {
                    filter.accepted = Some(match value.as_str() {
                        "yes" => true,
                        "no" => false,
                        _ => return Err(wrong()),
                    });
                }
                "failure" => filter.failure = Some(value.clone()),
                "confidence_min" => filter.confidence[0] = Some(share(value).ok_or_else(wrong)?),
                "confidence_max" => filter.confidence[1] = Some(share(value).ok_or_else(wrong)?),
                "length_min" => filter.length[0] = Some(value.parse().map_err(|_| wrong())?),
                "length_max" => filter.length[1] = Some(value.parse().map_err(|_| wrong())?),
                "transfer" => {
                    filter.transfer = Some(match value.as_str() {
                        "helps" => Transfer::Helps,
                        "same" => Transfer::Same,
                        "hurts" => Transfer::Hurts,
                        "not_asked" => Transfer::NotAsked,
                        _ => return Err(wrong()),
                    });
                }
                "review" => {
                    filter.reviewed = Some(match value.as_str() {
                        "none" => Reviewed::Not,
                        "any" => Reviewed::Some,
                        "accepted" => Reviewed::Standing(Standing::Accepted),
                        "rejected" => Reviewed::Standing(Standing::Rejected),
                        "commented" => Reviewed::Standing(Standing::Commented),
                        "out_of_date" => Reviewed::Standing(Standing::OutOfDate),
                        _ => return Err(wrong()),
                    });
                }
                "q" => {
                    let words = value.split_whitespace().take(MAX_WORDS);
                    filter.words = words.map(str::to_lowercase).collect();
                }
                "order" => {
                    filter.order = match value.as_str() {
                        "data" => Order::Data,
                        "confidence" => Order::Confidence,
                        "length" => Order::Length,
                        "transfer" => Order::Transfer,
                        _ => return Err(wrong()),
                    };
                }
                _ => {}
            }
        }
        Ok(filter)
    }

    /// Indices of the entries that it takes, in its order; equals stay in the data set's.
    pub(super) fn apply(&self, listed: &Listed, reviews: &BTreeMap<String, Review>) -> Vec<u32> {
        // By index, so that the text of a reason is looked at once and not for every sample.
        let failures: Vec<bool> = listed.failures.iter().map(|(f, _)| self.fails(f)).collect();
        let takes = |entry: &Entry| self.takes(entry, &failures, reviews);
        let mut at: Vec<u32> = (0..listed.entries.len() as u32)
            .into_par_iter()
            .filter(|at| takes(&listed.entries[*at as usize]))
            .collect();
        let entry = |at: &u32| &listed.entries[*at as usize];
        // What has no number comes last.
        match self.order {
            Order::Data => {}
            Order::Confidence => at.sort_by(|a, b| {
                let [a, b] = [a, b].map(|e| entry(e).confidence.unwrap_or(f32::INFINITY));
                a.total_cmp(&b)
            }),
            Order::Length => {
                at.sort_by_key(|at| entry(at).tokens.map_or((1, 0), |n| (0, u32::MAX - n)));
            }
            Order::Transfer => at.sort_by(|a, b| {
                let [a, b] = [a, b].map(|e| entry(e).lift.unwrap_or(f32::INFINITY));
                a.total_cmp(&b)
            }),
        }
        at
    }

    fn fails(&self, failure: &str) -> bool {
        self.failure.as_ref().is_none_or(|wanted| {
            let rest = failure.strip_prefix(wanted.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        })
    }

    fn takes(&self, entry: &Entry, failures: &[bool], reviews: &BTreeMap<String, Review>) -> bool {
        let within = |of: Option<f32>, [least, most]: [Option<f32>; 2]| {
            let bound = least.is_some() || most.is_some();
            match of {
                None => !bound,
                Some(n) => least.is_none_or(|l| n >= l) && most.is_none_or(|m| n <= m),
            }
        };
        let number = |n: u32| n as f32;
        self.level.is_none_or(|level| entry.level == level)
            && self
                .accepted
                .is_none_or(|accepted| entry.accepted == accepted)
            && (self.failure.is_none()
                || entry
                    .failure
                    .is_some_and(|f| failures.get(f as usize) == Some(&true)))
            && within(entry.confidence, self.confidence)
            && within(entry.tokens.map(number), self.length.map(|n| n.map(number)))
            && self.transfer.is_none_or(|wanted| {
                wanted
                    == match entry.lift {
                        None => Transfer::NotAsked,
                        Some(lift) if lift > 0.0 => Transfer::Helps,
                        Some(lift) if lift < 0.0 => Transfer::Hurts,
                        Some(_) => Transfer::Same,
                    }
            })
            && self.reviewed.is_none_or(|wanted| {
                let standing = standing(entry, reviews);
                match wanted {
                    Reviewed::Not => standing.is_none(),
                    Reviewed::Some => standing.is_some(),
                    Reviewed::Standing(wanted) => standing == Some(wanted),
                }
            })
            && self
                .words
                .iter()
                .all(|word| entry.search.contains(word.as_str()))
    }
}

/// What people said of a sample.
pub(crate) fn standing(entry: &Entry, reviews: &BTreeMap<String, Review>) -> Option<Standing> {
    let review = reviews.get(&*entry.id)?;
    Some(Standing::of(review, &entry.subject))
}

fn level(name: &str) -> Option<Option<Level>> {
    if name == "none" {
        return Some(None);
    }
    let all = [Level::V0, Level::V1, Level::V2, Level::V3];
    let found = all.into_iter().find(|level| level.name() == name);
    found.map(Some)
}

fn share(text: &str) -> Option<f32> {
    let share: f32 = text.parse().ok()?;
    (0.0..=1.0).contains(&share).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(ordinal: u64, level: Option<Level>, confidence: Option<f32>, text: &str) -> Entry {
        Entry {
            ordinal,
            id: format!("s{ordinal}").into(),
            question: text.into(),
            predicted: None,
            level,
            accepted: confidence.is_some(),
            confidence,
            failure: confidence.is_none().then_some((ordinal % 2) as u32),
            tokens: confidence.map(|c| (c * 100.0) as u32),
            lift: (ordinal < 3).then_some(ordinal as f32 - 1.0),
            subject: "x".into(),
            search: text.to_lowercase().into(),
        }
    }

    fn listed() -> Listed {
        Listed {
            entries: vec![
                entry(0, Some(Level::V2), Some(0.9), "A red CUP"),
                entry(1, None, None, "A red dog"),
                entry(2, Some(Level::V1), Some(0.2), "A dog"),
                entry(4, None, None, "Ein größerer Hund"),
            ],
            failures: vec![
                ("execute:raised:ValueError".into(), 1),
                ("execute:limit:steps".into(), 1),
            ],
            transferred: true,
        }
    }

    fn found(query: &[(&str, &str)]) -> Vec<u32> {
        let fields: Vec<(String, String)> = query
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect();
        let review = |id: &str, subject: &str, decision| {
            let review = Review {
                sample: id.into(),
                subject: subject.into(),
                decision,
                comment: String::new(),
                at: 0,
            };
            (id.to_owned(), review)
        };
        use fact_pipeline::store::Decision::{Accept, Reject};
        let reviews = BTreeMap::from([
            review("s0", "x", Some(Accept)),
            review("s1", "before", Some(Reject)),
        ]);
        Filter::from_query(&fields)
            .unwrap()
            .apply(&listed(), &reviews)
    }

    #[test]
    fn each_field_takes_its_samples() {
        assert_eq!(found(&[]), [0, 1, 2, 3]);
        assert_eq!(found(&[("level", "V2")]), [0]);
        assert_eq!(found(&[("level", "none")]), [1, 3]);
        assert_eq!(found(&[("accepted", "no")]), [1, 3]);
        assert_eq!(found(&[("failure", "execute")]), [1, 3]);
        assert_eq!(found(&[("failure", "execute:limit:steps")]), [1]);
        assert_eq!(found(&[("failure", "exec")]), [0; 0]);
        assert_eq!(found(&[("confidence_min", "0.2")]), [0, 2]);
        assert_eq!(found(&[("confidence_max", "0.5")]), [2]);
        assert_eq!(found(&[("length_min", "21")]), [0]);
        assert_eq!(found(&[("transfer", "helps")]), [2]);
        assert_eq!(found(&[("transfer", "same")]), [1]);
        assert_eq!(found(&[("transfer", "not_asked")]), [3]);
        assert_eq!(found(&[("review", "none")]), [2, 3]);
        assert_eq!(found(&[("review", "accepted")]), [0]);
        assert_eq!(found(&[("review", "rejected")]), [0; 0]);
        assert_eq!(found(&[("review", "out_of_date")]), [1]);
        assert_eq!(found(&[("q", "RED cup")]), [0]);
        assert_eq!(found(&[("q", "GRÖSSER")]), [0; 0]);
        assert_eq!(found(&[("q", "größer")]), [3]);
        assert_eq!(found(&[("q", "dog"), ("accepted", "yes")]), [2]);
    }

    #[test]
    fn orders_put_what_has_no_number_last() {
        assert_eq!(found(&[("order", "confidence")]), [2, 0, 1, 3]);
        assert_eq!(found(&[("order", "length")]), [0, 2, 1, 3]);
        assert_eq!(found(&[("order", "transfer")]), [0, 1, 2, 3]);
    }

    #[test]
    fn values_that_are_none_are_refused() {
        for (name, value) in [
            ("level", "V9"),
            ("accepted", "1"),
            ("confidence_min", "nan"),
            ("confidence_max", "2"),
            ("length_min", "-1"),
            ("order", "x"),
            ("review", "x"),
            ("transfer", "x"),
        ] {
            let query = [(name.to_owned(), value.to_owned())];
            let error = Filter::from_query(&query).unwrap_err();
            assert!(error.contains(name) && error.contains(value), "{error}");
        }
    }
}
