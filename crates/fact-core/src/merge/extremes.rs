//! The least and the greatest: what `min`, `max` and sorting by a property chose.

use super::facts::{Fact, What};
use super::sentences::{Choice, Material, Sentence, made};
use super::words::{is_whole, set_name};
use crate::english::{capitalise, plural};
use fact_lang::ast::NodeId;
use fact_lang::trace::{EventId, EventKind, TraceValue};
use std::collections::HashSet;

/// `The left dog is the furthest left of the 3 dogs`, for the values of a property that were asked
/// for only to choose the object that has the least or the greatest of them. `None` where they
/// served for more, or where two share the place.
pub(super) fn extreme(material: &Material<'_>, group: &[usize]) -> Option<Sentence> {
    let first = &material.facts[group[0]];
    let What::Function(function) = first.what else {
        return None;
    };
    let (less, more) = material.pack.functions[function as usize]
        .compares
        .as_ref()?;
    let call = material.index.key_of(first.node)?;
    let mut ranked: Vec<(f64, u32)> = Vec::new();
    for at in group {
        let fact = &material.facts[*at];
        if material.index.key_of(fact.node)? != call {
            return None;
        }
        let value = match fact.result {
            TraceValue::Int(n) => n as f64,
            TraceValue::Float(f) if f.is_finite() => f,
            _ => return None,
        };
        ranked.push((value, fact.receiver()?));
    }
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    let objects: Vec<u32> = ranked.iter().map(|(_, o)| *o).collect();
    let distinct: HashSet<u32> = objects.iter().copied().collect();
    if ranked.len() < 2 || distinct.len() != ranked.len() || !is_whole(material, &objects) {
        return None;
    }
    let last = group.iter().map(|at| material.facts[*at].event).max()?;
    let chosen = chosen(material, (call, last), first, &distinct)?;
    let (low, high) = (ranked.first()?, ranked.last()?);
    let phrase = match chosen {
        object if object == low.1 && ranked[1].0 > low.0 => less,
        object if object == high.1 && ranked[ranked.len() - 2].0 < high.0 => more,
        _ => return None,
    };
    let name = material.namer.noun(chosen);
    let (noun, place) = set_name(material, &objects);
    let mut set = plural(&noun);
    if let Some(place) = place {
        set = format!("{set} {place}");
    }
    let n = objects.len();
    let own = match &name.place {
        Some(place) if set.ends_with(place) => name.definite(),
        _ => name.full(),
    };
    let most = superlative(phrase)?;
    let text = format!("{own} is the {most} of the {n} {set}");
    let mut sentence = made(material, &text, group.to_vec(), vec![chosen]);
    sentence.chose = Some(Choice {
        name: name.full(),
        which: as_name(&most, n, &set),
    });
    Some(sentence.telling(&objects))
}

/// `the lowest of the 2 rings`, `the one of the 3 cups that is closest to the camera`.
fn as_name(most: &str, n: usize, set: &str) -> String {
    match most {
        "furthest left" => format!("the leftmost of the {n} {set}"),
        "furthest right" => format!("the rightmost of the {n} {set}"),
        word if !word.contains(' ') => format!("the {word} of the {n} {set}"),
        phrase => format!("the one of the {n} {set} that is {phrase}"),
    }
}

/// What was chosen goes by what it was chosen as, where one more sentence speaks of it, once: `The
/// lowest of the 2 rings is blue` for `The left ring is the lowest of the 2 rings` and `The left ring
/// is blue`. Not where an inference (`inferred`, their texts) has its name, which would then be new.
pub(crate) fn named_by_choice(
    material: &Material<'_>,
    sentences: &mut Vec<Sentence>,
    inferred: &[&str],
) {
    let mut at = 0;
    while at < sentences.len() {
        let Some((home, text)) = renamed(material, sentences, at, inferred) else {
            at += 1;
            continue;
        };
        let taken = sentences.remove(at);
        let home = &mut sentences[home - usize::from(home > at)];
        home.text = text;
        home.facts.splice(0..0, taken.facts);
        for object in taken.objects {
            if !home.objects.contains(&object) {
                home.objects.push(object);
            }
        }
        home.totals.extend(taken.totals);
    }
}

/// The one sentence that speaks of what sentence `at` says was chosen, and its text without the name.
fn renamed(
    material: &Material<'_>,
    sentences: &[Sentence],
    at: usize,
    inferred: &[&str],
) -> Option<(usize, String)> {
    let choice = sentences[at].chose.as_ref()?;
    // The ring, beside the ring below the star: one name begins like the other.
    let mut objects = sentences.iter().flat_map(|said| &said.objects);
    let longer = format!("{} ", choice.name);
    if objects.any(|object| material.namer.noun(*object).full().starts_with(&longer)) {
        return None;
    }
    let opening = capitalise(&choice.name);
    let opening = opening.as_str();
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-');
    let mentions = |text: &str| -> usize {
        let opens = text.strip_prefix(opening).is_some_and(ends);
        let inside = text.match_indices(&choice.name);
        let inside = inside.filter(|(at, name)| ends(&text[at + name.len()..]));
        usize::from(opens) + inside.count()
    };
    if inferred.iter().any(|text| mentions(text) > 0) {
        return None;
    }
    let others = sentences
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != at);
    let mut speaking = others.filter(|(_, said)| mentions(&said.text) > 0);
    let (home, said) = speaking.next()?;
    // Where the set is told of there too, or another was chosen, one name would stand in the other.
    if speaking.next().is_some() || mentions(&said.text) > 1 || said.chose.is_some() {
        return None;
    }
    let text = match said.text.strip_prefix(opening) {
        Some(rest) => capitalise(&format!("{}{rest}", choice.which)),
        None => said.text.replacen(&choice.name, &choice.which, 1),
    };
    Some((home, text))
}

/// The one object of a set that the call chose: the call gave it, or it is the only one of the set
/// that anything else is said of, or that the program returned.
fn chosen(
    material: &Material<'_>,
    (call, last): (NodeId, EventId),
    keyed: &Fact,
    set: &HashSet<u32>,
) -> Option<u32> {
    // The keys are asked for while the call runs; its event follows the last of them, and those of
    // the lambda's own calls, which have numbers.
    let behind = material.trace.events.get(last.index()..)?.iter();
    let mut given = behind.filter(|event| !event.node.pack && event.node.node == call);
    let number = |value: &TraceValue| matches!(value, TraceValue::Int(_) | TraceValue::Float(_));
    if let Some(event) = given.find(|e| e.kind == EventKind::Call && !number(&e.value))
        && let TraceValue::Object(object) = event.value
    {
        return set.contains(&object).then_some(object);
    }
    let mut used: HashSet<u32> = HashSet::new();
    for fact in material.facts.iter().filter(|f| f.what != keyed.what) {
        for (_, value) in &fact.args {
            if let TraceValue::Object(object) = value {
                used.insert(*object);
            }
        }
    }
    if let Some(result) = material.trace.result
        && let TraceValue::Object(object) = material.trace.event(result).value
    {
        used.insert(object);
    }
    let mut used = used.intersection(set);
    match (used.next(), used.next()) {
        (Some(only), None) => Some(*only),
        _ => None,
    }
}

/// `further left than` → `furthest left`, `closer to the camera than` → `closest to the camera`.
fn superlative(comparative: &str) -> Option<String> {
    let phrase = comparative.strip_suffix(" than")?;
    let (first, rest) = phrase.split_once(' ').unwrap_or((phrase, ""));
    let first = match first {
        "further" => "furthest".to_owned(),
        "more" => "most".to_owned(),
        "less" => "least".to_owned(),
        "better" => "best".to_owned(),
        "worse" => "worst".to_owned(),
        other => format!("{}est", other.strip_suffix("er")?),
    };
    Some(format!("{first} {rest}").trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::superlative;

    #[test]
    fn comparatives_have_superlatives() {
        for (more, most) in [
            ("further left than", Some("furthest left")),
            ("closer to the camera than", Some("closest to the camera")),
            ("taller than", Some("tallest")),
            ("more crowded than", Some("most crowded")),
            ("unlike", None),
        ] {
            assert_eq!(superlative(more).as_deref(), most);
        }
    }
}
