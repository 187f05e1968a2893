//! What rationales are compared with at equal length: those of other samples, and sentences about the
//! picture.

use std::hash::Hasher;

/// Another sample's text for each: every text is given to exactly one sample, to one of another group, and
/// of about the length of its own. `lengths` are those of the texts that are there.
///
/// The texts are sorted by length, in a random order among equals, and each is given to the one before it;
/// where both are of one group, it is exchanged with the next that fits. Only if nearly all are of one group
/// does nothing fit; those get none.
pub(super) fn placebo(
    texts: &[Option<String>],
    lengths: &[usize],
    groups: &[String],
    seed: u64,
) -> Vec<Option<String>> {
    let mut order: Vec<usize> = (0..texts.len()).filter(|&i| texts[i].is_some()).collect();
    order.sort_by_key(|&i| (lengths[i], hash(seed, i as u64)));
    let count = order.len();
    // Whose text each gets, as places in the order.
    let mut from: Vec<usize> = (0..count).map(|at| (at + 1) % count).collect();
    let fits = |at: usize, from: usize| groups[order[at]] != groups[order[from]];
    for at in 0..count {
        if fits(at, from[at]) {
            continue;
        }
        let others = (1..count).map(|step| (at + step) % count);
        let mut others = others.filter(|&o| fits(at, from[o]) && fits(o, from[at]));
        if let Some(other) = others.next() {
            from.swap(at, other);
        }
    }
    let mut given = vec![None; texts.len()];
    for (at, &other) in from.iter().enumerate() {
        if fits(at, other) {
            given[order[at]] = texts[order[other]].clone();
        }
    }
    given
}

/// The beginning of each caption, cut between sentences, so that all together are as long as `wanted`:
/// what one is too long, the following are shorter. One sentence at least where anything is wanted.
pub(super) fn captions(
    captions: &[&str],
    wanted: &[Option<usize>],
    length: impl Fn(&str) -> usize,
) -> Vec<Option<String>> {
    let (mut budget, mut spent) = (0, 0);
    let cut = captions.iter().zip(wanted).map(|(caption, wanted)| {
        budget += (*wanted)?;
        let mut end = 0;
        for sentence in caption.split_inclusive(". ") {
            let longer = end + sentence.len();
            let more = length(caption[..longer].trim_end());
            // The nearer of the two ends.
            if end > 0 && 2 * (spent + more) > 2 * budget + more - length(caption[..end].trim_end())
            {
                break;
            }
            end = longer;
        }
        let text = caption[..end].trim_end();
        spent += length(text);
        Some(text.to_owned())
    });
    cut.collect()
}

/// FNV-1a: a number that seems random.
pub(super) fn hash(seed: u64, index: u64) -> u64 {
    struct Fnv(u64);
    impl Hasher for Fnv {
        fn write(&mut self, bytes: &[u8]) {
            for byte in bytes {
                self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        fn finish(&self) -> u64 {
            // The last bytes reach the high bits once they are folded down.
            self.0 ^ (self.0 >> 29)
        }
    }
    let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
    hasher.write(&seed.to_le_bytes());
    hasher.write(&index.to_le_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_placebo_is_a_permutation_without_own_groups(
            lengths in prop::collection::vec(1_usize..9, 8..60), seed in 0_u64..9,
        ) {
            // Two samples a group, as questions have.
            let groups: Vec<String> = (0..lengths.len()).map(|i| (i / 2).to_string()).collect();
            let texts: Vec<Option<String>> = (0..lengths.len())
                .map(|i| (i % 5 != 0).then(|| format!("text {i}")))
                .collect();
            let given = placebo(&texts, &lengths, &groups, seed);
            let mut before: Vec<_> = texts.iter().flatten().collect();
            let mut after: Vec<_> = given.iter().flatten().collect();
            before.sort();
            after.sort();
            prop_assert_eq!(before, after);
            for (i, text) in given.iter().enumerate() {
                prop_assert_eq!(text.is_some(), texts[i].is_some());
                if let Some(text) = text {
                    let of: usize = text[5..].parse().unwrap();
                    prop_assert_ne!(&groups[of], &groups[i]);
                }
            }
        }
    }

    #[test]
    fn lengths_are_nearly_kept() {
        let lengths: Vec<usize> = (0..100).map(|i| i * 37 % 50).collect();
        let groups: Vec<String> = (0..100).map(|i| i.to_string()).collect();
        let texts: Vec<_> = lengths.iter().map(|n| Some("x".repeat(*n))).collect();
        let given = placebo(&texts, &lengths, &groups, 1);
        let far = lengths
            .iter()
            .zip(&given)
            .filter(|(own, given)| given.as_ref().unwrap().len().abs_diff(**own) > 1);
        // The longest gets the shortest.
        assert_eq!(far.count(), 1);
    }

    #[test]
    fn captions_are_cut_between_sentences_to_as_much_as_is_wanted() {
        let caption = "A b c d. E f g h. I j k l.";
        let captions_of = |wanted: &[Option<usize>]| {
            let length = |text: &str| text.split_whitespace().count();
            captions(&vec![caption; wanted.len()], wanted, length)
        };
        let got = captions_of(&[Some(4), None, Some(8), Some(1), Some(30)]);
        assert_eq!(got[0].as_deref(), Some("A b c d."));
        assert_eq!(got[1], None);
        assert_eq!(got[2].as_deref(), Some("A b c d. E f g h."));
        assert_eq!(got[3].as_deref(), Some("A b c d."));
        assert_eq!(got[4].as_deref(), Some(caption));
        let wanted: Vec<Option<usize>> = (0..200).map(|i| Some(2 + i % 7)).collect();
        let words = |text: &str| text.split_whitespace().count();
        let all: usize = captions_of(&wanted)
            .iter()
            .flatten()
            .map(|t| words(t))
            .sum();
        let asked: usize = wanted.iter().flatten().sum();
        assert!(all.abs_diff(asked) < 8, "{all} {asked}");
    }
}
