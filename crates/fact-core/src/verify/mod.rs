//! Verification: how far a program's right answer is more than luck.
//!
//! | level | a program reaches it on a sample when |
//! |---|---|
//! | V0 | it runs: it returns a value |
//! | V1 | its answer to the sample is right |
//! | V2 | it is also right on every sibling sample, of which at least one shows another scene |
//!
//! Reorderings of one scene count as one scene: they are no independent evidence.

pub mod world;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A verification level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    /// Runs.
    V0,
    /// Right on its image.
    V1,
    /// Right on its siblings too.
    V2,
}

impl Level {
    /// `V0`, ...
    pub fn name(self) -> &'static str {
        match self {
            Self::V0 => "V0",
            Self::V1 => "V1",
            Self::V2 => "V2",
        }
    }
}

/// How one program did on one sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Returned the answer.
    Right,
    /// Returned another answer.
    Wrong,
    /// Returned, and there is no answer to compare with.
    Unjudged,
    /// Did not return.
    Failed,
}

/// One program on one sample of its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trial<'a> {
    /// The sample's scene.
    pub scene: &'a str,
    /// How it did.
    pub verdict: Verdict,
}

/// One program on all samples of its group that it may be judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Standing {
    /// Scenes on all samples of which it is right.
    pub scenes_right: usize,
    /// Scenes with at least one judged sample.
    pub scenes: usize,
    /// Samples on which it is right.
    pub right: usize,
    /// Samples on which it did not return.
    pub failed: usize,
    /// Samples judged, the failed ones included.
    pub judged: usize,
}

impl Standing {
    /// Counts the trials.
    pub fn of<'a>(trials: impl IntoIterator<Item = Trial<'a>>) -> Self {
        let mut standing = Self::default();
        let mut scenes: BTreeMap<&str, bool> = BTreeMap::new();
        for trial in trials {
            if trial.verdict == Verdict::Unjudged {
                continue;
            }
            let right = trial.verdict == Verdict::Right;
            standing.judged += 1;
            standing.right += usize::from(right);
            standing.failed += usize::from(trial.verdict == Verdict::Failed);
            *scenes.entry(trial.scene).or_insert(true) &= right;
        }
        standing.scenes = scenes.len();
        standing.scenes_right = scenes.values().filter(|right| **right).count();
        standing
    }

    /// Right on everything it was judged by.
    pub fn spotless(&self) -> bool {
        self.judged > 0 && self.right == self.judged
    }

    /// The level reached on a sample with this verdict; `None` if the program failed on it.
    pub fn level(&self, verdict: Verdict) -> Option<Level> {
        match verdict {
            Verdict::Failed => None,
            Verdict::Wrong | Verdict::Unjudged => Some(Level::V0),
            Verdict::Right if self.spotless() && self.scenes > 1 => Some(Level::V2),
            Verdict::Right => Some(Level::V1),
        }
    }

    /// Laplace's rule of succession over scenes, (right + 1) / (scenes + 2): how likely the next
    /// scene goes right, had all scenes been drawn alike. Not calibrated; in (0, 1).
    pub fn confidence(&self) -> f64 {
        (self.scenes_right as f64 + 1.0) / (self.scenes as f64 + 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(trials: &[(&str, Verdict)]) -> Standing {
        Standing::of(trials.iter().map(|(scene, verdict)| Trial {
            scene,
            verdict: *verdict,
        }))
    }

    #[test]
    fn reorderings_of_one_scene_do_not_lift_a_program() {
        let one = standing(&[("a", Verdict::Right), ("a", Verdict::Right)]);
        assert_eq!(one.level(Verdict::Right), Some(Level::V1));
        let two = standing(&[("a", Verdict::Right), ("b", Verdict::Right)]);
        assert_eq!(two.level(Verdict::Right), Some(Level::V2));
    }

    #[test]
    fn one_wrong_or_failed_sibling_keeps_it_at_v1() {
        for bad in [Verdict::Wrong, Verdict::Failed] {
            let s = standing(&[("a", Verdict::Right), ("b", Verdict::Right), ("b", bad)]);
            assert_eq!(s.level(Verdict::Right), Some(Level::V1));
            assert_eq!((s.scenes_right, s.scenes), (1, 2));
        }
    }

    #[test]
    fn without_answers_nothing_is_right() {
        let s = standing(&[("a", Verdict::Unjudged)]);
        assert_eq!(s.level(Verdict::Unjudged), Some(Level::V0));
        assert!(!s.spotless());
        assert_eq!(s.level(Verdict::Failed), None);
    }

    #[test]
    fn confidence_grows_with_scenes() {
        let one = standing(&[("a", Verdict::Right)]).confidence();
        let two = standing(&[("a", Verdict::Right), ("b", Verdict::Right)]).confidence();
        assert!(one < two && two < 1.0);
    }
}
