//! What a picture shows, in sentences.

use super::describe::article;
use super::held_out::{HeldOut, shuffle, stream};
use super::picture::{Category, Picture, Thing};
use super::{ScenesOptions, ScenesSample, Split, place};
use std::fmt::Write;

/// A sentence a thing, in a random order of the picture's own: cut anywhere between sentences, it
/// is a fair part of the whole.
pub(super) fn caption(picture: &Picture) -> String {
    let mut things: Vec<&Thing> = picture.things.iter().collect();
    shuffle(&mut things, &mut stream(picture.grain, "caption"));
    let mut text = String::new();
    for thing in things {
        let words = Category::ALL.map(|category| thing.word(category)).join(" ");
        let article = match article(&words) {
            "an" => "An",
            _ => "A",
        };
        let gap = if text.is_empty() { "" } else { " " };
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "{gap}{article} {words} is {}.",
            place_of(picture, thing)
        );
    }
    text
}

/// The ninth of the picture in which a thing's centre lies.
fn place_of(picture: &Picture, thing: &Thing) -> &'static str {
    let (x, y) = thing.centre();
    let third = |twice: i32, whole: i32| (3 * twice / (2 * whole)).clamp(0, 2);
    match (third(y, picture.height), third(x, picture.width)) {
        (0, 0) => "at the top left",
        (0, 1) => "at the top",
        (0, _) => "at the top right",
        (1, 0) => "on the left",
        (1, 1) => "in the middle",
        (1, _) => "on the right",
        (_, 0) => "at the bottom left",
        (_, 1) => "at the bottom",
        (_, _) => "at the bottom right",
    }
}

/// What the split `captions` asks.
pub const DESCRIBE: &str = "Describe the image.";

/// Pictures to describe, without end.
pub(super) fn captions(options: &ScenesOptions) -> impl Iterator<Item = ScenesSample> + use<> {
    let options = options.clone();
    let held_out = HeldOut::of(&options);
    let mut rng = stream(options.seed, "captions");
    (0..).map(move |number: usize| {
        let room = options.room(Split::Captions, &held_out);
        let picture = place::any(&room, &mut rng);
        let name = Split::Captions.name();
        let id = format!("scenes-{}-{name}-{number}", options.seed);
        let caption = caption(&picture);
        ScenesSample {
            image: format!("images/{id}.png"),
            question: DESCRIBE.to_owned(),
            answer: caption.clone(),
            group: format!("scenes-{}-{name}", options.seed),
            scene: id.clone(),
            family: "caption",
            form: "caption",
            wording: "0".to_owned(),
            split: Split::Captions,
            program: None,
            caption,
            picture,
            id,
        }
    })
}
