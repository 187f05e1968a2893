//! The short form: what decided the answer.

use crate::rationale::{Step, StepKind};

/// Words that point back to a sentence before.
const POINTING: &[&str] = &[
    "It", "Its", "They", "Their", "Both", "Neither", "That", "This",
];

/// Indices of the steps to keep, in order: the last inference; the last evidence; the latest
/// evidence for each number that the inference speaks of; and before a sentence that points back,
/// the one it points to.
pub(super) fn deciding(steps: &[Step]) -> Vec<usize> {
    let evidence = |step: &Step| step.kind == StepKind::Evidence;
    let inferred = steps.iter().rposition(|step| !evidence(step));
    let mut keep = vec![false; steps.len()];
    let mut said: Vec<&str> = Vec::new();
    if let Some(at) = steps.iter().rposition(evidence) {
        keep[at] = true;
        said.extend(numbers(&steps[at].text));
    }
    if let Some(at) = inferred {
        keep[at] = true;
        for number in numbers(&steps[at].text) {
            if said.contains(&number) {
                continue;
            }
            let states = |step: &Step| evidence(step) && numbers(&step.text).any(|n| n == number);
            if let Some(from) = steps[..at].iter().rposition(states) {
                keep[from] = true;
                said.extend(numbers(&steps[from].text));
            }
        }
    }
    for at in (1..steps.len()).rev() {
        let first = steps[at].text.split([' ', '\'', ',']).next();
        if keep[at] && first.is_some_and(|word| POINTING.contains(&word)) {
            keep[at - 1] = true;
        }
    }
    (0..steps.len()).filter(|at| keep[*at]).collect()
}

/// The whole numbers in a text, as written.
fn numbers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(texts: &[(StepKind, &str)]) -> Vec<Step> {
        let step = |(kind, text): &(StepKind, &str)| Step {
            kind: *kind,
            text: (*text).to_owned(),
            cites: Vec::new(),
            boxes: Vec::new(),
        };
        texts.iter().map(step).collect()
    }

    #[test]
    fn numbers_of_the_inference_bring_their_evidence() {
        use StepKind::{Evidence, Inference};
        let steps = steps(&[
            (Evidence, "There are 3 cups."),
            (Evidence, "There are 2 dogs."),
            (Evidence, "There is a cat."),
            (Evidence, "There is 1 owl."),
            (Inference, "3 is more than 2."),
            (Inference, "So 3 is more than 1."),
        ]);
        assert_eq!(deciding(&steps), [0, 3, 5]);
        assert_eq!(deciding(&steps[..1]), [0]);
        assert_eq!(deciding(&[]), Vec::<usize>::new());
    }

    #[test]
    fn what_points_back_keeps_what_it_points_to() {
        use StepKind::Evidence;
        let steps = steps(&[
            (Evidence, "There is a cat."),
            (Evidence, "There is a dog."),
            (Evidence, "It is brown."),
        ]);
        assert_eq!(deciding(&steps), [1, 2]);
    }
}
