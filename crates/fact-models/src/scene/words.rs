//! The lexicon of the annotation back end: plurals, synonyms, kinds, attribute categories.
//!
//! All of it is the readable file `words.toml`; this module only looks words up.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// The lexicon, parsed on first use.
pub fn words() -> &'static Words {
    static WORDS: LazyLock<Words> = LazyLock::new(|| {
        // The file is compiled in, and `parses` below fails if it is not well formed.
        #[expect(clippy::expect_used)]
        let file: File = toml::from_str(include_str!("words.toml")).expect("words.toml is valid");
        Words::from(file)
    });
    &WORDS
}

/// `words.toml` as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    anything: Vec<String>,
    items: Vec<String>,
    image: Vec<String>,
    invariable: Vec<String>,
    mass: Vec<String>,
    plurals: BTreeMap<String, String>,
    synonyms: BTreeMap<String, Vec<String>>,
    kinds: BTreeMap<String, Vec<String>>,
    values: BTreeMap<String, Vec<String>>,
    attributes: BTreeMap<String, Vec<String>>,
    implied: BTreeMap<String, Vec<String>>,
    relations: BTreeMap<String, Vec<String>>,
    converses: BTreeMap<String, String>,
    comparatives: BTreeMap<String, [String; 2]>,
}

/// Lookup tables made from `words.toml`.
pub struct Words {
    anything: BTreeSet<String>,
    items: BTreeSet<String>,
    image: BTreeSet<String>,
    invariable: BTreeSet<String>,
    mass: BTreeSet<String>,
    plurals: BTreeMap<String, String>,
    singulars: BTreeMap<String, String>,
    names: BTreeMap<String, String>,
    kinds: BTreeMap<String, Vec<String>>,
    values: BTreeMap<String, String>,
    categories: BTreeMap<String, String>,
    category_names: BTreeSet<String>,
    implied: BTreeMap<String, Vec<String>>,
    relations: BTreeMap<String, String>,
    converses: BTreeMap<String, String>,
    comparatives: BTreeMap<String, [String; 2]>,
}

impl From<File> for Words {
    fn from(file: File) -> Self {
        let mut categories = BTreeMap::new();
        for (category, values) in &file.attributes {
            for value in values {
                categories
                    .entry(value.clone())
                    .or_insert_with(|| category.clone());
            }
        }
        Self {
            anything: file.anything.into_iter().collect(),
            items: file.items.into_iter().collect(),
            image: file.image.into_iter().collect(),
            invariable: file.invariable.into_iter().collect(),
            mass: file.mass.into_iter().collect(),
            singulars: invert_one(&file.plurals),
            plurals: file.plurals,
            names: invert(&file.synonyms),
            kinds: file.kinds,
            values: invert(&file.values),
            category_names: file.attributes.into_keys().collect(),
            categories,
            implied: file.implied,
            relations: invert(&file.relations),
            converses: file.converses,
            comparatives: file.comparatives,
        }
    }
}

/// word → canonical, for a table canonical → words.
fn invert(table: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, String> {
    let pairs = table
        .iter()
        .flat_map(|(canonical, words)| words.iter().map(move |w| (w.clone(), canonical.clone())));
    pairs.collect()
}

fn invert_one(table: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    table.iter().map(|(k, v)| (v.clone(), k.clone())).collect()
}

/// Lower case, trimmed, single spaces.
pub(super) fn clean(text: &str) -> String {
    let text = text.replace('_', " ").to_lowercase();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() { "_".into() } else { text }
}

impl Words {
    /// Whether a noun (already [`name`](Self::name)d) means any object.
    pub fn is_anything(&self, name: &str) -> bool {
        self.anything.contains(name)
    }

    /// Whether a cleaned noun in the singular means any item of a drawing.
    pub fn is_item(&self, noun: &str) -> bool {
        self.items.contains(noun)
    }

    /// Whether a cleaned noun means the image as a whole.
    pub fn is_image(&self, noun: &str) -> bool {
        self.image.contains(noun)
    }

    /// The canonical name of an object: cleaned, singular, synonyms folded. Unknown words stay.
    pub fn name(&self, noun: &str) -> String {
        let noun = clean(noun);
        if let Some(canonical) = self.names.get(&noun) {
            return canonical.clone();
        }
        let singular = self.singular(&noun);
        self.names.get(&singular).cloned().unwrap_or(singular)
    }

    /// The singular of a cleaned noun phrase: its last word is inflected.
    pub fn singular(&self, noun: &str) -> String {
        if let Some(singular) = self.singulars.get(noun) {
            return singular.clone();
        }
        let (head, last) = match noun.rsplit_once(' ') {
            Some((head, last)) => (Some(head), last),
            None => (None, noun),
        };
        let last = self.singular_word(last);
        match head {
            Some(head) => format!("{head} {last}"),
            None => last,
        }
    }

    fn singular_word(&self, word: &str) -> String {
        if self.invariable.contains(word) {
            return word.to_owned();
        }
        if let Some(singular) = self.singulars.get(word) {
            return singular.clone();
        }
        let keep = ["ss", "us", "is"];
        if word.len() < 4 || !word.ends_with('s') || keep.iter().any(|end| word.ends_with(end)) {
            return word.to_owned();
        }
        if let Some(stem) = word.strip_suffix("ies") {
            return format!("{stem}y");
        }
        let sibilants = ["ches", "shes", "sses", "xes", "zes"];
        if sibilants.iter().any(|end| word.ends_with(end)) {
            return word[..word.len() - 2].to_owned();
        }
        word[..word.len() - 1].to_owned()
    }

    /// The plural of a noun phrase in the singular: its last word is inflected.
    pub fn plural(&self, noun: &str) -> String {
        let (head, last) = match noun.rsplit_once(' ') {
            Some((head, last)) => (format!("{head} "), last),
            None => (String::new(), noun),
        };
        let plural = if let Some(plural) = self.plurals.get(last) {
            plural.clone()
        } else if self.invariable.contains(last)
            || self.mass.contains(last)
            || self.singulars.contains_key(last)
        {
            last.to_owned()
        } else if let Some(stem) = last.strip_suffix('y')
            && !stem.ends_with(['a', 'e', 'i', 'o', 'u'])
            && !stem.is_empty()
        {
            format!("{stem}ies")
        } else if ["s", "x", "z", "ch", "sh"]
            .iter()
            .any(|e| last.ends_with(e))
        {
            // A word that is its own singular only by rule ("boats") is a plural already.
            if self.singular_word(last) == last {
                format!("{last}es")
            } else {
                last.to_owned()
            }
        } else {
            format!("{last}s")
        };
        format!("{head}{plural}")
    }

    /// Whether the lexicon lists this noun as a name of its own: “orange juice” is one, “red dog” is
    /// not.
    pub fn knows(&self, noun: &str) -> bool {
        let name = self.name(noun);
        let listed = |names: &Vec<String>| names.contains(&name);
        self.names.values().any(|n| *n == name)
            || self.kinds.contains_key(&name)
            || self.kinds.values().any(listed)
    }

    /// Whether an object called `name` is a `kind`, both canonical; kinds nest.
    pub fn is_a(&self, name: &str, kind: &str) -> bool {
        fn within(words: &Words, name: &str, kind: &str, depth: u8) -> bool {
            let Some(members) = words.kinds.get(kind) else {
                return false;
            };
            let direct = members.iter().any(|m| m == name);
            direct || (depth > 0 && members.iter().any(|m| within(words, name, m, depth - 1)))
        }
        // The file nests kinds three deep; the bound keeps a cycle in an edited file harmless.
        name == kind || within(self, name, kind, 4)
    }

    /// The canonical form of an attribute value: cleaned, `made of` dropped, synonyms folded.
    pub fn value(&self, value: &str) -> String {
        let value = clean(value);
        if let Some(canonical) = self.values.get(&value) {
            return canonical.clone();
        }
        let value = value.strip_prefix("made of ").unwrap_or(&value);
        self.values
            .get(value)
            .cloned()
            .unwrap_or_else(|| value.to_owned())
    }

    /// The category of a canonical attribute value, such as `color`; `None` when no category
    /// lists it.
    pub fn category(&self, value: &str) -> Option<&str> {
        self.categories.get(value).map(String::as_str)
    }

    /// Whether the lexicon knows a category of this name.
    pub fn is_category(&self, category: &str) -> bool {
        self.category_names.contains(category)
    }

    /// Whether an object called `name` (canonical) has the attribute `value` (canonical) by its
    /// name alone: a woman is female.
    pub fn implies(&self, name: &str, value: &str) -> bool {
        self.implied
            .get(value)
            .is_some_and(|names| names.iter().any(|n| self.is_a(name, n)))
    }

    /// The canonical form of a relation.
    pub fn relation(&self, relation: &str) -> String {
        let relation = clean(relation);
        self.relations.get(&relation).cloned().unwrap_or(relation)
    }

    /// The relation that Y has to X exactly when X has `relation` (canonical) to Y.
    pub fn converse(&self, relation: &str) -> Option<&str> {
        self.converses.get(relation).map(String::as_str)
    }

    /// The adjective a comparative compares by, and its opposite: `older` → (`old`, `young`).
    pub fn comparative(&self, comparative: &str) -> Option<(&str, &str)> {
        self.comparatives
            .get(comparative)
            .map(|[more, less]| (more.as_str(), less.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses() {
        assert!(words().is_anything("thing"));
    }

    #[test]
    fn names_fold_plurals_and_synonyms() {
        let w = words();
        for (given, canonical) in [
            ("People", "person"),
            ("men", "man"),
            ("couches", "sofa"),
            ("TV", "television"),
            ("traffic signals", "traffic light"),
            ("pants", "pants"),
            ("trousers", "pants"),
            ("buses", "bus"),
            ("bus", "bus"),
            ("doors", "door"),
            ("large  Cubes", "large cube"),
            ("cherries", "cherry"),
            ("boxes", "box"),
            ("grass", "grass"),
            ("things", "thing"),
            ("objects", "thing"),
            ("horses", "horse"),
            ("knives", "knife"),
        ] {
            assert_eq!(w.name(given), canonical, "{given}");
        }
    }

    #[test]
    fn plurals_are_english() {
        let w = words();
        for (given, plural) in [
            ("cube", "cubes"),
            ("large metal sphere", "large metal spheres"),
            ("person", "people"),
            ("box", "boxes"),
            ("cherry", "cherries"),
            ("boy", "boys"),
            ("pants", "pants"),
            ("boats", "boats"),
            ("people", "people"),
            ("bus", "buses"),
        ] {
            assert_eq!(w.plural(given), plural, "{given}");
        }
    }

    #[test]
    fn kinds_nest_and_do_not_leak() {
        let w = words();
        assert!(w.is_a("girl", "person"));
        assert!(w.is_a("apple", "food"));
        assert!(w.is_a("camera", "device"));
        assert!(!w.is_a("person", "girl"));
        assert!(!w.is_a("wall", "person"));
    }

    #[test]
    fn values_have_categories() {
        let w = words();
        assert_eq!(w.value("Metallic"), "metal");
        assert_eq!(w.value("made of wood"), "wood");
        assert_eq!(w.category(&w.value("grey")), Some("color"));
        assert_eq!(w.category("peeling"), None);
        assert!(w.implies("lady", "female") || w.implies(&w.name("lady"), "female"));
    }

    #[test]
    fn converses_are_mutual() {
        let w = words();
        for (relation, converse) in &w.converses {
            assert_eq!(w.converse(converse), Some(relation.as_str()), "{relation}");
        }
    }
}
