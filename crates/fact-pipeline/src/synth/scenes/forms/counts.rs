//! Existence, count, comparison of counts, quantifiers.

use super::super::super::rng::Rng;
use super::super::describe::{Noun, Scope, number};
use super::super::picture::{Category, Picture, RELATIONS, Relation};
use super::{ADJECTIVES, Answer, Question, need, read, say, up_to, word, yes_no};

pub(super) fn exist(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let noun = Noun::random(rng, scope);
    let one = noun.words(rng).one;
    let (text, wording) = say(
        rng,
        &[
            format!("Is there {one}?"),
            format!("Is there {one} in the image?"),
            format!("Does the picture show {one}?"),
            format!("Can {one} be seen?"),
        ],
    );
    Question {
        text,
        wording,
        body: format!("    return image.exists(\"{}\")\n", noun.program()),
        wanted: yes_no(),
        needs: vec![need(noun, 0, 2)],
        truth: Box::new(move |p| Some(Answer::Bool(p.count(&noun) > 0))),
    }
}

pub(super) fn exist_half(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let noun = Noun::random(rng, scope);
    let half = rng.pick(&RELATIONS);
    let (one, side) = (noun.words(rng).one, half.half());
    let (text, wording) = say(
        rng,
        &[
            format!("Is there {one} in the {side} half of the image?"),
            format!("Does the {side} half of the picture show {one}?"),
            format!("In the {side} half of the image, is there {one}?"),
        ],
    );
    Question {
        text,
        wording,
        body: format!(
            "    return any(thing.is_in(\"{side}\") for thing in image.find(\"{}\"))\n",
            noun.program()
        ),
        wanted: yes_no(),
        needs: vec![need(noun, 0, 2)],
        truth: Box::new(move |p| Some(Answer::Bool(in_half(p, &noun, half)? > 0))),
    }
}

/// How many things of a kind lie in a half; `None` if one lies across.
fn in_half(picture: &Picture, noun: &Noun, half: Relation) -> Option<usize> {
    let mut count = 0;
    for at in picture.find(noun) {
        count += usize::from(picture.in_half(at, half)?);
    }
    Some(count)
}

/// A noun, and a value of a category that it does not name.
struct Predicated {
    noun: Noun,
    category: Category,
    value: u8,
    /// The noun with the value.
    both: Noun,
}

impl Predicated {
    fn random(rng: &mut Rng, scope: Scope<'_>) -> Self {
        let category = rng.pick(&ADJECTIVES);
        let noun = Noun::without(rng, scope, category);
        let value = scope.held_out.value(rng, category);
        Self {
            noun,
            category,
            value,
            both: noun.and(category, value),
        }
    }

    /// `thing.color == "red"`
    fn test(&self, operator: &str) -> String {
        let own = read("thing", self.category);
        format!("{own} {operator} \"{}\"", self.word())
    }

    fn word(&self) -> &'static str {
        word(self.category, self.value)
    }
}

pub(super) fn exist_without(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let it = Predicated::random(rng, scope);
    let (one, value) = (it.noun.words(rng).one, it.word());
    let (text, wording) = say(
        rng,
        &[
            format!("Is there {one} that is not {value}?"),
            format!("Does the image show {one} that is not {value}?"),
            format!("Can {one} be seen that is not {value}?"),
        ],
    );
    let (noun, both) = (it.noun, it.both);
    Question {
        text,
        wording,
        body: format!(
            "    return any({} for thing in image.find(\"{}\"))\n",
            it.test("!="),
            noun.program()
        ),
        wanted: yes_no(),
        needs: vec![need(noun, 0, 1), need(both, 0, 2)],
        truth: Box::new(move |p| {
            // Without any such thing the question would suppose what is not there.
            let all = p.count(&noun);
            (all > 0).then(|| Answer::Bool(all > p.count(&both)))
        }),
    }
}

pub(super) fn count(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let noun = Noun::random(rng, scope);
    let many = noun.words(rng).many;
    let (text, wording) = say(
        rng,
        &[
            format!("How many {many} are there?"),
            format!("How many {many} are in the image?"),
            format!("What is the number of {many}?"),
            format!("How many {many} does the picture show?"),
        ],
    );
    Question {
        text,
        wording,
        body: format!("    return len(image.find(\"{}\"))\n", noun.program()),
        wanted: up_to(4),
        needs: vec![need(noun, 0, 4)],
        truth: Box::new(move |p| Some(Answer::Count(p.count(&noun)))),
    }
}

pub(super) fn count_half(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let noun = Noun::random(rng, scope);
    let half = rng.pick(&RELATIONS);
    let (many, side) = (noun.words(rng).many, half.half());
    let (text, wording) = say(
        rng,
        &[
            format!("How many {many} are in the {side} half of the image?"),
            format!("How many {many} does the {side} half of the picture show?"),
            format!("In the {side} half of the image, how many {many} are there?"),
        ],
    );
    Question {
        text,
        wording,
        body: format!(
            "    return len([thing for thing in image.find(\"{}\") if thing.is_in(\"{side}\")])\n",
            noun.program()
        ),
        wanted: up_to(3),
        needs: vec![need(noun, 0, 4)],
        truth: Box::new(move |p| in_half(p, &noun, half).map(Answer::Count)),
    }
}

pub(super) fn count_either(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let (a, b) = Noun::two(rng, scope);
    let (one, two) = (a.words(rng), b.words(rng));
    let (text, wording) = say(
        rng,
        &[
            format!("How many {} and {} are there in total?", one.many, two.many),
            format!("How many things are either {} or {}?", one.one, two.one),
            format!(
                "Taken together, how many {} and {} are there?",
                one.many, two.many
            ),
        ],
    );
    Question {
        text,
        wording,
        body: format!(
            "    return len(either(image.find(\"{}\"), image.find(\"{}\")))\n",
            a.program(),
            b.program()
        ),
        wanted: up_to(5),
        needs: vec![need(a, 0, 3), need(b, 0, 3)],
        truth: Box::new(move |p| {
            // What is both could be counted once or twice.
            let both = p.things.iter().any(|t| a.names(t) && b.names(t));
            (!both).then(|| Answer::Count(p.count(&a) + p.count(&b)))
        }),
    }
}

pub(super) fn count_without(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let it = Predicated::random(rng, scope);
    let (many, value) = (it.noun.words(rng).many, it.word());
    let (text, wording) = say(
        rng,
        &[
            format!("How many {many} are not {value}?"),
            format!("How many {many} are there that are not {value}?"),
            format!("What is the number of {many} that are not {value}?"),
        ],
    );
    let (noun, both) = (it.noun, it.both);
    Question {
        text,
        wording,
        body: format!(
            "    return len([thing for thing in image.find(\"{}\") if {}])\n",
            noun.program(),
            it.test("!=")
        ),
        wanted: up_to(3),
        needs: vec![need(noun, 0, 3), need(both, 0, 2)],
        truth: Box::new(move |p| {
            let all = p.count(&noun);
            (all > 0).then(|| Answer::Count(all - p.count(&both)))
        }),
    }
}

/// A comparison of how many there are of two kinds.
fn compared(
    rng: &mut Rng,
    scope: Scope<'_>,
    operator: &'static str,
    wordings: fn(&str, &str) -> [String; 3],
    holds: fn(usize, usize) -> bool,
) -> Question {
    let (a, b) = Noun::two(rng, scope);
    let (one, two) = (a.words(rng).many, b.words(rng).many);
    let (text, wording) = say(rng, &wordings(&one, &two));
    Question {
        text,
        wording,
        body: format!(
            "    return len(image.find(\"{}\")) {operator} len(image.find(\"{}\"))\n",
            a.program(),
            b.program()
        ),
        wanted: yes_no(),
        needs: vec![need(a, 0, 3), need(b, 0, 3)],
        truth: Box::new(move |p| {
            let (first, second) = (p.count(&a), p.count(&b));
            // Nobody compares nothing with nothing.
            (first + second > 0).then(|| Answer::Bool(holds(first, second)))
        }),
    }
}

pub(super) fn more(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let wordings = |a: &str, b: &str| {
        [
            format!("Are there more {a} than {b}?"),
            format!("Is the number of {a} greater than the number of {b}?"),
            format!("Does the image show more {a} than {b}?"),
        ]
    };
    compared(rng, scope, ">", wordings, |a, b| a > b)
}

pub(super) fn fewer(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let wordings = |a: &str, b: &str| {
        [
            format!("Are there fewer {a} than {b}?"),
            format!("Is the number of {a} smaller than the number of {b}?"),
            format!("Does the image show fewer {a} than {b}?"),
        ]
    };
    compared(rng, scope, "<", wordings, |a, b| a < b)
}

pub(super) fn as_many(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let wordings = |a: &str, b: &str| {
        [
            format!("Are there as many {a} as {b}?"),
            format!("Is the number of {a} the same as the number of {b}?"),
            format!("Does the image show as many {a} as {b}?"),
        ]
    };
    compared(rng, scope, "==", wordings, |a, b| a == b)
}

pub(super) fn more_in_half(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let noun = Noun::random(rng, scope);
    let (near, far) = rng.pick(&[
        (Relation::Left, Relation::Right),
        (Relation::Right, Relation::Left),
        (Relation::Above, Relation::Below),
        (Relation::Below, Relation::Above),
    ]);
    let many = noun.words(rng).many;
    let (here, there) = (near.half(), far.half());
    let (text, wording) = say(
        rng,
        &[
            format!(
                "Are there more {many} in the {here} half of the image than in the {there} half?"
            ),
            format!("Does the {here} half of the picture show more {many} than the {there} half?"),
        ],
    );
    let noun_text = noun.program();
    Question {
        text,
        wording,
        body: format!(
            "    things = image.find(\"{noun_text}\")\n    \
             here = [thing for thing in things if thing.is_in(\"{here}\")]\n    \
             there = [thing for thing in things if thing.is_in(\"{there}\")]\n    \
             return len(here) > len(there)\n"
        ),
        wanted: yes_no(),
        needs: vec![need(noun, 1, 4)],
        truth: Box::new(move |p| {
            let (first, second) = (in_half(p, &noun, near)?, in_half(p, &noun, far)?);
            (first + second > 0).then_some(Answer::Bool(first > second))
        }),
    }
}

/// A statement about how many of the things of a kind have a value.
fn quantified(
    it: &Predicated,
    (text, wording): (String, String),
    body: String,
    holds: impl Fn(usize, usize) -> bool + Send + 'static,
) -> Question {
    let (noun, both) = (it.noun, it.both);
    Question {
        text,
        wording,
        body,
        wanted: yes_no(),
        needs: vec![need(noun, 0, 2), need(both, 0, 3)],
        truth: Box::new(move |p| {
            let (all, with) = (p.count(&noun), p.count(&both));
            // “All stars” are two or more.
            (all > 1).then(|| Answer::Bool(holds(with, all)))
        }),
    }
}

pub(super) fn all(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let it = Predicated::random(rng, scope);
    let (words, value) = (it.noun.words(rng), it.word());
    let bare = words.the.replacen("the ", "", 1);
    let said = say(
        rng,
        &[
            format!("Are all {} {value}?", words.many),
            format!("Is every {bare} {value}?"),
            format!("Is each of the {} {value}?", words.many),
        ],
    );
    let body = format!(
        "    return all({} for thing in image.find(\"{}\"))\n",
        it.test("=="),
        it.noun.program()
    );
    quantified(&it, said, body, |with, all| with == all)
}

pub(super) fn none(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let it = Predicated::random(rng, scope);
    let (many, value) = (it.noun.words(rng).many, it.word());
    let said = say(
        rng,
        &[
            format!("Are none of the {many} {value}?"),
            format!("Is it true that none of the {many} are {value}?"),
            format!("Is none of the {many} {value}?"),
        ],
    );
    let body = format!(
        "    return not any({} for thing in image.find(\"{}\"))\n",
        it.test("=="),
        it.noun.program()
    );
    quantified(&it, said, body, |with, _| with == 0)
}

/// The statement that some number of things have a value.
fn counted(it: &Predicated, test: &str) -> String {
    format!(
        "    found = [thing for thing in image.find(\"{}\") if {}]\n    return len(found) {test}\n",
        it.noun.program(),
        it.test("==")
    )
}

pub(super) fn at_least(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let it = Predicated::random(rng, scope);
    let n = rng.pick(&[2, 2, 3]);
    let (many, value, count) = (it.noun.words(rng).many, it.word(), number(n));
    let said = say(
        rng,
        &[
            format!("Are at least {count} of the {many} {value}?"),
            format!("Are at least {count} {many} {value}?"),
            format!("Are {count} or more of the {many} {value}?"),
        ],
    );
    let body = counted(&it, &format!(">= {n}"));
    quantified(&it, said, body, move |with, _| with >= n)
}

pub(super) fn exactly(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let it = Predicated::random(rng, scope);
    let n = rng.pick(&[2, 2, 3]);
    let (many, value, count) = (it.noun.words(rng).many, it.word(), number(n));
    let said = say(
        rng,
        &[
            format!("Are exactly {count} of the {many} {value}?"),
            format!("Are exactly {count} {many} {value}?"),
            format!("Is the number of {many} that are {value} exactly {count}?"),
        ],
    );
    let body = counted(&it, &format!("== {n}"));
    quantified(&it, said, body, move |with, _| with == n)
}

pub(super) fn most(rng: &mut Rng, scope: Scope<'_>) -> Question {
    let it = Predicated::random(rng, scope);
    let (many, value) = (it.noun.words(rng).many, it.word());
    let said = say(
        rng,
        &[
            format!("Are more than half of the {many} {value}?"),
            format!("Are most of the {many} {value}?"),
            format!("Are most {many} {value}?"),
        ],
    );
    let body = format!(
        "    things = image.find(\"{}\")\n    \
         found = [thing for thing in things if {}]\n    \
         return len(found) > len(things) - len(found)\n",
        it.noun.program(),
        it.test("==")
    );
    quantified(&it, said, body, |with, all| 2 * with > all)
}
