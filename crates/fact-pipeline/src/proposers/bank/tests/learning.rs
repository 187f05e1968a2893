//! What becomes an exemplar, and how files are edited.

use super::super::{
    BankDocument, Exemplar, Learned, Lesson, Level, Provenance, Refusal, learn, trial,
};
use super::*;
use fact_lang::pack::Pack;
use proptest::prelude::*;

fn lesson(sentence: &str, program: &str) -> Lesson {
    Lesson {
        sentence: sentence.into(),
        program: format!("def execute_command(image):\n    return {program}\n"),
        level: Some(Level::V2),
        provenance: Provenance {
            run: "run".into(),
            sample: sentence.to_lowercase().replace(' ', "-"),
            round: 1,
            confidence: 0.95,
        },
        held_out: false,
    }
}

fn ids(learned: &Learned) -> Vec<&str> {
    learned.exemplars.iter().map(|e| &*e.id).collect()
}

#[test]
fn near_copies_are_not_learned() -> Outcome {
    let bank = fruit()?;
    let lessons = [
        // As `ripe`, with other values.
        lesson(
            "There is a bowl with 3 unripe pears",
            "any(bowl.count(\"unripe pear\") == 3 for bowl in image.bowls)",
        ),
        // The same, written otherwise: still one expression with these calls.
        lesson(
            "There is a bowl with 1 ripe quince",
            "any(b.count(\"ripe quince\") == 1 for b in image.bowls)",
        ),
        // Another sentence with this program, and this sentence with another program.
        lesson(
            "A bowl holds 2 apples",
            "any(b.count(\"apple\") == 2 for b in image.bowls)",
        ),
        lesson(
            "There is a bowl with 2 apples",
            "sum(b.count(\"apple\") for b in image.bowls) == 2",
        ),
        // As the third.
        lesson(
            "A bowl holds 3 pears",
            "any(b.count(\"pear\") == 3 for b in image.bowls)",
        ),
    ];
    let learned = learn(&bank, &lessons, 0.9);
    assert_eq!(
        ids(&learned),
        [
            "learned-1-a-bowl-holds-2-apples",
            "learned-1-there-is-a-bowl-with-2-apples"
        ]
    );
    assert_eq!(learned.refused[&0], Refusal::NearCopy("ripe".into()));
    assert_eq!(learned.refused[&1], Refusal::NearCopy("ripe".into()));
    let like = "learned-1-a-bowl-holds-2-apples".to_owned();
    assert_eq!(learned.refused[&4], Refusal::NearCopy(like));
    Ok(())
}

#[test]
fn what_is_unsure_or_held_out_is_not_learned() -> Outcome {
    let bank = fruit()?;
    let good = lesson(
        "Two bowls are full",
        "sum(b.is_full() for b in image.bowls) == 2",
    );
    let with = |change: &dyn Fn(&mut Lesson)| {
        let mut lesson = good.clone();
        change(&mut lesson);
        learn(&bank, &[lesson], 0.9).refused.remove(&0)
    };
    assert_eq!(with(&|_| ()), None);
    assert_eq!(with(&|l| l.held_out = true), Some(Refusal::HeldOut));
    assert_eq!(with(&|l| l.level = None), Some(Refusal::Level));
    assert_eq!(
        with(&|l| l.provenance.confidence = 0.89),
        Some(Refusal::Confidence)
    );
    assert_eq!(
        with(&|l| l.provenance.confidence = f64::NAN),
        Some(Refusal::Confidence)
    );
    assert_eq!(
        with(&|l| l.provenance.confidence = 1.5),
        Some(Refusal::Confidence)
    );
    assert_eq!(
        with(&|l| l.program = "def f(:".into()),
        Some(Refusal::Malformed)
    );
    assert_eq!(with(&|l| l.sentence = " ".into()), Some(Refusal::Malformed));
    Ok(())
}

#[test]
fn a_bank_with_what_it_learned_proposes_it() -> Outcome {
    let pack = Pack::builtin("blocks")?;
    let bank = Bank::shipped(&pack)?;
    let lesson = lesson(
        "the leftmost box is empty",
        "len(image.boxes[0].items) == 0",
    );
    let learned = learn(&bank, std::slice::from_ref(&lesson), 0.9);
    let grown = bank.with(&learned.exemplars, &pack)?;
    assert_eq!(grown.len(), bank.len() + 1);
    assert_eq!(grown.exemplars()[..bank.len()], *bank.exemplars());
    assert_eq!(grown.exemplars().last(), learned.exemplars.last());
    assert_ne!(grown.sha256(), bank.sha256());
    let found = grown.propose(&lesson.sentence, 1);
    assert_eq!(found.first().map(|c| &*c.program), Some(&*lesson.program));
    // What it has learned it does not learn again.
    let again = learn(&grown, &[lesson], 0.9);
    assert!(again.exemplars.is_empty());
    assert!(
        grown.with(&learned.exemplars, &pack).is_err(),
        "the id is taken"
    );
    Ok(())
}

#[test]
fn a_document_keeps_what_is_not_edited() -> Outcome {
    let text = FRUIT.replace(
        "[[exemplar]]\nid = \"loop\"",
        "# heading of loops\n\n[[exemplar]]\nid = \"loop\"",
    );
    let mut document = BankDocument::parse(&text, "fruit.toml")?;
    assert_eq!(
        document.ids().collect::<Vec<_>>(),
        ["ripe", "loop", "at-most"]
    );
    assert_eq!(document.text(), text);
    let exemplar = Exemplar {
        id: "new".into(),
        sentence: "It is \"so\"".into(),
        source: "thought".into(),
        level: Some(Level::V3),
        provenance: Some(Provenance {
            run: "r".into(),
            sample: "s".into(),
            round: 2,
            confidence: 0.5,
        }),
        program: "def execute_command(image):\n    return image.is_so()\n".into(),
    };
    document.add(&exemplar)?;
    assert!(document.text().starts_with(&text), "it is appended");
    insta::assert_snapshot!(&document.text()[text.len()..]);
    assert!(document.add(&exemplar).is_err(), "the id is taken");
    let bank = Bank::load(&document.text(), "fruit.toml", &fruit_vocabulary())?;
    assert_eq!(bank.exemplars().last(), Some(&exemplar));
    document.remove("new")?;
    assert_eq!(document.text(), text);
    document.remove("loop")?;
    assert!(document.text().contains("# heading of loops"));
    let Err(error) = document.remove("riper") else {
        return Err("there is no such exemplar".into());
    };
    assert_eq!(error.hint().as_deref(), Some("did you mean `ripe`?"));
    Ok(())
}

#[test]
fn programs_are_tried_before_they_are_exemplars() -> Outcome {
    let pack = Pack::builtin("blocks")?;
    let tried = |body: &str| {
        let program = format!("def execute_command(image):\n    return {body}\n");
        trial(&program, &pack).map_err(|e| e.to_string())
    };
    assert_eq!(tried("image.count(\"blue item\") == 2"), Ok(()));
    // Nothing to see is no fault of the program.
    assert_eq!(tried("image.items[0].color"), Ok(()));
    let raised = |class: &str, body: &str| {
        let error = tried(body).err().unwrap_or_default();
        assert!(error.contains(class), "{body}: {error}");
    };
    raised("NameError", "images.items");
    raised("AttributeError", "image.itms");
    raised("TypeError", "len(image)");
    raised("does not parse", "(");
    let endless = "def execute_command(image):\n    while True:\n        pass\n";
    let error = trial(endless, &pack)
        .err()
        .map(|e| e.to_string())
        .unwrap_or_default();
    assert!(error.contains("limit"), "{error}");
    Ok(())
}

fn lessons() -> impl Strategy<Value = Vec<Lesson>> {
    let level = prop::sample::select(vec![None, Some(Level::V2), Some(Level::V3)]);
    let number = prop::sample::select(vec!["one", "2", "three"]);
    let noun = prop::sample::select(vec!["apples", "pears", "ripe pears", "stones"]);
    let verb = prop::sample::select(vec!["holds", "has", "lacks"]);
    let lesson = (
        level,
        number,
        noun,
        verb,
        0.8..1.0_f64,
        any::<bool>(),
        0..4_u32,
    );
    let lesson = lesson.prop_map(
        |(level, number, noun, verb, confidence, held_out, sample)| Lesson {
            sentence: format!("The bowl {verb} {number} {noun}"),
            program: format!("def execute_command(image):\n    return image.{verb}(\"{noun}\")\n"),
            level,
            provenance: Provenance {
                run: "run".into(),
                sample: sample.to_string(),
                round: 1,
                confidence,
            },
            held_out,
        },
    );
    prop::collection::vec(lesson, 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn learning_is_sound_and_does_not_depend_on_order(lessons in lessons(), turn in 0..12_usize) {
        let bank = fruit().map_err(|e| TestCaseError::fail(e.to_string()))?;
        let learned = learn(&bank, &lessons, 0.9);
        prop_assert_eq!(learned.exemplars.len() + learned.refused.len(), lessons.len());
        let mut seen = std::collections::BTreeSet::new();
        for exemplar in &learned.exemplars {
            prop_assert!(exemplar.level.is_some());
            let Some(provenance) = &exemplar.provenance else {
                return Err(TestCaseError::fail("no provenance"));
            };
            prop_assert!(provenance.confidence >= 0.9);
            let of = lessons.iter().any(|l| {
                !l.held_out && l.provenance == *provenance && l.sentence == exemplar.sentence
            });
            prop_assert!(of, "{exemplar:?}");
            prop_assert!(seen.insert(exemplar.id.clone()));
        }
        let mut turned = lessons.clone();
        turned.rotate_left(turn.min(lessons.len()));
        prop_assert_eq!(learn(&bank, &turned, 0.9).exemplars, learned.exemplars.clone());
        // What was learned is known.
        let mut document = BankDocument::parse(FRUIT, "fruit.toml").map_err(|e| TestCaseError::fail(e.to_string()))?;
        for exemplar in &learned.exemplars {
            document.add(exemplar).map_err(|e| TestCaseError::fail(e.to_string()))?;
        }
        let grown = Bank::load(&document.text(), "grown", &fruit_vocabulary())
            .map_err(|e| TestCaseError::fail(e.to_string()))?;
        prop_assert!(learn(&grown, &lessons, 0.9).exemplars.is_empty());
    }

    #[test]
    fn any_text_survives_the_document(sentence in "\\PC{1,30}|.{1,30}", note in ".{0,20}", end in "('''|'|\"|\\\\|\n| )?") {
        prop_assume!(!sentence.trim().is_empty());
        let exemplar = Exemplar {
            id: format!("x{note}"),
            sentence: sentence.clone(),
            source: note.clone(),
            level: None,
            provenance: None,
            program: format!("x = 1  # {}{end}", note.replace(|c: char| c.is_control() || c == '\u{2028}', "")),
        };
        prop_assume!(parse_program(&exemplar.program).is_ok());
        let mut document = BankDocument::parse(FRUIT, "fruit.toml").map_err(|e| TestCaseError::fail(e.to_string()))?;
        document.add(&exemplar).map_err(|e| TestCaseError::fail(e.to_string()))?;
        let bank = Bank::load(&document.text(), "again", &fruit_vocabulary())
            .map_err(|e| TestCaseError::fail(e.to_string()))?;
        prop_assert_eq!(bank.exemplars().last(), Some(&exemplar));
    }
}
