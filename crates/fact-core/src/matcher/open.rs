//! Folding of open answers.

/// Plurals that no rule makes: (singular, plural).
const IRREGULAR: &[(&str, &str)] = &[
    ("calf", "calves"),
    ("cactus", "cacti"),
    ("child", "children"),
    ("die", "dice"),
    ("elf", "elves"),
    ("foot", "feet"),
    ("goose", "geese"),
    ("half", "halves"),
    ("hoof", "hooves"),
    ("knife", "knives"),
    ("leaf", "leaves"),
    ("life", "lives"),
    ("loaf", "loaves"),
    ("man", "men"),
    ("mouse", "mice"),
    ("ox", "oxen"),
    ("person", "people"),
    ("scarf", "scarves"),
    ("shelf", "shelves"),
    ("thief", "thieves"),
    ("tooth", "teeth"),
    ("wife", "wives"),
    ("wolf", "wolves"),
    ("woman", "women"),
];

/// Words that look like a plural but name another thing than their singular, or are no plural.
const NOT_PLURALS: &[&str] = &[
    "arms",
    "brass",
    "clothes",
    "customs",
    "glasses",
    "goods",
    "grass",
    "greens",
    "irons",
    "looks",
    "news",
    "papers",
    "series",
    "shorts",
    "species",
    "spectacles",
    "stairs",
    "this",
    "waters",
    "woods",
];

/// Whether two lower-case, trimmed answers are the same.
pub(super) fn same(a: &str, b: &str) -> bool {
    let (a, b) = (fold(a), fold(b));
    let (Some((last_a, rest_a)), Some((last_b, rest_b))) = (a.split_last(), b.split_last()) else {
        return a.is_empty() && b.is_empty();
    };
    rest_a == rest_b && (last_a == last_b || is_plural(last_a, last_b) || is_plural(last_b, last_a))
}

/// The words of an answer in folded form.
fn fold(text: &str) -> Vec<String> {
    let text = text.trim();
    let text = text.strip_suffix('.').unwrap_or(text).trim_end();
    let words: Vec<String> = text.split_whitespace().map(number).collect();
    let kept: Vec<String> = words
        .iter()
        .filter(|w| !matches!(w.as_str(), "a" | "an" | "the"))
        .cloned()
        .collect();
    let kept = if kept.is_empty() { words } else { kept };
    match kept.as_slice() {
        [only] if only == "true" => vec!["yes".to_owned()],
        [only] if only == "false" => vec!["no".to_owned()],
        _ => kept,
    }
}

/// A number word as digits, a whole decimal without its fraction, anything else as it is.
fn number(word: &str) -> String {
    if let Some(value) = crate::english::number_of_word(word) {
        return value.to_string();
    }
    if let Some((whole, fraction)) = word.split_once('.') {
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        let sign = whole.strip_prefix('-').unwrap_or(whole);
        if digits(sign) && digits(fraction) && fraction.bytes().all(|b| b == b'0') {
            return whole.to_owned();
        }
    }
    word.to_owned()
}

/// Whether `plural` is a plural of `singular`.
fn is_plural(plural: &str, singular: &str) -> bool {
    let word = |w: &str| w.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    if singular.len() < 3 || !word(singular) || !word(plural) || NOT_PLURALS.contains(&plural) {
        return IRREGULAR.contains(&(singular, plural));
    }
    if matches!(singular, "yes" | "the") {
        return false;
    }
    if IRREGULAR
        .iter()
        .any(|(s, p)| compound(singular, s) && plural == replaced(singular, s, p))
    {
        return true;
    }
    let Some(ending) = plural.strip_prefix(singular) else {
        // city → cities
        let stem = singular.strip_suffix('y');
        let consonant = stem.filter(|s| !s.ends_with(['a', 'e', 'i', 'o', 'u']));
        return consonant.is_some_and(|s| plural.strip_prefix(s) == Some("ies"));
    };
    let hisses = ["s", "x", "z", "ch", "sh"];
    let hisses = hisses.iter().any(|end| singular.ends_with(end));
    let vowel_y = ["ay", "ey", "oy", "uy"];
    let city = singular.ends_with('y') && !vowel_y.iter().any(|end| singular.ends_with(end));
    match ending {
        "es" => hisses || singular.ends_with('o'),
        "s" => !hisses && !city,
        _ => false,
    }
}

/// Whether `word` is `base` or a compound of it that shares its plural: *woman* of *man*,
/// *snowman* of *man*; not *human* or *german*.
fn compound(word: &str, base: &str) -> bool {
    const NOT: &[&str] = &["human", "german", "roman", "talisman", "shaman", "ottoman"];
    word.ends_with(base) && (word == base || base.len() >= 3) && !NOT.contains(&word)
}

fn replaced(word: &str, base: &str, plural: &str) -> String {
    let stem = word.strip_suffix(base).unwrap_or(word);
    format!("{stem}{plural}")
}
