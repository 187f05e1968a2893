//! Boxes as trainers and model families write them.
//!
//! A [`Boxes`] is a frame (what the numbers count) and a notation (how they are written). The named
//! families follow what their makers document; `docs/styles.md` gives the sources.

use super::guard;
use crate::rationale::GroundedBox;
use fact_lang::tool::ImageRef;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How boxes stand in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum Boxes {
    /// `[x1,y1,x2,y2]` in whole pixels of the image.
    Pixel,
    /// `[x1,y1,x2,y2]`, whole numbers from 0 to 1000 of width and height.
    Norm1000,
    /// `[x1,y1,x2,y2]`, 0 to 1 of width and height, three decimals.
    Norm1,
    /// `<box>(x1,y1),(x2,y2)</box>`, 0 to 1000.
    Token,
    /// `<bbox>`, with the boxes listed beside the text, in pixels: what ms-swift replaces by the
    /// form of the model it trains.
    Objects,
    /// `@c3`: the cell of a board of 8×8 that the box's centre lies in, columns a to h from the left,
    /// rows 1 to 8 from the top. For small models, which do not learn coordinates.
    Cells,
    /// Qwen-VL: `<ref>name</ref><box>(x1,y1),(x2,y2)</box>`, 0 to 1000.
    QwenVl,
    /// Qwen2-VL: `<|object_ref_start|>name<|object_ref_end|><|box_start|>(x1,y1),(x2,y2)<|box_end|>`,
    /// 0 to 1000.
    Qwen2Vl,
    /// Qwen2.5-VL: `{"bbox_2d": [x1, y1, x2, y2], "label": "name"}` in pixels of the image as its
    /// processor resizes it.
    Qwen25Vl,
    /// Qwen3-VL: as Qwen2.5-VL, 0 to 1000.
    Qwen3Vl,
    /// InternVL: `<ref>name</ref><box>[[x1, y1, x2, y2], …]</box>`, 0 to 1000.
    InternVl,
    /// LLaVA-1.5: `[x1, y1, x2, y2]`, 0 to 1 of the image padded to a square, two decimals.
    Llava,
    /// Shikra: `[x1,y1,x2,y2;…]`, 0 to 1 of the image padded to a square, three decimals.
    Shikra,
}

/// The forms that name no family.
const FORMS: &[(Boxes, &str)] = &[
    (Boxes::Pixel, "pixel"),
    (Boxes::Norm1000, "norm1000"),
    (Boxes::Norm1, "norm1"),
    (Boxes::Token, "token"),
    (Boxes::Objects, "objects"),
    (Boxes::Cells, "cells"),
];

/// The model families.
const FAMILIES: &[(Boxes, &str)] = &[
    (Boxes::QwenVl, "qwen-vl"),
    (Boxes::Qwen2Vl, "qwen2-vl"),
    (Boxes::Qwen25Vl, "qwen2.5-vl"),
    (Boxes::Qwen3Vl, "qwen3-vl"),
    (Boxes::InternVl, "internvl"),
    (Boxes::Llava, "llava"),
    (Boxes::Shikra, "shikra"),
];

impl Boxes {
    /// Every form.
    pub fn all() -> impl Iterator<Item = Self> {
        FORMS.iter().chain(FAMILIES).map(|(boxes, _)| *boxes)
    }

    /// A form by its name, families not among them.
    ///
    /// # Errors
    /// There is none of that name; the message lists them.
    pub fn form(name: &str) -> Result<Self, String> {
        named(FORMS, name, "form")
    }

    /// What a model family expects.
    ///
    /// # Errors
    /// There is none of that name; the message lists them.
    pub fn family(name: &str) -> Result<Self, String> {
        named(FAMILIES, name, "model family")
    }

    /// Its name, which [`FromStr`] reads.
    pub fn name(self) -> &'static str {
        let entry = FORMS
            .iter()
            .chain(FAMILIES)
            .find(|(boxes, _)| *boxes == self);
        entry.map_or("pixel", |(_, name)| name)
    }

    fn frame(self) -> Frame {
        match self {
            Self::Pixel | Self::Objects | Self::Cells => Frame::Pixels,
            Self::Norm1 => Frame::Unit(3),
            Self::Norm1000
            | Self::Token
            | Self::QwenVl
            | Self::Qwen2Vl
            | Self::Qwen3Vl
            | Self::InternVl => Frame::Thousand,
            Self::Qwen25Vl => Frame::Resized,
            Self::Llava => Frame::Padded(2),
            Self::Shikra => Frame::Padded(3),
        }
    }
}

fn named(table: &[(Boxes, &str)], name: &str, what: &str) -> Result<Boxes, String> {
    let entry = table.iter().find(|(_, known)| *known == name);
    entry.map(|(boxes, _)| *boxes).ok_or_else(|| {
        let names: Vec<&str> = table.iter().map(|(_, name)| *name).collect();
        format!(
            "unknown {what} `{name}`, expected one of: {}",
            names.join(", ")
        )
    })
}

impl FromStr for Boxes {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        Self::form(name).or_else(|_| Self::family(name))
    }
}

impl TryFrom<String> for Boxes {
    type Error = String;
    fn try_from(name: String) -> Result<Self, String> {
        name.parse()
    }
}

impl From<Boxes> for &'static str {
    fn from(boxes: Boxes) -> Self {
        boxes.name()
    }
}

impl fmt::Display for Boxes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the numbers count.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Frame {
    /// Pixels of the image.
    Pixels,
    /// Pixels of the image as Qwen2.5-VL's processor resizes it.
    Resized,
    /// 0 to 1000 of width and height.
    Thousand,
    /// 0 to 1 of width and height, with so many decimals.
    Unit(usize),
    /// 0 to 1 of the side of the square that the image is padded to, centred.
    Padded(usize),
}

/// A box that can be written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlacedBox {
    /// What the text calls it.
    pub name: String,
    /// Index of the image among the sample's.
    pub image: usize,
    /// left, top, right, bottom in pixels, within the image, with left < right and top < bottom.
    #[serde(rename = "box")]
    pub bbox: [f64; 4],
    #[serde(skip)]
    size: [u32; 2],
}

impl PlacedBox {
    /// Clips a box to its image. `None` where nothing is left of it: a number that is not finite, an
    /// image that the sample does not have, no area within the image.
    pub fn new(grounded: &GroundedBox, images: &[ImageRef]) -> Option<Self> {
        let image = images.get(grounded.image)?;
        let [left, top, right, bottom] = grounded.bbox;
        if !grounded.bbox.iter().all(|side| side.is_finite()) {
            return None;
        }
        let (width, height) = (f64::from(image.width), f64::from(image.height));
        let bbox = [
            left.clamp(0.0, width),
            top.clamp(0.0, height),
            right.clamp(0.0, width),
            bottom.clamp(0.0, height),
        ];
        let there = bbox[0] < bbox[2] && bbox[1] < bbox[3];
        there.then(|| Self {
            name: guard::clean(&grounded.name, true),
            image: grounded.image,
            bbox,
            size: [image.width, image.height],
        })
    }

    /// The four numbers in a frame, each as text: within the frame, left < right, top < bottom.
    fn numbers(&self, frame: Frame) -> [String; 4] {
        let [width, height] = self.size.map(f64::from);
        let [left, top, right, bottom] = self.bbox;
        // Shift and length of what the numbers are a part of, and how many steps it has.
        let (x, y, across, down) = match frame {
            Frame::Padded(_) => {
                let side = width.max(height);
                ((side - width) / 2.0, (side - height) / 2.0, side, side)
            }
            _ => (0.0, 0.0, width, height),
        };
        let (steps_x, steps_y) = match frame {
            Frame::Pixels => (width, height),
            Frame::Resized => {
                let [width, height] = qwen_resized(self.size[0], self.size[1]);
                (f64::from(width), f64::from(height))
            }
            Frame::Thousand => (1000.0, 1000.0),
            Frame::Unit(decimals) | Frame::Padded(decimals) => {
                let steps = 10f64.powi(decimals as i32);
                (steps, steps)
            }
        };
        let [left, right] = span((left + x) / across, (right + x) / across, steps_x);
        let [top, bottom] = span((top + y) / down, (bottom + y) / down, steps_y);
        [left, top, right, bottom].map(|number| match frame {
            Frame::Unit(decimals) | Frame::Padded(decimals) => {
                format!("{:.decimals$}", number / 10f64.powi(decimals as i32))
            }
            _ => format!("{number:.0}"),
        })
    }
}

/// Columns, and rows, of the board of [`Boxes::Cells`].
const BOARD: u8 = 8;

impl PlacedBox {
    /// The cell of the board that the centre lies in.
    fn cell(&self) -> String {
        let [width, height] = self.size.map(f64::from);
        let [left, top, right, bottom] = self.bbox;
        // The box is within its image, so that this is 0 to 8; the last edge is of the last cell.
        let part = |from: f64, to: f64, all: f64| {
            let at = (from + to) / 2.0 / all * f64::from(BOARD);
            (at as u8).min(BOARD - 1)
        };
        let column = char::from(b'a' + part(left, right, width));
        format!("@{column}{}", part(top, bottom, height) + 1)
    }
}

/// Two parts of a whole, as whole steps: rounded, at least one step apart, within 0 and `steps`.
fn span(from: f64, to: f64, steps: f64) -> [f64; 2] {
    let from = (from * steps).round().clamp(0.0, steps);
    let to = (to * steps).round().clamp(0.0, steps);
    if from < to {
        return [from, to];
    }
    match from + 1.0 <= steps {
        true => [from, from + 1.0],
        false => [(steps - 1.0).max(0.0), steps],
    }
}

/// The size that Qwen2.5-VL's processor gives an image: `smart_resize` of `qwen-vl-utils` with the
/// model's defaults (sides multiples of 28, area from 56² to 28²·16384 pixels). Width, height.
fn qwen_resized(width: u32, height: u32) -> [u32; 2] {
    const FACTOR: f64 = 28.0;
    const LEAST: f64 = 56.0 * 56.0;
    const MOST: f64 = 28.0 * 28.0 * 16384.0;
    let (w, h) = (f64::from(width), f64::from(height));
    let near = |side: f64| ((side / FACTOR).round_ties_even() * FACTOR).max(FACTOR);
    let (mut new_w, mut new_h) = (near(w), near(h));
    if new_w * new_h > MOST {
        let beta = (w * h / MOST).sqrt();
        let down = |side: f64| ((side / beta / FACTOR).floor() * FACTOR).max(FACTOR);
        (new_w, new_h) = (down(w), down(h));
    } else if new_w * new_h < LEAST {
        let beta = (LEAST / (w * h)).sqrt();
        let up = |side: f64| (side * beta / FACTOR).ceil() * FACTOR;
        (new_w, new_h) = (up(w), up(h));
    }
    // Both are whole numbers far below 2^32: images are at most as large as they were decoded.
    [new_w as u32, new_h as u32]
}

/// Writes the boxes of one sentence into it: behind the one mention of the name, where there is just
/// one mention of it and just one box of that name, else at the end, before the full stop.
/// `several` tells that the sample has several images, so that each box says which.
/// Returns the sentence, and the boxes in the order in which they stand in it.
pub(super) fn insert(
    text: &str,
    boxes: &[PlacedBox],
    form: Boxes,
    several: bool,
) -> (String, Vec<PlacedBox>) {
    let mut groups: Vec<Vec<&PlacedBox>> = Vec::new();
    for placed in boxes {
        let same = |group: &&mut Vec<&PlacedBox>| {
            group
                .first()
                .is_some_and(|b| b.name == placed.name && b.image == placed.image)
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(placed),
            None => groups.push(vec![placed]),
        }
    }
    let spots = mentions(text, &groups);
    // From the back, so that earlier places stay where they are.
    let mut inline: Vec<((usize, usize), &Vec<&PlacedBox>)> = Vec::new();
    let mut rest = Vec::new();
    for (group, spot) in groups.iter().zip(spots) {
        match spot {
            Some(spot) if group.len() == 1 => inline.push((spot, group)),
            _ => rest.push(group),
        }
    }
    inline.sort_by_key(|(spot, _)| std::cmp::Reverse(*spot));
    let (body, stop) = match text.strip_suffix('.') {
        Some(body) => (body, "."),
        None => (text, ""),
    };
    let mut out = body.to_owned();
    let order = inline.iter().rev().map(|(_, group)| *group);
    let order = order.chain(rest.iter().copied());
    let order: Vec<PlacedBox> = order.flatten().map(|placed| (*placed).clone()).collect();
    for ((start, end), group) in inline {
        let written = write(group, Some(&body[start..end]), form, several);
        out.replace_range(start..end, &written);
    }
    for group in rest {
        out.push(' ');
        out.push_str(&write(group, None, form, several));
    }
    out.push_str(stop);
    (out, order)
}

/// For each group of boxes, where the text mentions its name, if it does just once and no other
/// group has the same. Where the text does not say the name with its place (`the cup in the first
/// box`), the name without it counts.
fn mentions(text: &str, groups: &[Vec<&PlacedBox>]) -> Vec<Option<(usize, usize)>> {
    let names: Vec<&str> = groups
        .iter()
        .map(|group| {
            let name = group.first().map_or("", |b| b.name.as_str());
            match name.split_once(" in ") {
                Some((short, _)) if occurrences(text, name).next().is_none() => short,
                _ => name,
            }
        })
        .collect();
    let name = |at: usize| names[at];
    let mut order: Vec<usize> = (0..groups.len()).collect();
    // Longer names first: `the circle` within `the circle at the wall` is no mention of its own.
    order.sort_by_key(|at| (std::cmp::Reverse(name(*at).len()), *at));
    let mut taken: Vec<(usize, usize)> = Vec::new();
    let mut spots = vec![None; groups.len()];
    for at in order {
        let wanted = name(at);
        let found: Vec<(usize, usize)> = occurrences(text, wanted)
            .filter(|(start, end)| !taken.iter().any(|(s, e)| start < e && s < end))
            .collect();
        let shared = (0..groups.len()).any(|other| other != at && name(other) == wanted);
        if let ([only], false) = (found.as_slice(), shared) {
            spots[at] = Some(*only);
        }
        taken.extend(found);
    }
    spots
}

/// Where `name` stands in `text` as whole words; its first letter may be a capital there.
fn occurrences<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = (usize, usize)> + 'a {
    let word = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’' | '-' | '_');
    text.char_indices().filter_map(move |(start, first)| {
        let mut chars = name.chars();
        let begins = chars.next()?;
        let same = first == begins || first.to_lowercase().eq(begins.to_lowercase());
        let rest = text[start + first.len_utf8()..].strip_prefix(chars.as_str())?;
        let free = !text[..start].ends_with(word) && !rest.starts_with(word);
        (same && free).then(|| (start, text.len() - rest.len()))
    })
}

/// A group of boxes of one name, `mention` in the text or on its own.
fn write(group: &[&PlacedBox], mention: Option<&str>, form: Boxes, several: bool) -> String {
    let numbers = || group.iter().map(|placed| placed.numbers(form.frame()));
    let name = group.first().map_or("", |placed| placed.name.as_str());
    let image = match (several, group.first()) {
        (true, Some(placed)) => format!("image {} ", placed.image + 1),
        _ => String::new(),
    };
    let pairs = |open: &str, close: &str| -> Vec<String> {
        numbers()
            .map(|[x1, y1, x2, y2]| format!("{open}({x1},{y1}),({x2},{y2}){close}"))
            .collect()
    };
    let lists = |comma: &str| -> Vec<String> { numbers().map(|n| n.join(comma)).collect() };
    let brackets = |comma: &str| -> String {
        let lists: Vec<String> = lists(comma).iter().map(|n| format!("[{n}]")).collect();
        lists.join(" ")
    };
    let named = mention.unwrap_or(name);
    let written = match form {
        Boxes::Pixel | Boxes::Norm1000 | Boxes::Norm1 => brackets(","),
        Boxes::Llava => brackets(", "),
        Boxes::Shikra => format!("[{}]", lists(",").join(";")),
        Boxes::Token => pairs("<box>", "</box>").concat(),
        Boxes::QwenVl => format!("<ref>{named}</ref>{}", pairs("<box>", "</box>").concat()),
        Boxes::Qwen2Vl => format!(
            "<|object_ref_start|>{named}<|object_ref_end|>{}",
            pairs("<|box_start|>", "<|box_end|>").concat()
        ),
        Boxes::InternVl => {
            let lists: Vec<String> = lists(", ").iter().map(|n| format!("[{n}]")).collect();
            format!("<ref>{named}</ref><box>[{}]</box>", lists.join(", "))
        }
        Boxes::Qwen25Vl | Boxes::Qwen3Vl => {
            let label = serde_json::Value::from(name);
            let written = lists(", ");
            let written = written
                .iter()
                .map(|n| format!("{{\"bbox_2d\": [{n}], \"label\": {label}}}"));
            written.collect::<Vec<_>>().join(" ")
        }
        Boxes::Objects => "<bbox>".repeat(group.len()),
        Boxes::Cells => {
            let cells: Vec<String> = group.iter().map(|placed| placed.cell()).collect();
            cells.join(" ")
        }
    };
    // Where the form itself holds the name, it stands in the name's place.
    let holds_name = matches!(form, Boxes::QwenVl | Boxes::Qwen2Vl | Boxes::InternVl);
    match mention {
        Some(mention) if !holds_name => format!("{mention} {image}{written}"),
        _ => format!("{image}{written}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_the_processors() {
        // Values of `smart_resize(height, width)` as its algorithm gives them by hand.
        assert_eq!(qwen_resized(640, 480), [644, 476]);
        assert_eq!(qwen_resized(400, 100), [392, 112]);
        assert_eq!(qwen_resized(28, 28), [56, 56]);
        assert_eq!(qwen_resized(10, 200), [28, 196]);
        assert_eq!(qwen_resized(10_000, 2000), [8008, 1596]);
    }

    #[test]
    fn cells_are_of_the_whole_image() {
        let cell = |bbox: [f64; 4]| {
            let size = [80, 40];
            let (name, image) = ("cup".to_owned(), 0);
            PlacedBox {
                name,
                image,
                bbox,
                size,
            }
            .cell()
        };
        assert_eq!(cell([0.0, 0.0, 2.0, 2.0]), "@a1");
        assert_eq!(cell([0.0, 0.0, 80.0, 40.0]), "@e5");
        assert_eq!(cell([79.0, 39.0, 80.0, 40.0]), "@h8");
        assert_eq!(cell([20.0, 10.0, 29.9, 14.9]), "@c3");
        assert_eq!(cell([80.0, 40.0, 80.0, 40.0]), "@h8");
    }

    #[test]
    fn a_name_is_found_as_whole_words() {
        let found: Vec<_> =
            occurrences("The cup's handle, the cup, the cups.", "the cup").collect();
        assert_eq!(found, [(18, 25)]);
        assert_eq!(occurrences("anything", "").count(), 0);
    }
}
