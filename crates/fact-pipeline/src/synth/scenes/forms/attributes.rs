//! What a thing is like; whether things are alike; the thing furthest in a direction.

use super::super::super::rng::Rng;
use super::super::describe::{Noun, Scope, article, superlative};
use super::super::picture::{Category, Picture, RELATIONS, Relation};
use super::{ADJECTIVES, Answer, Question, need, read, say, up_to, values, word, yes_no};

/// What a category of something (`the red star`) is, in words.
pub(super) fn what_is(category: Category, the: &str, rng: &mut Rng) -> (String, String) {
    let name = category.word();
    let (text, wording) = say(
        rng,
        &[
            format!("What {name} is {the}?"),
            format!("What is the {name} of {the}?"),
            format!("Which {name} does {the} have?"),
        ],
    );
    if wording == "0" && category == Category::Pattern {
        // Nothing *is* a pattern.
        return (
            format!("What pattern does {the} have?"),
            format!("{name}/{wording}"),
        );
    }
    (text, format!("{name}/{wording}"))
}

/// Two values of a category.
fn two_values(rng: &mut Rng, scope: Scope<'_>, category: Category) -> (u8, u8) {
    let first = scope.held_out.value(rng, category);
    loop {
        let second = scope.held_out.value(rng, category);
        if second != first {
            return (first, second);
        }
    }
}

/// `red or blue`, `a star or a heart`
fn or(category: Category, a: u8, b: u8) -> String {
    let (a, b) = (word(category, a), word(category, b));
    if category == Category::Shape {
        format!("{} {a} or {} {b}", article(a), article(b))
    } else {
        format!("{a} or {b}")
    }
}

/// The program's choice between two values.
fn choice(thing: &str, category: Category, a: u8, b: u8) -> String {
    let method = if category == Category::Shape {
        "choose_name"
    } else {
        "choose"
    };
    let (a, b) = (word(category, a), word(category, b));
    format!("{thing}.{method}([\"{a}\", \"{b}\"])")
}

/// The value of a thing if it is one of the two.
fn chosen(picture: &Picture, at: usize, category: Category, a: u8, b: u8) -> Option<Answer> {
    let value = picture.things[at].value(category);
    (value == a || value == b).then_some(Answer::Value(category, value))
}

pub(super) fn query(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let category = rng.pick(&Category::ALL);
    let noun = Noun::without(rng, scope, category);
    let the = noun.words(rng).the;
    let (text, wording) = what_is(category, &the, rng);
    let thing = format!("only(image.find(\"{}\"))", noun.program());
    Question {
        text,
        wording,
        body: format!("    return {}\n", read(&thing, category)),
        wanted: values(scope, category),
        needs: vec![need(noun, 1, 1)],
        truth: Box::new(move |p| {
            let thing = p.things[p.only(&noun)?];
            Some(Answer::Value(category, thing.value(category)))
        }),
    }
}

pub(super) fn choose(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let category = rng.pick(&Category::ALL);
    let noun = Noun::without(rng, scope, category);
    let (a, b) = two_values(rng, scope, category);
    let (the, or) = (noun.words(rng).the, or(category, a, b));
    let bare = or.clone();
    let (text, wording) = say(
        rng,
        &[
            format!("Is {the} {or}?"),
            format!("Which is {the}, {bare}?"),
            format!("Would you call {the} {or}?"),
        ],
    );
    let thing = format!("only(image.find(\"{}\"))", noun.program());
    Question {
        text,
        wording: format!("{}/{wording}", category.word()),
        body: format!("    return {}\n", choice(&thing, category, a, b)),
        wanted: vec![Answer::Value(category, a), Answer::Value(category, b)],
        needs: vec![
            need(noun, 0, 1),
            need(noun.and(category, a), 0, 1),
            need(noun.and(category, b), 0, 1),
        ],
        truth: Box::new(move |p| chosen(p, p.only(&noun)?, category, a, b)),
    }
}

pub(super) fn verify(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let category = rng.pick(&ADJECTIVES);
    let noun = Noun::without(rng, scope, category);
    let value = scope.held_out.value(rng, category);
    let (the, said) = (noun.words(rng).the, word(category, value));
    let (text, wording) = say(
        rng,
        &[
            format!("Is {the} {said}?"),
            format!("Is it true that {the} is {said}?"),
            format!("Would you call {the} {said}?"),
        ],
    );
    Question {
        text,
        wording,
        body: format!(
            "    return only(image.find(\"{}\")).has_property(\"{said}\")\n",
            noun.program()
        ),
        wanted: yes_no(),
        needs: vec![need(noun, 0, 1), need(noun.and(category, value), 0, 1)],
        truth: Box::new(move |p| {
            let thing = p.things[p.only(&noun)?];
            Some(Answer::Bool(thing.value(category) == value))
        }),
    }
}

pub(super) fn verify_both(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let left_out = rng.below(3);
    let (first, second) = (
        ADJECTIVES[(left_out + 1) % 3],
        ADJECTIVES[(left_out + 2) % 3],
    );
    let mut noun = Noun::without(rng, scope, first);
    noun.0[second as usize] = None;
    let (a, b) = (
        scope.held_out.value(rng, first),
        scope.held_out.value(rng, second),
    );
    let (one, two) = (word(first, a), word(second, b));
    let the = noun.words(rng).the;
    let (text, wording) = say(
        rng,
        &[
            format!("Is {the} both {one} and {two}?"),
            format!("Is {the} {one} and also {two}?"),
            format!("Is it true that {the} is {one} and {two}?"),
        ],
    );
    Question {
        text,
        wording,
        body: format!(
            "    thing = only(image.find(\"{}\"))\n    \
             return thing.has_property(\"{one}\") and thing.has_property(\"{two}\")\n",
            noun.program()
        ),
        wanted: yes_no(),
        needs: vec![
            need(noun, 0, 1),
            need(noun.and(first, a), 0, 0),
            need(noun.and(second, b), 0, 0),
            need(noun.and(first, a).and(second, b), 0, 1),
        ],
        truth: Box::new(move |p| {
            let thing = p.things[p.only(&noun)?];
            Some(Answer::Bool(
                thing.value(first) == a && thing.value(second) == b,
            ))
        }),
    }
}

/// Two single things and whether they agree in a category.
fn alike(rng: &mut Rng, scope: Scope<'_>, same: bool) -> Question {
    let category = rng.pick(&Category::ALL);
    let (a, b) = loop {
        let a = Noun::without(rng, scope, category);
        let b = Noun::without(rng, scope, category);
        if a != b {
            break (a, b);
        }
    };
    let (one, two, name) = (a.words(rng).the, b.words(rng).the, category.word());
    let wordings = if same {
        [
            format!("Do {one} and {two} have the same {name}?"),
            format!("Does {one} have the same {name} as {two}?"),
            format!("Is the {name} of {one} the same as that of {two}?"),
        ]
    } else {
        [
            format!("Do {one} and {two} differ in {name}?"),
            format!("Does {one} have another {name} than {two}?"),
            format!("Do {one} and {two} have different {name}s?"),
        ]
    };
    let (text, wording) = say(rng, &wordings);
    Question {
        text,
        wording,
        body: format!(
            "    first = only(image.find(\"{}\"))\n    second = only(image.find(\"{}\"))\n    \
             return {} {} {}\n",
            a.program(),
            b.program(),
            read("first", category),
            if same { "==" } else { "!=" },
            read("second", category)
        ),
        wanted: yes_no(),
        needs: vec![need(a, 1, 1), need(b, 1, 1)],
        truth: Box::new(move |p| {
            let (first, second) = (p.only(&a)?, p.only(&b)?);
            let equal = p.things[first].value(category) == p.things[second].value(category);
            (first != second).then_some(Answer::Bool(equal == same))
        }),
    }
}

pub(super) fn same_as(rng: &mut Rng, scope: Scope<'_>) -> Question {
    alike(rng, scope, true)
}

pub(super) fn different(rng: &mut Rng, scope: Scope<'_>) -> Question {
    alike(rng, scope, false)
}

pub(super) fn all_same(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let category = rng.pick(&Category::ALL);
    let noun = Noun::without(rng, scope, category);
    let (many, name) = (noun.words(rng).many, category.word());
    let (text, wording) = say(
        rng,
        &[
            format!("Do all {many} have the same {name}?"),
            format!("Do all of the {many} share one {name}?"),
            format!("Is the {name} of all {many} the same?"),
        ],
    );
    // One value for those that are there on purpose, so that it is true often enough.
    let value = scope.held_out.value(rng, category);
    Question {
        text,
        wording,
        body: format!(
            "    things = image.find(\"{}\")\n    return all({} == {} for thing in things)\n",
            noun.program(),
            read("thing", category),
            read("things[0]", category)
        ),
        wanted: yes_no(),
        needs: vec![need(noun, 0, 1), need(noun.and(category, value), 1, 2)],
        truth: Box::new(move |p| {
            let found = p.find(&noun);
            let first = p.things[*found.first()?].value(category);
            let same = found
                .iter()
                .all(|at| p.things[*at].value(category) == first);
            (found.len() > 1).then_some(Answer::Bool(same))
        }),
    }
}

/// How many other things are like the one of this kind.
fn others_like(picture: &Picture, noun: &Noun, category: Category) -> Option<usize> {
    let own = picture.only(noun)?;
    let value = picture.things[own].value(category);
    let like = picture.things.iter().filter(|t| t.value(category) == value);
    Some(like.count() - 1)
}

pub(super) fn another_same(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let category = rng.pick(&Category::ALL);
    let noun = Noun::random(rng, scope);
    let (the, name) = (noun.words(rng).the, category.word());
    let (text, wording) = say(
        rng,
        &[
            format!("Is there another thing of the same {name} as {the}?"),
            format!("Does anything else have the same {name} as {the}?"),
            format!("Is there another object that has the same {name} as {the}?"),
        ],
    );
    Question {
        text,
        wording,
        body: format!(
            "    return bool(only(image.find(\"{}\")).find_same(\"{name}\"))\n",
            noun.program()
        ),
        wanted: yes_no(),
        needs: vec![need(noun, 1, 1)],
        truth: Box::new(move |p| Some(Answer::Bool(others_like(p, &noun, category)? > 0))),
    }
}

pub(super) fn count_same(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let category = rng.pick(&Category::ALL);
    let noun = Noun::random(rng, scope);
    let (the, name) = (noun.words(rng).the, category.word());
    let (text, wording) = say(
        rng,
        &[
            format!("How many other things have the same {name} as {the}?"),
            format!("How many other objects are of the same {name} as {the}?"),
            format!("Besides {the}, how many things have its {name}?"),
        ],
    );
    // Some that are like it, if the question says what it is like.
    let like = noun.get(category).map(|v| Noun::ANY.and(category, v));
    let mut needs = vec![need(noun, 1, 1)];
    needs.extend(like.map(|like| need(like, 0, 2)));
    Question {
        text,
        wording,
        body: format!(
            "    return len(only(image.find(\"{}\")).find_same(\"{name}\"))\n",
            noun.program()
        ),
        wanted: up_to(3),
        needs,
        truth: Box::new(move |p| others_like(p, &noun, category).map(Answer::Count)),
    }
}

/// The thing of a kind that lies furthest in a direction: the noun, in words, as programs find it.
struct Furthest {
    noun: Noun,
    direction: Relation,
    the: String,
    program: String,
}

impl Furthest {
    fn random(rng: &mut Rng, scope: Scope<'_>, category: Category) -> Self {
        let noun = if !scope.pairs && rng.chance(30) {
            Noun::ANY
        } else {
            Noun::without(rng, scope, category)
        };
        let direction = rng.pick(&RELATIONS);
        let the = noun.words(rng).the;
        let list = format!("image.find(\"{}\")", noun.program());
        Self {
            noun,
            direction,
            the: superlative(direction, &the, rng),
            program: furthest(direction, &list),
        }
    }
}

/// How programs find the thing of a list that lies furthest in a direction.
pub(super) fn furthest(direction: Relation, list: &str) -> String {
    let (end, axis) = match direction {
        Relation::Left => ("min", "x"),
        Relation::Right => ("max", "x"),
        Relation::Above => ("min", "y"),
        Relation::Below => ("max", "y"),
    };
    format!("{end}({list}, key=lambda thing: thing.{axis})")
}

pub(super) fn furthest_query(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let category = rng.pick(&Category::ALL);
    let it = Furthest::random(rng, scope, category);
    let (text, wording) = what_is(category, &it.the, rng);
    Question {
        text,
        wording,
        body: format!("    return {}\n", read(&it.program, category)),
        wanted: values(scope, category),
        needs: vec![need(it.noun, 2, 3)],
        truth: Box::new(move |p| {
            let at = p.furthest(&p.find(&it.noun), it.direction)?;
            Some(Answer::Value(category, p.things[at].value(category)))
        }),
    }
}

pub(super) fn furthest_verify(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let category = rng.pick(&ADJECTIVES);
    let it = Furthest::random(rng, scope, category);
    let value = scope.held_out.value(rng, category);
    let (the, said) = (&it.the, word(category, value));
    let (text, wording) = say(
        rng,
        &[
            format!("Is {the} {said}?"),
            format!("Is it true that {the} is {said}?"),
            format!("Would you call {the} {said}?"),
        ],
    );
    Question {
        text,
        wording,
        body: format!("    return {}.has_property(\"{said}\")\n", it.program),
        wanted: yes_no(),
        needs: vec![
            need(it.noun, 1, 2),
            need(it.noun.and(category, value), 0, 2),
        ],
        truth: Box::new(move |p| {
            let at = p.furthest(&p.find(&it.noun), it.direction)?;
            Some(Answer::Bool(p.things[at].value(category) == value))
        }),
    }
}

pub(super) fn furthest_choose(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let category = rng.pick(&Category::ALL);
    let it = Furthest::random(rng, scope, category);
    let (a, b) = two_values(rng, scope, category);
    let (the, or) = (&it.the, or(category, a, b));
    let (text, wording) = say(
        rng,
        &[
            format!("Is {the} {or}?"),
            format!("Which is {the}, {or}?"),
            format!("Would you call {the} {or}?"),
        ],
    );
    Question {
        text,
        wording: format!("{}/{wording}", category.word()),
        body: format!("    return {}\n", choice(&it.program, category, a, b)),
        wanted: vec![Answer::Value(category, a), Answer::Value(category, b)],
        needs: vec![
            need(it.noun, 0, 1),
            need(it.noun.and(category, a), 0, 2),
            need(it.noun.and(category, b), 0, 2),
        ],
        truth: Box::new(move |p| {
            let at = p.furthest(&p.find(&it.noun), it.direction)?;
            chosen(p, at, category, a, b)
        }),
    }
}
