//! A "vision-language model" that answers from annotations: it decodes the picture it is sent, finds
//! where in which annotated image it was cut out (pixel by pixel), and answers from that image's
//! scene, in words and in the box convention asked for. Pictures must come as PNG, neither shrunk
//! nor enlarged. It is no test of any model.
//!
//! Also compiled into the tests of `fact-cli`.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "shared by tests, each of which uses its part"
)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fact_lang::tool::{Answer, Arg, BBox, Request};
use fact_models::vlm::BoxConvention;
use fact_models::{Scene, View, scene};
use image::RgbImage;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// Where in `photo` the pixels of `part` lie.
fn place(photo: &RgbImage, part: &RgbImage) -> Vec<BBox> {
    let (width, height) = (part.width() as usize, part.height() as usize);
    let (across, down) = (photo.width() as usize, photo.height() as usize);
    if width > across || height > down {
        return Vec::new();
    }
    let row = |image: &RgbImage, x: usize, y: usize| -> std::ops::Range<usize> {
        let start = (y * image.width() as usize + x) * 3;
        start..start + width * 3
    };
    let mut places = Vec::new();
    for top in 0..=down - height {
        for left in 0..=across - width {
            let same = (0..height).all(|y| {
                photo.as_raw()[row(photo, left, top + y)] == part.as_raw()[row(part, 0, y)]
            });
            if same {
                places.push(BBox::from(
                    [left, top, left + width, top + height].map(|side| side as f64),
                ));
            }
        }
    }
    places
}

/// Every JSON string in a prompt.
fn strings(prompt: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = prompt;
    while let Some(open) = rest.find('"') {
        let mut stream = serde_json::Deserializer::from_str(&rest[open..]).into_iter::<String>();
        found.push(stream.next().unwrap().unwrap());
        rest = &rest[open + stream.byte_offset()..];
    }
    found
}

/// What a model of this convention writes for boxes in the frame of the picture.
fn write(convention: BoxConvention, object: &str, boxes: &[[f64; 4]], size: (u32, u32)) -> String {
    let (w, h) = (f64::from(size.0), f64::from(size.1));
    let norm = |[l, t, r, b]: [f64; 4]| {
        [l / w, t / h, r / w, b / h].map(|side| (side * 1000.0).round() as i64)
    };
    if convention == BoxConvention::BoxTokens {
        if boxes.is_empty() {
            return "none".into();
        }
        let line = |&sides: &[f64; 4]| {
            let [x1, y1, x2, y2] = norm(sides);
            format!("<box>({x1},{y1}),({x2},{y2})</box>")
        };
        return boxes.iter().map(line).collect::<Vec<_>>().join("\n");
    }
    let entry = |&sides: &[f64; 4]| {
        let [l, t, r, b] = sides;
        match convention {
            BoxConvention::Pixels => json!({"bbox_2d": sides, "label": object}),
            BoxConvention::Norm1 => {
                json!({"bbox_2d": [l / w, t / h, r / w, b / h], "label": object})
            }
            BoxConvention::Norm1000YFirst => {
                let [x1, y1, x2, y2] = norm(sides);
                json!({"box_2d": [y1, x1, y2, x2], "label": object})
            }
            _ => json!({"bbox_2d": norm(sides), "label": object}),
        }
    };
    Value::Array(boxes.iter().map(entry).collect()).to_string()
}

/// The part of a box that a picture of `region` shows, in the frame of that picture.
pub(crate) fn shown(bbox: BBox, region: BBox) -> Option<[f64; 4]> {
    let left = bbox.left.max(region.left) - region.left;
    let top = bbox.top.max(region.top) - region.top;
    let right = bbox.right.min(region.right) - region.left;
    let bottom = bbox.bottom.min(region.bottom) - region.top;
    (left < right && top < bottom).then_some([left, top, right, bottom])
}

pub(crate) fn request(tool: &str, region: BBox, args: &[&str]) -> Request {
    let args = args
        .iter()
        .map(|arg| (String::new(), Arg::Str((*arg).into())));
    Request {
        tool: tool.into(),
        image: 0,
        region,
        args: args.collect(),
    }
}

/// An annotated image.
#[derive(Debug, Clone)]
pub(crate) struct Annotated {
    pub(crate) name: String,
    pub(crate) pixels: Arc<RgbImage>,
    pub(crate) scene: Scene,
}

/// What the server knows: annotated images, and where pictures it has seen were cut out.
pub(crate) struct Known {
    images: Vec<Annotated>,
    located: Mutex<BTreeMap<String, Arc<Located>>>,
}

/// Where a picture was cut out: images by number, and regions.
struct Located {
    size: (u32, u32),
    places: Vec<(usize, BBox)>,
}

impl Known {
    pub(crate) fn new(images: impl IntoIterator<Item = Annotated>) -> Self {
        Self {
            images: images.into_iter().collect(),
            located: Mutex::default(),
        }
    }

    fn locate(&self, url: &str) -> Arc<Located> {
        if let Some(known) = self.located.lock().unwrap().get(url) {
            return known.clone();
        }
        let data = url.strip_prefix("data:image/png;base64,").unwrap();
        let bytes = STANDARD.decode(data).unwrap();
        let part = image::load_from_memory(&bytes).unwrap().to_rgb8();
        let images = self.images.iter().enumerate();
        let places = images.flat_map(|(at, image)| {
            let found = place(&image.pixels, &part);
            found.into_iter().map(move |region| (at, region))
        });
        let found = Arc::new(Located {
            size: part.dimensions(),
            places: places.collect(),
        });
        let mut located = self.located.lock().unwrap();
        located.insert(url.to_owned(), found.clone());
        found
    }

    /// What the model says to the body of a chat request.
    pub(crate) fn reply(&self, convention: BoxConvention, body: &Value) -> String {
        let content = &body["messages"][0]["content"];
        let Some(url) = content[0]["image_url"]["url"].as_str() else {
            return "I do not know.".into();
        };
        let prompt = content[1]["text"].as_str().unwrap();
        let found = self.locate(url);
        let (size, [(at, region)]) = (found.size, &found.places[..]) else {
            return format!("I cannot tell: this is at {} places", found.places.len());
        };
        let (image, region) = (&self.images[*at], *region);
        let strings = strings(prompt);
        let view = [View::of_scene(&image.scene)];
        let annotated = |tool: &str, args: &[&str]| {
            scene::perception().answer(&view, &request(tool, region, args))
        };
        let said = match &strings[..] {
            [name, ..] if prompt.starts_with("Find every") => annotated("find", &[name]),
            [name, ..] if prompt.starts_with("Does the image show") => annotated("exists", &[name]),
            [name, property, ..] if prompt.starts_with("The image shows") => {
                annotated("verify_property", &[name, property])
            }
            [question, ..] if prompt.starts_with("Look at the image") => {
                annotated("simple_query", &[question])
            }
            _ => Answer::Error("not annotated".into()),
        };
        match said {
            Answer::Detections(found) => {
                let boxes: Vec<_> = found.iter().filter_map(|d| shown(d.bbox, region)).collect();
                write(convention, &strings[0], &boxes, size)
            }
            Answer::Bool(true) => "Yes.".into(),
            Answer::Bool(false) => "No.".into(),
            Answer::Text(text) => text,
            other => format!("I cannot tell: {other:?}"),
        }
    }
}
