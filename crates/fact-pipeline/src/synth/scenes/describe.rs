//! Noun phrases: at most one value of each category.

use super::super::rng::Rng;
use super::held_out::HeldOut;
use super::picture::{Category, Relation, Thing};

/// What a noun phrase says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Noun(pub(super) [Option<u8>; 4]);

/// What noun phrases of a split may speak of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) held_out: &'a HeldOut,
    /// Held-out pairs are what questions are about, rather than what they must not name.
    pub(super) pairs: bool,
}

/// The mixes of categories that a phrase may have: size, pattern, colour, shape.
const MIXES: [[bool; 4]; 10] = [
    [false, false, false, true],
    [false, false, true, false],
    [false, false, true, true],
    [false, false, true, true],
    [false, true, false, true],
    [true, false, false, true],
    [true, false, true, false],
    [false, true, true, false],
    [true, false, true, true],
    [false, true, true, true],
];

impl Noun {
    pub(super) const ANY: Self = Self([None; 4]);

    /// A random phrase that says something.
    pub(super) fn random(rng: &mut Rng, scope: Scope<'_>) -> Self {
        if scope.pairs && rng.chance(60) {
            let (color, shape) = rng.pick(&scope.held_out.pairs);
            return Self([None, None, Some(color), Some(shape)]);
        }
        loop {
            let mix = rng.pick(&MIXES);
            let mut noun = Self::ANY;
            for category in Category::ALL {
                if mix[category as usize] {
                    noun = noun.and(category, scope.held_out.value(rng, category));
                }
            }
            if scope.pairs || !noun.names_pair_of(scope.held_out) {
                return noun;
            }
        }
    }

    /// A random phrase without a value of this category.
    pub(super) fn without(rng: &mut Rng, scope: Scope<'_>, category: Category) -> Self {
        loop {
            let mut noun = Self::random(rng, scope);
            noun.0[category as usize] = None;
            if noun != Self::ANY {
                return noun;
            }
        }
    }

    /// Two phrases of which neither says what the other does.
    pub(super) fn two(rng: &mut Rng, scope: Scope<'_>) -> (Self, Self) {
        let first = Self::random(rng, scope);
        loop {
            let second = Self::random(rng, scope);
            if !first.implies(&second) && !second.implies(&first) {
                return (first, second);
            }
        }
    }

    /// The phrase with one more value.
    pub(super) fn and(mut self, category: Category, value: u8) -> Self {
        self.0[category as usize] = Some(value);
        self
    }

    pub(super) fn get(&self, category: Category) -> Option<u8> {
        self.0[category as usize]
    }

    pub(super) fn names(&self, thing: &Thing) -> bool {
        let both = self.0.iter().zip(thing.values);
        both.into_iter()
            .all(|(said, value)| said.is_none_or(|said| said == value))
    }

    /// Whether all that `other` says is said here too.
    fn implies(&self, other: &Self) -> bool {
        let mut both = self.0.iter().zip(&other.0);
        both.all(|(own, other)| other.is_none() || own == other)
    }

    /// Whether the phrase says both colour and shape of a held-out pair.
    pub(super) fn names_pair_of(&self, held_out: &HeldOut) -> bool {
        match (self.get(Category::Color), self.get(Category::Shape)) {
            (Some(color), Some(shape)) => held_out.pairs.contains(&(color, shape)),
            _ => false,
        }
    }

    /// As programs write it.
    pub(super) fn program(&self) -> String {
        let mut words: Vec<&str> = Vec::new();
        for category in Category::ALL {
            match self.get(category) {
                Some(value) => words.push(category.values()[usize::from(value)]),
                None if category == Category::Shape => words.push("thing"),
                None => {}
            }
        }
        words.join(" ")
    }

    /// In words, with synonyms at random: `big red star`.
    pub(super) fn words(&self, rng: &mut Rng) -> Words {
        let size = self.get(Category::Size).map(|size| match size {
            0 => rng.pick(&["small", "small", "tiny"]),
            1 => rng.pick(&["medium", "medium", "medium-sized"]),
            _ => rng.pick(&["large", "large", "big"]),
        });
        let word = |category: Category| {
            self.get(category)
                .map(|value| category.values()[usize::from(value)])
        };
        let any = rng.pick(&["thing", "object"]);
        let noun = word(Category::Shape).unwrap_or(any);
        let before = [size, word(Category::Pattern), word(Category::Color)];
        let mut bare: String = before
            .into_iter()
            .flatten()
            .map(|word| format!("{word} "))
            .collect();
        bare.push_str(noun);
        let plural = if noun == "cross" { "es" } else { "s" };
        Words {
            one: format!("{} {bare}", article(&bare)),
            the: format!("the {bare}"),
            many: format!("{bare}{plural}"),
        }
    }
}

/// A phrase in words.
#[derive(Debug, Clone)]
pub(super) struct Words {
    /// `a red star`
    pub(super) one: String,
    /// `the red star`
    pub(super) the: String,
    /// `red stars`
    pub(super) many: String,
}

/// `a` or `an`.
pub(super) fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    }
}

/// A relation in words.
pub(super) fn relation(relation: Relation, rng: &mut Rng) -> &'static str {
    match relation {
        Relation::Left => rng.pick(&["to the left of", "to the left of", "left of"]),
        Relation::Right => rng.pick(&["to the right of", "to the right of", "right of"]),
        Relation::Above => rng.pick(&["above", "above", "higher up than"]),
        Relation::Below => rng.pick(&["below", "below", "lower down than"]),
    }
}

/// The thing of a kind (`the red star`) that lies furthest in a direction, in words.
pub(super) fn superlative(direction: Relation, the: &str, rng: &mut Rng) -> String {
    let bare = the.strip_prefix("the ").unwrap_or(the);
    let before = |word: &str| format!("the {word} {bare}");
    match direction {
        Relation::Left if rng.chance(40) => format!("the {bare} furthest to the left"),
        Relation::Left => before("leftmost"),
        Relation::Right if rng.chance(40) => format!("the {bare} furthest to the right"),
        Relation::Right => before("rightmost"),
        Relation::Above => before(rng.pick(&["topmost", "highest"])),
        Relation::Below => before(rng.pick(&["lowest", "bottommost"])),
    }
}

/// A number in words.
pub(super) fn number(n: usize) -> String {
    const NUMBERS: [&str; 7] = ["zero", "one", "two", "three", "four", "five", "six"];
    NUMBERS
        .get(n)
        .map_or_else(|| n.to_string(), |word| (*word).to_owned())
}
