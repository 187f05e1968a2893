//! CLEVR scenes (`CLEVR_*_scenes.json`, one element of `scenes`).

use super::error::{At, SceneError};
use super::matching::DEPTH;
use crate::perception::{Scene, SceneObject};
use fact_lang::tool::{Arg, BBox};
use serde_json::Value;
use std::collections::BTreeMap;

/// Relations as CLEVR names them, and as the common form does.
const RELATIONS: [(&str, &str); 4] = [
    ("left", "to the left of"),
    ("right", "to the right of"),
    ("front", "in front of"),
    ("behind", "behind"),
];

/// Reads one scene rendered at `width` × `height` pixels (CLEVR v1.0: 480 × 320; the scene file
/// does not say).
///
/// Objects keep their order; an object's id is its index. CLEVR has no boxes: the box here is
/// **approximate**. Around `pixel_coords`, a sphere of the object's size would reach `r · f / depth`
/// pixels to each side under CLEVR's camera (35 mm lens, 32 mm sensor): `f = 35/32 · width`, `r` =
/// 0.7 for large objects and 0.35 for small ones. Seen from above and turned, cylinders and cubes
/// reach further: 1.1 × 1.25 and 1.3 × 1.4 times as far across and up (the middle of what rendered
/// images show, within about a sixth of the box). Clipped to the image.
///
/// # Errors
/// Where the record does not have the shape of a CLEVR scene.
pub fn read(scene: &Value, width: u32, height: u32) -> Result<Scene, SceneError> {
    let scene = At::root("CLEVR", scene);
    let objects = scene.get("objects").list()?;
    let mut read = Vec::with_capacity(objects.len());
    for (index, object) in objects.iter().enumerate() {
        read.push(object_of(index, object, width, height)?);
    }
    let relationships = scene.get("relationships");
    if !relationships.is_null() {
        for (source, relation) in RELATIONS {
            let anchors = relationships.get(source);
            for (anchor, related) in anchors.list()?.iter().enumerate() {
                if anchor >= read.len() {
                    return Err(anchors.error("one list for each object"));
                }
                for index in related.list()? {
                    let index = index.index(read.len())?;
                    read[index]
                        .relations
                        .push((relation.to_owned(), anchor.to_string()));
                }
            }
        }
    }
    Ok(Scene {
        width,
        height,
        objects: read,
        attributes: BTreeMap::new(),
    })
}

fn object_of(
    index: usize,
    object: &At<'_>,
    width: u32,
    height: u32,
) -> Result<SceneObject, SceneError> {
    let mut attributes = BTreeMap::new();
    for name in ["color", "material", "shape", "size"] {
        let value = object.get(name).text()?;
        attributes.insert(name.to_owned(), Arg::Str(value.to_owned()));
    }
    let shape = object.get("shape").text()?.to_owned();
    let radius = if object.get("size").text()? == "large" {
        0.7
    } else {
        0.35
    };
    let pixel_coords = object.get("pixel_coords");
    let [x, y, depth] = pixel_coords.numbers()?;
    if depth <= 0.0 {
        return Err(pixel_coords.error("a depth above 0"));
    }
    attributes.insert(DEPTH.to_owned(), Arg::Float(depth));
    let sphere = radius * (35.0 / 32.0 * f64::from(width)) / depth;
    let (across, up) = match shape.as_str() {
        "cylinder" => (1.1 * sphere, 1.25 * sphere),
        "cube" => (1.3 * sphere, 1.4 * sphere),
        _ => (sphere, sphere),
    };
    let (right, bottom) = (f64::from(width), f64::from(height));
    Ok(SceneObject {
        id: index.to_string(),
        name: shape,
        bbox: BBox {
            left: (x - across).round().clamp(0.0, right),
            top: (y - up).round().clamp(0.0, bottom),
            right: (x + across).round().clamp(0.0, right),
            bottom: (y + up).round().clamp(0.0, bottom),
        },
        attributes,
        relations: Vec::new(),
    })
}
