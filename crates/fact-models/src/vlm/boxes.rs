//! From a model's text to the boxes of `find`.
//!
//! Dropped without asking again: one pair of code fences around the whole answer, and a wrapping
//! object with one member (`{"objects": [...]}`). A box may reach outside of the image by 1 % of a
//! side (in pixels: at least 2), as rounding does, and is clipped; what lies in the grey padding is
//! clipped too. A box that covers nearly the same place as an earlier one (intersection over union
//! above 0.9) is the same object said again and is left out. Everything else is a [`Problem`].

use super::frame::Frame;
use super::json::Json;
use super::options::BoxConvention;
use super::problem::{Problem, brief};
use crate::scene::words;
use fact_lang::tool::BBox;

/// Boxes of one name that overlap more than this are one object.
const SAME: f64 = 0.9;
/// How far a box may reach outside, as a part of the side.
const OVERHANG: f64 = 0.01;
/// The same in pixels, at least.
const OVERHANG_PIXELS: f64 = 2.0;
/// Characters of a label that are looked at.
const MAX_LABEL: usize = 200;

/// What was asked, as far as reading the answer needs it.
pub(super) struct Asked<'a> {
    /// The name of the objects.
    pub(super) object: &'a str,
    /// How boxes are written.
    pub(super) convention: BoxConvention,
    /// The picture that was sent.
    pub(super) frame: Frame,
    /// Most boxes.
    pub(super) most: usize,
}

/// Four numbers as the model wrote them, with the number of the entry (from 1).
struct Written {
    entry: usize,
    sides: [f64; 4],
}

impl Asked<'_> {
    /// The boxes in the original image, in the model's order.
    pub(super) fn read(&self, body: &str) -> Result<Vec<BBox>, Problem> {
        let written = match self.convention {
            BoxConvention::BoxTokens => self.tokens(body)?,
            _ => self.json(body)?,
        };
        let mut boxes: Vec<BBox> = Vec::with_capacity(written.len());
        for one in &written {
            let bbox = self.place(one)?;
            if boxes.iter().all(|&known| overlap(known, bbox) <= SAME) {
                boxes.push(bbox);
            }
        }
        Ok(boxes)
    }

    /// The key of a box. In the other order of coordinates the other key is in use, so that key is
    /// not accepted: which order the model followed would be a guess.
    fn keys(&self) -> [&'static str; 3] {
        match self.convention {
            BoxConvention::Norm1000YFirst => ["box_2d", "bbox", "box"],
            _ => ["bbox_2d", "bbox", "box"],
        }
    }

    fn check_count(&self, count: usize) -> Result<(), Problem> {
        match count > self.most {
            true => Err(Problem::TooMany {
                count,
                most: self.most,
            }),
            false => Ok(()),
        }
    }

    fn json(&self, body: &str) -> Result<Vec<Written>, Problem> {
        let text = unfenced(body);
        let json: Json = serde_json::from_str(text).map_err(|error| Problem::NotJson {
            reason: error.to_string(),
        })?;
        let keys = self.keys();
        let is_box = |members: &[(String, Json)]| {
            members
                .iter()
                .any(|(name, _)| keys.contains(&name.as_str()))
        };
        let entries = match json {
            Json::List(entries) => entries,
            Json::Object(members) if is_box(&members) => vec![Json::Object(members)],
            Json::Object(mut members) if members.len() == 1 => match members.pop() {
                Some((_, Json::List(entries))) => entries,
                _ => return Err(Problem::NotAList),
            },
            _ => return Err(Problem::NotAList),
        };
        self.check_count(entries.len())?;
        let written = entries.iter().enumerate();
        written
            .map(|(at, entry)| self.entry(at + 1, entry))
            .collect()
    }

    fn entry(&self, entry: usize, json: &Json) -> Result<Written, Problem> {
        let keys = self.keys();
        let no_box = || Problem::NoBox {
            entry,
            key: keys[0],
        };
        let members = match json {
            Json::Object(members) => members,
            list @ Json::List(_) => {
                let sides = numbers(list).ok_or_else(no_box)?;
                return Ok(Written { entry, sides });
            }
            _ => return Err(no_box()),
        };
        let mut sides: Option<[f64; 4]> = None;
        let mut label: Option<&str> = None;
        for (name, value) in members {
            if keys.contains(&name.as_str()) {
                let found = numbers(value).ok_or_else(no_box)?;
                if sides.is_some_and(|known| known != found) {
                    return Err(Problem::Contradiction {
                        entry,
                        what: "a box",
                    });
                }
                sides = Some(found);
            } else if let ("label" | "name", Json::Text(text)) = (name.as_str(), value) {
                if label.is_some_and(|known| known != text) {
                    return Err(Problem::Contradiction {
                        entry,
                        what: "a label",
                    });
                }
                label = Some(text);
            }
        }
        let sides = sides.ok_or_else(no_box)?;
        self.check_label(entry, label)?;
        Ok(Written { entry, sides })
    }

    fn check_label(&self, entry: usize, label: Option<&str>) -> Result<(), Problem> {
        match label {
            Some(label) if !names_same(self.object, label) => Err(Problem::OtherLabel {
                entry,
                label: brief(label, 40),
                asked: brief(self.object, 40),
            }),
            _ => Ok(()),
        }
    }

    fn tokens(&self, body: &str) -> Result<Vec<Written>, Problem> {
        let plain = body.trim_end_matches('.');
        if plain.eq_ignore_ascii_case("none") || plain == "[]" {
            return Ok(Vec::new());
        }
        let mut written = Vec::new();
        let mut rest = body;
        loop {
            let (before, sides, after) = next_pair(rest);
            let entry = written.len() + 1;
            let loose = loose(before);
            if !loose.is_empty() {
                let count = |text: &str| text.split_whitespace().count();
                // A few words that name the object are its label; others may say anything, such as
                // that there is none.
                if count(&loose) > count(self.object) + 1 || sides.is_none() {
                    return Err(Problem::Prose {
                        words: brief(&loose, 60),
                    });
                }
                self.check_label(entry, Some(&loose))?;
            }
            let Some(sides) = sides else {
                return Ok(written);
            };
            written.push(Written { entry, sides });
            self.check_count(written.len())?;
            rest = after;
        }
    }

    /// From what was written to the original image.
    fn place(&self, written: &Written) -> Result<BBox, Problem> {
        let entry = written.entry;
        let [a, b, c, d] = written.sides;
        let sides = match self.convention {
            BoxConvention::Norm1000YFirst => BBox::from([b, a, d, c]),
            _ => BBox::from([a, b, c, d]),
        };
        let shown = || format!("[{a}, {b}, {c}, {d}]");
        let (width, height) = self.frame.size();
        let (width, height) = (f64::from(width), f64::from(height));
        let (most, least_overhang) = match self.convention {
            BoxConvention::Pixels => ((width, height), OVERHANG_PIXELS),
            BoxConvention::Norm1 => ((1.0, 1.0), 0.0),
            _ => ((1000.0, 1000.0), 0.0),
        };
        if sides.left > sides.right || sides.top > sides.bottom {
            return Err(Problem::Inverted {
                entry,
                sides: shown(),
            });
        }
        if sides.left == sides.right || sides.top == sides.bottom {
            return Err(Problem::NoArea {
                entry,
                sides: shown(),
            });
        }
        let outside = || Problem::Outside {
            entry,
            sides: shown(),
            limits: match self.convention {
                BoxConvention::Norm1000YFirst => format!("[0, 0, {}, {}]", most.1, most.0),
                _ => format!("[0, 0, {}, {}]", most.0, most.1),
            },
        };
        let fits = |low: f64, high: f64, most: f64| {
            let overhang = (most * OVERHANG).max(least_overhang);
            low >= -overhang && high <= most + overhang && low < most && high > 0.0
        };
        if !fits(sides.left, sides.right, most.0) || !fits(sides.top, sides.bottom, most.1) {
            return Err(outside());
        }
        let (content_width, content_height) = self.frame.content();
        let x = |x: f64| (x / most.0 * width).clamp(0.0, f64::from(content_width));
        let y = |y: f64| (y / most.1 * height).clamp(0.0, f64::from(content_height));
        let sent = BBox {
            left: x(sides.left),
            top: y(sides.top),
            right: x(sides.right),
            bottom: y(sides.bottom),
        };
        if sent.left >= sent.right || sent.top >= sent.bottom {
            return Err(outside());
        }
        Ok(self.frame.original(sent))
    }
}

/// Without one pair of code fences around everything.
fn unfenced(body: &str) -> &str {
    let inner = body
        .strip_prefix("```")
        .and_then(|text| text.strip_suffix("```"))
        .filter(|inner| !inner.contains("```"));
    let Some(inner) = inner else {
        return body;
    };
    let known = ["json", "JSON"].into_iter();
    known
        .filter_map(|language| inner.strip_prefix(language))
        .next()
        .unwrap_or(inner)
        .trim()
}

/// Four finite numbers.
fn numbers(json: &Json) -> Option<[f64; 4]> {
    let Json::List(items) = json else {
        return None;
    };
    let numbers: Option<Vec<f64>> = items
        .iter()
        .map(|item| match item {
            Json::Number(number) if number.is_finite() => Some(*number),
            _ => None,
        })
        .collect();
    numbers?.try_into().ok()
}

/// What comes before the next `(x1,y1),(x2,y2)`, its numbers, and what comes after it; all of the
/// text and nothing when there is none.
fn next_pair(text: &str) -> (&str, Option<[f64; 4]>, &str) {
    let mut from = 0;
    while let Some(open) = text[from..].find('(') {
        let start = from + open;
        if let Some((sides, length)) = pair_at(&text[start..]) {
            return (&text[..start], Some(sides), &text[start + length..]);
        }
        from = start + 1;
    }
    (text, None, "")
}

/// The numbers of the pair of corners that `text` begins with, and its length.
fn pair_at(text: &str) -> Option<([f64; 4], usize)> {
    let mut sides = [0.0; 4];
    let mut rest = text;
    for (at, side) in sides.iter_mut().enumerate() {
        // `(` number `,` number `)` `,` and once more.
        let (before, after): (&[char], char) = match at {
            0 => (&['('], ','),
            2 => (&[',', '('], ','),
            _ => (&[], ')'),
        };
        for &mark in before {
            rest = rest.trim_start().strip_prefix(mark)?;
        }
        rest = rest.trim_start();
        let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'))?;
        let (number, tail) = rest.split_at(end);
        if number.len() > 20 {
            return None;
        }
        *side = number.parse().ok()?;
        rest = tail.trim_start().strip_prefix(after)?;
    }
    Some((sides, text.len() - rest.len()))
}

/// What is left of the text between boxes without marks, bullets and separators.
fn loose(text: &str) -> String {
    const MARKS: [&str; 8] = [
        "<box>",
        "</box>",
        "<ref>",
        "</ref>",
        "<|box_start|>",
        "<|box_end|>",
        "<|object_ref_start|>",
        "<|object_ref_end|>",
    ];
    let mut text = text.to_owned();
    for mark in MARKS {
        text = text.replace(mark, " ");
    }
    let plain = |c: char| c.is_whitespace() || [',', ';', ':', '.', '-', '*', '•'].contains(&c);
    text.trim_matches(plain).to_owned()
}

/// Whether a label can be meant for the asked object: the same name by the lexicon, a kind of it, or
/// a word in common.
fn names_same(asked: &str, label: &str) -> bool {
    if label.len() > MAX_LABEL {
        return false;
    }
    let lexicon = words();
    let (asked_name, label_name) = (lexicon.name(asked), lexicon.name(label));
    if asked_name == label_name
        || lexicon.is_anything(&asked_name)
        || lexicon.is_a(&label_name, &asked_name)
        || lexicon.is_a(&asked_name, &label_name)
    {
        return true;
    }
    let content = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(|word| lexicon.name(word))
            .filter(|word| !["a", "an", "the", "of", "in", "on", "with"].contains(&word.as_str()))
            .collect()
    };
    let asked = content(asked);
    content(label).iter().any(|word| asked.contains(word))
}

/// Intersection over union of two boxes with area.
fn overlap(a: BBox, b: BBox) -> f64 {
    let width = (a.right.min(b.right) - a.left.max(b.left)).max(0.0);
    let height = (a.bottom.min(b.bottom) - a.top.max(b.top)).max(0.0);
    let area = |b: BBox| (b.right - b.left) * (b.bottom - b.top);
    let shared = width * height;
    shared / (area(a) + area(b) - shared)
}

#[cfg(test)]
mod tests;
