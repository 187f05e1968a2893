//! Noun phrases for boxes and items: "small yellow square", "blue items", "the grey box".

use super::analyse::{Item, Size};
use super::color::COLOR_WORDS;
use super::shape::Shape;
use crate::perception::Refusal;

/// What a phrase names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Phrase {
    /// Boxes rather than items.
    pub(super) boxes: bool,
    pub(super) color: Option<&'static str>,
    pub(super) shape: Option<Shape>,
    pub(super) size: Option<Size>,
}

const SIZE_WORDS: [(&str, Size); 6] = [
    ("small", Size::Small),
    ("little", Size::Small),
    ("tiny", Size::Small),
    ("medium", Size::Medium),
    ("big", Size::Big),
    ("large", Size::Big),
];

/// Singular nouns; `None` is any shape.
const NOUNS: [(&str, Option<Shape>); 13] = [
    ("item", None),
    ("object", None),
    ("shape", None),
    ("block", None),
    ("thing", None),
    ("element", None),
    ("figure", None),
    ("square", Some(Shape::Square)),
    ("rectangle", Some(Shape::Rectangle)),
    ("circle", Some(Shape::Circle)),
    ("ellipse", Some(Shape::Ellipse)),
    ("oval", Some(Shape::Ellipse)),
    ("triangle", Some(Shape::Triangle)),
];

/// Words that name nothing by themselves.
const FILLERS: [&str; 6] = ["a", "an", "the", "colored", "coloured", "sized"];

fn lookup<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    table
        .iter()
        .find(|(known, _)| *known == word)
        .map(|&(_, value)| value)
}

fn noun(word: &str) -> Option<Option<Shape>> {
    lookup(&NOUNS, word).or_else(|| lookup(&NOUNS, word.strip_suffix('s')?))
}

impl Phrase {
    /// Reads a phrase.
    ///
    /// # Errors
    /// Names the word that is unknown, or that says a second colour, shape or size.
    pub(super) fn parse(text: &str) -> Result<Self, Refusal> {
        let mut phrase = Self::default();
        let (mut nouns, mut known) = (0, 0);
        let lower = text.to_lowercase();
        for word in lower.split(|c: char| !c.is_alphanumeric()) {
            if word.is_empty() || FILLERS.contains(&word) {
                continue;
            }
            known += 1;
            let twice = |what| {
                Refusal(format!(
                    "`{text}` names two {what}: `{word}` is the second; ask for each alone"
                ))
            };
            if let Some(color) = lookup(&COLOR_WORDS, word) {
                if phrase.color.replace(color).is_some() {
                    return Err(twice("colours"));
                }
            } else if let Some(size) = lookup(&SIZE_WORDS, word) {
                if phrase.size.replace(size).is_some() {
                    return Err(twice("sizes"));
                }
            } else if word == "box" || word == "boxes" {
                phrase.boxes = true;
                nouns += 1;
            } else if let Some(shape) = noun(word) {
                nouns += 1;
                // "circle shapes": a general noun adds nothing to a particular one.
                if shape.is_some() && phrase.shape.is_some() {
                    return Err(twice("shapes"));
                }
                phrase.shape = phrase.shape.or(shape);
            } else {
                return Err(Refusal(format!(
                    "unknown word `{word}` in `{text}`; known are colours, small, medium, big, \
                     box, item, square, rectangle, circle, ellipse and triangle"
                )));
            }
        }
        if known == 0 {
            return Err(Refusal(format!("`{text}` names nothing")));
        }
        if phrase.boxes && (nouns > 1 || phrase.size.is_some()) {
            return Err(Refusal(format!(
                "`{text}` mixes a box with what boxes hold; a box has a colour only"
            )));
        }
        Ok(phrase)
    }

    /// Whether the phrase names the item.
    pub(super) fn fits(&self, item: &Item) -> bool {
        let (fitting, named) = self.score(item);
        !self.boxes && fitting == named
    }

    /// How many of the properties it names the item has, and how many it names.
    pub(super) fn score(&self, item: &Item) -> (u32, u32) {
        let properties = [
            self.color.map(|color| item.color == color),
            self.shape.map(|shape| item.shape.is_a(shape)),
            self.size.map(|size| item.size == size),
        ];
        properties
            .into_iter()
            .flatten()
            .fold((0, 0), |(fit, all), yes| (fit + u32::from(yes), all + 1))
    }

    /// The phrase in canonical words.
    pub(super) fn label(&self) -> String {
        let noun = match (self.boxes, self.shape) {
            (true, _) => "box",
            (false, Some(shape)) => shape.name(),
            (false, None) => "item",
        };
        let words = [self.size.map(Size::name), self.color, Some(noun)];
        words.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_may_come_in_any_number_and_spelling() {
        let phrase = Phrase::parse("The SMALL yellow squares").unwrap();
        assert_eq!(phrase.label(), "small yellow square");
        assert_eq!(Phrase::parse("grey boxes").unwrap().label(), "gray box");
        assert_eq!(Phrase::parse("blue").unwrap().label(), "blue item");
        assert_eq!(Phrase::parse("circle shapes").unwrap().label(), "circle");
        assert_eq!(
            Phrase::parse("medium-sized objects").unwrap().label(),
            "medium item"
        );
    }

    #[test]
    fn what_is_not_understood_is_named() {
        let refusal = |text| Phrase::parse(text).unwrap_err().0;
        assert!(
            refusal("yellow giraffe").starts_with("unknown word `giraffe` in `yellow giraffe`")
        );
        assert!(refusal("black yellow square").contains("`yellow` is the second"));
        assert!(refusal("square circle").contains("two shapes"));
        assert!(refusal("big box").contains("mixes a box"));
        assert!(refusal(" the ").contains("names nothing"));
    }
}
