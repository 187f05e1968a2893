//! Relations between annotated objects.

use super::matching::detection;
use super::words::words;
use crate::perception::{Scene, SceneObject};
use fact_lang::tool::Detection;

/// Objects X for which “X is `relation` the anchor” holds, in the scene's order.
pub(super) fn subjects(scene: &Scene, anchor: &SceneObject, relation: &str) -> Vec<Detection> {
    let relation = words().relation(relation);
    others(scene, anchor, |x| holds(scene, x, &relation, anchor))
}

/// Objects X for which “the subject is `relation` X” holds, in the scene's order.
pub(super) fn targets(scene: &Scene, subject: &SceneObject, relation: &str) -> Vec<Detection> {
    let relation = words().relation(relation);
    others(scene, subject, |x| holds(scene, subject, &relation, x))
}

fn others(scene: &Scene, one: &SceneObject, keep: impl Fn(&SceneObject) -> bool) -> Vec<Detection> {
    let others = scene.objects.iter().filter(|x| !std::ptr::eq(*x, one));
    others.filter(|x| keep(x)).map(detection).collect()
}

/// Whether “`a` is `relation` `b`” is annotated, in these words or in the converse ones. In a scene
/// without any annotated relation (NLVR, COCO), left, right, above and below are read from the
/// centres of the boxes.
fn holds(scene: &Scene, a: &SceneObject, relation: &str, b: &SceneObject) -> bool {
    let w = words();
    let says = |x: &SceneObject, relation: &str, y: &SceneObject| {
        x.relations
            .iter()
            .any(|(name, target)| *target == y.id && w.relation(name) == relation)
    };
    if says(a, relation, b) || w.converse(relation).is_some_and(|c| says(b, c, a)) {
        return true;
    }
    if scene.objects.iter().any(|o| !o.relations.is_empty()) {
        return false;
    }
    let centre = |o: &SceneObject| {
        (
            f64::midpoint(o.bbox.left, o.bbox.right),
            f64::midpoint(o.bbox.top, o.bbox.bottom),
        )
    };
    let ((ax, ay), (bx, by)) = (centre(a), centre(b));
    match relation {
        "to the left of" => ax < bx,
        "to the right of" => ax > bx,
        "above" => ay < by,
        "below" => ay > by,
        _ => false,
    }
}
