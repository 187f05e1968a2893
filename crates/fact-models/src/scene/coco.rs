//! COCO instances of one image.

use super::error::{At, SceneError};
use crate::perception::{Scene, SceneObject};
use fact_lang::tool::BBox;
use serde_json::Value;
use std::collections::BTreeMap;

/// Reads a list of COCO instance annotations (`id`, `bbox` as `[x, y, w, h]`, `category_id`) of one
/// image. `name_of` gives a category's name, as the data set's `categories` do; [`category`] has
/// the 80 of COCO 2017.
///
/// # Errors
/// Where an annotation does not have that shape, or its category has no name.
pub fn read(
    annotations: &Value,
    width: u32,
    height: u32,
    name_of: impl Fn(u64) -> Option<String>,
) -> Result<Scene, SceneError> {
    let mut objects = Vec::new();
    for (index, annotation) in At::root("COCO", annotations).list()?.iter().enumerate() {
        let category = annotation.get("category_id");
        let number = category.index(usize::MAX)?;
        let name = name_of(number as u64).ok_or_else(|| category.error("a known category"))?;
        let [left, top, w, h] = annotation.get("bbox").numbers()?;
        let id = annotation.get("id");
        objects.push(SceneObject {
            id: match id.index(usize::MAX) {
                Ok(id) => id.to_string(),
                Err(_) => index.to_string(),
            },
            name,
            bbox: BBox {
                left,
                top,
                right: left + w,
                bottom: top + h,
            },
            attributes: BTreeMap::new(),
            relations: Vec::new(),
        });
    }
    Ok(Scene {
        width,
        height,
        objects,
        attributes: BTreeMap::new(),
    })
}

/// Name of a category of COCO 2017 by its id.
pub fn category(id: u64) -> Option<String> {
    // Ids run from 1 to 90 with gaps; a `-` stands for an id that is not used.
    const NAMES: &str = "person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,\
        fire hydrant,-,stop sign,parking meter,bench,bird,cat,dog,horse,sheep,cow,elephant,bear,\
        zebra,giraffe,-,backpack,umbrella,-,-,handbag,tie,suitcase,frisbee,skis,snowboard,\
        sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,-,\
        wine glass,cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,\
        pizza,donut,cake,chair,couch,potted plant,bed,-,dining table,-,-,toilet,-,tv,laptop,mouse,\
        remote,keyboard,cell phone,microwave,oven,toaster,sink,refrigerator,-,book,clock,vase,\
        scissors,teddy bear,hair drier,toothbrush";
    let index = usize::try_from(id.checked_sub(1)?).ok()?;
    let name = NAMES.split(',').nth(index)?;
    (name != "-").then(|| name.to_owned())
}
