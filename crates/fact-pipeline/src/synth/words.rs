//! English for what sentences speak of.

use super::picture::COLORS;
use super::picture::{Color, Item, SHAPES, SIZES, Shape, Size, Wall};
use super::rng::Rng;

/// What a noun phrase names: at most one size, one colour and one shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Phrase {
    pub(super) size: Option<Size>,
    pub(super) color: Option<Color>,
    pub(super) shape: Option<Shape>,
}

/// A noun phrase in words.
#[derive(Debug, Clone)]
pub(super) struct Noun {
    /// With its article: `a small circle`.
    pub(super) one: String,
    /// Without: `small circle`.
    pub(super) bare: String,
    /// Plural: `small circles`.
    pub(super) many: String,
}

impl Phrase {
    pub(super) const ANY: Self = Self {
        size: None,
        color: None,
        shape: None,
    };

    /// A random phrase that says a colour, a shape, or both, and sometimes a size.
    pub(super) fn random(rng: &mut Rng) -> Self {
        let (color, shape) = rng.pick(&[(true, true), (true, true), (true, false), (false, true)]);
        Self {
            size: rng.chance(30).then(|| rng.pick(&SIZES)),
            color: color.then(|| rng.pick(&COLORS)),
            shape: shape.then(|| rng.pick(&SHAPES)),
        }
    }

    pub(super) fn color(color: Color) -> Self {
        Self {
            color: Some(color),
            ..Self::ANY
        }
    }

    pub(super) fn names(&self, item: &Item) -> bool {
        self.size.is_none_or(|size| size == item.size)
            && self.color.is_none_or(|color| color == item.color)
            && self.shape.is_none_or(|shape| shape == item.shape)
    }

    pub(super) fn count(&self, items: &[Item]) -> usize {
        items.iter().filter(|item| self.names(item)).count()
    }

    /// The phrase as programs write it.
    pub(super) fn canonical(&self) -> String {
        let noun = self.shape.map_or("item", shape_word);
        let words = [
            self.size.map(size_word),
            self.color.map(color_word),
            Some(noun),
        ];
        words.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// In words, with a noun for any shape and synonyms of sizes at random.
    pub(super) fn words(&self, rng: &mut Rng) -> Noun {
        let any = rng.pick(&["item", "object", "shape"]);
        self.named(any, rng)
    }

    /// In words, for the blocks of a tower.
    pub(super) fn block_words(&self, rng: &mut Rng) -> Noun {
        self.named("block", rng)
    }

    fn named(&self, any: &'static str, rng: &mut Rng) -> Noun {
        let size = self.size.map(|size| match size {
            Size::Small => rng.pick(&["small", "small", "little", "tiny"]),
            Size::Medium => "medium",
            Size::Big => rng.pick(&["big", "big", "large"]),
        });
        let noun = self.shape.map_or(any, shape_word);
        let words = [size, self.color.map(color_word), Some(noun)];
        let bare = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let article = if bare.starts_with(['a', 'e', 'i', 'o']) {
            "an"
        } else {
            "a"
        };
        Noun {
            one: format!("{article} {bare}"),
            many: format!("{bare}s"),
            bare,
        }
    }
}

pub(super) fn color_word(color: Color) -> &'static str {
    match color {
        Color::Black => "black",
        Color::Yellow => "yellow",
        Color::Blue => "blue",
    }
}

pub(super) fn shape_word(shape: Shape) -> &'static str {
    match shape {
        Shape::Square => "square",
        Shape::Triangle => "triangle",
        Shape::Circle => "circle",
    }
}

pub(super) fn size_word(size: Size) -> &'static str {
    match size {
        Size::Small => "small",
        Size::Medium => "medium",
        Size::Big => "big",
    }
}

/// (as programs write it, in words)
pub(super) fn wall_words(wall: Wall, rng: &mut Rng) -> (&'static str, String) {
    let noun = rng.pick(&["wall", "edge", "side"]);
    match wall {
        Wall::Left => ("left", format!("left {noun}")),
        Wall::Right => ("right", format!("right {noun}")),
        Wall::Top => ("top", rng.pick(&["top", "roof", "top edge"]).to_owned()),
        Wall::Bottom => (
            "bottom",
            rng.pick(&["bottom", "floor", "bottom edge"]).to_owned(),
        ),
    }
}

const NUMBERS: [&str; 11] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
];

/// A number as word or digits.
pub(super) fn number(n: usize, rng: &mut Rng) -> String {
    match NUMBERS.get(n) {
        Some(word) if rng.chance(65) => (*word).to_owned(),
        _ => n.to_string(),
    }
}

/// A comparison with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quantity {
    compare: Compare,
    n: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compare {
    Exactly,
    AtLeast,
    AtMost,
    MoreThan,
    FewerThan,
}

impl Quantity {
    /// A random comparison with a number from `low` to `high`.
    pub(super) fn random(low: i32, high: i32, rng: &mut Rng) -> Self {
        let compare = rng.pick(&[
            Compare::Exactly,
            Compare::Exactly,
            Compare::AtLeast,
            Compare::AtMost,
            Compare::MoreThan,
            Compare::FewerThan,
        ]);
        let n = rng.between(low, high) as usize;
        // "fewer than one" is no English for none.
        let n = if compare == Compare::FewerThan {
            n.max(2)
        } else {
            n
        };
        Self { compare, n }
    }

    pub(super) fn exactly(n: usize) -> Self {
        let compare = Compare::Exactly;
        Self { compare, n }
    }

    pub(super) fn holds(&self, count: usize) -> bool {
        match self.compare {
            Compare::Exactly => count == self.n,
            Compare::AtLeast => count >= self.n,
            Compare::AtMost => count <= self.n,
            Compare::MoreThan => count > self.n,
            Compare::FewerThan => count < self.n,
        }
    }

    /// `>= 2`
    pub(super) fn test(&self) -> String {
        let operator = match self.compare {
            Compare::Exactly => "==",
            Compare::AtLeast => ">=",
            Compare::AtMost => "<=",
            Compare::MoreThan => ">",
            Compare::FewerThan => "<",
        };
        format!("{operator} {}", self.n)
    }

    /// `at least two small circles`; `one` and `many` are the noun in both numbers.
    pub(super) fn words(&self, one: &str, many: &str, rng: &mut Rng) -> String {
        let compare = match self.compare {
            Compare::Exactly => rng.pick(&["exactly", "exactly", "only", "just"]),
            Compare::AtLeast => "at least",
            Compare::AtMost => "at most",
            Compare::MoreThan => "more than",
            Compare::FewerThan => rng.pick(&["fewer than", "less than"]),
        };
        let noun = if self.n == 1 { one } else { many };
        format!("{compare} {} {noun}", number(self.n, rng))
    }

    /// `is` or `are`, before or after the words.
    pub(super) fn verb(&self) -> &'static str {
        if self.n == 1 { "is" } else { "are" }
    }

    /// The verb in the form that fits: `touches` or `touch`.
    pub(super) fn agree(&self, one: &'static str, many: &'static str) -> &'static str {
        if self.n == 1 { one } else { many }
    }
}
