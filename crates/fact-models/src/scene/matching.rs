//! Which objects of a scene a phrase or a region means.

use super::words::{clean, words};
use crate::perception::{Scene, SceneObject};
use fact_lang::tool::{Arg, BBox, Detection};

/// Attribute that holds the distance from the camera; not shown to programs.
pub(super) const DEPTH: &str = "depth";
/// Attribute that says what part an object plays in a drawing of boxes that hold items: `box` or
/// `item`; not shown to programs.
pub(super) const ROLE: &str = "role";

/// The object as programs see it.
pub(super) fn detection(object: &SceneObject) -> Detection {
    let mut attributes = object.attributes.clone();
    attributes.remove(DEPTH);
    attributes.remove(ROLE);
    Detection {
        label: object.name.clone(),
        bbox: object.bbox,
        score: 1.0,
        id: (!object.id.is_empty()).then(|| object.id.clone()),
        attributes,
    }
}

/// Whether the centre of `inner` lies in `outer`.
pub(super) fn centre_in(inner: BBox, outer: BBox) -> bool {
    let x = f64::midpoint(inner.left, inner.right);
    let y = f64::midpoint(inner.top, inner.bottom);
    outer.left <= x && x < outer.right && outer.top <= y && y < outer.bottom
}

/// Objects that `phrase` (“large metal cube”, “people”, “thing”) names, centre in `region`, in the
/// scene's order.
pub(super) fn find<'s>(scene: &'s Scene, region: BBox, phrase: &str) -> Vec<&'s SceneObject> {
    let phrase = Phrase::parse(phrase);
    let named = scene.objects.iter().filter(|o| phrase.means(o));
    named.filter(|o| centre_in(o.bbox, region)).collect()
}

/// A noun phrase: some attribute values, then a noun. Where the noun starts is decided for each
/// object, so that “orange juice” is both the drink and juice that is orange.
pub(super) struct Phrase {
    words: Vec<String>,
}

impl Phrase {
    /// Splits the phrase into words, without an article.
    pub(super) fn parse(phrase: &str) -> Self {
        let mut words: Vec<String> = clean(phrase).split(' ').map(str::to_owned).collect();
        if words.len() > 1 && ["a", "an", "the", "any", "some"].contains(&words[0].as_str()) {
            words.remove(0);
        }
        Self { words }
    }

    /// Whether the phrase describes `object`. A word nobody annotated describes nothing.
    pub(super) fn means(&self, object: &SceneObject) -> bool {
        let words = &self.words;
        if has_role(object, "item") {
            // Phrases for drawings may lack a noun (“the blue one” is just “blue”), and pad it:
            // “medium-sized yellow colored square”.
            let words: Vec<String> = words
                .join(" ")
                .split([' ', '-'])
                .map(str::to_owned)
                .collect();
            let padding = ["colored", "coloured", "sized"];
            let words: Vec<_> = words
                .into_iter()
                .filter(|w| !padding.contains(&&**w))
                .collect();
            return has_all(object, &words) || described(object, &words);
        }
        described(object, words)
    }
}

/// Whether the object has the attributes and the name of a phrase.
fn described(object: &SceneObject, words: &[String]) -> bool {
    (0..words.len())
        .any(|at| is_called(object, &words[at..].join(" ")) && has_all(object, &words[..at]))
}

/// Whether `noun` names the object: its name or a kind of it, its shape, or a word for anything.
/// Boxes that hold the items of a drawing are not “things”: they are found by name only.
pub(super) fn is_called(object: &SceneObject, noun: &str) -> bool {
    let w = words();
    let plain = w.singular(&clean(noun));
    let noun = w.name(noun);
    if w.is_anything(&noun) || (has_role(object, "item") && w.is_item(&plain)) {
        return !has_role(object, "box");
    }
    let name = w.name(&object.name);
    if w.is_a(&name, &noun) {
        return true;
    }
    let shape = object.attributes.get("shape");
    matches!(shape, Some(Arg::Str(shape)) if w.value(shape) == w.value(&noun))
}

fn has_role(object: &SceneObject, role: &str) -> bool {
    matches!(object.attributes.get(ROLE), Some(Arg::Str(r)) if r == role)
}

/// Whether the words can be cut into attribute values that the object all has.
fn has_all(object: &SceneObject, adjectives: &[String]) -> bool {
    adjectives.is_empty()
        || (1..=adjectives.len())
            .any(|n| has(object, &adjectives[..n].join(" ")) && has_all(object, &adjectives[n..]))
}

/// Whether the object has the attribute: annotated, or implied by its name (a woman is female).
pub(super) fn has(object: &SceneObject, attribute: &str) -> bool {
    let w = words();
    let wanted = w.value(attribute);
    let annotated = object.attributes.iter().any(|(key, value)| match value {
        Arg::Str(value) => key != ROLE && w.value(value) == wanted,
        Arg::Bool(true) => w.value(key) == wanted,
        _ => false,
    });
    annotated || w.implies(&w.name(&object.name), &wanted)
}

/// Value of an attribute category (`color`), if annotated. `name` and `type` give the name.
pub(super) fn value_of(object: &SceneObject, category: &str) -> Option<String> {
    let category = category_name(category);
    if category == "name" || category == "type" {
        return Some(object.name.clone());
    }
    match object.attributes.get(category.as_str()) {
        Some(Arg::Str(value)) => Some(value.clone()),
        Some(Arg::Int(value)) => Some(value.to_string()),
        Some(Arg::Bool(value)) => Some(if *value { "yes" } else { "no" }.into()),
        _ => ["female", "male"]
            .into_iter()
            .find(|v| category == "gender" && has(object, v))
            .map(str::to_owned),
    }
}

/// A category as the lexicon spells it.
pub(super) fn category_name(category: &str) -> String {
    match clean(category).as_str() {
        "colour" => "color".into(),
        "colours" | "colors" => "color".into(),
        "kind" => "type".into(),
        other => other.to_owned(),
    }
}

/// The object of `objects` that fits `region` best: largest intersection over union, at least a
/// half, or else centred in the region.
pub(super) fn best_fit<'s>(objects: &[&'s SceneObject], region: BBox) -> Option<&'s SceneObject> {
    let mut best: Option<(f64, &SceneObject)> = None;
    for object in objects {
        let iou = iou(object.bbox, region);
        let fits = iou >= 0.5 || centre_in(object.bbox, region);
        if fits && best.is_none_or(|(score, _)| iou > score) {
            best = Some((iou, object));
        }
    }
    best.map(|(_, object)| object)
}

/// Intersection over union; 0 when either box is empty.
pub(super) fn iou(a: BBox, b: BBox) -> f64 {
    let width = a.right.min(b.right) - a.left.max(b.left);
    let height = a.bottom.min(b.bottom) - a.top.max(b.top);
    if width <= 0.0 || height <= 0.0 {
        return 0.0;
    }
    let area = |r: BBox| (r.right - r.left) * (r.bottom - r.top);
    let both = width * height;
    both / (area(a) + area(b) - both)
}
