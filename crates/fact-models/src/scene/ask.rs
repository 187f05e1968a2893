//! The few forms of question that annotations answer.

use super::matching::{self, best_fit, has, is_called, value_of};
use super::words::{clean, words};
use crate::perception::{Refusal, Scene, SceneObject};
use fact_lang::tool::BBox;
use std::cmp::Ordering;

/// Answers `question` about the part of the scene in `region`.
///
/// Forms: “what is this”; “what color is the X”, “what is the color of the X”; “what is the
/// weather”; “how many Xs are there”; “is there a X”; “is the X red”; “which is older, the X or
/// the Y”. “it”, “this” and “the object” mean the object that fits the region best.
pub(super) fn ask(scene: &Scene, region: BBox, question: &str) -> Result<String, Refusal> {
    let text = clean(question.trim_end_matches(['?', '.', ' ']));
    let ask = Ask { scene, region };
    let answer = None
        .or_else(|| ask.comparison(&text))
        .or_else(|| ask.count(&text))
        .or_else(|| ask.existence(&text))
        .or_else(|| ask.property(&text))
        .or_else(|| ask.query(&text));
    answer.unwrap_or_else(|| {
        Err(Refusal(format!(
            "the annotation cannot answer “{question}”; ask for an attribute, a name, a count, or \
             whether something is there"
        )))
    })
}

type Answer = Result<String, Refusal>;

struct Ask<'s> {
    scene: &'s Scene,
    region: BBox,
}

impl<'s> Ask<'s> {
    /// The object meant by a noun phrase in the region.
    fn object(&self, noun: &str) -> Result<&'s SceneObject, Refusal> {
        let noun = article(noun);
        let any = ["it", "this", "that", "he", "she", "object in the image"].contains(&noun);
        let named: Vec<_> = if any {
            self.scene.objects.iter().collect()
        } else {
            matching::find(self.scene, self.region, noun)
        };
        best_fit(&named, self.region)
            .or(if any { None } else { named.first().copied() })
            .ok_or_else(|| Refusal(format!("no {noun} is annotated in this region")))
    }

    fn value(&self, category: &str, noun: &str) -> Answer {
        let noun = article(noun);
        if words().is_image(noun) && noun != "it" {
            return self.scene_value(category);
        }
        let object = self.object(noun)?;
        value_of(object, category).ok_or_else(|| {
            Refusal(format!(
                "the annotation does not say the {category} of the {}",
                object.name
            ))
        })
    }

    fn scene_value(&self, category: &str) -> Answer {
        let value = self.scene.attributes.get(category);
        value.cloned().ok_or_else(|| {
            Refusal(format!(
                "the annotation does not say the {category} of the image"
            ))
        })
    }

    /// “what color is the X”, “what is the color of the X”, “what is this”.
    fn query(&self, text: &str) -> Option<Answer> {
        let text = ["what is", "what's", "which", "what"]
            .into_iter()
            .find_map(|start| text.strip_prefix(start)?.strip_prefix(' '))?;
        let text = article(text);
        if ["this", "it", "this object", "object"].contains(&text) {
            return Some(self.object("it").map(|o| o.name.clone()));
        }
        if let Some((category, noun)) = text.split_once(" of ") {
            return Some(self.value(category, noun));
        }
        for verb in [" is ", " are "] {
            if let Some((category, noun)) = text.split_once(verb) {
                return Some(self.value(category, noun));
            }
        }
        let known = self.scene.attributes.contains_key(text)
            || ["weather", "location", "place", "room"].contains(&text);
        known.then(|| self.scene_value(text))
    }

    /// “how many Xs are there”.
    fn count(&self, text: &str) -> Option<Answer> {
        let noun = text.strip_prefix("how many ")?;
        let noun = [" are there", " are in ", " do you see", " are visible"]
            .into_iter()
            .find_map(|end| noun.split_once(end))
            .map_or(noun, |(noun, _)| noun);
        let found = matching::find(self.scene, self.region, noun);
        Some(Ok(found.len().to_string()))
    }

    /// “is there a X”, “are there Xs”.
    fn existence(&self, text: &str) -> Option<Answer> {
        let noun = ["is there ", "are there ", "do you see "]
            .into_iter()
            .find_map(|start| text.strip_prefix(start))?;
        let noun = noun.split(" in the ").next().unwrap_or(noun);
        let found = matching::find(self.scene, self.region, article(noun));
        Some(Ok(yes_no(!found.is_empty())))
    }

    /// “is the X red”: the longest beginning that names an object of the region is the subject.
    fn property(&self, text: &str) -> Option<Answer> {
        let rest = text
            .strip_prefix("is ")
            .or_else(|| text.strip_prefix("are "))?;
        let words: Vec<&str> = article(rest).split(' ').collect();
        let (object, attribute) = (1..words.len()).rev().find_map(|cut| {
            let object = self.object(&words[..cut].join(" ")).ok()?;
            Some((object, words[cut..].join(" ")))
        })?;
        let attribute = article(&attribute);
        Some(Ok(yes_no(
            has(object, attribute) || is_called(object, attribute),
        )))
    }

    /// “which is older, the X or the Y”.
    fn comparison(&self, text: &str) -> Option<Answer> {
        let rest = text.strip_prefix("which is ")?;
        let (comparative, pair) = rest.split_once(", ")?;
        let (a, b) = pair.split_once(" or ")?;
        Some(self.compare(comparative, article(a), article(b)))
    }

    fn compare(&self, comparative: &str, a: &str, b: &str) -> Answer {
        let (first, second) = (self.object(a)?, self.object(b)?);
        let Some((more, less)) = words().comparative(comparative) else {
            return Err(Refusal(format!(
                "the annotation back end does not know the comparative “{comparative}”"
            )));
        };
        let degree = |o: &SceneObject| i8::from(has(o, more)) - i8::from(has(o, less));
        let order = degree(first)
            .cmp(&degree(second))
            .then_with(|| extent(first, more).total_cmp(&extent(second, more)));
        match order {
            Ordering::Greater => Ok(a.to_owned()),
            Ordering::Less => Ok(b.to_owned()),
            Ordering::Equal => Err(Refusal(format!(
                "the annotation does not say which is {comparative}, the {a} or the {b}"
            ))),
        }
    }
}

/// How much of a measurable adjective an object has in the image; 0 for other adjectives.
fn extent(object: &SceneObject, adjective: &str) -> f64 {
    let b = object.bbox;
    let (width, height) = (b.right - b.left, b.bottom - b.top);
    match adjective {
        "large" => width * height,
        "small" => -width * height,
        "tall" => height,
        "short" => -height,
        "long" => width.max(height),
        "wide" => width,
        "high" => -f64::midpoint(b.top, b.bottom),
        "low" => f64::midpoint(b.top, b.bottom),
        _ => 0.0,
    }
}

fn yes_no(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}

/// Without a leading article.
fn article(text: &str) -> &str {
    ["the ", "a ", "an ", "any ", "some "]
        .into_iter()
        .find_map(|a| text.strip_prefix(a))
        .unwrap_or(text)
}
