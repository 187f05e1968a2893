//! Choose: one program per question, by what its candidates did on the samples it may look at.

use super::verify::Attempt;
use crate::config::{Accept, Visible};
use fact_core::verify::confidence::{Evidence, Features, features};
use fact_core::verify::{Level, Standing, Trial, Verdict};
use std::collections::{BTreeSet, HashMap};

/// What the candidates of a question did on its samples.
pub struct Board<'a> {
    /// `attempts[candidate][sample]`; empty for a candidate that does not parse.
    attempts: &'a [Vec<Attempt>],
    /// The scene of each sample.
    scenes: &'a [&'a str],
    /// The same, numbered in order of first appearance.
    numbers: Vec<usize>,
    /// Number of scenes.
    scene_count: usize,
    /// What speaks for each candidate; `None` for one that does not parse.
    evidence: &'a [Option<Evidence>],
    /// Length of each one's slice on the first sample it returned on; shorter is better.
    slices: &'a [Option<usize>],
}

/// What may be looked at when a program is chosen.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// Whether a sample may.
    pub sample: &'a dyn Fn(usize) -> bool,
    /// Whether its label may too.
    pub labels: bool,
    /// Makes a probability of features.
    pub probability: &'a dyn Fn(&Features) -> f64,
}

/// A choice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    /// The candidate.
    pub candidate: usize,
    /// How it stands on the samples in view.
    pub standing: Standing,
    /// How likely it is right in general, in (0, 1); 0 if it is wrong on a sample in view.
    pub confidence: f64,
}

impl<'a> Board<'a> {
    /// All of these have one entry a candidate, or a sample.
    pub fn new(
        attempts: &'a [Vec<Attempt>],
        scenes: &'a [&'a str],
        evidence: &'a [Option<Evidence>],
        slices: &'a [Option<usize>],
    ) -> Self {
        let mut known: HashMap<&str, usize> = HashMap::new();
        let numbers = scenes
            .iter()
            .map(|scene| {
                let next = known.len();
                *known.entry(scene).or_insert(next)
            })
            .collect();
        Self {
            attempts,
            scenes,
            numbers,
            scene_count: known.len(),
            evidence,
            slices,
        }
    }

    /// What the candidate did on each sample.
    pub fn attempts(&self, candidate: usize) -> &[Attempt] {
        &self.attempts[candidate]
    }

    /// Number of scenes.
    pub fn scene_count(&self) -> usize {
        self.scene_count
    }

    /// The number of a sample's scene, in order of first appearance.
    pub fn scene(&self, sample: usize) -> usize {
        self.numbers[sample]
    }

    /// Number of scenes that may be looked at.
    pub fn visible_count(&self, visible: Visible) -> usize {
        match visible {
            Visible::All => self.scene_count,
            Visible::First(n) => n.min(self.scene_count),
        }
    }

    /// How a candidate stands on some samples.
    fn standing(&self, candidate: usize, shown: &dyn Fn(usize) -> bool) -> Standing {
        let trials = self.attempts[candidate].iter().zip(self.scenes);
        let shown = trials.enumerate().filter(|(sample, _)| shown(*sample));
        Standing::of(shown.map(|(_, (attempt, scene))| Trial {
            scene,
            verdict: attempt.verdict,
        }))
    }

    /// The candidate's best level over some samples.
    pub fn level(&self, candidate: usize, shown: &dyn Fn(usize) -> bool) -> Option<Level> {
        let standing = self.standing(candidate, shown);
        let ran = self.attempts[candidate].iter().any(Attempt::ran);
        if standing.right > 0 {
            standing.level(Verdict::Right)
        } else {
            ran.then_some(Level::V0)
        }
    }

    /// Whether the candidate is right on every sample.
    pub fn right_on_all(&self, candidate: usize) -> bool {
        self.standing(candidate, &|_| true).spotless()
    }

    /// Whether the candidate is right on every sample beyond the first scene; `None` if there is
    /// no other scene.
    pub fn holds_beyond_first(&self, candidate: usize) -> Option<bool> {
        let others = self.standing(candidate, &|sample| self.numbers[sample] > 0);
        (others.scenes > 0).then(|| others.spotless())
    }

    /// What is known of a candidate that nothing in view rules out: how much its being right says,
    /// in bits. Scenes count once, however often they are shown.
    fn surprise(&self, candidate: usize, view: View<'_>) -> Option<f64> {
        let evidence = self.evidence[candidate].as_ref()?;
        let mut bits = 0.0;
        let mut ran = false;
        let mut scenes = BTreeSet::new();
        for (sample, attempt) in self.attempts[candidate].iter().enumerate() {
            if !(view.sample)(sample) {
                continue;
            }
            let answer = attempt.predicted.as_ref()?;
            ran = true;
            match attempt.verdict {
                Verdict::Wrong if view.labels => return None,
                Verdict::Right if view.labels && scenes.insert(self.numbers[sample]) => {
                    bits += evidence.surprise(answer);
                }
                _ => {}
            }
        }
        ran.then_some(bits)
    }

    /// The features of all candidates that nothing in view rules out.
    pub fn features(&self, view: View<'_>) -> Vec<Option<Features>> {
        let standing: Vec<Option<f64>> = (0..self.attempts.len())
            .map(|c| self.surprise(c, view))
            .collect();
        features(self.evidence, &standing)
    }

    /// Chooses by what is in view: the best level, then right on most samples (both only where
    /// labels may be seen), then the highest confidence, then the shortest slice, then the order in
    /// which the candidates were proposed. `None` if none parses.
    pub fn choose(&self, view: View<'_>) -> Option<Choice> {
        let confidence: Vec<f64> = self
            .features(view)
            .iter()
            .map(|f| f.as_ref().map_or(0.0, view.probability))
            .collect();
        let merit = |c: usize| match view.labels {
            true => (
                self.level(c, view.sample),
                self.standing(c, view.sample).right,
            ),
            false => (None, 0),
        };
        let parsed = (0..self.attempts.len()).filter(|&c| !self.attempts[c].is_empty());
        let candidate = parsed.max_by(|&a, &b| {
            let slice = |c: usize| std::cmp::Reverse(self.slices[c].unwrap_or(usize::MAX));
            merit(a)
                .cmp(&merit(b))
                .then(confidence[a].total_cmp(&confidence[b]))
                .then_with(|| slice(a).cmp(&slice(b)))
                .then(b.cmp(&a))
        })?;
        Some(Choice {
            candidate,
            standing: self.standing(candidate, view.sample),
            confidence: confidence[candidate],
        })
    }
}

/// Whether a sample of this level is accepted, when its program was chosen on `visible` scenes.
pub fn accepts(rule: Accept, level: Option<Level>, visible: usize) -> bool {
    let needed = match rule {
        Accept::V0 => Level::V0,
        Accept::V1 => Level::V1,
        Accept::V2 => Level::V2,
        Accept::Siblings if visible >= 2 => Level::V2,
        Accept::Siblings => Level::V1,
        Accept::Precision(_) => Level::V3,
    };
    level >= Some(needed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fact_core::verify::behaviour::Behaviour;
    use fact_core::verify::coverage::Coverage;
    use fact_core::verify::phrases::Consistency;

    fn attempt(c: char) -> Attempt {
        let (score, verdict) = match c {
            '+' => (Some(1.0), Verdict::Right),
            '-' => (Some(0.0), Verdict::Wrong),
            _ => (None, Verdict::Failed),
        };
        Attempt {
            outcome: if score.is_some() {
                "returned"
            } else {
                "raised"
            },
            reason: None,
            predicted: score.map(|_| "true".into()),
            score,
            verdict,
        }
    }

    /// Evidence of a candidate that behaves as `cluster` does and scored `score` in retrieval.
    fn evidence(score: f64, cluster: usize) -> Option<Evidence> {
        Some(Evidence {
            proposer: "bank".into(),
            score,
            backing: 1,
            coverage: Coverage::default(),
            consistency: Consistency::default(),
            behaviour: Behaviour {
                answered: 1.0,
                majority: 0.5,
            },
            probes: 2,
            answers: [("true".to_owned(), 1), ("false".to_owned(), 1)].into(),
            cluster,
        })
    }

    /// The sum of the features, so that the higher score is the more probable.
    fn probability(features: &Features) -> f64 {
        1.0 / (1.0 + (-features.iter().sum::<f64>()).exp())
    }

    fn view<'a>(sample: &'a dyn Fn(usize) -> bool, labels: bool) -> View<'a> {
        View {
            sample,
            labels,
            probability: &probability,
        }
    }

    fn attempts(rows: &[&str]) -> Vec<Vec<Attempt>> {
        rows.iter()
            .map(|row| row.chars().map(attempt).collect())
            .collect()
    }

    #[test]
    fn level_beats_count_beats_confidence_beats_length() {
        let table = attempts(&["++-+", "", "++++", "++++", "x---"]);
        let evidence = [
            evidence(1.5, 0),
            None,
            evidence(0.7, 2),
            evidence(0.7, 2),
            evidence(0.5, 4),
        ];
        let slices = [Some(1), None, Some(5), Some(4), Some(1)];
        let board = Board::new(&table, &["a", "a", "b", "c"], &evidence, &slices);
        assert_eq!(board.scene_count(), 3);
        let all = |_| true;
        let choice = board.choose(view(&all, true)).unwrap();
        assert_eq!(
            choice.candidate, 3,
            "as good as the one before, and shorter"
        );
        assert!(choice.confidence > 0.5);
        assert_eq!(board.level(3, &all), Some(Level::V2));
        // With one scene visible the more confident program wins, which is wrong.
        let first = |sample| board.scene(sample) == 0;
        assert_eq!(board.choose(view(&first, true)).unwrap().candidate, 0);
        assert_eq!(board.level(0, &first), Some(Level::V1));
        assert_eq!(board.holds_beyond_first(0), Some(false));
        assert_eq!(board.holds_beyond_first(2), Some(true));
        assert_eq!(board.level(4, &all), Some(Level::V0));
        assert_eq!(board.level(1, &all), None);
        assert!(board.right_on_all(2) && !board.right_on_all(0) && !board.right_on_all(1));
    }

    #[test]
    fn a_label_out_of_view_changes_nothing() {
        let evidence = [evidence(0.6, 0), evidence(0.9, 1)];
        let slices = [Some(1), Some(1)];
        let all = |_| true;
        let blind = |rows: &[&str]| {
            let table = attempts(rows);
            let board = Board::new(&table, &["a", "b"], &evidence, &slices);
            board.choose(view(&all, false)).unwrap()
        };
        let choice = blind(&["++", "--"]);
        assert_eq!(choice.candidate, 1, "the more confident one, though wrong");
        assert_eq!(choice.confidence, blind(&["--", "++"]).confidence);
        // One that gives no answer is ruled out all the same.
        assert_eq!(blind(&["++", "-x"]).candidate, 0);

        let table = attempts(&["+-", "-+"]);
        let board = Board::new(&table, &["a", "b"], &evidence, &slices);
        for (alone, best) in [(0, 0), (1, 1)] {
            let only = |sample| sample == alone;
            let choice = board.choose(view(&only, true)).unwrap();
            assert_eq!((choice.candidate, choice.standing.judged), (best, 1));
        }
    }

    #[test]
    fn what_a_scene_says_counts_once() {
        let table = attempts(&["++++++"]);
        let (evidence, slices) = ([evidence(0.5, 0)], [None]);
        let surprise = |scenes: &[&str]| {
            let board = Board::new(&table, scenes, &evidence, &slices);
            board.features(view(&|_| true, true))[0].unwrap()[11]
        };
        let one = surprise(&["a"; 6]);
        assert!(one > 0.0);
        assert!((surprise(&["a", "a", "a", "b", "b", "b"]) - 2.0 * one).abs() < 1e-12);
    }

    #[test]
    fn reorderings_of_one_scene_are_one() {
        let table = attempts(&["++++++"]);
        let (evidence, slices) = ([evidence(1.0, 0)], [None]);
        let board = Board::new(&table, &["a"; 6], &evidence, &slices);
        assert_eq!(board.visible_count(Visible::All), 1);
        assert_eq!(board.level(0, &|_| true), Some(Level::V1));
        assert_eq!(board.holds_beyond_first(0), None);
    }

    #[test]
    fn siblings_are_needed_where_there_are_some() {
        assert!(accepts(Accept::Siblings, Some(Level::V1), 1));
        assert!(!accepts(Accept::Siblings, Some(Level::V1), 2));
        assert!(!accepts(Accept::V2, Some(Level::V1), 1));
        assert!(!accepts(Accept::V1, Some(Level::V0), 1));
        assert!(!accepts(Accept::V1, None, 1));
        assert!(!accepts(Accept::Precision(0.9), Some(Level::V2), 3));
        assert!(accepts(Accept::Precision(0.9), Some(Level::V3), 1));
    }
}
