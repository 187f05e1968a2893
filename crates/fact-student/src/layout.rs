//! One example as a row of tokens.
//!
//! ```text
//! picture's patches │ <question> …  │ <label> a n s w e r          → a n s w e r <end>
//!                   │               │ <rationale> w h y <answer> a → w h y <answer> a <end>
//! ```
//!
//! Both tasks of the multi-task objective follow the same picture and question, each behind its own task
//! token, and do not see each other: a row costs the picture and the question once. Text sees the
//! picture, the question and what its own task has said; the picture sees itself. Positions of both tasks go
//! on from the question, as if each stood alone.

use crate::config::ModelConfig;
use crate::example::{Example, Picture};
use crate::tokenizer::{self, Token, Tokenizer};
use std::sync::Arc;

/// Which part of the row a token of text belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment {
    /// Seen by all.
    Question,
    /// The answer at once.
    Label,
    /// The rationale, then the answer.
    Rationale,
    /// One of several ways to go on.
    Way(usize),
}

/// A token that the row must say after the token at `at`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target {
    /// Index in the text.
    pub at: usize,
    /// What comes next.
    pub token: Token,
    /// Its part of the row's loss of this task: one over the task's targets.
    pub share: f32,
    /// Whether it belongs to the answer at once; else to the rationale and what follows it.
    pub label: bool,
}

/// An example as tokens.
#[derive(Debug, Clone)]
pub struct Row {
    /// What it is about.
    pub picture: Option<Arc<Picture>>,
    /// Whether the text sees the picture.
    pub sees: bool,
    /// The text.
    pub tokens: Vec<Token>,
    /// Of each token.
    pub segments: Vec<Segment>,
    /// Of each token.
    pub positions: Vec<usize>,
    /// What is to be learned.
    pub targets: Vec<Target>,
    /// Weight of the example.
    pub weight: f32,
}

/// A text that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("example `{id}` has {tokens} tokens of text, the student reads at most {most}")]
pub struct TooLong {
    /// The example.
    pub id: String,
    /// How many tokens it has.
    pub tokens: usize,
    /// How many there may be.
    pub most: usize,
}

impl Row {
    fn open(tokenizer: &Tokenizer, picture: Option<Arc<Picture>>, question: &str) -> Self {
        let mut row = Self {
            sees: picture.is_some(),
            picture,
            tokens: Vec::new(),
            segments: Vec::new(),
            positions: Vec::new(),
            targets: Vec::new(),
            weight: 1.0,
        };
        let question = tokenizer.encode(question);
        row.push(
            std::iter::once(tokenizer::QUESTION).chain(question),
            Segment::Question,
            0,
        );
        row
    }

    fn push(&mut self, tokens: impl IntoIterator<Item = Token>, segment: Segment, from: usize) {
        for (position, token) in (from..).zip(tokens) {
            self.tokens.push(token);
            self.segments.push(segment);
            self.positions.push(position);
        }
    }

    /// Appends a task: what it says is seen but for its last token, and all of it is a target.
    fn task(&mut self, segment: Segment, task: Token, said: &[Token], from: usize) {
        let at = self.tokens.len();
        let seen = said.len().saturating_sub(1);
        self.push(
            std::iter::once(task).chain(said[..seen].iter().copied()),
            segment,
            from,
        );
        let share = 1.0 / said.len() as f32;
        let targets = said.iter().enumerate().map(|(i, &token)| Target {
            at: at + i,
            token,
            share,
            label: segment == Segment::Label,
        });
        self.targets.extend(targets);
    }

    /// An example to learn from; both tasks if it has a rationale.
    ///
    /// # Errors
    /// If its text has more than `most` positions.
    pub fn of(example: &Example, tokenizer: &Tokenizer, most: usize) -> Result<Self, TooLong> {
        let mut row = Self::open(tokenizer, example.picture.clone(), &example.question);
        row.weight = example.weight;
        let from = row.tokens.len();
        let mut answer = tokenizer.encode(&example.answer);
        answer.push(tokenizer::END);
        row.task(Segment::Label, tokenizer::LABEL, &answer, from);
        if let Some(rationale) = &example.rationale {
            let mut said = tokenizer.encode(rationale);
            said.push(tokenizer::ANSWER);
            said.extend(&answer);
            row.task(Segment::Rationale, tokenizer::RATIONALE, &said, from);
        }
        row.fits(&example.id, most)
    }

    /// The beginning of a row whose task goes on after `said`: after a question the answer at once, or a
    /// rationale and what is already said of it.
    ///
    /// # Errors
    /// If its text has more than `most` positions.
    pub fn prompt(
        id: &str,
        picture: Option<Arc<Picture>>,
        question: &str,
        said: Option<&[Token]>,
        tokenizer: &Tokenizer,
        most: usize,
    ) -> Result<Self, TooLong> {
        let mut row = Self::open(tokenizer, picture, question);
        let from = row.tokens.len();
        match said {
            None => row.push([tokenizer::LABEL], Segment::Label, from),
            Some(said) => {
                let tokens = std::iter::once(tokenizer::RATIONALE).chain(said.iter().copied());
                row.push(tokens, Segment::Rationale, from);
            }
        }
        row.fits(id, most)
    }

    /// Appends a token to a prompt.
    pub fn say(&mut self, token: Token) {
        let segment = self.segments.last().copied().unwrap_or(Segment::Question);
        let position = self.positions.last().map_or(0, |p| p + 1);
        self.push([token], segment, position);
    }

    /// Appends what a prompt is to be scored on: the tokens, all of them targets, each in full.
    pub fn score(&mut self, tokens: &[Token]) {
        for (i, &token) in tokens.iter().enumerate() {
            let at = self.tokens.len().saturating_sub(1);
            self.targets.push(Target {
                at,
                token,
                share: 1.0,
                label: true,
            });
            if i + 1 < tokens.len() {
                self.say(token);
            }
        }
    }

    /// Lets a prompt go on in several ways side by side, each of them a target in full: each sees the prompt
    /// and itself, as if it stood alone.
    pub fn ways(&mut self, ways: &[Vec<Token>]) {
        let Some(task) = self.tokens.pop() else {
            return;
        };
        self.segments.pop();
        self.segments.fill(Segment::Question);
        let from = self.positions.pop().unwrap_or(0);
        for (number, way) in ways.iter().enumerate() {
            let at = self.tokens.len();
            let seen = &way[..way.len().saturating_sub(1)];
            let tokens = std::iter::once(task).chain(seen.iter().copied());
            self.push(tokens, Segment::Way(number), from);
            self.targets
                .extend((at..).zip(way).map(|(at, &token)| Target {
                    at,
                    token,
                    share: 1.0,
                    label: true,
                }));
        }
    }

    /// Positions that the text needs.
    pub fn length(&self) -> usize {
        self.positions.iter().max().map_or(0, |p| p + 1)
    }

    fn fits(self, id: &str, most: usize) -> Result<Self, TooLong> {
        let tokens = self.length();
        if tokens > most {
            return Err(TooLong {
                id: id.to_owned(),
                tokens,
                most,
            });
        }
        Ok(self)
    }

    /// Whether the text at `reader` sees the text at `read`.
    fn attends(&self, reader: usize, read: usize) -> bool {
        read <= reader
            && (self.segments[read] == Segment::Question
                || self.segments[read] == self.segments[reader])
    }
}

/// Rows side by side, as numbers for the network.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Rows.
    pub rows: usize,
    /// Tokens of text a row, the shorter rows filled up.
    pub text: usize,
    /// Patches a row.
    pub patches: usize,
    /// `rows × patches × patch_length`, about −1 to 1, the background near 0.
    pub pixels: Vec<f32>,
    /// `rows × text`.
    pub tokens: Vec<i32>,
    /// `rows × text`.
    pub positions: Vec<i32>,
    /// `rows × (patches + text) × (patches + text)`: 0 where a reader (the middle index) sees, far below 0
    /// where it does not.
    pub mask: Vec<f32>,
    /// Index of each target's reader among all `rows × (patches + text)`.
    pub readers: Vec<i32>,
    /// What each is to say.
    pub said: Vec<i32>,
    /// What each counts in the loss.
    pub counts: Vec<f32>,
}

/// Below what any score can make up for; not −∞, which would make NaN of a reader that sees nothing.
const UNSEEN: f32 = -1e9;

impl Block {
    /// Puts rows side by side. A target counts its share times its row's weight times `label` or
    /// `rationale`, whichever task it belongs to.
    pub fn new(rows: &[&Row], config: &ModelConfig, label: f32, rationale: f32) -> Self {
        let text = rows.iter().map(|r| r.tokens.len()).max().unwrap_or(0);
        let patches = config.image.patches();
        let length = patches + text;
        let mut block = Self {
            rows: rows.len(),
            text,
            patches,
            pixels: vec![0.0; rows.len() * patches * config.image.patch_length()],
            tokens: vec![tokenizer::PAD as i32; rows.len() * text],
            positions: vec![0; rows.len() * text],
            mask: vec![UNSEEN; rows.len() * length * length],
            readers: Vec::new(),
            said: Vec::new(),
            counts: Vec::new(),
        };
        let row_pixels = patches * config.image.patch_length();
        for (index, row) in rows.iter().enumerate() {
            if let Some(picture) = &row.picture {
                let part = &mut block.pixels[index * row_pixels..][..row_pixels];
                patch(picture, config, part);
            }
            let mask = &mut block.mask[index * length * length..][..length * length];
            for reader in 0..length {
                let seen = &mut mask[reader * length..][..length];
                if reader < patches {
                    seen[..patches].fill(0.0);
                    continue;
                }
                let reader = reader - patches;
                if row.sees {
                    seen[..patches].fill(0.0);
                }
                // What fills a row up sees itself only, and nobody sees it.
                seen[patches + reader] = 0.0;
                if reader < row.tokens.len() {
                    for read in (0..reader).filter(|&read| row.attends(reader, read)) {
                        seen[patches + read] = 0.0;
                    }
                }
            }
            let at = index * text;
            for (i, (&token, &position)) in row.tokens.iter().zip(&row.positions).enumerate() {
                // Both are bounded by the configuration, far below the largest i32.
                block.tokens[at + i] = token as i32;
                block.positions[at + i] = position as i32;
            }
            for target in &row.targets {
                let of_task = if target.label { label } else { rationale };
                block
                    .readers
                    .push((index * length + patches + target.at) as i32);
                block.said.push(target.token as i32);
                block.counts.push(target.share * row.weight * of_task);
            }
        }
        block
    }
}

/// Cuts a picture into overlapping patches, its background taken off.
fn patch(picture: &Picture, config: &ModelConfig, out: &mut [f32]) {
    let median = picture.median().map(f32::from);
    let (columns, rows) = config.image.grid();
    let stride = config.image.stride as usize;
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut out = out.iter_mut();
    for row in 0..rows {
        for column in 0..columns {
            for y in 0..2 * stride {
                for x in 0..2 * stride {
                    // Half a stride beyond the patch's own cell on each side.
                    let x = (column * stride + x).checked_sub(stride / 2);
                    let y = (row * stride + y).checked_sub(stride / 2);
                    let at = x.zip(y).filter(|&(x, y)| x < width && y < height);
                    for (channel, &median) in median.iter().enumerate() {
                        if let Some(number) = out.next() {
                            *number = at.map_or(0.0, |(x, y)| {
                                let value = picture.pixels()[(y * width + x) * 3 + channel];
                                (f32::from(value) - median) / 128.0
                            });
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ImageSize, Size};

    fn example(rationale: Option<&str>) -> Example {
        Example {
            id: "a".into(),
            picture: Some(Arc::new(Picture::new(8, 4, vec![9; 96]).unwrap())),
            question: "is it red".into(),
            answer: "yes".into(),
            rationale: rationale.map(Into::into),
            weight: 2.0,
        }
    }

    fn tokenizer() -> Tokenizer {
        Tokenizer::learn(["is it red yes because so"], 1, 100)
    }

    fn config() -> ModelConfig {
        let image = ImageSize {
            width: 8,
            height: 4,
            stride: 4,
        };
        let size = Size::Free {
            width: 32,
            layers: 1,
        };
        ModelConfig::new(size, image, 16, tokenizer().size())
    }

    /// Who sees whom, a line a reader of text.
    fn drawn(row: &Row) -> String {
        let block = Block::new(&[row], &config(), 1.0, 1.0);
        let length = block.patches + block.text;
        let line = |reader: usize| -> String {
            let seen = &block.mask[reader * length..][..length];
            seen.iter()
                .map(|&m| if m == 0.0 { '#' } else { '.' })
                .collect()
        };
        (block.patches..length)
            .map(line)
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn both_tasks_see_the_question_and_not_each_other() {
        let row = Row::of(&example(Some("because so")), &tokenizer(), 99).unwrap();
        assert_eq!(
            drawn(&row),
            "\
###..........
####.........
#####........
######.......
#######......
########.....
######..#....
######..##...
######..###..
######..####.
######..#####"
        );
        assert_eq!(row.positions, [0, 1, 2, 3, 4, 5, 4, 5, 6, 7, 8]);
        let (label, rationale): (Vec<_>, Vec<_>) = row.targets.iter().partition(|t| t.label);
        let sum = |t: &[&Target]| t.iter().map(|t| t.share).sum::<f32>();
        assert_eq!((label.len(), rationale.len()), (2, 5));
        assert!((sum(&label) - 1.0).abs() < 1e-6 && (sum(&rationale) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_blind_row_sees_its_text_only() {
        let mut row = Row::of(&example(None), &tokenizer(), 99).unwrap();
        row.sees = false;
        assert!(drawn(&row).lines().all(|line| line.starts_with("..#")));
    }

    #[test]
    fn without_a_rationale_there_is_one_task() {
        let row = Row::of(&example(None), &tokenizer(), 99).unwrap();
        assert!(row.targets.iter().all(|t| t.label));
        let block = Block::new(&[&row], &config(), 0.5, 7.0);
        assert_eq!(block.counts, [0.5, 0.5]);
    }

    #[test]
    fn a_long_text_is_refused_by_name() {
        let error = Row::of(&example(Some("because so")), &tokenizer(), 7).unwrap_err();
        assert_eq!(
            error.to_string(),
            "example `a` has 9 tokens of text, the student reads at most 7"
        );
    }

    #[test]
    fn patches_overlap_and_the_background_is_0() {
        let mut pixels = vec![100; 96];
        // The pixel at x 3, y 1: near the border of two cells.
        let at = (8 + 3) * 3;
        pixels[at] = 228;
        let picture = Picture::new(8, 4, pixels).unwrap();
        let config = config();
        let mut out = vec![9.0; 2 * config.image.patch_length()];
        patch(&picture, &config, &mut out);
        let lit: Vec<usize> = (0..out.len()).filter(|&i| out[i] != 0.0).collect();
        let of = |x: usize, y: usize| (y * 8 + x) * 3;
        assert_eq!(lit, [of(5, 3), config.image.patch_length() + of(1, 3)]);
        assert_eq!(out[lit[0]], 1.0);
    }
}
