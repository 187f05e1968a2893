//! The small world of the random GQA scenes: names, kinds, attributes, relations.

use crate::random::Random;
use serde_json::{Value, json};

pub(super) const NAMES: [&str; 11] = [
    "dog",
    "cat",
    "horses",
    "table",
    "chair",
    "stop sign",
    "apple",
    "cake",
    "wall",
    "orange juice",
    "juice",
];
/// Words that find things besides their names.
pub(super) const KINDS: [(&str, &[&str]); 5] = [
    ("animal", &["dog", "cat", "horses"]),
    ("furniture", &["table", "chair"]),
    ("fruit", &["apple"]),
    ("horse", &["horses"]),
    ("sign", &["stop sign"]),
];
pub(super) const ANYTHING: [&str; 3] = ["_", "thing", "object"];

/// Categories and their values; `""` has those without a category.
pub(super) const ATTRIBUTES: [(&str, &[&str]); 7] = [
    ("color", &["red", "blue", "light blue", "orange"]),
    ("material", &["wood", "metal"]),
    ("size", &["large", "small"]),
    ("age", &["old", "young"]),
    ("weight", &["light"]),
    ("pattern", &["striped"]),
    ("", &["peeling"]),
];

/// Values and a noun that run together in a phrase: light and blue, juice that is orange.
pub(super) const CONFUSING: [(&str, &str); 4] = [
    ("color", "blue"),
    ("color", "light blue"),
    ("color", "orange"),
    ("weight", "light"),
];

/// Relations, each with the one that holds the other way round.
pub(super) const RELATIONS: [(&str, Option<&str>); 6] = [
    ("to the left of", Some("to the right of")),
    ("to the right of", Some("to the left of")),
    ("behind", Some("in front of")),
    ("on", None),
    ("near", Some("near")),
    ("wearing", None),
];

pub(super) const PLACES: [(&str, &[&str]); 2] = [
    ("weather", &["sunny", "cloudy"]),
    ("location", &["indoors", "outdoors"]),
];

type Comparative = (&'static str, &'static str, &'static str, fn(&Thing) -> i64);

/// Comparatives: the adjective, its opposite, and what decides between equals.
pub(super) const COMPARATIVES: [Comparative; 6] = [
    ("healthier", "healthy", "unhealthy", |_| 0),
    ("less healthy", "unhealthy", "healthy", |_| 0),
    ("older", "old", "young", |_| 0),
    ("younger", "young", "old", |_| 0),
    ("larger", "large", "small", |t| t.sides[2] * t.sides[3]),
    ("lower", "low", "high", |t| 2 * t.sides[1] + t.sides[3]),
];

/// An object of a scene graph.
pub(super) struct Thing {
    pub(super) name: String,
    /// x, y, width, height.
    pub(super) sides: [i64; 4],
    pub(super) attributes: Vec<String>,
    /// Relation and index of the object it points to.
    pub(super) relations: Vec<(String, usize)>,
}

impl Thing {
    /// Whether the noun means it. “Orange juice” is the drink, and any juice that is orange.
    pub(super) fn is_called(&self, noun: &str) -> bool {
        let kind = KINDS
            .iter()
            .any(|(kind, names)| *kind == noun && names.contains(&&*self.name));
        let both = noun == "orange juice" && self.name == "juice" && self.has("orange");
        ANYTHING.contains(&noun) || self.name == noun || kind || both
    }

    /// Whether it has the attribute, by the annotation or by what it is.
    pub(super) fn has(&self, attribute: &str) -> bool {
        let implied = match attribute {
            "healthy" => self.name == "apple",
            "unhealthy" => self.name == "cake",
            _ => false,
        };
        implied || self.attributes.iter().any(|a| a == attribute)
    }

    /// Its value of a category.
    pub(super) fn value(&self, category: &str, size: (i64, i64)) -> Option<String> {
        match category {
            "name" | "type" => return Some(self.name.clone()),
            "hposition" => return Some(self.side(true, size).to_owned()),
            "vposition" => return Some(self.side(false, size).to_owned()),
            _ => {}
        }
        let values = ATTRIBUTES.iter().find(|(c, _)| *c == category)?.1;
        self.attributes
            .iter()
            .find(|a| values.contains(&a.as_str()))
            .cloned()
    }

    /// Which half of the image its centre is in.
    pub(super) fn side(&self, horizontal: bool, (width, height): (i64, i64)) -> &'static str {
        let [x, y, w, h] = self.sides;
        match horizontal {
            true if 2 * x + w < width => "left",
            true => "right",
            false if 2 * y + h < height => "top",
            false => "bottom",
        }
    }

    /// Whether its centre is in the half, or in the middle third.
    pub(super) fn is_in(&self, part: &str, horizontal: bool, size: (i64, i64)) -> bool {
        let [x, y, w, h] = self.sides;
        let (centre, whole) = if horizontal {
            (2 * x + w, 2 * size.0)
        } else {
            (2 * y + h, 2 * size.1)
        };
        match part {
            "middle" => 3 * centre >= whole && 3 * centre <= 2 * whole,
            part => self.side(horizontal, size) == part,
        }
    }
}

/// A scene graph.
pub(super) struct World {
    pub(super) size: (i64, i64),
    pub(super) things: Vec<Thing>,
    pub(super) place: Vec<(&'static str, &'static str)>,
}

impl World {
    pub(super) fn draw(random: &mut Random) -> Self {
        let size = (300, 240);
        let count = 3 + random.below(10);
        let mut things: Vec<Thing> = Vec::new();
        for i in 0..count {
            let (w, h) = (4 + random.below(60) as i64, 4 + random.below(60) as i64);
            let (x, y) = (random.below(230) as i64, random.below(170) as i64);
            let mut attributes = Vec::new();
            for _ in 0..random.below(5) {
                let (_, values) = ATTRIBUTES[random.below(ATTRIBUTES.len())];
                let mut value = random.pick(values).to_owned();
                if random.once_in(4) {
                    value = CONFUSING[random.below(4)].1.to_owned();
                }
                if !attributes.contains(&value) {
                    attributes.push(value);
                }
            }
            things.push(Thing {
                name: random.pick(&NAMES).to_owned(),
                // No two are in one place: perception knows a thing by its box.
                sides: [x, y, w, h + 64 * i64::try_from(i).unwrap() / 64],
                attributes,
                relations: Vec::new(),
            });
        }
        // One at least: without any, positions would stand in for them.
        for _ in 0..1 + random.below(4 * count) {
            let (from, to) = (random.below(count), random.below(count));
            let relation = RELATIONS[random.below(RELATIONS.len())].0;
            if from != to {
                things[from].relations.push((relation.to_owned(), to));
            }
        }
        if things.iter().all(|t| t.relations.is_empty()) {
            things[0].relations.push(("on".to_owned(), count));
        }
        let mut place = Vec::new();
        for (category, values) in PLACES {
            if random.once_in(2) {
                place.push((category, random.pick(values)));
            }
        }
        Self {
            size,
            things,
            place,
        }
    }

    /// Identifier of a thing.
    pub(super) fn id(thing: usize) -> String {
        (1000 + thing).to_string()
    }

    /// As the data set writes it.
    pub(super) fn json(&self) -> Value {
        let mut graph = json!({ "width": self.size.0, "height": self.size.1, "objects": {} });
        for (category, value) in &self.place {
            graph[*category] = (*value).into();
        }
        for (i, thing) in self.things.iter().enumerate() {
            let relations = thing.relations.iter();
            let relations =
                relations.map(|(name, to)| json!({ "name": name, "object": Self::id(*to) }));
            let [x, y, w, h] = thing.sides;
            graph["objects"][Self::id(i)] = json!({
                "name": thing.name, "x": x, "y": y, "w": w, "h": h,
                "attributes": thing.attributes,
                "relations": relations.collect::<Vec<Value>>(),
            });
        }
        graph
    }

    /// Whether `subject` stands in the relation to `object`.
    pub(super) fn holds(&self, subject: usize, relation: &str, object: usize) -> bool {
        let says = |from: usize, relation: &str, to: usize| {
            self.things[from]
                .relations
                .iter()
                .any(|(r, t)| r == relation && *t == to)
        };
        let converse = match relation {
            "in front of" => Some("behind"),
            relation => RELATIONS
                .iter()
                .find(|(r, _)| *r == relation)
                .and_then(|(_, c)| *c),
        };
        subject != object
            && (says(subject, relation, object)
                || converse.is_some_and(|c| says(object, c, subject)))
    }
}
