//! NLVR `structured_rep`: three boxes of items on one 400 × 100 image.

use super::error::{At, SceneError};
use super::matching::ROLE;
use crate::perception::{Scene, SceneObject};
use fact_lang::tool::{Arg, BBox};
use serde_json::Value;
use std::collections::BTreeMap;

/// Order of the annotated boxes in the image `…-k-….png`, left to right: permutation `k` of
/// (0, 1, 2) in lexicographic order.
pub const PERMUTATIONS: [[usize; 3]; 6] = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
];

/// Side of a box in pixels.
const SIDE: f64 = 100.0;
/// Distance between the left edges of neighbouring boxes.
const STEP: f64 = 150.0;

/// Reads a `structured_rep` whose boxes are shown in the order `permutation` (one of
/// [`PERMUTATIONS`]).
///
/// The scene is what the `pixels` back end sees in the image, so that both answer the same: the
/// boxes, called `box`, left to right; then the items, box by box, by left edge, then top edge,
/// each with `color` (`black`, `yellow`, `blue`), `shape` and `size` (`small`, `medium`, `big`),
/// called by all three. No object has an id.
///
/// # Errors
/// Where the record does not have that shape.
pub fn read(structured_rep: &Value, permutation: [usize; 3]) -> Result<Scene, SceneError> {
    let root = At::root("NLVR", structured_rep);
    let boxes = root.list()?;
    if boxes.len() != 3 || !PERMUTATIONS.contains(&permutation) {
        return Err(root.error("three boxes, and a permutation of 0, 1, 2"));
    }
    let mut objects = Vec::new();
    let mut items = Vec::new();
    for (place, at) in permutation.into_iter().zip(0u8..) {
        let left = STEP * f64::from(at);
        objects.push(SceneObject {
            id: String::new(),
            name: "box".into(),
            bbox: BBox {
                left,
                top: 0.0,
                right: left + SIDE,
                bottom: SIDE,
            },
            attributes: BTreeMap::from([
                ("color".to_owned(), Arg::Str("gray".into())),
                (ROLE.to_owned(), Arg::Str("box".into())),
            ]),
            relations: Vec::new(),
        });
        let mut held = Vec::new();
        for item in boxes[place].list()? {
            held.push(item_of(&item, left)?);
        }
        let place = |o: &SceneObject| (o.bbox.left, o.bbox.top);
        held.sort_by(|a, b| {
            let ((al, at), (bl, bt)) = (place(a), place(b));
            al.total_cmp(&bl).then(at.total_cmp(&bt))
        });
        items.append(&mut held);
    }
    objects.append(&mut items);
    Ok(Scene {
        width: 400,
        height: 100,
        objects,
        attributes: BTreeMap::new(),
    })
}

fn item_of(item: &At<'_>, left: f64) -> Result<SceneObject, SceneError> {
    let shape = item.get("type");
    let shape = match shape.text()? {
        known @ ("square" | "triangle" | "circle") => known,
        _ => return Err(shape.error("square, triangle or circle")),
    };
    let color = item.get("color");
    let color = match color.text()? {
        "Black" => "black",
        "Yellow" => "yellow",
        "#0099ff" => "blue",
        _ => return Err(color.error("Black, Yellow or #0099ff")),
    };
    let size = item.get("size");
    let (side, size) = match size.number()? {
        10.0 => (10.0, "small"),
        20.0 => (20.0, "medium"),
        30.0 => (30.0, "big"),
        _ => return Err(size.error("10, 20 or 30")),
    };
    let (x, y) = (item.get("x_loc").number()?, item.get("y_loc").number()?);
    let text = |value: &str| Arg::Str(value.to_owned());
    Ok(SceneObject {
        id: String::new(),
        name: format!("{size} {color} {shape}"),
        bbox: BBox {
            left: left + x,
            top: y,
            right: left + x + side,
            bottom: y + side,
        },
        attributes: BTreeMap::from([
            ("color".to_owned(), text(color)),
            ("shape".to_owned(), text(shape)),
            ("size".to_owned(), text(size)),
            (ROLE.to_owned(), text("item")),
        ]),
        relations: Vec::new(),
    })
}
