//! Number words: the one table that all readers of text use.

/// Words for 0 to 20, in order.
const NUMBERS: [&str; 21] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];

/// Words for 1st to 12th, in order.
const ORDINALS: [&str; 12] = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth",
];

/// The number from 0 to 20 that a word in lower case is.
pub fn number_of_word(word: &str) -> Option<u32> {
    position(&NUMBERS, word)
}

/// The number from 1 to 12 whose ordinal a word in lower case is.
pub fn ordinal_of_word(word: &str) -> Option<u32> {
    position(&ORDINALS, word).map(|at| at + 1)
}

fn position(words: &[&str], word: &str) -> Option<u32> {
    let at = words.iter().position(|known| *known == word)?;
    u32::try_from(at).ok()
}
