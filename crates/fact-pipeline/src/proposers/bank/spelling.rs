//! Spelling: sentences of crowd workers have slips, and a slip in a slot loses the slot.

use std::collections::BTreeSet;

/// Shortest word that is corrected, in characters.
const SHORTEST: usize = 3;
/// Shortest word that a slip is corrected to.
const SHORTEST_TARGET: usize = 4;

/// Words that are known to be meant as they are.
#[derive(Debug, Default)]
pub(super) struct Spelling {
    known: BTreeSet<String>,
    /// Of those: words of noun phrases.
    nouns: BTreeSet<String>,
}

impl Spelling {
    /// Knows a word; one of a noun phrase is preferred when a slip could be several words.
    pub(super) fn learn(&mut self, word: &str, noun: bool) {
        self.known.insert(word.to_owned());
        if noun {
            self.nouns.insert(word.to_owned());
        }
    }

    /// The word, or the one known word that is one slip away from it.
    pub(super) fn correct<'w>(&'w self, word: &'w str) -> &'w str {
        let is_number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
        let fine = self.known.is_empty() || self.known.contains(word);
        if fine || word.chars().count() < SHORTEST || is_number(word) {
            return word;
        }
        let slip: Vec<char> = word.chars().collect();
        let mut near = self
            .known
            .iter()
            .filter(|known| !is_number(known))
            .map(|known| (known, known.chars().collect::<Vec<char>>()))
            .filter(|(_, chars)| chars.len() >= SHORTEST_TARGET && one_slip(&slip, chars))
            .map(|(known, _)| known);
        let first = near.next();
        let others: Vec<&String> = near.collect();
        let noun = first
            .into_iter()
            .chain(others.iter().copied())
            .find(|word| self.nouns.contains(*word));
        match (noun, first) {
            (Some(noun), _) => noun,
            (None, Some(only)) if others.is_empty() => only,
            _ => word,
        }
    }
}

/// Whether one letter was added, left out or replaced, or two neighbours exchanged.
fn one_slip(a: &[char], b: &[char]) -> bool {
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[same..], &b[same..]);
    match (a, b) {
        ([], [] | [_]) | ([_], []) => true,
        ([], _) | (_, []) => false,
        ([x, rest_a @ ..], [y, rest_b @ ..]) => {
            let exchanged = match (rest_a, rest_b) {
                ([x2, tail_a @ ..], [y2, tail_b @ ..]) => x == y2 && y == x2 && tail_a == tail_b,
                _ => false,
            };
            rest_a == rest_b || rest_a == b || a == rest_b || exchanged
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_corrected_to_a_known_word() {
        let mut spelling = Spelling::default();
        for (word, noun) in [
            ("square", true),
            ("tower", false),
            ("towel", false),
            ("with", false),
        ] {
            spelling.learn(word, noun);
        }
        let correct = |word| spelling.correct(word).to_owned();
        assert_eq!(correct("sqaure"), "square");
        assert_eq!(correct("squar"), "square");
        assert_eq!(correct("wiith"), "with");
        // Two words are equally near.
        assert_eq!(correct("towef"), "towef");
        assert_eq!(correct("squre"), "square");
        assert_eq!(correct("circle"), "circle");
    }
}
