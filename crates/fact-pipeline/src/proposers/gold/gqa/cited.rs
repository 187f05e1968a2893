//! Objects that a program of GQA cites: `select: dog (1234)`.

use super::super::MOST_STEPS;
use super::steps::{Step, without_ids};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// Identifiers of all objects that the arguments of a program cite; nothing for what is malformed.
pub(crate) fn cited_ids(semantic: &Json) -> BTreeSet<String> {
    let steps = semantic.as_array().map_or(&[][..], Vec::as_slice);
    let arguments = steps.iter().take(MOST_STEPS);
    let arguments = arguments.filter_map(|step| step.get("argument")?.as_str());
    arguments.flat_map(|text| without_ids(text).1).collect()
}

/// Keeps citations only where a step means the very objects. What a step looks for so that
/// another asks whether there is any (`exist`, perhaps through filters) is meant by its words, and
/// so is what `verify rel` looks for: the citation names one object that would do, or one that the
/// question wrongly supposes.
pub(super) fn keep_where_one_is_meant(steps: &mut [Step], uses: &[usize]) {
    let mut only_asked_for = vec![false; steps.len()];
    for at in (0..steps.len()).rev() {
        let users = || (at + 1..steps.len()).filter(|user| steps[*user].inputs.contains(&at));
        let used = |user: &usize| uses[*user] > 0 || user + 1 == steps.len();
        let asks = |user: usize| match steps[user].operation {
            "exist" => true,
            "filter" => only_asked_for[user],
            _ => false,
        };
        only_asked_for[at] = users().filter(used).all(asks);
    }
    for (step, only_asked_for) in steps.iter_mut().zip(only_asked_for) {
        let rel = step.operation == "verify" && step.category == "rel";
        let chooses = step.operation == "choose";
        if rel || (only_asked_for && !chooses) {
            step.cited.clear();
        }
    }
}
