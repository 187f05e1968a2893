//! Which samples which student is trained on, and which it scores: never the same.
//!
//! Samples are cut into folds; the student of a fold scores it and is trained on the others. Two things could
//! carry over from one to the other: the picture, and the question. Three rules are tried in turn, and the
//! first that works is taken:
//!
//! 1. Whole clusters of samples that are linked by a picture or a question go into one fold. Nothing is lost.
//!    It fails where pictures and questions link nearly everything.
//! 2. Whole pictures go into one fold, and a student is not trained on samples whose question its fold asks.
//!    It fails where that would leave a student less than half of the samples of the other folds.
//! 3. Whole pictures go into one fold, and the samples whose question was trained on with another picture are
//!    counted.
//!
//! Under all three no student is trained on a picture that it scores, and so on no sample either.

use super::super::mixed;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A fold is at most so many times as large as if all were equal, else clusters are too large for rule 1.
const UNEVEN: f64 = 1.5;
/// A student has at least this share of the other folds' samples, else rule 2 costs too much.
const LEFT: f64 = 0.5;
/// Samples of a training that its best step is chosen by, at most, and at most one in so many.
const VALIDATION: usize = 64;
const ONE_IN: usize = 10;

/// What of a sample could carry over to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Carries {
    /// What tells its picture: the picture itself, its scene.
    pub(super) pictures: Vec<String>,
    /// What tells its question: its text, its group.
    pub(super) questions: Vec<String>,
}

/// What is kept apart between training and scoring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Apart {
    /// Pictures and questions.
    Both,
    /// Pictures. A question may be trained on with another picture.
    Pictures,
}

/// A fold: places of samples, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Fold {
    /// What its student scores.
    pub(super) scored: Vec<usize>,
    /// What its student is trained on.
    pub(super) trained: Vec<usize>,
    /// What its student's best step is chosen by: not trained on, not scored.
    pub(super) validated: Vec<usize>,
}

/// All folds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Folds {
    pub(super) apart: Apart,
    pub(super) folds: Vec<Fold>,
    /// Samples of other folds that a student was not trained on because its fold asks their question, over
    /// all students.
    pub(super) dropped: usize,
    /// Samples whose question their student was trained on, with another picture.
    pub(super) questions_seen: usize,
}

/// Cuts samples into `wanted` folds, or as many as there are pictures. `None` if all have one picture: then
/// nothing can be held out.
pub(super) fn cut(samples: &[Carries], wanted: usize, seed: u64) -> Option<Folds> {
    let by_picture = clusters(samples, |s| s.pictures.iter().collect());
    let wanted = wanted.min(by_picture.len());
    if wanted < 2 {
        return None;
    }
    let linked = clusters(samples, |s| s.pictures.iter().chain(&s.questions).collect());
    let even = samples.len() as f64 / wanted as f64;
    let dealt = deal(&linked, wanted, seed);
    let largest = dealt.iter().map(BTreeSet::len).max().unwrap_or(0);
    let fits = dealt.iter().all(|fold| !fold.is_empty()) && largest as f64 <= UNEVEN * even;
    let dealt = match fits {
        true => dealt,
        false => deal(&by_picture, wanted, seed),
    };
    let asks = |fold: &BTreeSet<usize>| -> BTreeSet<&String> {
        fold.iter().flat_map(|&at| &samples[at].questions).collect()
    };
    let others = |fold: &BTreeSet<usize>| -> Vec<usize> {
        (0..samples.len()).filter(|at| !fold.contains(at)).collect()
    };
    let apart: Vec<Vec<usize>> = dealt
        .iter()
        .map(|fold| {
            let asked = asks(fold);
            let mut rest = others(fold);
            rest.retain(|&at| samples[at].questions.iter().all(|q| !asked.contains(q)));
            rest
        })
        .collect();
    let enough = (dealt.iter().zip(&apart)).all(|(fold, rest)| {
        !rest.is_empty() && rest.len() as f64 >= LEFT * (samples.len() - fold.len()) as f64
    });
    let (mut dropped, mut questions_seen) = (0, 0);
    let mut folds = Vec::with_capacity(dealt.len());
    for (fold, rest) in dealt.iter().zip(apart) {
        let rest = match enough {
            true => {
                dropped += samples.len() - fold.len() - rest.len();
                rest
            }
            false => {
                let rest = others(fold);
                let known: BTreeSet<&String> =
                    rest.iter().flat_map(|&at| &samples[at].questions).collect();
                let seen = |at: &&usize| samples[**at].questions.iter().any(|q| known.contains(q));
                questions_seen += fold.iter().filter(seen).count();
                rest
            }
        };
        let (trained, validated) = held_back(samples, rest, seed);
        folds.push(Fold {
            scored: fold.iter().copied().collect(),
            trained,
            validated,
        });
    }
    Some(Folds {
        apart: if enough { Apart::Both } else { Apart::Pictures },
        folds,
        dropped,
        questions_seen,
    })
}

/// Samples that are linked by a common key, directly or through others; in the order of their first sample.
fn clusters<'a>(
    samples: &'a [Carries],
    keys: impl Fn(&'a Carries) -> Vec<&'a String>,
) -> Vec<Vec<usize>> {
    // Each sample points to an earlier one of its cluster, or to itself.
    let mut parent: Vec<usize> = (0..samples.len()).collect();
    fn root(parent: &mut [usize], mut at: usize) -> usize {
        while parent[at] != at {
            parent[at] = parent[parent[at]];
            at = parent[at];
        }
        at
    }
    let mut first: BTreeMap<&String, usize> = BTreeMap::new();
    for (at, sample) in samples.iter().enumerate() {
        for key in keys(sample) {
            let other = *first.entry(key).or_insert(at);
            let (a, b) = (root(&mut parent, at), root(&mut parent, other));
            parent[a.max(b)] = a.min(b);
        }
    }
    let mut clusters: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in 0..samples.len() {
        clusters.entry(root(&mut parent, at)).or_default().push(at);
    }
    clusters.into_values().collect()
}

/// Deals clusters to folds: the largest first, by chance among equals, each to the smallest fold.
fn deal(clusters: &[Vec<usize>], folds: usize, seed: u64) -> Vec<BTreeSet<usize>> {
    let mut dealt = vec![BTreeSet::new(); folds];
    for cluster in shuffled(clusters, seed) {
        // There are two folds at least; of equal ones the first.
        if let Some(smallest) = dealt.iter_mut().min_by_key(|fold| fold.len()) {
            smallest.extend(cluster.iter().copied());
        }
    }
    dealt
}

/// The largest first, by chance among equals.
fn shuffled(clusters: &[Vec<usize>], seed: u64) -> Vec<&Vec<usize>> {
    let mut order: Vec<&Vec<usize>> = clusters.iter().collect();
    let by = |cluster: &Vec<usize>| mixed(seed, cluster.first().map_or(0, |&at| at as u64));
    order.sort_by_key(|cluster| (std::cmp::Reverse(cluster.len()), by(cluster)));
    order
}

/// Parts what is trained on from what the best step is chosen by, whole pictures each. Of one picture both
/// are all there is.
fn held_back(samples: &[Carries], rest: Vec<usize>, seed: u64) -> (Vec<usize>, Vec<usize>) {
    let own: Vec<Carries> = rest.iter().map(|&at| samples[at].clone()).collect();
    let pictures = clusters(&own, |s| s.pictures.iter().collect());
    let most = (rest.len() / ONE_IN).clamp(1, VALIDATION);
    let mut held: BTreeSet<usize> = BTreeSet::new();
    // The smallest last: they fill up what the large ones would overfill.
    for picture in shuffled(&pictures, seed ^ 1).into_iter().rev() {
        if held.len() < most && held.len() + picture.len() < rest.len() {
            held.extend(picture.iter().map(|&at| rest[at]));
        }
    }
    if held.is_empty() {
        return (rest.clone(), rest);
    }
    rest.into_iter().partition(|at| !held.contains(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample(picture: u8, scene: u8, question: u8, group: u8) -> Carries {
        Carries {
            pictures: vec![
                format!("picture {picture}"),
                format!("scene {group} {scene}"),
            ],
            questions: vec![format!("text {question}"), format!("group {group}")],
        }
    }

    fn keys<'a>(
        samples: &'a [Carries],
        places: &[usize],
        of: impl Fn(&'a Carries) -> &'a Vec<String>,
    ) -> BTreeSet<&'a String> {
        places.iter().flat_map(|&at| of(&samples[at])).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]
        /// The invariant: whatever is linked with what, no student scores a sample or a picture that it was
        /// trained or chosen on, and no question either where that is said.
        #[test]
        fn no_student_scores_what_it_was_trained_on(
            drawn in prop::collection::vec((0_u8..24, 0_u8..4, 0_u8..30, 0_u8..30), 1..90),
            wanted in 2_usize..7,
            seed in 0_u64..1000,
        ) {
            let samples: Vec<Carries> =
                drawn.into_iter().map(|(p, s, q, g)| sample(p, s, q, g)).collect();
            let Some(folds) = cut(&samples, wanted, seed) else {
                prop_assert_eq!(clusters(&samples, |s| s.pictures.iter().collect()).len(), 1);
                return Ok(());
            };
            prop_assert_eq!(&folds, &cut(&samples, wanted, seed).unwrap());
            let mut scored: Vec<usize> = folds.folds.iter().flat_map(|f| f.scored.clone()).collect();
            scored.sort_unstable();
            prop_assert_eq!(scored, (0..samples.len()).collect::<Vec<_>>());
            prop_assert!(folds.folds.len() <= wanted);
            let (mut seen, mut dropped) = (0, 0);
            for fold in &folds.folds {
                prop_assert!(!fold.trained.is_empty() && !fold.validated.is_empty());
                prop_assert!(!fold.scored.is_empty());
                let learned: Vec<usize> =
                    fold.trained.iter().chain(&fold.validated).copied().collect();
                let distinct: BTreeSet<usize> = learned.iter().copied().collect();
                dropped += samples.len() - fold.scored.len() - distinct.len();
                prop_assert!(fold.scored.iter().all(|at| !distinct.contains(at)));
                let pictures = keys(&samples, &learned, |s| &s.pictures);
                prop_assert!(pictures.is_disjoint(&keys(&samples, &fold.scored, |s| &s.pictures)));
                let questions = keys(&samples, &learned, |s| &s.questions);
                if folds.apart == Apart::Both {
                    prop_assert!(
                        questions.is_disjoint(&keys(&samples, &fold.scored, |s| &s.questions))
                    );
                }
                let known = |at: &&usize| samples[**at].questions.iter().any(|q| questions.contains(q));
                seen += fold.scored.iter().filter(known).count();
            }
            prop_assert_eq!(folds.questions_seen, seen);
            prop_assert_eq!(folds.dropped, dropped);
        }
    }

    #[test]
    fn clusters_that_are_small_go_whole() {
        // Four pictures to a question, no picture with two questions: as NLVR has them.
        let samples: Vec<Carries> = (0..80).map(|at| sample(at, at, at / 4, at / 4)).collect();
        let folds = cut(&samples, 4, 1).unwrap();
        assert_eq!(
            (folds.apart, folds.dropped, folds.questions_seen),
            (Apart::Both, 0, 0)
        );
        assert!(folds.folds.iter().all(|fold| fold.scored.len() == 20));
    }

    #[test]
    fn questions_that_cost_little_are_dropped_from_training() {
        // A chain: each picture has two questions, each question two pictures; all is linked.
        let samples: Vec<Carries> = (0..80)
            .map(|at: u8| sample(at / 2, at / 2, at.div_ceil(2) % 40, at.div_ceil(2) % 40))
            .collect();
        let folds = cut(&samples, 4, 1).unwrap();
        assert_eq!((folds.apart, folds.questions_seen), (Apart::Both, 0));
        assert!(folds.dropped > 0);
    }

    #[test]
    fn questions_that_everybody_asks_are_counted() {
        let samples: Vec<Carries> = (0..80)
            .map(|at| sample(at / 2, at / 2, at % 2, at % 2))
            .collect();
        let folds = cut(&samples, 4, 1).unwrap();
        assert_eq!(folds.apart, Apart::Pictures);
        assert_eq!((folds.dropped, folds.questions_seen), (0, 80));
        assert!(cut(&samples[..2], 4, 1).is_none());
    }

    #[test]
    fn a_tenth_is_held_back_and_at_most_sixty_four() {
        let of = |n: u8, m: usize| {
            let samples: Vec<Carries> = (0..m)
                .map(|at| Carries {
                    pictures: vec![format!("{}", at / usize::from(n))],
                    questions: vec![format!("{at}")],
                })
                .collect();
            let folds = cut(&samples, 2, 0).unwrap();
            (folds.folds[0].trained.len(), folds.folds[0].validated.len())
        };
        assert_eq!(of(1, 200), (90, 10));
        assert_eq!(of(1, 2000), (936, 64));
    }
}
