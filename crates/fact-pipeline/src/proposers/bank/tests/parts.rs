//! Each part by itself.

use super::super::align::mappings;
use super::super::program::{Mentioned, Program, negated};
use super::super::quantifier::{Body, Kind, Patterns};
use super::super::score::{Grams, Index};
use super::super::substitute::{Setting, Template, substitute};
use super::super::tokens::{Token, read, split};
use super::*;

#[test]
fn words_are_runs_of_letters_and_of_digits() {
    assert_eq!(
        split("It's a 3x4 Grid!"),
        ["it", "s", "a", "3", "x", "4", "grid"]
    );
    assert_eq!(split("naïve ２ \u{0}"), ["na", "ve"]);
}

#[test]
fn slots_are_recognised() -> Outcome {
    let lexicon = &bank()?.lexicon;
    let cases = [
        ("a small yellow square", "a [small yellow square]"),
        ("yellow little squares", "[small yellow square]"),
        ("a square item", "a [square]"),
        ("a square circle", "a [square] [circle]"),
        ("blue and black things", "[blue] and [black item]"),
        ("at least two items", "[>=2] [item]"),
        ("atleast 2 or fewer than seven", "[>=2] or [<7]"),
        ("only black items", "== [black item]"),
        (
            "the base of a tower",
            "the [side:bottom] of a [container:towers]",
        ),
        (
            "on top of a grey box",
            "[relation:is_on] a [container:boxes]",
        ),
        (
            "on the left of it",
            "[relation:is_on] the [relation:is_left_of] it",
        ),
        ("", ""),
    ];
    for (sentence, expected) in cases {
        assert_eq!(reading(sentence, lexicon), expected, "{sentence}");
    }
    Ok(())
}

#[test]
fn misspelled_words_are_corrected_when_it_is_clear_what_they_mean() -> Outcome {
    let lexicon = &bank()?.lexicon;
    let cases = [
        ("yelow", "[yellow]"),
        ("balck trianlge", "[black triangle]"),
        ("sqare", "[square]"),
        ("zz", "zz"),
        ("xylophone", "xylophone"),
    ];
    for (sentence, expected) in cases {
        assert_eq!(reading(sentence, lexicon), expected, "{sentence}");
    }
    Ok(())
}

#[test]
fn another_domain_has_its_own_phrases_and_stems() -> Outcome {
    let lexicon = fruit_lexicon()?;
    assert_eq!(reading("two green pears", &lexicon), "[2] [unripe pear]");
    let key = |word: &str| Token::word(word.into(), &lexicon).key(&lexicon, false);
    assert_eq!(key("holds"), "has");
    assert_eq!(key("quite"), "");
    assert_eq!(key("bowl"), "bowl");
    Ok(())
}

#[test]
fn nearest_sentences_come_first_and_equals_in_their_order() -> Outcome {
    let lexicon = fruit_lexicon()?;
    let sentences = ["two pears", "a ripe apple", "two apples", "two pears"];
    let tokens: Vec<Vec<Token>> = sentences.iter().map(|s| read(s, &lexicon)).collect();
    let all: Vec<&[Token]> = tokens.iter().map(|t| &**t).collect();
    let grams = Grams::learn(&all, &[], &lexicon);
    let mut index = Index::default();
    for sentence in &all {
        index.push(Some(&grams.count(sentence, &lexicon)));
    }
    index.push(None);
    let question = grams.count(&read("two pears", &lexicon), &lexicon);
    let order = |most, admit: fn(usize) -> bool| -> Vec<usize> {
        let nearest = index.nearest(&question, most, admit);
        nearest.into_iter().map(|(_, sentence)| sentence).collect()
    };
    assert_eq!(order(9, |_| true), [0, 3, 2, 1]);
    assert_eq!(order(2, |sentence| sentence != 0), [3, 2]);
    let (best, _) = index.nearest(&question, 1, |_| true)[0];
    assert!((best - 1.0).abs() < 1e-12);
    Ok(())
}

#[test]
fn slots_are_aligned_then_dealt_in_order_then_exchanged() -> Outcome {
    let lexicon = fruit_lexicon()?;
    let exemplar = read("a ripe apple and two pears", &lexicon);
    let question = read("two pears and a ripe apple", &lexicon);
    // Positions: a [1] and [3] [4]; [0] [1] and a [4].
    let found = mappings(&exemplar, &question);
    let none_but = |pairs: &[(usize, usize)]| {
        let mut mapping = vec![None; exemplar.len()];
        for (from, to) in pairs {
            mapping[*from] = Some(*to);
        }
        mapping
    };
    assert!(
        found.contains(&none_but(&[(1, 1), (3, 0), (4, 4)])),
        "{found:?}"
    );
    assert_eq!(found.last(), Some(&none_but(&[(1, 4), (3, 0), (4, 1)])));
    assert_eq!(mappings(&[], &question), [vec![]]);
    Ok(())
}

#[test]
fn programs_mention_values() -> Outcome {
    let lexicon = &bank()?.lexicon;
    let mentioned = |text: &str| -> Vec<String> {
        let program = Program::new(text, lexicon);
        assert_eq!(program.tokens.concat(), text);
        let mentions = program.mentions.iter();
        mentions
            .map(|mention| {
                let token = &program.tokens[mention.token];
                match &mention.what {
                    Mentioned::Phrase(phrase) => format!("{token} {}", phrase.text()),
                    Mentioned::Everything(phrase) => format!("{token} all {}", phrase.text()),
                    Mentioned::Words { class, values } => format!("{token} {class} {values:?}"),
                    Mentioned::Number { operator, .. } => {
                        format!("{token} after {:?}", operator.as_ref().map(|(o, _)| &**o))
                    }
                    Mentioned::Member { class, value } => format!("{token} {class} {value}"),
                }
            })
            .collect()
    };
    assert_eq!(
        mentioned("len(box.items) >= 3 and box.find('blue squares')[0].is_on(4)"),
        [
            "items all item",
            "3 after Some(\">=\")",
            "'blue squares' blue square",
            "is_on relation is_on",
            "4 after None",
        ]
    );
    assert_eq!(
        mentioned("a.touches_corner(\"bottom right\") == b.base and items[1] or [1]"),
        [
            "\"bottom right\" side [\"bottom\", \"right\"]",
            "base side bottom",
            "1 after None",
        ]
    );
    // Neither words that are no values nor odd text are mentions.
    assert!(mentioned("x.y(\"unknown\", \"\", \"three\") ]) é \"").is_empty());
    Ok(())
}

#[test]
fn programs_that_return_truth_are_negated() {
    let program = "def f(image):\n    if image.items:\n        return True\n    return False\n";
    let expected = "def f(image):\n    if image.items:\n        return False\n    return True\n";
    assert_eq!(negated(program).as_deref(), Some(expected));
    for kept in [
        "def f(image):\n    return image.count(\"return True\") == 1\n",
        "def f(image):\n    return True if image.items else False\n",
        "def f(image):\n    pass\n",
        "def f(image):\n    return\n",
    ] {
        assert_eq!(negated(kept), None, "{kept}");
    }
}

#[test]
fn sentences_begin_with_quantifiers() -> Outcome {
    let bank = bank()?;
    let cases = [
        ("there is a box", Some((Kind::Any, None, None, 3))),
        ("there are boxes", Some((Kind::Any, None, None, 2))),
        ("there are no boxes", Some((Kind::None, None, None, 3))),
        (
            "there are exactly 3 boxes",
            Some((Kind::Number, Some("=="), Some("3"), 3)),
        ),
        (
            "there are only a box",
            Some((Kind::Any, Some("=="), None, 4)),
        ),
        ("two of the boxes", Some((Kind::Number, None, Some("2"), 3))),
        (
            "at most 2 boxes",
            Some((Kind::Number, Some("<="), Some("2"), 1)),
        ),
        ("every box", Some((Kind::All, None, None, 1))),
        ("all the boxes", Some((Kind::All, None, None, 2))),
        ("none of the boxes", Some((Kind::None, None, None, 3))),
        ("boxes", None),
        ("", None),
    ];
    for (sentence, expected) in cases {
        let found = bank.patterns.read(&read(sentence, &bank.lexicon));
        let found = found
            .as_ref()
            .map(|q| (q.kind, q.operator.as_deref(), q.number.as_deref(), q.tokens));
        assert_eq!(found, expected, "{sentence}");
    }
    Ok(())
}

#[test]
fn programs_of_one_quantified_expression_are_taken_apart() {
    let taken = |value: &str| {
        let body = Body::of(&format!(
            "def execute_command(image):\n    return {value}\n"
        ))?;
        let again = body.with(Kind::Number, (">=", "2"), &body.generator);
        let again = again.lines().nth(1)?.trim().to_owned();
        Some((body.kind, body.generator, again))
    };
    let cases = [
        ("any(b.t for b in bs)", Kind::Any, "b.t for b in bs"),
        ("not any(b.t for b in bs)", Kind::None, "b.t for b in bs"),
        ("all(f(b) for b in bs)", Kind::All, "f(b) for b in bs"),
        ("sum(b.t for b in bs) < 4", Kind::Number, "b.t for b in bs"),
        (
            "len([b for b in bs if b.t]) == 4",
            Kind::Number,
            "b.t for b in bs",
        ),
        (
            "len([b for b in bs if (b.t or b.u)]) == 4",
            Kind::Number,
            "(b.t or b.u) for b in bs",
        ),
    ];
    for (value, kind, generator) in cases {
        let again = format!("return sum({generator}) >= 2");
        assert_eq!(
            taken(value),
            Some((kind, generator.into(), again)),
            "{value}"
        );
    }
    for value in [
        "any(a for a in b) and any(c for c in d)",
        "sum(b.t for b in bs) == n",
        "sum(b.t for b in bs) in [4]",
        "len([b.t for b in bs if b.t]) == 4",
        "len([b for b in bs]) == 4",
        "len(bs) == 4",
        "max(bs)",
    ] {
        assert_eq!(taken(value), None, "{value}");
    }
    assert!(Body::of("def f(image):\n    x = 1\n    return any(x for x in y)\n").is_none());
    assert!(Body::of("def f(image:").is_none());
}

#[test]
fn patterns_that_make_no_sense_are_refused() -> Outcome {
    let refused = |kind: &str, words: &str| {
        let mut file = File::read(FRUIT, "fruit.toml")?;
        file.reading.quantifiers[1].kind = kind.into();
        file.reading.quantifiers[1].words = words.into();
        Ok::<_, BankError>(Patterns::new(&file.reading).err())
    };
    assert_eq!(refused("none", "no")?, None);
    for (kind, words) in [
        ("most", "most"),
        ("number", "some"),
        ("any", "#"),
        ("any", "a? b?"),
        ("any", ""),
    ] {
        let error = refused(kind, words)?;
        assert!(matches!(error, Some((1, _))), "{kind} {words}: {error:?}");
    }
    Ok(())
}

/// What the first mapping of an exemplar to a question gives.
fn first(bank: &Bank, sentence: &str, program: &str, question: &str) -> Option<(f64, String)> {
    let lexicon = &bank.lexicon;
    let template = Template {
        sentence: &read(sentence, lexicon),
        program: &Program::new(program, lexicon),
    };
    let question = read(question, lexicon);
    let setting = Setting {
        lexicon,
        rewrites: &bank.rewrites,
    };
    let mapping = mappings(template.sentence, &question).into_iter().next()?;
    let programs = substitute(&setting, &template, &question, &mapping);
    programs.into_iter().next()
}

#[test]
fn values_take_the_place_of_values() -> Outcome {
    let bank = bank()?;
    // Sentence, program, question, expected program, penalty.
    let cases = [
        (
            "a blue square",
            "f('blue square')",
            "a small black circle",
            "f('small black circle')",
            0.0,
        ),
        // The noun stays away where only the colour stood.
        (
            "a blue item",
            "x == \"blue\"",
            "a black square",
            "x == \"black\"",
            0.0,
        ),
        (
            "a blue item",
            "x == \"blue\"",
            "a small black item",
            "x == \"black\"",
            0.7,
        ),
        (
            "a blue",
            "x == \"blue\"",
            "a black square",
            "x == \"black\"",
            0.0,
        ),
        (
            "a blue",
            "x == \"blue\"",
            "a square",
            "x == \"square\"",
            1.0,
        ),
        (
            "exactly 3 items",
            "n == 3",
            "at least 4 items",
            "n >= 4",
            0.0,
        ),
        ("at least 3 items", "n >= 3", "5 items", "n >= 5", 0.4),
        ("3 items", "f(3)", "at most 4 items", "f(4)", 0.5),
        (
            "the base is blue",
            "t.base.color == \"blue\"",
            "the top is black",
            "t.top.color == \"black\"",
            0.0,
        ),
        ("the base is it", "t.base", "the left is it", "t.base", 1.0),
        (
            "touching the bottom",
            "f(\"bottom right\")",
            "touching the top",
            "f(\"top right\")",
            0.0,
        ),
        (
            "it is on it",
            "a.is_on(b)",
            "it is under it",
            "a.is_under(b)",
            0.0,
        ),
        (
            "all items",
            "box.items",
            "all blue items",
            "box.find(\"blue item\")",
            0.0,
        ),
        (
            "the towers",
            "any(tower.base for tower in image.towers)",
            "the boxes",
            "any(box.tower.base for box in image.boxes)",
            0.0,
        ),
        // What the exemplar has no slot for is lost, and so is what its program does not mention.
        ("it", "f()", "it is blue", "f()", 1.0),
        ("it", "f()", "it is on", "f()", 0.5),
        ("two items", "f()", "three items", "f()", 1.0),
        ("two items", "n == 2", "items", "n == 2", 1.0),
    ];
    for (sentence, program, question, expected, penalty) in cases {
        let found = first(bank, sentence, program, question);
        let (found_penalty, found) = found.ok_or("no program")?;
        assert_eq!(found, expected, "{sentence} → {question}");
        assert!(
            (found_penalty - penalty).abs() < 1e-9,
            "{sentence} → {question}: {found_penalty}"
        );
    }
    Ok(())
}

#[test]
fn equal_values_are_dealt_in_each_order() -> Outcome {
    let bank = bank()?;
    let lexicon = &bank.lexicon;
    let template = Template {
        sentence: &read("2 black items and 2 blue items", lexicon),
        program: &Program::new("f(\"black\") == 2 and f(\"blue\") == 2", lexicon),
    };
    let question = read("3 black items and 4 blue items", lexicon);
    let setting = Setting {
        lexicon,
        rewrites: &[],
    };
    let mapping = mappings(template.sentence, &question).remove(0);
    let programs = substitute(&setting, &template, &question, &mapping);
    let texts: Vec<&str> = programs.iter().map(|(_, text)| &**text).collect();
    assert_eq!(
        texts,
        [
            "f(\"black\") == 3 and f(\"blue\") == 4",
            "f(\"black\") == 4 and f(\"blue\") == 3"
        ]
    );
    Ok(())
}
