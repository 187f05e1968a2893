//! Sentences about towers: one in each box.

use super::super::picture::{COLORS, Color, Item};
use super::super::rng::Rng;
use super::super::words::{Phrase, Quantity, color_word, number};
use super::{Draft, Template, draft, image_word, place_words, returns};

pub(super) const TEMPLATES: &[Template] = &[
    some_height,
    number_of_heights,
    every_height,
    end_color,
    number_of_ends,
    no_end,
    both_ends,
    directly_on,
    above_in_tower,
    count_in_some_tower,
    count_in_every_tower,
    taller,
    same_height,
    colors_of_tower,
    at_position,
    count_in_image,
    height_and_end,
    tower_in_box,
    fewer_blocks_of,
];

/// Which end of a tower: (attribute in programs, word).
fn end(rng: &mut Rng) -> (&'static str, &'static str) {
    rng.pick(&[("base", "base"), ("base", "bottom"), ("top", "top")])
}

fn end_of(tower: &[Item], attribute: &str) -> Option<Color> {
    let block = if attribute == "base" {
        tower.first()
    } else {
        tower.last()
    };
    block.map(|block| block.color)
}

fn count(tower: &[Item], color: Color) -> usize {
    Phrase::color(color).count(tower)
}

fn some_height(rng: &mut Rng) -> Draft {
    let quantity = Quantity::random(1, 4, rng);
    let counted = quantity.words("block", "blocks", rng);
    let text = match rng.below(4) {
        0 => format!("one of the towers has {counted}"),
        1 => format!("some tower is built of {counted}"),
        2 => format!("there is a tower made of {counted}"),
        _ => format!("at least one tower consists of {counted}"),
    };
    let body = returns(format_args!(
        "any(tower.height {} for tower in image.towers)",
        quantity.test()
    ));
    draft(text, body, move |p| {
        Some(p.boxes.iter().any(|t| quantity.holds(t.len())))
    })
}

fn number_of_heights(rng: &mut Rng) -> Draft {
    let (towers, quantity) = (rng.between(1, 2) as usize, Quantity::random(1, 4, rng));
    let counted = quantity.words("block", "blocks", rng);
    let exactly = Quantity::exactly(towers);
    let (said, verb) = (exactly.words("tower", "towers", rng), exactly.verb());
    let text = match rng.below(2) {
        0 => format!("there {verb} {said} of {counted}"),
        _ => format!("{said} {} {counted}", exactly.agree("has", "have")),
    };
    let body = format!(
        "    found = [tower for tower in image.towers if tower.height {}]\n    return len(found) == {towers}\n",
        quantity.test()
    );
    draft(text, body, move |p| {
        let found = p.boxes.iter().filter(|t| quantity.holds(t.len())).count();
        Some(exactly.holds(found))
    })
}

fn every_height(rng: &mut Rng) -> Draft {
    let quantity = Quantity::random(1, 4, rng);
    let counted = quantity.words("block", "blocks", rng);
    let text = match rng.below(3) {
        0 => format!("every tower has {counted}"),
        1 => format!("all towers are built of {counted}"),
        _ => format!("each of the towers consists of {counted}"),
    };
    let body = returns(format_args!(
        "all(tower.height {} for tower in image.towers)",
        quantity.test()
    ));
    draft(text, body, move |p| {
        Some(p.boxes.iter().all(|t| quantity.holds(t.len())))
    })
}

fn end_color(rng: &mut Rng) -> Draft {
    let (color, (attribute, word)) = (rng.pick(&COLORS), end(rng));
    let name = color_word(color);
    let text = match rng.below(4) {
        0 => format!("some tower has a {name} {word}"),
        1 => format!("there is a tower whose {word} is {name}"),
        2 => format!("the {word} of one of the towers is {name}"),
        _ => format!("a {name} block is at the {word} of a tower"),
    };
    let test = format!("tower.{attribute}.color == \"{name}\"");
    let body = if rng.chance(50) {
        returns(format_args!("any({test} for tower in image.towers)"))
    } else {
        format!(
            "    for tower in image.towers:\n        if {test}:\n            return True\n    return False\n"
        )
    };
    draft(text, body, move |p| {
        Some(p.boxes.iter().any(|t| end_of(t, attribute) == Some(color)))
    })
}

fn number_of_ends(rng: &mut Rng) -> Draft {
    let (color, (attribute, word)) = (rng.pick(&COLORS), end(rng));
    let name = color_word(color);
    let towers = rng.between(1, 3) as usize;
    let exactly = Quantity::exactly(towers);
    let said = exactly.words("tower", "towers", rng);
    let text = match rng.below(2) {
        0 => format!("there {} {said} with a {name} {word}", exactly.verb()),
        _ => {
            let verb = exactly.agree("has", "have");
            format!("{said} {verb} a {name} block at the {word}")
        }
    };
    let body = format!(
        "    found = [tower for tower in image.towers if tower.{attribute}.is_a(\"{name}\")]\n    return len(found) == {towers}\n"
    );
    draft(text, body, move |p| {
        let found = p
            .boxes
            .iter()
            .filter(|t| end_of(t, attribute) == Some(color));
        Some(found.count() == towers)
    })
}

fn no_end(rng: &mut Rng) -> Draft {
    let (color, (attribute, word)) = (rng.pick(&COLORS), end(rng));
    let (name, all) = (color_word(color), rng.chance(50));
    let text = match (all, rng.below(2)) {
        (true, 0) => format!("all towers have a {name} {word}"),
        (true, _) => format!("the {word} of every tower is {name}"),
        (false, 0) => format!("no tower has a {name} {word}"),
        (false, _) => format!("none of the towers has a {name} block at the {word}"),
    };
    let quantifier = if all { "all" } else { "not any" };
    let body = returns(format_args!(
        "{quantifier}(tower.{attribute}.color == \"{name}\" for tower in image.towers)"
    ));
    draft(text, body, move |p| {
        let mut ends = p.boxes.iter().map(|t| end_of(t, attribute) == Some(color));
        Some(if all {
            ends.all(|is| is)
        } else {
            !ends.any(|is| is)
        })
    })
}

fn both_ends(rng: &mut Rng) -> Draft {
    let (base, top) = (rng.pick(&COLORS), rng.pick(&COLORS));
    let (b, t) = (color_word(base), color_word(top));
    let text = match rng.below(3) {
        0 => format!("there is a tower with a {b} base and a {t} top"),
        1 => format!("some tower is {b} at the bottom and {t} at the top"),
        _ => format!("some tower starts with a {b} block and ends with a {t} one at its top"),
    };
    let body = returns(format_args!(
        "any(tower.base.color == \"{b}\" and tower.top.color == \"{t}\" for tower in image.towers)"
    ));
    draft(text, body, move |p| {
        Some(
            p.boxes.iter().any(|tower| {
                end_of(tower, "base") == Some(base) && end_of(tower, "top") == Some(top)
            }),
        )
    })
}

fn stacked(tower: &[Item], upper: Color, lower: Color, relation: fn(&Item, &Item) -> bool) -> bool {
    tower
        .iter()
        .any(|a| a.color == upper && tower.iter().any(|b| b.color == lower && relation(a, b)))
}

fn directly_on(rng: &mut Rng) -> Draft {
    let (upper, lower) = (rng.pick(&COLORS), rng.pick(&COLORS));
    let (a, b) = (color_word(upper), color_word(lower));
    let lower_words = if upper == lower {
        format!("another {b} block")
    } else {
        format!("a {b} block")
    };
    let text = match rng.below(3) {
        0 => format!("a {a} block lies directly on {lower_words}"),
        1 => format!("there is a {a} block resting on {lower_words}"),
        _ => format!("in some tower a {a} block sits right on top of {lower_words}"),
    };
    let body = returns(format_args!(
        "any(a.is_on(b) for tower in image.towers for a in tower.find(\"{a} block\") for b in tower.find(\"{b} block\"))"
    ));
    draft(text, body, move |p| {
        Some(
            p.boxes
                .iter()
                .any(|t| stacked(t, upper, lower, Item::is_on)),
        )
    })
}

fn above_in_tower(rng: &mut Rng) -> Draft {
    let (upper, lower) = (rng.pick(&COLORS), rng.pick(&COLORS));
    let (a, b) = (color_word(upper), color_word(lower));
    let text = match rng.below(2) {
        0 => format!("in every tower there is a {a} block somewhere above a {b} one"),
        _ => format!("each tower has a {a} block at some height above a {b} block"),
    };
    let body = format!(
        "    for tower in image.towers:\n        if not any(a.is_above(b) for a in tower.find(\"{a} block\") for b in tower.find(\"{b} block\")):\n            return False\n    return True\n"
    );
    draft(text, body, move |p| {
        Some(
            p.boxes
                .iter()
                .all(|t| stacked(t, upper, lower, Item::is_above)),
        )
    })
}

fn count_in_some_tower(rng: &mut Rng) -> Draft {
    let (color, quantity) = (rng.pick(&COLORS), Quantity::random(1, 3, rng));
    let noun = Phrase::color(color).block_words(rng);
    let counted = quantity.words(&noun.bare, &noun.many, rng);
    let text = match rng.below(3) {
        0 => format!("there is a tower with {counted}"),
        1 => format!("one of the towers contains {counted}"),
        _ => format!("some tower has {counted}"),
    };
    let body = returns(format_args!(
        "any(tower.count(\"{}\") {} for tower in image.towers)",
        noun.bare,
        quantity.test()
    ));
    draft(text, body, move |p| {
        Some(p.boxes.iter().any(|t| quantity.holds(count(t, color))))
    })
}

fn count_in_every_tower(rng: &mut Rng) -> Draft {
    let (color, quantity) = (rng.pick(&COLORS), Quantity::random(1, 2, rng));
    let noun = Phrase::color(color).block_words(rng);
    let counted = quantity.words(&noun.bare, &noun.many, rng);
    let text = match rng.below(3) {
        0 => format!("every tower contains {counted}"),
        1 => format!("each tower has {counted}"),
        _ => format!("there {} {counted} in all of the towers", quantity.verb()),
    };
    let body = returns(format_args!(
        "all(tower.count(\"{}\") {} for tower in image.towers)",
        noun.bare,
        quantity.test()
    ));
    draft(text, body, move |p| {
        Some(p.boxes.iter().all(|t| quantity.holds(count(t, color))))
    })
}

fn taller(rng: &mut Rng) -> Draft {
    let (first, first_words) = place_words(rng);
    let (mut second, mut second_words) = place_words(rng);
    while second == first {
        (second, second_words) = place_words(rng);
    }
    let (word, operator) = rng.pick(&[
        ("taller than", ">"),
        ("higher than", ">"),
        ("shorter than", "<"),
        ("as tall as", "=="),
    ]);
    let text = match rng.below(2) {
        0 => format!("the {first_words} tower is {word} the {second_words} tower"),
        _ => format!(
            "the tower in the {first_words} box is {word} the one in the {second_words} box"
        ),
    };
    let body = returns(format_args!(
        "image.boxes[{first}].tower.height {operator} image.boxes[{second}].tower.height"
    ));
    draft(text, body, move |p| {
        let (a, b) = (p.boxes[first].len(), p.boxes[second].len());
        Some(match operator {
            ">" => a > b,
            "<" => a < b,
            _ => a == b,
        })
    })
}

fn same_height(rng: &mut Rng) -> Draft {
    let text = rng.pick(&[
        "all towers have the same height",
        "the towers are all equally tall",
        "the three towers consist of the same number of blocks",
    ]);
    let body = returns("all(tower.height == image.towers[0].height for tower in image.towers)");
    draft(text.to_owned(), body, |p| {
        Some(p.boxes.iter().all(|t| t.len() == p.boxes[0].len()))
    })
}

fn colors_of_tower(rng: &mut Rng) -> Draft {
    let n = rng.between(1, 3) as usize;
    let every = rng.chance(25);
    let words = match n {
        1 => "a single color".to_owned(),
        n => format!("exactly {} different colors", number(n, rng)),
    };
    let text = match (every, rng.below(2)) {
        (true, _) => format!("every tower is built of blocks of {words}"),
        (false, 0) => format!("there is a tower with blocks of {words}"),
        (false, _) => format!("the blocks of one of the towers have {words}"),
    };
    let quantifier = if every { "all" } else { "any" };
    let body = returns(format_args!(
        "{quantifier}(len(tower.colors) == {n} for tower in image.towers)"
    ));
    draft(text, body, move |p| {
        let kinds =
            |tower: &Vec<Item>| COLORS.iter().filter(|&&c| count(tower, c) > 0).count() == n;
        let mut towers = p.boxes.iter();
        Some(if every {
            towers.all(kinds)
        } else {
            towers.any(kinds)
        })
    })
}

fn at_position(rng: &mut Rng) -> Draft {
    let (index, ordinal) = rng.pick(&[(1, "second"), (2, "third")]);
    let color = rng.pick(&COLORS);
    let name = color_word(color);
    let text = match rng.below(2) {
        0 => format!("in one of the towers the {ordinal} block from the base is {name}"),
        _ => format!("there is a tower whose {ordinal} block, counted from the bottom, is {name}"),
    };
    let body = format!(
        "    for tower in image.towers:\n        if tower.height > {index} and tower.blocks[{index}].color == \"{name}\":\n            return True\n    return False\n"
    );
    draft(text, body, move |p| {
        let there = |t: &Vec<Item>| t.get(index).is_some_and(|block| block.color == color);
        Some(p.boxes.iter().any(there))
    })
}

fn count_in_image(rng: &mut Rng) -> Draft {
    let (color, quantity) = (rng.pick(&COLORS), Quantity::random(1, 5, rng));
    let noun = Phrase::color(color).block_words(rng);
    let counted = quantity.words(&noun.bare, &noun.many, rng);
    let image = image_word(rng);
    let text = match rng.below(2) {
        0 => format!("there {} {counted} in the whole {image}", quantity.verb()),
        _ => format!("the towers together have {counted}"),
    };
    let body = format!(
        "    total = 0\n    for tower in image.towers:\n        total += tower.count(\"{}\")\n    return total {}\n",
        noun.bare,
        quantity.test()
    );
    draft(text, body, move |p| {
        let total = p.boxes.iter().map(|t| count(t, color)).sum();
        Some(quantity.holds(total))
    })
}

fn height_and_end(rng: &mut Rng) -> Draft {
    let (n, color, (attribute, word)) = (rng.between(2, 4) as usize, rng.pick(&COLORS), end(rng));
    let (name, n_words) = (color_word(color), number(n, rng));
    let text = match rng.below(2) {
        0 => format!("there is a tower of {n_words} blocks with a {name} {word}"),
        _ => format!("a tower that is {n_words} blocks tall has a {name} block at its {word}"),
    };
    let body = returns(format_args!(
        "any(tower.height == {n} and tower.{attribute}.color == \"{name}\" for tower in image.towers)"
    ));
    draft(text, body, move |p| {
        let there = |t: &Vec<Item>| t.len() == n && end_of(t, attribute) == Some(color);
        Some(p.boxes.iter().any(there))
    })
}

fn tower_in_box(rng: &mut Rng) -> Draft {
    let ((index, place), quantity) = (place_words(rng), Quantity::random(1, 4, rng));
    let counted = quantity.words("block", "blocks", rng);
    let text = match rng.below(2) {
        0 => format!("the tower in the {place} box has {counted}"),
        _ => format!("the {place} tower is made of {counted}"),
    };
    let body = returns(format_args!(
        "image.boxes[{index}].tower.height {}",
        quantity.test()
    ));
    draft(text, body, move |p| {
        Some(quantity.holds(p.boxes[index].len()))
    })
}

fn fewer_blocks_of(rng: &mut Rng) -> Draft {
    let first = rng.pick(&COLORS);
    let mut second = rng.pick(&COLORS);
    while second == first {
        second = rng.pick(&COLORS);
    }
    let (a, b) = (color_word(first), color_word(second));
    let text = match rng.below(2) {
        0 => format!("there is a tower with more {a} than {b} blocks"),
        _ => format!("one of the towers has more {a} blocks than {b} ones"),
    };
    let body = returns(format_args!(
        "any(tower.count(\"{a} block\") > tower.count(\"{b} block\") for tower in image.towers)"
    ));
    draft(text, body, move |p| {
        Some(p.boxes.iter().any(|t| count(t, first) > count(t, second)))
    })
}
