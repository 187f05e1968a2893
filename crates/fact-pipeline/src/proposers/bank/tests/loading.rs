//! Files that are banks, and files that are not.

use super::*;

#[test]
fn the_shipped_bank_loads_and_all_its_exemplars_parse() -> Outcome {
    let bank = bank()?;
    assert_eq!(bank.len(), 457);
    assert!(!bank.is_empty());
    assert_eq!(bank.sha256().len(), 64);
    for exemplar in bank.exemplars() {
        let parsed = parse_program(&exemplar.program);
        assert!(parsed.is_ok(), "{}: {parsed:?}", exemplar.id);
        assert!(
            exemplar.source.starts_with("nlvr-train:"),
            "{}",
            exemplar.id
        );
    }
    assert!(Bank::builtin_text("no such pack").is_none());
    Ok(())
}

#[test]
fn a_small_bank_of_another_domain_loads() -> Outcome {
    let bank = fruit()?;
    let ids: Vec<&str> = bank.exemplars().iter().map(|e| &*e.id).collect();
    assert_eq!(ids, ["ripe", "loop", "at-most"]);
    assert_eq!(bank.exemplars()[0].source, "thought");
    assert_eq!(bank.exemplars()[1].source, "");
    Ok(())
}

/// The message about `text`.
fn message(text: &str) -> String {
    match Bank::load(text, "fruit.toml", &fruit_vocabulary()) {
        Ok(_) => "it loads".into(),
        Err(error) => {
            assert!(error.hint().is_some());
            error.to_string()
        }
    }
}

#[test]
fn what_is_wrong_is_named() {
    let exemplar = |fields: &str| format!("[[exemplar]]\n{fields}\n");
    let good = "id = \"a\"\nsentence = \"it\"\nprogram = \"x = 1\"";
    let edited = |from: &str, to: &str| message(&FRUIT.replacen(from, to, 1));
    let twice = exemplar(good).repeat(2);
    let messages = [
        message(""),
        message("[[exemplar"),
        message("\n\nexemplar = 3"),
        message(&exemplar("id = \"a\"\nsentense = \"it\"")),
        message(&exemplar("id = 7")),
        message(&exemplar("sentence = \"it\"\nprogram = \"x = 1\"")),
        message(&exemplar("id = \"a\"\nprogram = \"x = 1\"")),
        message(&exemplar(
            "id = \"a\"\nsentence = \" \"\nprogram = \"x = 1\"",
        )),
        message(&(exemplar(good) + &exemplar("id = \"b\"\nsentence = \"it\""))),
        message(&exemplar(
            "id = \"a\"\nsentence = \"it\"\nprogram = \"x = (1\"",
        )),
        message(&exemplar(
            "id = \"a\"\nsentence = \"it\"\nprogram = \"class A: pass\"",
        )),
        message(&twice),
        edited(
            "classes = [\"state\", \"fruit\"]",
            "classes = [\"colour\", \"fruit\"]",
        ),
        edited("any = \"fruit\"", "any = \"thing\""),
        edited("alone = \"state\"", "alone = \"fruit\""),
        edited("method = \"pick\"", "method = \"pick(\""),
        edited("bowls = [\"bowls\"]", "pots = [\"bowls\"]"),
        edited("crates = [\"crates\"]", "crates = [\"bowls\"]"),
        edited("stem = [\"stem\"]", "stem = [\"a b\"]"),
        edited("kind = \"none\"", "kind = \"few\""),
        edited("container = \"crates\"", "container = \"pots\""),
        edited("[\"bowl\", \"crate\"]", "[\"\", \"crate\"]"),
    ];
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn a_bank_without_tables_retrieves() -> Outcome {
    let text = "[[exemplar]]\nid = \"a\"\nsentence = \"two ripe pears\"\n\
                program = \"def execute_command(image):\\n    return image.n == 2\"";
    let bank = Bank::load(text, "bare.toml", &fruit_vocabulary())?;
    let found = bank.propose("three ripe pears", 5);
    let program = "def execute_command(image):\n    return image.n == 3";
    assert_eq!(found.first().map(|c| &*c.program), Some(program));
    assert_eq!(bank.propose("", 1).len(), 1);
    // Not even a vocabulary.
    assert_eq!(
        Bank::load(text, "bare.toml", &[])?.propose("two", 3).len(),
        1
    );
    Ok(())
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = BankError::Read {
        path: "no/bank.toml".into(),
        source: std::io::ErrorKind::NotFound.into(),
    };
    insta::assert_snapshot!(error, @"cannot read the bank no/bank.toml: entity not found");
}
