//! CHAIR (Rohrbach, Hendricks, Burns, Darrell, Saenko, "Object Hallucination in Image Captioning",
//! 2018): how much of what captions mention is not in the image, as `utils/chair.py` of
//! <https://github.com/LisaAnne/Hallucination> (commit 585f2d9) counts it.
//!
//! *CHAIRi* is the share of mentioned objects, and *CHAIRs* the share of captions with at least one
//! object, that are not there; both in [0, 1], lower being better. A caption that mentions nothing
//! hallucinates nothing, so look at *objects per caption* too.
//!
//! An object is a name of the [`Vocabulary`]; its synonyms stand for it. The script reads them from
//! a file that its repository publishes without a licence, so that it is not here: give it as it
//! is. [`Vocabulary::worlds`] has the names of drawn worlds.

mod words;

use super::tally::{Better, Formula, Tally};
use std::collections::{BTreeMap, BTreeSet};

/// Names of shapes, for captions of drawn worlds: in the format of [`Vocabulary::parse`].
const WORLDS: &str = include_str!("chair/worlds.txt");

/// The names that count as objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary {
    /// Object by each of its names.
    objects: BTreeMap<String, String>,
    /// What two words one after the other are taken for.
    compounds: BTreeMap<String, String>,
}

impl Vocabulary {
    /// From lines of comma-separated names of one object each, the first being *the* name; and from
    /// lines of compounds: two words, or two words, a comma and the word that stands for them.
    /// Without compounds, every name of two words is one.
    ///
    /// The script has its compounds in its code: fixed pairs such as *hot dog*, which is no dog, and
    /// *baby bird*, which is a bird and no person.
    pub fn parse(synonyms: &str, compounds: Option<&str>) -> Self {
        let mut objects = BTreeMap::new();
        for line in synonyms.lines() {
            let mut names = line.trim().split(',').map(str::trim);
            let Some(object) = names.next().filter(|name| !name.is_empty()) else {
                continue;
            };
            for name in std::iter::once(object).chain(names) {
                objects.insert(name.to_owned(), object.to_owned());
            }
        }
        let compounds = match compounds {
            Some(text) => {
                let lines = text.lines().map(str::trim).filter(|l| !l.is_empty());
                let pairs = lines.map(|line| match line.split_once(',') {
                    Some((pair, word)) => (pair.trim().to_owned(), word.trim().to_owned()),
                    None => (line.to_owned(), line.to_owned()),
                });
                pairs.collect()
            }
            None => {
                let pairs = objects.keys().filter(|name| name.split(' ').count() == 2);
                pairs.map(|name| (name.clone(), name.clone())).collect()
            }
        };
        Self { objects, compounds }
    }

    /// The shapes of drawn worlds. Names that end in *s* are found in both numbers.
    pub fn worlds() -> Self {
        let mut worlds = Self::parse(WORLDS, None);
        let mut as_cut = Vec::new();
        for (name, object) in worlds
            .objects
            .iter()
            .filter(|(name, _)| name.ends_with('s'))
        {
            for form in [name.clone(), format!("{name}es")] {
                as_cut.push((words::singular(&form), object.clone()));
            }
        }
        worlds.objects.extend(as_cut);
        worlds
    }

    /// Number of names.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether there are no names.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// The object with this name, if there is one.
    pub fn object(&self, name: &str) -> Option<&str> {
        self.objects.get(name).map(String::as_str)
    }

    /// The objects that a caption mentions, in order and as often as it does.
    ///
    /// Words are cut and made singular as the script's libraries do it (NLTK and pattern.en, see
    /// the module `words`), with their quirks: *bus* becomes *bu* and is not found, *buses* is. The
    /// word *seat* is not counted beside *toilet*.
    pub fn mentioned(&self, caption: &str) -> Vec<&str> {
        let words = words::tokens(&caption.to_lowercase());
        let words: Vec<String> = words.iter().map(|word| words::singular(word)).collect();
        let mut joined: Vec<&str> = Vec::with_capacity(words.len());
        let mut rest = words.as_slice();
        while let [first, after @ ..] = rest {
            let pair = after.first().map(|second| format!("{first} {second}"));
            match pair.and_then(|pair| self.compounds.get(&pair)) {
                Some(word) => {
                    joined.push(word);
                    rest = after.get(1..).unwrap_or_default();
                }
                None => {
                    joined.push(first);
                    rest = after;
                }
            }
        }
        let toilet = joined.contains(&"toilet");
        let counted = joined
            .into_iter()
            .filter(|word| !(toilet && *word == "seat"));
        counted.filter_map(|word| self.object(word)).collect()
    }
}

/// A caption with what is in its image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caption<'a> {
    /// What it mentions, by [`Vocabulary::mentioned`].
    pub mentioned: Vec<&'a str>,
    /// The objects that are there.
    pub there: &'a BTreeSet<String>,
}

impl<'a> Caption<'a> {
    /// What it mentions and is not there, as often as it does.
    pub fn hallucinated(&self) -> impl Iterator<Item = &'a str> + '_ {
        let mentioned = self.mentioned.iter().copied();
        mentioned.filter(|object| !self.there.contains(*object))
    }
}

/// The unit is the caption.
pub fn tally(captions: &[Caption<'_>]) -> Tally {
    let mut tally = Tally::new("caption");
    let (wrong_captions, all_captions) = (tally.cell(), tally.cell());
    let (wrong, mentioned) = (tally.cell(), tally.cell());
    for caption in captions {
        let unit = tally.begin();
        let hallucinated = caption.hallucinated().count();
        let any = f64::from(u8::from(hallucinated > 0));
        tally.add(unit, wrong_captions, any);
        tally.add(unit, all_captions, 1.0);
        tally.add(unit, wrong, hallucinated as f64);
        tally.add(unit, mentioned, caption.mentioned.len() as f64);
    }
    let (of, by) = (wrong_captions, all_captions);
    tally.measure("CHAIRs", Better::Lower, Formula::Share { of, by });
    let (of, by) = (wrong, mentioned);
    tally.measure("CHAIRi", Better::Lower, Formula::Share { of, by });
    let (of, by) = (mentioned, all_captions);
    tally.measure(
        "objects per caption",
        Better::Neither,
        Formula::Share { of, by },
    );
    tally
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compounds_are_one_word_and_synonyms_one_object() {
        let words = "dog, puppy\nhot dog\nperson, baby, woman\nbird\ntoilet\nchair, seat";
        let default = Vocabulary::parse(words, None);
        let mentioned = |caption| default.mentioned(caption);
        assert_eq!(mentioned("Two puppies and a HOT DOG."), ["dog", "hot dog"]);
        assert_eq!(mentioned("a hot, tired dog"), ["dog"]);
        assert_eq!(mentioned("a baby bird"), ["person", "bird"]);
        assert_eq!(mentioned("a toilet with its seat up"), ["toilet"]);
        assert_eq!(mentioned("a seat; women (two) on it"), ["chair", "person"]);
        let compounds = Vocabulary::parse(words, Some("baby bird, bird\n\n"));
        assert_eq!(
            compounds.mentioned("a baby bird, a hot dog"),
            ["bird", "dog"]
        );
    }

    #[test]
    fn the_names_of_drawn_worlds_find_themselves() {
        let worlds = Vocabulary::worlds();
        for name in Vocabulary::parse(WORLDS, None).objects.keys() {
            let object = worlds.object(name);
            let plural = if name.ends_with('s') { "es" } else { "s" };
            for caption in [
                format!("a red {name}."),
                format!("two {name}{plural} touch"),
            ] {
                let found = worlds.mentioned(&caption);
                assert_eq!(found.first().copied(), object, "{caption}");
                assert_eq!(found.len(), 1, "{caption}");
            }
        }
    }

    #[test]
    fn hostile_captions_end() {
        let worlds = Vocabulary::worlds();
        for piece in [
            "'",
            ".",
            "--",
            "\u{0}",
            "İ",
            "’s",
            "seat's'.",
            "\u{1f468}\u{200d}",
        ] {
            let caption = piece.repeat(10_000);
            assert!(worlds.mentioned(&caption).is_empty(), "{piece:?}");
        }
    }
}
