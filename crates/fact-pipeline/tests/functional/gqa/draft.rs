//! Random GQA programs.

use super::world::{
    ANYTHING, ATTRIBUTES, COMPARATIVES, CONFUSING, KINDS, NAMES, PLACES, RELATIONS, World,
};
use crate::random::Random;
use serde_json::{Value, json};

/// A program being drawn.
pub(super) struct Draft<'r> {
    pub(super) steps: Vec<Value>,
    sets: Vec<usize>,
    random: &'r mut Random,
}

impl<'r> Draft<'r> {
    pub(super) fn draw(random: &'r mut Random) -> Vec<Value> {
        let mut draft = Self {
            steps: Vec::new(),
            sets: Vec::new(),
            random,
        };
        draft.answer();
        draft.steps
    }

    fn push(&mut self, operation: &str, dependencies: &[usize], argument: &str) -> usize {
        self.steps.push(json!({
            "operation": operation, "dependencies": dependencies, "argument": argument,
        }));
        self.steps.len() - 1
    }

    /// What follows a noun: identifiers that say nothing about what the words find.
    fn ids(&mut self) -> String {
        match self.random.below(4) {
            0 => String::new(),
            1 => " (-) ".into(),
            2 => format!(" ({})", World::id(self.random.below(8))),
            _ => format!(" ({},{})", World::id(0), World::id(1)),
        }
    }

    fn noun(&mut self) -> String {
        match self.random.below(6) {
            0 => self.random.pick(&ANYTHING).to_owned(),
            1 | 2 => KINDS[self.random.below(KINDS.len())].0.to_owned(),
            _ => self.random.pick(&NAMES).to_owned(),
        }
    }

    /// A category, perhaps none, and a value of it.
    fn attribute(&mut self) -> (&'static str, &'static str) {
        if self.random.once_in(4) {
            return CONFUSING[self.random.below(4)];
        }
        let (category, values) = ATTRIBUTES[self.random.below(ATTRIBUTES.len())];
        let value = self.random.pick(values);
        let category = if self.random.once_in(5) { "" } else { category };
        (category, value)
    }

    fn relation(&mut self) -> &'static str {
        match self.random.below(RELATIONS.len() + 1) {
            0 => "in front of",
            n => RELATIONS[n - 1].0,
        }
    }

    /// Axis in one of its spellings, and a part of the image.
    fn position(&mut self) -> (&'static str, &'static str) {
        if self.random.once_in(2) {
            let axis = self.random.pick(&["hposition", "h position"]);
            (axis, self.random.pick(&["left", "right", "middle"]))
        } else {
            let axis = self.random.pick(&["vposition", "v position"]);
            (axis, self.random.pick(&["top", "bottom", "middle"]))
        }
    }

    fn negated(&mut self, value: &str, once_in: usize) -> String {
        if self.random.once_in(once_in) {
            format!("not({value})")
        } else {
            format!("{value}{}", self.random.pick(&["", " "]))
        }
    }

    fn set(&mut self, depth: usize) -> usize {
        if !self.sets.is_empty() && self.random.once_in(6) {
            return self.sets[self.random.below(self.sets.len())];
        }
        let step = match self.random.below(if depth == 0 { 2 } else { 8 }) {
            0 | 1 => {
                let argument = format!("{}{}", self.noun(), self.ids());
                self.push("select", &[], &argument)
            }
            2 | 3 => {
                let of = self.set(depth - 1);
                let (category, value) = self.attribute();
                let value = self.negated(value, 4);
                self.push(format!("filter {category}").trim(), &[of], &value)
            }
            4 => {
                let of = self.set(depth - 1);
                let (axis, part) = self.position();
                let part = self.negated(part, 4);
                self.push(&format!("filter {axis}"), &[of], &part)
            }
            5 => {
                let of = self.set(depth - 1);
                let category = ATTRIBUTES[self.random.below(4)].0;
                let argument = format!("{},same {category},_{}", self.noun(), self.ids());
                self.push("relate", &[of], &argument)
            }
            _ => {
                let of = self.set(depth - 1);
                let (noun, relation) = (self.noun(), self.relation());
                let role = self.random.pick(&["s", "o"]);
                let argument = format!("{noun},{relation},{role}{}", self.ids());
                self.push("relate", &[of], &argument)
            }
        };
        self.sets.push(step);
        step
    }

    fn scene(&mut self) -> usize {
        self.push("select", &[], "scene")
    }

    fn truth(&mut self, depth: usize) -> usize {
        match self.random.below(8) {
            0 | 1 => {
                let of = self.set(depth);
                self.push("exist", &[of], "?")
            }
            2 => {
                let of = self.set(depth);
                let (category, value) = self.attribute();
                let value = self.negated(value, 6);
                self.push(format!("verify {category}").trim(), &[of], &value)
            }
            3 => {
                let of = self.set(depth);
                let (axis, part) = self.position();
                self.push(&format!("verify {axis}"), &[of], part)
            }
            4 => {
                let of = self.set(depth);
                let (noun, relation) = (self.noun(), self.relation());
                let role = self.random.pick(&["s", "o"]);
                let argument = format!("{noun},{relation},{role}{}", self.ids());
                let operation = self.random.pick(&["verify rel", "verify relation"]);
                self.push(operation, &[of], &argument)
            }
            5 => {
                let of = self.scene();
                let (category, values) = PLACES[self.random.below(2)];
                let value = self.random.pick(values);
                self.push(&format!("verify {category}"), &[of], value)
            }
            6 => self.same_of_one(depth),
            _ => self.same_of_two(depth),
        }
    }

    fn compared(&mut self) -> (&'static str, &'static str) {
        let category = ["color", "material", "size", "age", "type"][self.random.below(5)];
        (self.random.pick(&["same", "different"]), category)
    }

    fn same_of_one(&mut self, depth: usize) -> usize {
        let of = self.set(depth);
        let (operation, category) = self.compared();
        match self.random.below(3) {
            0 => self.push(operation, &[of], category),
            1 => self.push(&format!("{operation} {category}"), &[of], ""),
            _ => self.push("compare", &[of], &format!("{operation} {category}")),
        }
    }

    fn same_of_two(&mut self, depth: usize) -> usize {
        let (a, b) = (self.set(depth), self.set(depth));
        let (operation, category) = self.compared();
        match self.random.below(3) {
            0 => self.push(&format!("compare {operation} {category}"), &[a, b], ""),
            _ => self.push(&format!("{operation} {category}"), &[a, b], ""),
        }
    }

    /// The last step.
    fn answer(&mut self) {
        let depth = self.random.below(3);
        match self.random.below(12) {
            0..=2 => {
                self.truth(depth);
            }
            3 => {
                let (a, b) = (self.truth(depth), self.truth(depth));
                let operation = self.random.pick(&["and", "or"]);
                self.push(operation, &[a, b], "");
            }
            4 => {
                let of = self.set(depth);
                let categories = [
                    "name",
                    "color",
                    "material",
                    "size",
                    "age",
                    "type",
                    "hposition",
                    "vposition",
                ];
                let category = self.random.pick(&categories);
                self.push("query", &[of], category);
            }
            5 => {
                let of = self.scene();
                let category = PLACES[self.random.below(2)].0;
                self.push("query", &[of], category);
            }
            6 => {
                let of = self.scene();
                let (category, values) = PLACES[self.random.below(2)];
                self.push(&format!("choose {category}"), &[of], &values.join("|"));
            }
            7 => {
                let of = self.set(depth);
                let ((category, a), (_, b)) = (self.attribute(), self.attribute());
                self.push(
                    format!("choose {category}").trim(),
                    &[of],
                    &format!("{a}|{b}"),
                );
            }
            8 => {
                let of = self.set(depth);
                if self.random.once_in(2) {
                    let (a, b) = (self.random.pick(&NAMES), self.random.pick(&NAMES));
                    self.push("choose name", &[of], &format!("{a}|{b}"));
                } else {
                    let choices = [
                        ("hposition", "right|left"),
                        ("vposition", "top|middle"),
                        ("h position", "middle|left"),
                    ];
                    let (axis, options) = choices[self.random.below(3)];
                    self.push(&format!("choose {axis}"), &[of], options);
                }
            }
            9 => {
                let of = self.set(depth);
                let noun = self.noun();
                let options = match self.random.below(3) {
                    0 => "to the left of|to the right of".to_owned(),
                    1 => "to the right of|to the left of".to_owned(),
                    _ => format!("{}|{}", self.relation(), self.relation()),
                };
                let role = self.random.pick(&["s", "o"]);
                let argument = format!("{noun},{options},{role}{}", self.ids());
                self.push("choose rel", &[of], &argument);
            }
            10 => {
                let (a, b) = (self.set(depth), self.set(depth));
                let comparative = COMPARATIVES[self.random.below(COMPARATIVES.len())].0;
                match self.random.below(4) {
                    0 => self.push("choose >", &[a, b], comparative),
                    1 => self.push(&format!("compare {comparative}"), &[a, b], ""),
                    _ => self.push(&format!("choose {comparative}"), &[a, b], ""),
                };
            }
            _ => {
                let (a, b) = (self.set(depth), self.set(depth));
                self.push("common", &[a, b], "");
            }
        }
    }
}
