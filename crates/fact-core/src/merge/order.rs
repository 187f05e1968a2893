//! Lists whose order is to be seen in the image, and what is chosen from them.

use super::marks::{APART, end_words, rank_words};
use super::sentences::Material;

/// A list in a visible order: from left to right, or from top to bottom.
pub(super) struct Order {
    /// The objects from the left or from the top.
    objects: Vec<u32>,
    vertical: bool,
    /// Whether the list runs that way, and not from the right or the bottom.
    forward: bool,
}

/// The order of a list of objects, if it is one that can be seen: along the image's width or height,
/// each further than the one before it.
pub(super) fn order(material: &Material<'_>, listed: &[u32]) -> Option<Order> {
    let mut centers = Vec::new();
    let mut images = Vec::new();
    for object in listed {
        let (image, b) = material.namer.region(*object)?;
        images.push(image);
        centers.push([(b[0] + b[2]) / 2.0, (b[1] + b[3]) / 2.0]);
    }
    if listed.len() < 2 || !images.iter().all(|i| *i == images[0]) {
        return None;
    }
    let runs = |axis: usize, sign: f64| {
        centers
            .windows(2)
            .all(|pair| sign * (pair[1][axis] - pair[0][axis]) >= APART)
    };
    let ways = [(1, -1.0), (1, 1.0), (0, 1.0), (0, -1.0)];
    let (axis, sign) = ways.into_iter().find(|(axis, sign)| runs(*axis, *sign))?;
    let mut objects = listed.to_vec();
    if sign < 0.0 {
        objects.reverse();
    }
    Some(Order {
        objects,
        vertical: axis == 1,
        forward: sign > 0.0,
    })
}

impl Order {
    /// `the second lowest`, `the second from the left`, `the upper one`.
    pub(super) fn rank(&self, object: u32) -> Option<String> {
        let at = self.objects.iter().position(|o| *o == object)?;
        let count = self.objects.len();
        let (before, behind) = rank_words(at, count, self.vertical, self.forward)?;
        let plain = count == 2 || (count == 3 && at == 1);
        let one = if plain { "one" } else { "" };
        let words = format!("the {before}{one}{behind}");
        Some(words.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// `the upper 3`, `the middle 2`: all from one of them to an end, or all but as many at both.
    pub(super) fn end(&self, objects: &[u32]) -> Option<String> {
        let mut at: Vec<usize> = objects
            .iter()
            .map(|o| self.objects.iter().position(|p| p == o))
            .collect::<Option<_>>()?;
        at.sort_unstable();
        at.dedup();
        let (first, last) = (*at.first()?, *at.last()?);
        let ends = first == 0 || last + 1 == self.objects.len();
        let side = if ends {
            end_words(first == 0, self.vertical)
        } else if first + last + 1 == self.objects.len() {
            "middle"
        } else {
            return None;
        };
        (last - first + 1 == at.len()).then(|| format!("the {side} {}", at.len()))
    }

    /// Objects of the list in its own order, and that order in words: `from the bottom up`.
    pub(super) fn sorted(&self, objects: &[u32]) -> (Vec<u32>, &'static str) {
        let own = self.objects.iter().copied();
        let mut sorted: Vec<u32> = own.filter(|o| objects.contains(o)).collect();
        if !self.forward {
            sorted.reverse();
        }
        let words = match (self.vertical, self.forward) {
            (true, true) => "from the top down",
            (true, false) => "from the bottom up",
            (false, true) => "from left to right",
            (false, false) => "from right to left",
        };
        (sorted, words)
    }
}
