//! GQA scene graphs, in the official schema and in a re-laid-out one.

use super::error::{At, SceneError};
use super::words::words;
use crate::perception::{Scene, SceneObject};
use fact_lang::tool::{Arg, BBox};
use serde_json::Value;
use std::collections::BTreeMap;

/// Reads one scene graph of the official schema (a value of `*_sceneGraphs.json`): `width`,
/// `height`, optional `location`, `weather`, ..., and `objects`: id → `name`, `x`, `y`, `w`, `h`,
/// `attributes`, `relations` (`name`, `object`).
///
/// Objects come in the order of their ids. Attributes are a flat list in GQA; each is filed under
/// its category (`color`, `material`, ...; see `words.toml`), a second of the same category and
/// those without one under their own value with `true`.
///
/// # Errors
/// Where the record does not have that shape.
pub fn read(graph: &Value) -> Result<Scene, SceneError> {
    let graph = At::root("GQA", graph);
    let mut scene = Scene {
        width: graph.get("width").pixels()?,
        height: graph.get("height").pixels()?,
        ..Scene::default()
    };
    for (name, value) in graph.fields()? {
        if !["width", "height", "objects"].contains(&name)
            && let Ok(text) = value.text()
        {
            scene.attributes.insert(name.to_owned(), text.to_owned());
        }
    }
    let mut objects = graph.get("objects").fields()?;
    objects.sort_by(|(a, _), (b, _)| (a.len(), a).cmp(&(b.len(), b)));
    for (id, object) in objects {
        let (left, top) = (object.get("x").number()?, object.get("y").number()?);
        let (width, height) = (object.get("w").number()?, object.get("h").number()?);
        let attributes = texts(&object.get("attributes"))?;
        let mut relations = Vec::new();
        if !object.get("relations").is_null() {
            for relation in object.get("relations").list()? {
                let name = relation.get("name").text()?.to_owned();
                relations.push((name, relation.get("object").text()?.to_owned()));
            }
        }
        scene.objects.push(SceneObject {
            id: id.to_owned(),
            name: object.get("name").text()?.to_owned(),
            bbox: BBox {
                left,
                top,
                right: left + width,
                bottom: top + height,
            },
            attributes: filed(&attributes),
            relations,
        });
    }
    Ok(scene)
}

/// Reads one scene graph of the re-laid-out schema: parallel lists `bboxes` (`[x1, y1, x2, y2]`),
/// `labels`, `attributes`, and `relations` as `[subject index, name, object index]`. An object's id
/// is its index.
///
/// # Errors
/// Where the record does not have that shape.
pub fn read_parallel(graph: &Value) -> Result<Scene, SceneError> {
    let graph = At::root("GQA (parallel lists)", graph);
    let labels = graph.get("labels").list()?;
    let boxes = graph.get("bboxes").list()?;
    let attributes = graph.get("attributes").list()?;
    if boxes.len() != labels.len() || attributes.len() != labels.len() {
        return Err(graph.error("as many `bboxes` and `attributes` as `labels`"));
    }
    let mut objects = Vec::with_capacity(labels.len());
    for (index, label) in labels.iter().enumerate() {
        objects.push(SceneObject {
            id: index.to_string(),
            name: label.text()?.to_owned(),
            bbox: BBox::from(boxes[index].numbers()?),
            attributes: filed(&texts(&attributes[index])?),
            relations: Vec::new(),
        });
    }
    for relation in graph.get("relations").list()? {
        let [subject, name, target] = &relation.list()?[..] else {
            return Err(relation.error("[subject index, name, object index]"));
        };
        let subject = subject.index(objects.len())?;
        let target = target.index(objects.len())?.to_string();
        let name = name.text()?.to_owned();
        objects[subject].relations.push((name, target));
    }
    Ok(Scene {
        width: graph.get("width").pixels()?,
        height: graph.get("height").pixels()?,
        objects,
        attributes: BTreeMap::new(),
    })
}

fn texts(list: &At<'_>) -> Result<Vec<String>, SceneError> {
    if list.is_null() {
        return Ok(Vec::new());
    }
    let texts = list.list()?;
    texts.iter().map(|t| Ok(t.text()?.to_owned())).collect()
}

/// Files flat attributes under their categories.
fn filed(attributes: &[String]) -> BTreeMap<String, Arg> {
    let mut filed = BTreeMap::new();
    for attribute in attributes {
        let category = words().category(&words().value(attribute));
        match category.filter(|category| !filed.contains_key(*category)) {
            Some(category) => filed.insert(category.to_owned(), Arg::Str(attribute.clone())),
            None => filed.insert(attribute.clone(), Arg::Bool(true)),
        };
    }
    filed
}
