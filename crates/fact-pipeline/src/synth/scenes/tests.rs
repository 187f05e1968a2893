use super::forms::FORMS;
use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn options(samples: usize) -> ScenesOptions {
    ScenesOptions {
        samples,
        held_out: samples,
        ..ScenesOptions::default()
    }
}

fn samples(options: &ScenesOptions, split: Split) -> Vec<ScenesSample> {
    let made = generate(options, split).unwrap();
    made.map(|sample| sample.unwrap()).collect()
}

/// What the program returns over the annotation.
fn run(sample: &ScenesSample) -> String {
    use fact_lang::pack::Pack;
    use fact_lang::run::{Inputs, Limits, Outcome, run};
    use fact_lang::tool::{Answer, Answers, ImageRef, Request};
    use fact_models::{Perception, Scene, View};

    struct Live<'a>(&'a Perception, &'a Scene);
    impl Answers for Live<'_> {
        fn answer(&mut self, request: &Request) -> Option<Answer> {
            Some(self.0.answer(&[View::of_scene(self.1)], request))
        }
    }

    let pack = Pack::builtin("scene").unwrap();
    let perception = fact_models::scene::perception();
    let source = sample.program.as_ref().unwrap();
    let program = fact_lang::syntax::parse_program(source).unwrap();
    let reference = ImageRef {
        sha256: sample.id.as_str().into(),
        width: sample.picture.width.unsigned_abs(),
        height: sample.picture.height.unsigned_abs(),
    };
    // Through JSON, as a reader of the folder sees it.
    let text = serde_json::to_string(&sample.picture.annotation()).unwrap();
    let scene: Scene = serde_json::from_str(&text).unwrap();
    let mut answers = Live(&perception, &scene);
    let inputs = Inputs::image(reference);
    let ran = run(&program, &pack, &inputs, &mut answers, &Limits::default());
    let Outcome::Returned(returned) = &ran.outcome else {
        panic!("{}\n{source}\n{:?}", sample.question, ran.outcome);
    };
    match returned.text.as_str() {
        "True" => "yes".to_owned(),
        "False" => "no".to_owned(),
        other => other.to_owned(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn programs_return_what_is_true_of_the_picture(seed in 0_u64..1_000_000) {
        let options = ScenesOptions { seed, ..options(60) };
        for split in Split::ALL {
            for sample in samples(&options, split) {
                if sample.program.is_some() {
                    prop_assert_eq!(
                        &run(&sample), &sample.answer,
                        "{}\n{}", sample.question, sample.program.as_deref().unwrap_or_default()
                    );
                }
            }
        }
    }

    #[test]
    fn all_things_are_seen_and_lie_within_the_image(
        seed in 0_u64..1_000_000, width in 64_u32..260, height in 64_u32..260
    ) {
        let options = ScenesOptions { seed, width, height, ..options(6) };
        for split in [Split::Train, Split::Length] {
            for sample in samples(&options, split) {
                prop_assert!(sample.visible().iter().all(|share| *share >= MIN_VISIBLE));
                prop_assert_eq!(sample.draw().dimensions(), (width, height));
                for thing in &sample.picture.things {
                    prop_assert!(thing.left >= 0 && thing.top >= 0);
                    prop_assert!(thing.left + thing.side <= sample.picture.width);
                    prop_assert!(thing.top + thing.side <= sample.picture.height);
                }
            }
        }
    }
}

#[test]
fn programs_see_what_is_drawn() {
    // A thing's middle has its ink, where nothing lies over it and its pattern leaves it alone.
    let mut looked = 0;
    for sample in samples(&options(60), Split::Train) {
        let image = sample.draw();
        for thing in &sample.picture.things {
            let alone = sample
                .picture
                .things
                .iter()
                .all(|t| t == thing || place::overlap(t, thing) == 0);
            let hollow = ["ring", "crescent"].contains(&thing.word(Category::Shape));
            if !alone || hollow || thing.word(Category::Pattern) != "solid" {
                continue;
            }
            let (x, y) = thing.centre();
            let [r, g, b] = image.get_pixel(x as u32 / 2, y as u32 / 2).0;
            let expected = match thing.word(Category::Color) {
                "red" => r > 200 && g < 80 && b < 80,
                "green" => g > 120 && r < 80 && b < 80,
                "blue" => b > 180 && r < 80 && g < 100,
                "yellow" => r > 200 && g > 180 && b < 80,
                "purple" => r > 100 && g < 80 && b > 140,
                "cyan" => r < 80 && g > 180 && b > 180,
                "pink" => r > 220 && (100..160).contains(&g) && b > 160,
                "black" => r < 40 && g < 40 && b < 40,
                other => panic!("{other}"),
            };
            assert!(expected, "{thing:?} is drawn as {:?}", (r, g, b));
            looked += 1;
        }
    }
    assert!(looked > 20, "{looked}");
}

#[test]
fn shapes_fill_their_boxes_and_differ() {
    let of = |shape: u8, pattern: u8| Picture {
        width: 64,
        height: 64,
        things: vec![Thing {
            values: [2, pattern, 0, shape],
            left: 10,
            top: 10,
            side: 40,
        }],
        ground: 230,
        grain: 1,
        noise: 0,
    };
    let mut drawings = BTreeSet::new();
    for shape in 0..10 {
        for pattern in 0..4 {
            let image = draw::draw(&of(shape, pattern));
            assert!(drawings.insert(image.as_raw().clone()));
            let inked = |(x, y): (u32, u32)| image.get_pixel(x, y).0 != [230; 3];
            let all = (0..64).flat_map(|y| (0..64).map(move |x| (x, y)));
            let marked: Vec<_> = all.filter(|at| inked(*at)).collect();
            let (left, right) = (
                marked.iter().map(|p| p.0).min().unwrap(),
                marked.iter().map(|p| p.0).max().unwrap(),
            );
            let (top, bottom) = (
                marked.iter().map(|p| p.1).min().unwrap(),
                marked.iter().map(|p| p.1).max().unwrap(),
            );
            assert!(
                left >= 10 && right < 50 && top >= 10 && bottom < 50,
                "{shape}"
            );
            assert!(
                right - left > 34 && bottom - top > 34,
                "{shape}: {left} {right} {top} {bottom}"
            );
        }
    }
}

#[test]
fn every_form_is_asked_and_families_are_as_frequent() {
    let options = options(2000);
    let held_out = HeldOut::new(options.seed);
    assert_eq!(held_out.forms.len(), FAMILIES.len());
    let count = |split| {
        let mut families: BTreeMap<&str, usize> = BTreeMap::new();
        let mut forms: BTreeMap<&str, usize> = BTreeMap::new();
        for sample in samples(&options, split) {
            *families.entry(sample.family).or_default() += 1;
            *forms.entry(sample.form).or_default() += 1;
        }
        (families, forms)
    };
    let mut asked = BTreeSet::new();
    for split in [Split::Train, Split::Forms, Split::Length] {
        let (families, forms) = count(split);
        assert_eq!(families.len(), FAMILIES.len());
        assert!(
            families.values().all(|n| (199..=201).contains(n)),
            "{families:?}"
        );
        asked.extend(forms.into_keys());
    }
    assert_eq!(asked, FORMS.iter().map(|form| form.name).collect());
}

#[test]
fn text_alone_does_not_answer() {
    // For each form and wording the most frequent answer, found in one half of the questions and
    // tested on the other: what a model that sees no image could learn.
    let all = samples(&options(12_000), Split::Train);
    let key = |s: &ScenesSample| (s.form, s.wording.clone());
    let mut seen: BTreeMap<_, BTreeMap<&str, usize>> = BTreeMap::new();
    for sample in &all[..6000] {
        *seen
            .entry(key(sample))
            .or_default()
            .entry(&sample.answer)
            .or_default() += 1;
    }
    let mut by_family: BTreeMap<(&str, bool), (usize, usize)> = BTreeMap::new();
    for sample in &all[6000..] {
        let Some(answers) = seen.get(&key(sample)) else {
            continue;
        };
        let guess = answers.iter().max_by_key(|(_, n)| **n).unwrap().0;
        let binary = matches!(sample.answer.as_str(), "yes" | "no");
        let (right, of) = by_family.entry((sample.family, binary)).or_default();
        *right += usize::from(*guess == sample.answer);
        *of += 1;
    }
    for ((family, binary), (right, of)) in by_family {
        let most = if binary { 58 } else { 45 };
        assert!(100 * right < most * of, "{family}: {right} of {of}");
    }
    // Each yes-or-no question has an image for either answer.
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for sample in &all {
        groups
            .entry(&sample.group)
            .or_default()
            .push(&sample.answer);
    }
    for answers in groups
        .values()
        .filter(|a| a.contains(&"yes") || a.contains(&"no"))
    {
        let yes = answers.iter().filter(|a| **a == "yes").count();
        assert_eq!(2 * yes, answers.len());
    }
}

#[test]
fn what_is_held_out_is_nowhere_in_training() {
    for seed in [0, 1, 77] {
        let options = ScenesOptions {
            seed,
            ..options(600)
        };
        let held_out = HeldOut::new(seed);
        let names = held_out.pair_words();
        assert_eq!(names.len(), 8);
        let shows = |sample: &ScenesSample| {
            let mut things = sample.picture.things.iter();
            things.any(|thing| held_out.pairs.contains(&thing.pair()))
        };
        let speaks = |sample: &ScenesSample| {
            let program = sample.program.as_deref().unwrap_or_default();
            // Whole words: a checkered circle is no red circle.
            let said = format!(" {} {}", sample.question, program.replace('"', " "));
            names.iter().any(|name| said.contains(&format!(" {name}")))
        };
        // Are none of the crosses yellow?
        let alludes = |sample: &ScenesSample| {
            names.iter().any(|name| {
                let mut words = name.split(' ');
                words.all(|word| sample.question.contains(&format!(" {word}")))
            })
        };
        let mut digests: BTreeMap<[u8; 32], &str> = BTreeMap::new();
        for split in Split::ALL {
            let mut shown = 0;
            for sample in samples(&options, split) {
                let held_form = held_out.forms.contains(&sample.form);
                match split {
                    Split::Pairs => {
                        shown += usize::from(shows(&sample));
                        assert!(shows(&sample) || alludes(&sample), "{}", sample.question);
                    }
                    _ => assert!(!shows(&sample) && !speaks(&sample), "{}", sample.question),
                }
                if sample.program.is_some() && sample.family != "presence" {
                    assert_eq!(held_form, split == Split::Forms, "{}", sample.form);
                }
                let deep = FORMS.iter().any(|f| f.deep && f.name == sample.form);
                assert!(!deep || split == Split::Length);
                let count = sample.picture.things.len();
                assert_eq!(count > options.max_objects, split == Split::Length);
                use sha2::{Digest, Sha256};
                let digest = Sha256::digest(sample.draw().as_raw()).into();
                let group = if sample.family == "presence" {
                    "presence"
                } else {
                    split.name()
                };
                let other = digests.insert(digest, group);
                assert!(
                    other.is_none_or(|other| other == group),
                    "an image is shared"
                );
            }
            assert!(split != Split::Pairs || shown > 400, "{shown}");
        }
    }
    assert_ne!(HeldOut::new(0).pairs, HeldOut::new(1).pairs);
}

#[test]
fn wrong_objects_are_random_popular_or_adversarial() {
    let options = options(900);
    let mut parts = BTreeMap::new();
    let mut yes_of = Vec::new();
    for split in [
        Split::PresenceRandom,
        Split::PresencePopular,
        Split::PresenceAdversarial,
    ] {
        let all = samples(&options, split);
        let yes: BTreeSet<_> = all
            .iter()
            .filter(|s| s.answer == "yes")
            .map(|s| (s.scene.clone(), s.question.clone()))
            .collect();
        assert_eq!(2 * yes.len(), all.len());
        // How often both colour and shape of a wrong object are there, in different things.
        let wrong = all.iter().filter(|s| s.answer == "no");
        let both = wrong.clone().filter(|sample| {
            let words: Vec<&str> = sample.question.split(' ').collect();
            let there = |category: Category, word: &str| {
                sample
                    .picture
                    .things
                    .iter()
                    .any(|t| t.word(category) == word)
            };
            there(Category::Color, words[3]) && there(Category::Shape, words[4])
        });
        parts.insert(split, 100 * both.count() / wrong.count());
        yes_of.push(yes);
    }
    // The same pictures and right objects.
    assert_eq!(yes_of[0], yes_of[1]);
    assert_eq!(yes_of[0], yes_of[2]);
    let share = |split| parts[&split];
    assert!(
        share(Split::PresenceRandom) < share(Split::PresencePopular),
        "{parts:?}"
    );
    assert!(
        share(Split::PresencePopular) <= share(Split::PresenceAdversarial),
        "{parts:?}"
    );
}

#[test]
fn captions_say_what_is_there_and_nothing_else() {
    use fact_core::metrics::chair::Vocabulary;
    let vocabulary = Vocabulary::worlds();
    for sample in samples(&options(200), Split::Captions) {
        let things = sample.picture.things.iter();
        let mut there: Vec<&str> = things.map(|t| t.word(Category::Shape)).collect();
        let mut mentioned = vocabulary.mentioned(&sample.caption);
        there.sort_unstable();
        mentioned.sort_unstable();
        assert_eq!(mentioned, there, "{}", sample.caption);
    }
}

#[test]
fn a_longer_data_set_begins_with_the_shorter() {
    for split in Split::ALL {
        let (short, long) = (samples(&options(30), split), samples(&options(90), split));
        assert_eq!(short[..], long[..30]);
    }
    let other = ScenesOptions {
        seed: 1,
        ..options(30)
    };
    assert_ne!(
        samples(&options(30), Split::Train),
        samples(&other, Split::Train)
    );
}

#[test]
fn the_bytes_of_seed_0_are_what_they_were() {
    // A changed digest means that every published seed means another data set: raise VERSION and
    // say so in the change log.
    let mut digest = Vec::new();
    for split in Split::ALL {
        for sample in samples(&options(40), split) {
            digest.extend_from_slice(sample.question.as_bytes());
            digest.extend_from_slice(sample.answer.as_bytes());
            digest.extend_from_slice(sample.program.as_deref().unwrap_or_default().as_bytes());
            digest.extend_from_slice(sample.caption.as_bytes());
            digest.extend_from_slice(sample.draw().as_raw());
        }
    }
    insta::assert_snapshot!(fact_models::decode::sha256_hex(&digest));
}

#[test]
fn options_that_make_no_sense_are_refused() {
    let hostile = [
        ScenesOptions {
            width: 47,
            ..options(1)
        },
        ScenesOptions {
            height: 100_000,
            ..options(1)
        },
        // Ten cells are needed for 7 things and 4 more, and 96 pixels hold 8 cells a side.
        ScenesOptions {
            grid: Some(Grid {
                columns: 5,
                rows: 2,
            }),
            ..options(1)
        },
        ScenesOptions {
            grid: Some(Grid {
                columns: 9,
                rows: 9,
            }),
            ..options(1)
        },
        ScenesOptions {
            only: vec!["mauve".to_owned()],
            ..options(1)
        },
        ScenesOptions {
            only: vec!["small".to_owned()],
            ..options(1)
        },
        ScenesOptions {
            min_objects: 0,
            ..options(1)
        },
        ScenesOptions {
            min_objects: 8,
            ..options(1)
        },
        ScenesOptions {
            max_objects: 4,
            ..options(1)
        },
        ScenesOptions {
            max_objects: usize::MAX,
            ..options(1)
        },
        ScenesOptions {
            per_question: 0,
            ..options(1)
        },
        ScenesOptions {
            noise: 41,
            ..options(1)
        },
        ScenesOptions {
            splits: Vec::new(),
            ..options(1)
        },
    ];
    let told: Vec<String> = hostile
        .iter()
        .map(|options| generate(options, Split::Train).err().unwrap().to_string())
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_folder_is_read_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let small = ScenesOptions {
        samples: 20,
        held_out: 12,
        ..options(1)
    };
    let written = write(&small, folder.path(), |_| {}).unwrap();
    assert_eq!(written.samples, 20 + 9 * 12);
    // Again, over what is there.
    assert_eq!(write(&small, folder.path(), |_| {}).unwrap(), written);
    for split in Split::ALL {
        let place = folder.path().join(split.name());
        let data = crate::datasets::open(&format!("synth:{}", place.display())).unwrap();
        let expected = samples(&small, split);
        let records: Vec<_> = data.samples().map(|record| record.unwrap()).collect();
        assert_eq!(records.len(), expected.len());
        for (record, sample) in records.iter().zip(&expected) {
            assert_eq!(record.sample.id, sample.id);
            assert_eq!(record.sample.split.as_deref(), Some(split.name()));
            assert_eq!(record.program.is_some(), sample.program.is_some());
            assert!(record.scene.is_some());
            let predicted = match sample.answer.as_str() {
                "yes" => "True",
                "no" => "False",
                other => other,
            };
            assert!(data.matcher().is_right(predicted, &record.sample.answers));
        }
    }
    let other = tempfile::tempdir().unwrap();
    std::fs::write(other.path().join("thesis.txt"), "dear").unwrap();
    let refused = write(&small, other.path(), |_| {});
    assert!(matches!(refused, Err(SynthError::Occupied { .. })));
}

#[test]
fn a_grid_holds_one_thing_a_cell_and_only_named_values_are_drawn_and_asked() {
    let only = "circle,square,triangle,cross,red,green,blue,yellow,solid,striped,small,large";
    let only: Vec<String> = only.split(',').map(str::to_owned).collect();
    let options = ScenesOptions {
        seed: 5,
        width: 48,
        height: 48,
        min_objects: 3,
        max_objects: 6,
        grid: Some(Grid {
            columns: 4,
            rows: 4,
        }),
        only: only.clone(),
        ..options(400)
    };
    let others: Vec<&str> = Category::ALL
        .iter()
        .flat_map(|category| category.values())
        .copied()
        .filter(|word| !only.iter().any(|only| only == word))
        .collect();
    let held_out = HeldOut::of(&options);
    assert_eq!(held_out.pairs.len(), 4);
    for split in Split::ALL {
        let mut made = 0;
        for sample in samples(&options, split) {
            made += 1;
            let text = format!("{} {} {}", sample.question, sample.answer, sample.caption);
            let mut words = text.split(|c: char| !c.is_alphabetic());
            let foreign = words.find(|word| others.contains(word));
            // "Higher up than" says no value, "medium-sized" would.
            assert_eq!(foreign, None, "{text}");
            let mut cells = BTreeSet::new();
            for thing in &sample.picture.things {
                let (x, y) = thing.centre();
                assert!(cells.insert((x / 24, y / 24)), "two things in one cell");
                assert!(matches!(thing.side, 5 | 11), "{}", thing.side);
            }
        }
        assert_eq!(made, 400, "{}", split.name());
    }
}

#[test]
fn few_values_leave_pictures_for_the_longest_chains() {
    // Of these seeds some pairs that are popular are held out, so that most pictures are refused.
    let only =
        "circle,square,triangle,cross,red,green,blue,yellow,purple,solid,striped,small,large";
    for seed in [31, 38, 43, 45] {
        let options = ScenesOptions {
            seed,
            width: 48,
            height: 48,
            min_objects: 1,
            max_objects: 6,
            grid: Some(Grid {
                columns: 4,
                rows: 4,
            }),
            only: only.split(',').map(str::to_owned).collect(),
            ..options(1000)
        };
        let all = samples(&options, Split::Length);
        assert_eq!(all.len(), 1000);
        assert!(all.iter().any(|sample| sample.form == "chain3_query"));
    }
}
