//! Inflection.

/// Grammatical number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    /// One.
    Singular,
    /// None, two or more.
    Plural,
}

impl Number {
    /// Number of a count: one is singular, the rest plural.
    pub fn of(count: i64) -> Self {
        if count == 1 {
            Self::Singular
        } else {
            Self::Plural
        }
    }
}

/// Nouns whose plural no rule gives.
const IRREGULAR: &[(&str, &str)] = &[
    ("person", "people"),
    ("man", "men"),
    ("woman", "women"),
    ("child", "children"),
    ("foot", "feet"),
    ("tooth", "teeth"),
    ("goose", "geese"),
    ("mouse", "mice"),
    ("ox", "oxen"),
    ("leaf", "leaves"),
    ("knife", "knives"),
    ("wife", "wives"),
    ("life", "lives"),
    ("shelf", "shelves"),
    ("loaf", "loaves"),
    ("half", "halves"),
    ("calf", "calves"),
    ("wolf", "wolves"),
    ("scarf", "scarves"),
    ("thief", "thieves"),
    ("potato", "potatoes"),
    ("tomato", "tomatoes"),
    ("hero", "heroes"),
    ("echo", "echoes"),
    ("cactus", "cacti"),
    ("bus", "buses"),
    ("gas", "gases"),
    ("lens", "lenses"),
    ("one", "ones"),
];

/// Nouns that are the same in both numbers, or have only a plural.
const INVARIABLE: &[&str] = &[
    "sheep",
    "fish",
    "deer",
    "aircraft",
    "series",
    "species",
    "scissors",
    "pants",
    "jeans",
    "shorts",
    "glasses",
    "sunglasses",
    "trousers",
    "tongs",
    "pliers",
    "binoculars",
    "people",
    "men",
    "women",
    "children",
    "clothes",
    "food",
    "water",
    "grass",
    "furniture",
    "sand",
    "snow",
    "luggage",
    "broccoli",
    "bread",
    "rice",
    "hair",
    "skis",
    "pajamas",
    "leggings",
    "stairs",
];

/// Words after which a noun phrase continues behind its head noun.
const AFTER_HEAD: &[&str] = &[
    "of", "in", "on", "with", "that", "which", "at", "to", "from", "under", "above", "below",
    "near", "behind", "between", "touching", "for", "without", "next", "by", "beside", "over",
    "inside", "around", "against", "left", "right", "holding", "wearing", "made",
];

fn map_head(phrase: &str, f: impl Fn(&str) -> String) -> String {
    let words: Vec<&str> = phrase.split_whitespace().collect();
    let end = (1..words.len())
        .find(|&i| AFTER_HEAD.contains(&words[i]))
        .unwrap_or(words.len());
    let mut out: Vec<String> = words.iter().map(|w| (*w).to_owned()).collect();
    if let Some(head) = end.checked_sub(1).and_then(|i| out.get_mut(i)) {
        *head = f(head);
    }
    out.join(" ")
}

fn plural_word(word: &str) -> String {
    let lower = word.to_lowercase();
    if INVARIABLE.contains(&lower.as_str()) || IRREGULAR.iter().any(|(_, p)| *p == lower) {
        return word.to_owned();
    }
    if let Some((_, p)) = IRREGULAR.iter().find(|(s, _)| *s == lower) {
        return (*p).to_owned();
    }
    for (s, p) in [("woman", "women"), ("man", "men")] {
        // fireman, policewoman; not "human", "german"
        if let Some(stem) = lower.strip_suffix(s)
            && stem.len() > 2
            && !["hu", "ger", "ro"].contains(&stem)
        {
            return format!("{stem}{p}");
        }
    }
    let before_last = lower.chars().rev().nth(1);
    if lower.ends_with('y') && before_last.is_some_and(|c| !"aeiou".contains(c)) {
        format!("{}ies", &word[..word.len() - 1])
    } else if ["s", "x", "z", "ch", "sh"]
        .iter()
        .any(|e| lower.ends_with(e))
    {
        format!("{word}es")
    } else {
        format!("{word}s")
    }
}

fn singular_word(word: &str) -> String {
    let lower = word.to_lowercase();
    if let Some((s, _)) = IRREGULAR.iter().find(|(_, p)| *p == lower) {
        return (*s).to_owned();
    }
    if INVARIABLE.contains(&lower.as_str()) || IRREGULAR.iter().any(|(s, _)| *s == lower) {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies").filter(|s| s.len() > 1) {
        return format!("{stem}y");
    }
    for ending in ["ches", "shes", "xes", "sses", "zes"] {
        if lower.ends_with(ending) {
            return word[..word.len() - 2].to_owned();
        }
    }
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 2 && !["ss", "us", "is"].iter().any(|e| lower.ends_with(e)) => {
            stem.to_owned()
        }
        _ => word.to_owned(),
    }
}

/// The plural of a noun phrase; one that is plural already is left alone.
pub fn plural(phrase: &str) -> String {
    map_head(phrase, |w| plural_word(&singular_word(w)))
}

/// The singular of a noun phrase; one that is singular already is left alone.
pub fn singular(phrase: &str) -> String {
    map_head(phrase, singular_word)
}

/// `a` or `an`, by the sound the phrase begins with as far as spelling tells.
pub fn article(phrase: &str) -> &'static str {
    let lower = phrase.trim_start().to_lowercase();
    let silent_h = ["hour", "honest", "honor", "heir"]
        .iter()
        .any(|p| lower.starts_with(p));
    let you_sound = ["uni", "use", "usu", "eu", "one", "ut"]
        .iter()
        .any(|p| lower.starts_with(p))
        && !lower.starts_with("unin")
        && !lower.starts_with("unim");
    let eight = lower.starts_with('8') || lower.starts_with("11 ") || lower.starts_with("18 ");
    if silent_h || eight || (lower.starts_with(['a', 'e', 'i', 'o', 'u']) && !you_sound) {
        "an"
    } else {
        "a"
    }
}

/// The present tense of a verb lemma for a third person subject, affirmed or denied.
pub fn conjugate(lemma: &str, number: Number, affirmed: bool) -> String {
    let (verb, rest) = lemma.split_once(' ').unwrap_or((lemma, ""));
    let form = match (verb, number, affirmed) {
        ("be", Number::Singular, true) => "is".to_owned(),
        ("be", Number::Singular, false) => "is not".to_owned(),
        ("be", Number::Plural, true) => "are".to_owned(),
        ("be", Number::Plural, false) => "are not".to_owned(),
        ("can", _, true) => "can".to_owned(),
        ("can", _, false) => "cannot".to_owned(),
        (v, Number::Singular, true) => third_person(v),
        (v, Number::Plural, true) => v.to_owned(),
        (v, Number::Singular, false) => format!("does not {v}"),
        (v, Number::Plural, false) => format!("do not {v}"),
    };
    if rest.is_empty() {
        form
    } else {
        format!("{form} {rest}")
    }
}

fn third_person(verb: &str) -> String {
    match verb {
        "have" => "has".to_owned(),
        "do" => "does".to_owned(),
        "go" => "goes".to_owned(),
        _ => {
            let before_last = verb.chars().rev().nth(1);
            if verb.ends_with('y') && before_last.is_some_and(|c| !"aeiou".contains(c)) {
                format!("{}ies", &verb[..verb.len() - 1])
            } else if ["s", "x", "z", "ch", "sh", "o"]
                .iter()
                .any(|e| verb.ends_with(e))
            {
                format!("{verb}es")
            } else {
                format!("{verb}s")
            }
        }
    }
}

/// 1 → `first`, 2 → `second`, ..., 21 → `21st`.
pub fn ordinal(n: i64) -> String {
    const WORDS: [&str; 10] = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
        "tenth",
    ];
    if let Some(word) = usize::try_from(n - 1).ok().and_then(|i| WORDS.get(i)) {
        return (*word).to_owned();
    }
    let suffix = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{suffix}")
}

/// `a`, `a and b`, `a, b and c`.
pub fn join_and(items: &[String]) -> String {
    join(items, "and")
}

/// `a`, `a or b`, `a, b or c`.
pub fn join_or(items: &[String]) -> String {
    join(items, "or")
}

fn join(items: &[String], word: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}

/// First letter upper-cased.
pub fn capitalise(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_take_their_plural_at_the_head() {
        for (one, many) in [
            ("yellow square", "yellow squares"),
            ("box", "boxes"),
            ("person", "people"),
            ("small berry", "small berries"),
            ("bus", "buses"),
            ("tower of two blocks", "towers of two blocks"),
            ("man holding a cup", "men holding a cup"),
            ("sheep", "sheep"),
            ("glass", "glasses"),
            ("human", "humans"),
            ("tray", "trays"),
        ] {
            assert_eq!(plural(one), many);
            assert_eq!(plural(many), many, "plural of a plural");
        }
        assert_eq!(singular("yellow squares"), "yellow square");
        assert_eq!(singular("boxes"), "box");
        assert_eq!(singular("bus"), "bus");
        assert_eq!(singular("buses"), "bus");
        assert_eq!(singular("dishes"), "dish");
    }

    #[test]
    fn verbs_agree_with_number_and_polarity() {
        assert_eq!(conjugate("touch", Number::Singular, true), "touches");
        assert_eq!(conjugate("touch", Number::Plural, false), "do not touch");
        assert_eq!(conjugate("be", Number::Singular, false), "is not");
        assert_eq!(conjugate("have", Number::Singular, true), "has");
        assert_eq!(conjugate("carry", Number::Singular, true), "carries");
    }

    #[test]
    fn articles_follow_the_sound() {
        for (word, expected) in [
            ("apple", "an"),
            ("cup", "a"),
            ("hour", "an"),
            ("unicorn", "a"),
            ("orange ball", "an"),
        ] {
            assert_eq!(article(word), expected, "{word}");
        }
    }

    #[test]
    fn ordinals() {
        let shown: Vec<String> = [1, 3, 11, 12, 21, 22, 113].map(ordinal).into();
        assert_eq!(
            shown,
            ["first", "third", "11th", "12th", "21st", "22nd", "113th"]
        );
    }
}
