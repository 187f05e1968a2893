//! NLVR `structured_rep`: three boxes of items on one 400 × 100 image.

use super::error::{At, SceneError};
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
/// Boxes come first, left to right, with ids `box0`, `box1`, `box2`; then the items of each box in
/// the annotation's order, ids `box0.item0`, .... A box is called `box`; an item is called by its
/// shape and has `color` (`black`, `yellow`, `blue`), `shape` and `size` (`small`, `medium`,
/// `big`). `find("item")`, `find("object")` mean the items, not the boxes.
///
/// # Errors
/// Where the record does not have that shape.
pub fn read(structured_rep: &Value, permutation: [usize; 3]) -> Result<Scene, SceneError> {
    let root = At::root("NLVR", structured_rep);
    let boxes = root.list()?;
    if boxes.len() != 3 || permutation.iter().any(|slot| *slot >= 3) {
        return Err(root.error("three boxes, and a permutation of 0, 1, 2"));
    }
    let mut holders = Vec::new();
    let mut items = Vec::new();
    for (slot, (place, at)) in permutation.into_iter().zip(0u8..).enumerate() {
        let left = STEP * f64::from(at);
        holders.push(SceneObject {
            id: format!("box{slot}"),
            name: "box".into(),
            bbox: BBox {
                left,
                top: 0.0,
                right: left + SIDE,
                bottom: SIDE,
            },
            attributes: BTreeMap::from([("kind".to_owned(), Arg::Str("box".into()))]),
            relations: Vec::new(),
        });
        for (index, item) in boxes[place].list()?.iter().enumerate() {
            items.push(item_of(item, format!("box{slot}.item{index}"), left)?);
        }
    }
    holders.append(&mut items);
    Ok(Scene {
        width: 400,
        height: 100,
        objects: holders,
        attributes: BTreeMap::new(),
    })
}

fn item_of(item: &At<'_>, id: String, left: f64) -> Result<SceneObject, SceneError> {
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
        id,
        name: shape.to_owned(),
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
        ]),
        relations: Vec::new(),
    })
}
