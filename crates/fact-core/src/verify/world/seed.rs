//! Seeded draws: a number from a text, and a stream of numbers from a number.

/// One number from a seed and texts (FNV-1a with SplitMix64's finish): the same for the same texts,
/// wherever and whenever it is asked for.
pub(super) fn draw(seed: u64, parts: &[&str]) -> u64 {
    let mut hash = 0xCBF2_9CE4_8422_2325 ^ seed;
    for part in parts {
        // The length keeps ["ab", "c"] and ["a", "bc"] apart.
        let length = (part.len() as u64).to_le_bytes();
        for byte in length.iter().chain(part.as_bytes()) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }
    finish(hash)
}

/// One seed from two.
pub(super) fn mix(a: u64, b: u64) -> u64 {
    finish(a.wrapping_add(0x9E37_79B9_7F4A_7C15).rotate_left(17) ^ finish(b))
}

fn finish(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// `number` as a part in [0, 1).
pub(super) fn unit(number: u64) -> f64 {
    (number >> 11) as f64 / (1u64 << 53) as f64
}

/// A stream of numbers: SplitMix64 (Steele, Lea, Flood 2014).
#[derive(Debug, Clone)]
pub(super) struct Rng(u64);

impl Rng {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        finish(self.0)
    }

    /// A number in `0..bound`, 0 for an empty range.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }

    /// A number in [`low`, `high`).
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * unit(self.next())
    }

    /// True in `part` of all cases.
    pub(super) fn chance(&mut self, part: f64) -> bool {
        unit(self.next()) < part
    }

    /// One of the options; `None` when there are none.
    pub(super) fn pick<'a, T>(&mut self, options: &'a [T]) -> Option<&'a T> {
        options.get(self.below(options.len()))
    }
}
