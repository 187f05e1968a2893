//! What training data never show: pairs of colour and shape, and forms of programs; and what no data show.

use super::super::rng::Rng;
use super::ScenesOptions;
use super::forms::{FAMILIES, FORMS, Family};
use super::picture::Category;

/// What is held out: a function of the seed, and of the values that there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldOut {
    /// Pairs of values (colour, shape), each of both at most once: as many as the rarer of the two has
    /// values.
    pub pairs: Vec<(u8, u8)>,
    /// Names of forms: one a family.
    pub forms: Vec<&'static str>,
    /// Values of colour and shape from the most to the least frequent.
    pub(super) popular: [Vec<u8>; 2],
    /// The values that there are, of each category.
    pub(super) palette: [Vec<u8>; 4],
}

impl HeldOut {
    /// What this seed holds out if all values are there.
    pub fn new(seed: u64) -> Self {
        Self::of(&ScenesOptions {
            seed,
            ..ScenesOptions::default()
        })
    }

    /// What these options hold out.
    pub fn of(options: &ScenesOptions) -> Self {
        let seed = options.seed;
        let palette = options.palette();
        let mut rng = stream(seed, "held out");
        let mut order = |category: Category| {
            let mut values = palette[category as usize].clone();
            shuffle(&mut values, &mut rng);
            values
        };
        let shapes = order(Category::Shape);
        let popular = [order(Category::Color), order(Category::Shape)];
        let colors = palette[Category::Color as usize].iter().copied();
        let pairs = colors.zip(shapes).collect();
        let mut rng = stream(seed, "held out forms");
        let forms = FAMILIES.map(|family| {
            let own: Vec<&str> = of_family(family).collect();
            rng.pick(&own)
        });
        Self {
            pairs,
            forms: forms.to_vec(),
            popular,
            palette,
        }
    }

    /// A random value of a category.
    pub(super) fn value(&self, rng: &mut Rng, category: Category) -> u8 {
        let values = &self.palette[category as usize];
        values[rng.below(values.len())]
    }

    /// The pairs in words.
    pub fn pair_words(&self) -> Vec<String> {
        let word = |category: Category, value: u8| category.values()[usize::from(value)];
        let words = self.pairs.iter().map(|(color, shape)| {
            let (color, shape) = (word(Category::Color, *color), word(Category::Shape, *shape));
            format!("{color} {shape}")
        });
        words.collect()
    }
}

/// The forms that may be held out: not a family's first, which the others build on (and questions of
/// presence have), and not the deep ones, which training never shows anyway.
fn of_family(family: Family) -> impl Iterator<Item = &'static str> {
    FORMS
        .iter()
        .filter(move |form| form.family == family && !form.deep)
        .skip(1)
        .map(|form| form.name)
}

/// A stream of random numbers of its own for each purpose.
pub(super) fn stream(seed: u64, purpose: &str) -> Rng {
    // FNV-1a, so that streams of neighbouring seeds and purposes lie far apart.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in seed.to_le_bytes().iter().chain(purpose.as_bytes()) {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    Rng::new(hash)
}

pub(super) fn shuffle<T>(list: &mut [T], rng: &mut Rng) {
    for at in (1..list.len()).rev() {
        list.swap(at, rng.below(at + 1));
    }
}
