//! How things lie to each other, one after the other; and, or, not.

use super::super::super::rng::Rng;
use super::super::describe::{self, Noun, Scope};
use super::super::picture::{Category, Picture, RELATIONS, Relation, single};
use super::attributes::{furthest, what_is};
use super::{Answer, Question, need, read, say, up_to, values, yes_no};

/// The one thing at the end of a chain: the second that is above the third that is left of the
/// fourth.
#[derive(Clone)]
struct Chain {
    /// The thing that is known by itself.
    anchor: Noun,
    /// From it on: things, each known by how it lies to the one before.
    links: Vec<(Noun, Relation)>,
}

impl Chain {
    fn random(rng: &mut Rng, scope: Scope<'_>, links: usize) -> Self {
        let anchor = Noun::random(rng, scope);
        let links = (0..links).map(|_| (Noun::random(rng, scope), rng.pick(&RELATIONS)));
        Self {
            links: links.collect(),
            anchor,
        }
    }

    /// `the red star that is above the circle`
    fn words(&self, rng: &mut Rng) -> String {
        let mut text = self.anchor.words(rng).the;
        for (noun, relation) in &self.links {
            let the = noun.words(rng).the;
            let relation = describe::relation(*relation, rng);
            let that = rng.pick(&["that is ", "that is ", "which is "]);
            text = format!("{the} {that}{relation} {text}");
        }
        text
    }

    /// Statements that find it, and the name it then has.
    fn program(&self) -> (String, String) {
        let mut name = "anchor".to_owned();
        let mut body = format!(
            "    anchor = only(image.find(\"{}\"))\n",
            self.anchor.program()
        );
        for (at, (noun, relation)) in self.links.iter().enumerate() {
            let next = match at {
                0 => "second".to_owned(),
                _ => "third".to_owned(),
            };
            body.push_str(&format!(
                "    {next} = only(image.find(\"{}\", \"{}\", {name}))\n",
                noun.program(),
                relation.program()
            ));
            name = next;
        }
        (body, name)
    }

    fn needs(&self) -> Vec<super::Need> {
        let mut needs = vec![need(self.anchor, 1, 1)];
        needs.extend(self.links.iter().map(|(noun, _)| need(*noun, 1, 2)));
        needs
    }

    fn resolve(&self, picture: &Picture) -> Option<usize> {
        let mut at = picture.only(&self.anchor)?;
        for (noun, relation) in &self.links {
            at = single(&picture.find_related(noun, *relation, at)?)?;
        }
        Some(at)
    }
}

/// What is asked of the things that lie in a direction from the end of a chain.
fn exist_from(rng: &mut Rng, scope: Scope<'_>, links: usize) -> Question {
    let (chain, noun, relation) = start(rng, scope, links);
    let (one, said) = (noun.words(rng).one, describe::relation(relation, rng));
    let the = chain.words(rng);
    let (text, wording) = say(
        rng,
        &[
            format!("Is there {one} {said} {the}?"),
            format!("Does the image show {one} {said} {the}?"),
            format!("Can {one} be seen {said} {the}?"),
        ],
    );
    let (mut body, name) = chain.program();
    body.push_str(&format!(
        "    return image.exists(\"{}\", \"{}\", {name})\n",
        noun.program(),
        relation.program()
    ));
    let mut needs = chain.needs();
    needs.push(need(noun, 0, 2));
    Question {
        text,
        wording,
        body,
        wanted: yes_no(),
        needs,
        truth: Box::new(move |p| {
            let found = p.find_related(&noun, relation, chain.resolve(p)?)?;
            Some(Answer::Bool(!found.is_empty()))
        }),
    }
}

fn count_from(rng: &mut Rng, scope: Scope<'_>, links: usize) -> Question {
    let (chain, noun, relation) = start(rng, scope, links);
    let (many, said) = (noun.words(rng).many, describe::relation(relation, rng));
    let the = chain.words(rng);
    let (text, wording) = say(
        rng,
        &[
            format!("How many {many} are {said} {the}?"),
            format!("How many {many} are there {said} {the}?"),
            format!("What is the number of {many} {said} {the}?"),
        ],
    );
    let (mut body, name) = chain.program();
    body.push_str(&format!(
        "    return len(image.find(\"{}\", \"{}\", {name}))\n",
        noun.program(),
        relation.program()
    ));
    let mut needs = chain.needs();
    needs.push(need(noun, 0, 3));
    Question {
        text,
        wording,
        body,
        wanted: up_to(3),
        needs,
        truth: Box::new(move |p| {
            let found = p.find_related(&noun, relation, chain.resolve(p)?)?;
            Some(Answer::Count(found.len()))
        }),
    }
}

/// What a thing known by how it lies is like. `links` counts from the anchor to the thing.
fn query_from(rng: &mut Rng, scope: Scope<'_>, links: usize) -> Question {
    let category = rng.pick(&Category::ALL);
    let mut chain = Chain::random(rng, scope, links);
    if let Some((last, _)) = chain.links.last_mut() {
        *last = Noun::without(rng, scope, category);
    }
    let the = chain.words(rng);
    let (text, wording) = what_is(category, &the, rng);
    let (mut body, name) = chain.program();
    body.push_str(&format!("    return {}\n", read(&name, category)));
    Question {
        text,
        wording,
        body,
        wanted: values(scope, category),
        needs: chain.needs(),
        truth: Box::new(move |p| {
            let thing = p.things[chain.resolve(p)?];
            Some(Answer::Value(category, thing.value(category)))
        }),
    }
}

fn start(rng: &mut Rng, scope: Scope<'_>, links: usize) -> (Chain, Noun, Relation) {
    let chain = Chain::random(rng, scope, links);
    (chain, Noun::random(rng, scope), rng.pick(&RELATIONS))
}

pub(super) fn related(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let (a, b) = Noun::two(rng, scope);
    let relation = rng.pick(&RELATIONS);
    let (one, two) = (a.words(rng).the, b.words(rng).the);
    let said = describe::relation(relation, rng);
    let (text, wording) = say(
        rng,
        &[
            format!("Is {one} {said} {two}?"),
            format!("Is it true that {one} is {said} {two}?"),
            format!("Can {one} be seen {said} {two}?"),
        ],
    );
    Question {
        text,
        wording,
        body: format!(
            "    first = only(image.find(\"{}\"))\n    second = only(image.find(\"{}\"))\n    \
             return first.is_related(\"{}\", second)\n",
            a.program(),
            b.program(),
            relation.program()
        ),
        wanted: yes_no(),
        needs: vec![need(a, 1, 1), need(b, 1, 1)],
        truth: Box::new(move |p| {
            let (first, second) = (p.only(&a)?, p.only(&b)?);
            if first == second {
                return None;
            }
            p.related(first, relation, second).map(Answer::Bool)
        }),
    }
}

pub(super) fn exist_related(rng: &mut Rng, scope: Scope<'_>) -> Question {
    exist_from(rng, scope, 0)
}

pub(super) fn count_related(rng: &mut Rng, scope: Scope<'_>) -> Question {
    count_from(rng, scope, 0)
}

pub(super) fn query_related(rng: &mut Rng, scope: Scope<'_>) -> Question {
    query_from(rng, scope, 1)
}

pub(super) fn chain_exist(rng: &mut Rng, scope: Scope<'_>) -> Question {
    exist_from(rng, scope, 1)
}

pub(super) fn chain_count(rng: &mut Rng, scope: Scope<'_>) -> Question {
    count_from(rng, scope, 1)
}

pub(super) fn chain_query(rng: &mut Rng, scope: Scope<'_>) -> Question {
    query_from(rng, scope, 2)
}

pub(super) fn chain3_exist(rng: &mut Rng, scope: Scope<'_>) -> Question {
    exist_from(rng, scope, 2)
}

pub(super) fn chain3_query(rng: &mut Rng, scope: Scope<'_>) -> Question {
    query_from(rng, scope, 3)
}

/// The furthest of the things that lie in a direction from another.
pub(super) fn furthest_related(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let category = rng.pick(&Category::ALL);
    let (anchor, relation) = (Noun::random(rng, scope), rng.pick(&RELATIONS));
    let noun = Noun::without(rng, scope, category);
    let direction = rng.pick(&RELATIONS);
    let (words, the) = (noun.words(rng), anchor.words(rng).the);
    let best = describe::superlative(direction, &words.the, rng);
    let said = describe::relation(relation, rng);
    let whole = format!("{best} among the {} {said} {the}", words.many);
    let (text, wording) = what_is(category, &whole, rng);
    let list = format!(
        "image.find(\"{}\", \"{}\", anchor)",
        noun.program(),
        relation.program()
    );
    Question {
        text,
        wording,
        body: format!(
            "    anchor = only(image.find(\"{}\"))\n    return {}\n",
            anchor.program(),
            read(&furthest(direction, &list), category)
        ),
        wanted: values(scope, category),
        needs: vec![need(anchor, 1, 1), need(noun, 2, 4)],
        truth: Box::new(move |p| {
            let found = p.find_related(&noun, relation, p.only(&anchor)?)?;
            let at = p.furthest(&found, direction)?;
            Some(Answer::Value(category, p.things[at].value(category)))
        }),
    }
}

/// Whether every thing of a kind lies in a direction from another.
pub(super) fn all_related(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let (anchor, relation) = (Noun::random(rng, scope), rng.pick(&RELATIONS));
    let noun = Noun::random(rng, scope);
    let (words, the) = (noun.words(rng), anchor.words(rng).the);
    let said = describe::relation(relation, rng);
    let bare = words.the.replacen("the ", "", 1);
    let (text, wording) = say(
        rng,
        &[
            format!("Are all {} {said} {the}?", words.many),
            format!("Is every {bare} {said} {the}?"),
            format!("Is each of the {} {said} {the}?", words.many),
        ],
    );
    Question {
        text,
        wording,
        body: format!(
            "    anchor = only(image.find(\"{}\"))\n    \
             return all(thing.is_related(\"{}\", anchor) for thing in image.find(\"{}\"))\n",
            anchor.program(),
            relation.program(),
            noun.program()
        ),
        wanted: yes_no(),
        needs: vec![need(anchor, 1, 1), need(noun, 2, 3)],
        truth: Box::new(move |p| {
            let at = p.only(&anchor)?;
            let all = p.find(&noun);
            let ahead = p.find_related(&noun, relation, at)?;
            // The other must not be one of them.
            let fits = all.len() > 1 && !all.contains(&at);
            fits.then_some(Answer::Bool(ahead.len() == all.len()))
        }),
    }
}

/// Two kinds of things and what holds of whether they are there.
fn joined(
    rng: &mut Rng,
    scope: Scope<'_>,
    program: fn(&str, &str) -> String,
    wordings: fn(&str, &str) -> [String; 3],
    holds: fn(bool, bool) -> bool,
) -> Question {
    let (a, b) = Noun::two(rng, scope);
    let (one, two) = (a.words(rng).one, b.words(rng).one);
    let (text, wording) = say(rng, &wordings(&one, &two));
    let exists = |noun: &Noun| format!("image.exists(\"{}\")", noun.program());
    Question {
        text,
        wording,
        body: format!("    return {}\n", program(&exists(&a), &exists(&b))),
        wanted: yes_no(),
        needs: vec![need(a, 0, 1), need(b, 0, 1)],
        truth: Box::new(move |p| {
            // One thing must not stand for both.
            let both = p.things.iter().any(|t| a.names(t) && b.names(t));
            (!both).then(|| Answer::Bool(holds(p.count(&a) > 0, p.count(&b) > 0)))
        }),
    }
}

/// `no red star`, of `a red star`.
fn no(one: &str) -> String {
    let bare = one.split_once(' ').map_or(one, |(_, bare)| bare);
    format!("no {bare}")
}

pub(super) fn and(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let wordings = |a: &str, b: &str| {
        [
            format!("Does the image show both {a} and {b}?"),
            format!("Is there {a}, and is there {b} too?"),
            format!("Can both {a} and {b} be seen?"),
        ]
    };
    joined(
        rng,
        scope,
        |a, b| format!("{a} and {b}"),
        wordings,
        |a, b| a && b,
    )
}

pub(super) fn or(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let wordings = |a: &str, b: &str| {
        [
            format!("Is there {a} or {b}, or both?"),
            format!("Does the image show at least one of these: {a}, {b}?"),
            format!("Can {a} or {b} be seen, or even both?"),
        ]
    };
    joined(
        rng,
        scope,
        |a, b| format!("{a} or {b}"),
        wordings,
        |a, b| a || b,
    )
}

pub(super) fn and_not(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let wordings = |a: &str, b: &str| {
        let none = no(b);
        [
            format!("Is there {a} but {none}?"),
            format!("Does the image show {a} but {none}?"),
            format!("Is there {a}, while there is {none}?"),
        ]
    };
    let program = |a: &str, b: &str| format!("{a} and not {b}");
    joined(rng, scope, program, wordings, |a, b| a && !b)
}

pub(super) fn one_of(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let wordings = |a: &str, b: &str| {
        [
            format!("Is there either {a} or {b}, but not both?"),
            format!("Does the image show {a} or {b}, but not both?"),
            format!("Of {a} and {b}, is there exactly one kind in the image?"),
        ]
    };
    // Not `!=`: a rationale would take it for a comparison of how many there are.
    let program = |a: &str, b: &str| format!("({a} or {b}) and not ({a} and {b})");
    joined(rng, scope, program, wordings, |a, b| a != b)
}

/// Three kinds of things and what holds of whether they are there.
fn joined3(
    rng: &mut Rng,
    scope: Scope<'_>,
    program: fn(&str, &str, &str) -> String,
    wordings: fn(&str, &str, &str) -> [String; 2],
    holds: fn(bool, bool, bool) -> bool,
) -> Question {
    let (a, b) = Noun::two(rng, scope);
    let c = Noun::random(rng, scope);
    let [one, two, three] = [a, b, c].map(|noun| noun.words(rng).one);
    let (text, wording) = say(rng, &wordings(&one, &two, &three));
    let exists = |noun: &Noun| format!("image.exists(\"{}\")", noun.program());
    let program = program(&exists(&a), &exists(&b), &exists(&c));
    Question {
        text,
        wording,
        body: format!("    return {program}\n"),
        wanted: yes_no(),
        needs: vec![need(a, 0, 1), need(b, 0, 1), need(c, 0, 1)],
        truth: Box::new(move |p| {
            let named = |t| [a, b, c].iter().filter(|noun| noun.names(t)).count();
            let both = p.things.iter().any(|t| named(t) > 1);
            let [a, b, c] = [a, b, c].map(|noun| p.count(&noun) > 0);
            (!both).then(|| Answer::Bool(holds(a, b, c)))
        }),
    }
}

pub(super) fn and_and(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let wordings = |a: &str, b: &str, c: &str| {
        [
            format!("Does the image show {a}, {b} and {c}?"),
            format!("Can {a}, {b} and {c} all be seen?"),
        ]
    };
    let program = |a: &str, b: &str, c: &str| format!("{a} and {b} and {c}");
    joined3(rng, scope, program, wordings, |a, b, c| a && b && c)
}

pub(super) fn and_or(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let wordings = |a: &str, b: &str, c: &str| {
        [
            format!("Is there {a}, and is there also {b} or {c}?"),
            format!("Does the image show {a}, and besides it {b} or {c}?"),
        ]
    };
    let program = |a: &str, b: &str, c: &str| format!("{a} and ({b} or {c})");
    joined3(rng, scope, program, wordings, |a, b, c| a && (b || c))
}
