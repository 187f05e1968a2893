//! Questions of presence after POPE (Li et al., "Evaluating Object Hallucination in Large
//! Vision-Language Models", 2023): per picture as many objects that are there as objects that are
//! not; those are random, popular (the most frequent) or adversarial (those that most often go
//! with what is there). An object is a colour and a shape, so that the parts of a wrong one are
//! often there.

use super::super::rng::Rng;
use super::describe::Noun;
use super::held_out::{HeldOut, shuffle, stream};
use super::picture::{Category, Picture};
use super::{ScenesOptions, ScenesSample, Split, caption, place};
use std::collections::VecDeque;

/// Objects there, and objects not there, asked for a picture.
const EACH: usize = 3;
/// Pictures of which frequencies are taken.
const COUNTED: usize = 1000;

const COLORS: usize = 8;
const SHAPES: usize = 10;
const PAIRS: usize = COLORS * SHAPES;

/// How often objects are there, and together, in pictures as training shows them.
struct Frequencies {
    alone: Vec<u32>,
    together: Vec<Vec<u32>>,
}

impl Frequencies {
    fn new(options: &ScenesOptions, held_out: &HeldOut) -> Self {
        let mut rng = stream(options.seed, "frequencies");
        let room = options.room(Split::Train, held_out);
        let mut alone = vec![0; PAIRS];
        let mut together = vec![vec![0; PAIRS]; PAIRS];
        for _ in 0..COUNTED {
            let shown = shown(&place::any(&room, &mut rng));
            for &a in &shown {
                alone[a] += 1;
                for &b in &shown {
                    together[a][b] += 1;
                }
            }
        }
        Self { alone, together }
    }
}

/// The objects of a picture, each once.
fn shown(picture: &Picture) -> Vec<usize> {
    let mut shown: Vec<usize> = picture
        .things
        .iter()
        .map(|thing| {
            let (color, shape) = thing.pair();
            usize::from(color) * SHAPES + usize::from(shape)
        })
        .collect();
    shown.sort_unstable();
    shown.dedup();
    shown
}

/// The stream of a split's samples, without end.
pub(super) struct Presence {
    options: ScenesOptions,
    split: Split,
    held_out: HeldOut,
    frequencies: Frequencies,
    /// Of pictures and what is asked that is there: the same for the three splits.
    rng: Rng,
    pictures: usize,
    made: usize,
    ready: VecDeque<ScenesSample>,
}

impl Presence {
    pub(super) fn new(options: &ScenesOptions, split: Split) -> Self {
        let held_out = HeldOut::of(options);
        Self {
            frequencies: Frequencies::new(options, &held_out),
            options: options.clone(),
            split,
            held_out,
            rng: stream(options.seed, "presence"),
            pictures: 0,
            made: 0,
            ready: VecDeque::new(),
        }
    }

    /// Objects that are not there, in the order in which they are asked for.
    fn absent(&self, shown: &[usize], rng: &mut Rng) -> Vec<usize> {
        let held: Vec<usize> = self
            .held_out
            .pairs
            .iter()
            .map(|(color, shape)| usize::from(*color) * SHAPES + usize::from(*shape))
            .collect();
        let drawn = |pair: usize| {
            let [_, _, colors, shapes] = &self.held_out.palette;
            let (color, shape) = ((pair / SHAPES) as u8, (pair % SHAPES) as u8);
            colors.contains(&color) && shapes.contains(&shape)
        };
        let mut absent: Vec<usize> = (0..PAIRS)
            .filter(|&pair| drawn(pair) && !shown.contains(&pair) && !held.contains(&pair))
            .collect();
        // Also decides between equals.
        shuffle(&mut absent, rng);
        let score = |pair: usize| -> u32 {
            match self.split {
                Split::PresencePopular => self.frequencies.alone[pair],
                Split::PresenceAdversarial => {
                    let with = shown.iter().map(|s| self.frequencies.together[*s][pair]);
                    with.sum()
                }
                _ => 0,
            }
        };
        absent.sort_by_key(|pair| std::cmp::Reverse(score(*pair)));
        absent
    }

    fn ask(&mut self) {
        let room = self.options.room(self.split, &self.held_out);
        let picture = place::any(&room, &mut self.rng);
        let mut there = shown(&picture);
        let everything = there.clone();
        shuffle(&mut there, &mut self.rng);
        there.truncate(EACH);
        let seed = self.options.seed;
        let scene = format!("scenes-{seed}-presence-{}", self.pictures);
        let mut rng = stream(seed, &format!("{} {}", self.split.name(), self.pictures));
        self.pictures += 1;
        let absent = self.absent(&everything, &mut rng);
        // Of few objects nearly all may be there.
        there.truncate(absent.len());
        let mut asked: Vec<(usize, bool)> = there.iter().map(|pair| (*pair, true)).collect();
        let absent = absent.into_iter().take(there.len());
        asked.extend(absent.map(|pair| (pair, false)));
        shuffle(&mut asked, &mut rng);
        for (pair, is_there) in asked {
            let (color, shape) = ((pair / SHAPES) as u8, (pair % SHAPES) as u8);
            let noun = Noun::ANY
                .and(Category::Color, color)
                .and(Category::Shape, shape);
            let name = noun.program();
            let number = self.made;
            self.made += 1;
            self.ready.push_back(ScenesSample {
                id: format!("scenes-{seed}-{}-{number}", self.split.name()),
                image: format!("images/{scene}.png"),
                question: format!("Is there a {name} in the image?"),
                answer: if is_there { "yes" } else { "no" }.to_owned(),
                group: format!("scenes-{seed}-presence-{}", name.replace(' ', "-")),
                scene: scene.clone(),
                family: "presence",
                form: "exist",
                wording: "1".to_owned(),
                split: self.split,
                program: Some(format!(
                    "def execute_command(image):\n    return image.exists(\"{name}\")\n"
                )),
                caption: caption::caption(&picture),
                picture: picture.clone(),
            });
        }
    }
}

impl Iterator for Presence {
    type Item = ScenesSample;

    fn next(&mut self) -> Option<ScenesSample> {
        while self.ready.is_empty() {
            self.ask();
        }
        self.ready.pop_front()
    }
}
