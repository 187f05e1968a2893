//! Sentences about scattered items.

use super::super::picture::{COLORS, Item, SHAPES, SIZES, WALLS};
use super::super::rng::Rng;
use super::super::words::{
    Phrase, Quantity, color_word, number, shape_word, size_word, wall_words,
};
use super::{Draft, Template, box_words, draft, image_word, place_words, returns};

pub(super) const TEMPLATES: &[Template] = &[
    count_in_image,
    count_in_image,
    count_in_some_box,
    count_in_some_box,
    count_in_every_box,
    number_of_boxes,
    no_box,
    all_are,
    touches_wall,
    walls_of_all,
    touches_corner,
    touches_item,
    compared_counts,
    compared_boxes,
    count_in_one_box,
    two_counts,
    either,
    uniform_box,
    kinds_in_box,
    above,
    beside,
    none_of_kind,
];

fn all_items(boxes: &[Vec<Item>; 3], phrase: Phrase) -> usize {
    boxes.iter().map(|items| phrase.count(items)).sum()
}

fn count_in_image(rng: &mut Rng) -> Draft {
    let (phrase, quantity) = (Phrase::random(rng), Quantity::random(1, 5, rng));
    let noun = phrase.words(rng);
    let counted = quantity.words(&noun.bare, &noun.many, rng);
    let (verb, image) = (quantity.verb(), image_word(rng));
    let text = match rng.below(4) {
        0 => format!("there {verb} {counted}"),
        1 => format!("there {verb} {counted} in the {image}"),
        2 => format!("the {image} shows {counted}"),
        _ => format!("in total {counted} can be seen"),
    };
    let body = returns(format_args!(
        "image.count(\"{}\") {}",
        phrase.canonical(),
        quantity.test()
    ));
    draft(text, body, move |p| {
        Some(quantity.holds(all_items(&p.boxes, phrase)))
    })
}

fn count_in_some_box(rng: &mut Rng) -> Draft {
    let (phrase, quantity) = (Phrase::random(rng), Quantity::random(1, 3, rng));
    let noun = phrase.words(rng);
    let counted = quantity.words(&noun.bare, &noun.many, rng);
    let (one, many) = box_words(rng);
    let text = match rng.below(4) {
        0 => format!("there is a {one} with {counted}"),
        1 => format!("one of the {many} contains {counted}"),
        2 => format!("some {one} holds {counted}"),
        _ => format!("at least one {one} has {counted}"),
    };
    let test = format!("box.count(\"{}\") {}", phrase.canonical(), quantity.test());
    let body = if rng.chance(50) {
        returns(format_args!("any({test} for box in image.boxes)"))
    } else {
        format!(
            "    for box in image.boxes:\n        if {test}:\n            return True\n    return False\n"
        )
    };
    draft(text, body, move |p| {
        Some(
            p.boxes
                .iter()
                .any(|items| quantity.holds(phrase.count(items))),
        )
    })
}

fn count_in_every_box(rng: &mut Rng) -> Draft {
    let (phrase, quantity) = (Phrase::random(rng), Quantity::random(1, 3, rng));
    let noun = phrase.words(rng);
    let counted = quantity.words(&noun.bare, &noun.many, rng);
    let (one, many) = box_words(rng);
    let text = match rng.below(4) {
        0 => format!("every {one} contains {counted}"),
        1 => format!("each {one} has {counted}"),
        2 => format!("all {many} hold {counted}"),
        _ => format!("there {} {counted} in each {one}", quantity.verb()),
    };
    let test = format!("box.count(\"{}\") {}", phrase.canonical(), quantity.test());
    let body = returns(format_args!("all({test} for box in image.boxes)"));
    draft(text, body, move |p| {
        Some(
            p.boxes
                .iter()
                .all(|items| quantity.holds(phrase.count(items))),
        )
    })
}

fn number_of_boxes(rng: &mut Rng) -> Draft {
    let (phrase, n) = (Phrase::random(rng), rng.between(1, 2) as usize);
    let noun = phrase.words(rng);
    let (one, many) = box_words(rng);
    let boxes = Quantity::exactly(n);
    let text = match rng.below(3) {
        0 => {
            let verb = boxes.agree("contains", "contain");
            format!("{} {verb} {}", boxes.words(one, many, rng), noun.one)
        }
        1 => {
            let verb = boxes.agree("has", "have");
            format!(
                "exactly {} of the {many} {verb} {}",
                number(n, rng),
                noun.one
            )
        }
        _ => {
            let (counted, verb) = (boxes.words(one, many, rng), boxes.verb());
            format!("there {verb} {counted} with {}", noun.one)
        }
    };
    let body = format!(
        "    found = [box for box in image.boxes if box.exists(\"{}\")]\n    return len(found) == {n}\n",
        phrase.canonical()
    );
    draft(text, body, move |p| {
        let holding = p.boxes.iter().filter(|items| phrase.count(items) > 0);
        Some(holding.count() == n)
    })
}

fn no_box(rng: &mut Rng) -> Draft {
    let (phrase, quantity) = (Phrase::random(rng), Quantity::random(1, 3, rng));
    let noun = phrase.words(rng);
    let counted = quantity.words(&noun.bare, &noun.many, rng);
    let (one, many) = box_words(rng);
    let text = match rng.below(3) {
        0 => format!("no {one} contains {counted}"),
        1 => format!("none of the {many} has {counted}"),
        _ => format!("there is no {one} with {counted}"),
    };
    let test = format!("box.count(\"{}\") {}", phrase.canonical(), quantity.test());
    let body = returns(format_args!("not any({test} for box in image.boxes)"));
    draft(text, body, move |p| {
        Some(
            !p.boxes
                .iter()
                .any(|items| quantity.holds(phrase.count(items))),
        )
    })
}

fn all_are(rng: &mut Rng) -> Draft {
    // Say a kind, then a property it does not name.
    let (subject, predicate, said) = match rng.below(3) {
        0 => {
            let color = rng.pick(&COLORS);
            let subject = Phrase {
                shape: Some(rng.pick(&SHAPES)),
                ..Phrase::ANY
            };
            (subject, Phrase::color(color), color_word(color).to_owned())
        }
        1 => {
            let shape = rng.pick(&SHAPES);
            let predicate = Phrase {
                shape: Some(shape),
                ..Phrase::ANY
            };
            let subject = Phrase::color(rng.pick(&COLORS));
            (subject, predicate, format!("{}s", shape_word(shape)))
        }
        _ => {
            let size = rng.pick(&SIZES);
            let predicate = Phrase {
                size: Some(size),
                ..Phrase::ANY
            };
            let subject = Phrase {
                size: None,
                ..Phrase::random(rng)
            };
            (subject, predicate, size_word(size).to_owned())
        }
    };
    let noun = subject.words(rng);
    let text = match rng.below(3) {
        0 => format!("all {} are {said}", noun.many),
        1 => format!("all of the {} are {said}", noun.many),
        _ => format!("the {} are all {said}", noun.many),
    };
    let body = returns(format_args!(
        "all(item.is_a(\"{}\") for item in image.find(\"{}\"))",
        predicate.canonical(),
        subject.canonical()
    ));
    draft(text, body, move |p| {
        let mut named = p.items().filter(|item| subject.names(item)).peekable();
        named.peek()?;
        Some(named.all(|item| predicate.names(item)))
    })
}

fn touches_wall(rng: &mut Rng) -> Draft {
    let (phrase, wall) = (Phrase::random(rng), rng.pick(&WALLS));
    let noun = phrase.words(rng);
    let (side, words) = wall_words(wall, rng);
    let (one, _) = box_words(rng);
    let negated = rng.chance(25);
    let text = match (negated, rng.below(3)) {
        (false, 0) => format!("{} touches the {words} of its {one}", noun.one),
        (false, 1) => format!("there is {} touching the {words}", noun.one),
        (false, _) => format!(
            "at least one {} lies against the {words} of a {one}",
            noun.bare
        ),
        (true, 0) => format!("no {} touches the {words} of its {one}", noun.bare),
        (true, _) => format!("there is no {} touching the {words}", noun.bare),
    };
    let not = if negated { "not " } else { "" };
    let body = returns(format_args!(
        "{not}any(item.touches_wall(\"{side}\") for item in image.find(\"{}\"))",
        phrase.canonical()
    ));
    draft(text, body, move |p| {
        let found = p
            .items()
            .any(|item| phrase.names(item) && item.touches_wall(wall));
        Some(found != negated)
    })
}

fn walls_of_all(rng: &mut Rng) -> Draft {
    let phrase = Phrase::random(rng);
    let noun = phrase.words(rng);
    let wall = rng.pick(&["a wall", "an edge", "a side of its box"]);
    let n = rng.between(1, 3) as usize;
    let exactly = Quantity::exactly(n);
    let all = rng.chance(40);
    let text = if all {
        format!("every {} touches {wall}", noun.bare)
    } else {
        let counted = exactly.words(&noun.bare, &noun.many, rng);
        format!("{counted} {} {wall}", exactly.agree("touches", "touch"))
    };
    let kind = phrase.canonical();
    let body = if all {
        returns(format_args!(
            "all(item.touches_wall() for item in image.find(\"{kind}\"))"
        ))
    } else {
        format!(
            "    touching = [item for item in image.find(\"{kind}\") if item.touches_wall()]\n    return len(touching) == {n}\n"
        )
    };
    draft(text, body, move |p| {
        let named: Vec<&Item> = p.items().filter(|item| phrase.names(item)).collect();
        let at_wall = |item: &&&Item| WALLS.iter().any(|&wall| item.touches_wall(wall));
        let touching = named.iter().filter(at_wall).count();
        match all {
            true if named.is_empty() => None,
            true => Some(touching == named.len()),
            false => Some(exactly.holds(touching)),
        }
    })
}

fn touches_corner(rng: &mut Rng) -> Draft {
    let phrase = Phrase::random(rng);
    let noun = phrase.words(rng);
    let (one, _) = box_words(rng);
    let text = match rng.below(3) {
        0 => format!("{} lies in a corner of its {one}", noun.one),
        1 => format!("there is {} touching a corner", noun.one),
        _ => format!("some {} sits in a corner", noun.bare),
    };
    let body = returns(format_args!(
        "any(item.touches_corner() for item in image.find(\"{}\"))",
        phrase.canonical()
    ));
    draft(text, body, move |p| {
        Some(
            p.items()
                .any(|item| phrase.names(item) && item.touches_corner()),
        )
    })
}

/// Whether two different items of one box, named by the phrases, stand in the relation.
fn related(
    boxes: &[Vec<Item>; 3],
    first: Phrase,
    second: Phrase,
    relation: impl Fn(&Item, &Item) -> bool,
) -> bool {
    boxes.iter().any(|items| {
        items.iter().any(|a| {
            first.names(a)
                && items
                    .iter()
                    .any(|b| a != b && second.names(b) && relation(a, b))
        })
    })
}

fn pair_program(method: &str, first: Phrase, second: Phrase, rng: &mut Rng) -> String {
    let (a, b) = (first.canonical(), second.canonical());
    if rng.chance(50) {
        returns(format_args!(
            "any(a.{method}(b) for box in image.boxes for a in box.find(\"{a}\") for b in box.find(\"{b}\"))"
        ))
    } else {
        format!(
            "    for box in image.boxes:\n        for a in box.find(\"{a}\"):\n            for b in box.find(\"{b}\"):\n                if a.{method}(b):\n                    return True\n    return False\n"
        )
    }
}

fn touches_item(rng: &mut Rng) -> Draft {
    let (first, second) = (Phrase::random(rng), Phrase::random(rng));
    let (a, b) = (first.words(rng), second.words(rng));
    let other = if first == second {
        format!("another {}", b.bare)
    } else {
        b.one
    };
    let text = match rng.below(3) {
        0 => format!("{} touches {other}", a.one),
        1 => format!("there is {} touching {other}", a.one),
        _ => format!("some {} is in contact with {other}", a.bare),
    };
    let body = pair_program("touches", first, second, rng);
    draft(text, body, move |p| {
        Some(related(&p.boxes, first, second, Item::touches))
    })
}

fn above(rng: &mut Rng) -> Draft {
    let (first, second) = (Phrase::random(rng), Phrase::random(rng));
    let (a, b) = (first.words(rng), second.words(rng));
    let (one, _) = box_words(rng);
    let text = match rng.below(3) {
        0 => format!("in one {one} {} is higher up than {}", a.one, b.one),
        1 => format!("there is a {one} with {} above {}", a.one, b.one),
        _ => format!("{} is completely above {} in the same {one}", a.one, b.one),
    };
    let body = pair_program("is_above", first, second, rng);
    draft(text, body, move |p| {
        Some(related(&p.boxes, first, second, Item::is_above))
    })
}

fn beside(rng: &mut Rng) -> Draft {
    let (first, second) = (Phrase::random(rng), Phrase::random(rng));
    let (a, b) = (first.words(rng), second.words(rng));
    let (one, _) = box_words(rng);
    let mirrored = rng.chance(50);
    let (side, method) = if mirrored {
        ("right", "is_right_of")
    } else {
        ("left", "is_left_of")
    };
    let text = match rng.below(2) {
        0 => format!("there is a {one} with {} to the {side} of {}", a.one, b.one),
        _ => format!("in some {one} {} lies {side} of {}", a.one, b.one),
    };
    let body = pair_program(method, first, second, rng);
    draft(text, body, move |p| {
        Some(related(&p.boxes, first, second, |a, b| {
            if mirrored {
                b.is_left_of(a)
            } else {
                a.is_left_of(b)
            }
        }))
    })
}

fn compared_counts(rng: &mut Rng) -> Draft {
    let first = Phrase::random(rng);
    let mut second = Phrase::random(rng);
    while second == first {
        second = Phrase::random(rng);
    }
    let (a, b) = (first.words(rng).many, second.words(rng).many);
    let (text, operator): (String, &str) = match rng.below(4) {
        0 => (format!("there are more {a} than {b}"), ">"),
        1 => (format!("there are fewer {a} than {b}"), "<"),
        2 => (format!("there are as many {a} as {b}"), "=="),
        _ => (format!("the {a} outnumber the {b}"), ">"),
    };
    let body = returns(format_args!(
        "image.count(\"{}\") {operator} image.count(\"{}\")",
        first.canonical(),
        second.canonical()
    ));
    draft(text, body, move |p| {
        let (a, b) = (all_items(&p.boxes, first), all_items(&p.boxes, second));
        Some(match operator {
            ">" => a > b,
            "<" => a < b,
            _ => a == b,
        })
    })
}

fn compared_boxes(rng: &mut Rng) -> Draft {
    let (first, first_words) = place_words(rng);
    let (mut second, mut second_words) = place_words(rng);
    while second == first {
        (second, second_words) = place_words(rng);
    }
    let phrase = if rng.chance(40) {
        Phrase::ANY
    } else {
        Phrase::random(rng)
    };
    let (noun, more) = (phrase.words(rng), rng.chance(60));
    let (one, _) = box_words(rng);
    let (word, operator) = if more { ("more", ">") } else { ("fewer", "<") };
    let text = match rng.below(2) {
        0 => format!(
            "the {first_words} {one} has {word} {} than the {second_words} {one}",
            noun.many
        ),
        _ => format!(
            "there are {word} {} in the {first_words} {one} than in the {second_words} one",
            noun.many
        ),
    };
    let kind = phrase.canonical();
    let body = returns(format_args!(
        "image.boxes[{first}].count(\"{kind}\") {operator} image.boxes[{second}].count(\"{kind}\")"
    ));
    draft(text, body, move |p| {
        let (a, b) = (
            phrase.count(&p.boxes[first]),
            phrase.count(&p.boxes[second]),
        );
        Some(if more { a > b } else { a < b })
    })
}

fn count_in_one_box(rng: &mut Rng) -> Draft {
    let (index, place) = place_words(rng);
    let (phrase, quantity) = (Phrase::random(rng), Quantity::random(1, 3, rng));
    let noun = phrase.words(rng);
    let counted = quantity.words(&noun.bare, &noun.many, rng);
    let (one, _) = box_words(rng);
    let text = match rng.below(2) {
        0 => format!("the {place} {one} contains {counted}"),
        _ => format!("there {} {counted} in the {place} {one}", quantity.verb()),
    };
    let body = returns(format_args!(
        "image.boxes[{index}].count(\"{}\") {}",
        phrase.canonical(),
        quantity.test()
    ));
    draft(text, body, move |p| {
        Some(quantity.holds(phrase.count(&p.boxes[index])))
    })
}

fn two_counts(rng: &mut Rng) -> Draft {
    let (first, second) = (Phrase::random(rng), Phrase::random(rng));
    let (m, n) = (Quantity::random(1, 2, rng), Quantity::random(1, 2, rng));
    let (a, b) = (first.words(rng), second.words(rng));
    let (a, b) = (
        m.words(&a.bare, &a.many, rng),
        n.words(&b.bare, &b.many, rng),
    );
    let (one, many) = box_words(rng);
    let text = match rng.below(3) {
        0 => format!("there is a {one} with {a} and {b}"),
        1 => format!("one of the {many} contains {a} and {b}"),
        _ => format!("some {one} has {a} as well as {b}"),
    };
    let body = returns(format_args!(
        "any(box.count(\"{}\") {} and box.count(\"{}\") {} for box in image.boxes)",
        first.canonical(),
        m.test(),
        second.canonical(),
        n.test()
    ));
    draft(text, body, move |p| {
        let both = |items: &Vec<Item>| m.holds(first.count(items)) && n.holds(second.count(items));
        Some(p.boxes.iter().any(both))
    })
}

fn either(rng: &mut Rng) -> Draft {
    let (first, second) = (Phrase::random(rng), Phrase::random(rng));
    let (a, b) = (first.words(rng).one, second.words(rng).one);
    let (one, _) = box_words(rng);
    let text = match rng.below(2) {
        0 => format!("every {one} contains {a} or {b}"),
        _ => format!("each {one} has {a} or {b}"),
    };
    let body = format!(
        "    for box in image.boxes:\n        if not (box.exists(\"{}\") or box.exists(\"{}\")):\n            return False\n    return True\n",
        first.canonical(),
        second.canonical()
    );
    draft(text, body, move |p| {
        let holds = |items: &Vec<Item>| first.count(items) + second.count(items) > 0;
        Some(p.boxes.iter().all(holds))
    })
}

/// How many different values a property takes.
fn distinct<T: Ord>(items: &[Item], property: impl Fn(&Item) -> T) -> usize {
    items
        .iter()
        .map(property)
        .collect::<std::collections::BTreeSet<_>>()
        .len()
}

fn uniform_box(rng: &mut Rng) -> Draft {
    let (color, every) = (rng.chance(50), rng.chance(30));
    let property = if color { "color" } else { "shape" };
    let (one, many) = box_words(rng);
    let text = match (every, rng.below(2)) {
        (true, _) => format!("in every {one} all items have the same {property}"),
        (false, 0) => format!("there is a {one} where all items have the same {property}"),
        (false, _) => format!("one of the {many} holds items of a single {property} only"),
    };
    let quantifier = if every { "all" } else { "any" };
    let body = returns(format_args!(
        "{quantifier}(len(box.{property}s) == 1 for box in image.boxes)"
    ));
    draft(text, body, move |p| {
        let same = |items: &Vec<Item>| {
            let kinds = if color {
                distinct(items, |item| item.color)
            } else {
                distinct(items, |item| item.shape)
            };
            kinds == 1
        };
        let mut boxes = p.boxes.iter();
        Some(if every {
            boxes.all(same)
        } else {
            boxes.any(same)
        })
    })
}

fn kinds_in_box(rng: &mut Rng) -> Draft {
    let (color, n) = (rng.chance(60), rng.between(2, 3) as usize);
    let property = if color { "color" } else { "shape" };
    let (one, many) = box_words(rng);
    let n_words = number(n, rng);
    let text = match rng.below(2) {
        0 => format!("there is a {one} with items of exactly {n_words} different {property}s"),
        _ => format!("one of the {many} has items in exactly {n_words} {property}s"),
    };
    let body = returns(format_args!(
        "any(len(box.{property}s) == {n} for box in image.boxes)"
    ));
    draft(text, body, move |p| {
        Some(p.boxes.iter().any(|items| {
            let kinds = if color {
                distinct(items, |item| item.color)
            } else {
                distinct(items, |item| item.shape)
            };
            kinds == n
        }))
    })
}

fn none_of_kind(rng: &mut Rng) -> Draft {
    let phrase = Phrase::random(rng);
    let noun = phrase.words(rng);
    let image = image_word(rng);
    let text = match rng.below(3) {
        0 => format!("there is no {} in the {image}", noun.bare),
        1 => format!("the {image} shows no {} at all", noun.many),
        _ => format!("none of the boxes holds {}", noun.one),
    };
    let body = returns(format_args!("not image.exists(\"{}\")", phrase.canonical()));
    draft(text, body, move |p| Some(all_items(&p.boxes, phrase) == 0))
}
