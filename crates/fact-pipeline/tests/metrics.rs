//! Measures of prediction files, held against what official scripts print (`metrics/SOURCE.md`), and
//! what is said of files that do not fit.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]
#![allow(clippy::print_stderr, reason = "a skipped test says so")]

use fact_core::metrics::chair::Vocabulary;
use fact_pipeline::metrics::{FileReport, Metric, Options, Request, Resampling, Row, compute};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/metrics")
        .join(name)
}

fn request(metric: Metric, data: &[PathBuf], predictions: &[PathBuf]) -> Request {
    Request {
        metric,
        data: data.to_vec(),
        predictions: predictions.to_vec(),
        against: Vec::new(),
        options: Options::default(),
        resampling: Resampling { times: 20, seed: 7 },
    }
}

fn score(metric: Metric, data: &str, predictions: &str) -> FileReport {
    let request = request(metric, &[fixture(data)], &[fixture(predictions)]);
    compute(&request).unwrap().files.remove(0)
}

fn row<'a>(report: &'a FileReport, part: Option<&str>, name: &str) -> &'a Row {
    let mut rows = report.measures.iter();
    let found = rows.find(|row| row.measured.part == part && row.measured.name == name);
    found.unwrap_or_else(|| panic!("no {part:?} {name}"))
}

fn value(report: &FileReport, name: &str) -> f64 {
    row(report, None, name).measured.value.unwrap()
}

fn json(path: &str) -> Value {
    serde_json::from_slice(&std::fs::read(fixture(path)).unwrap()).unwrap()
}

/// The number that a script prints after `name`.
fn printed(text: &str, name: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap().parse().unwrap()
}

fn check_pope(labels: &Path, answers: &Path, official: &Path) {
    let request = request(Metric::Pope, &[labels.to_owned()], &[answers.to_owned()]);
    let report = compute(&request).unwrap().files.remove(0);
    let text = std::fs::read_to_string(official).unwrap();
    let names = [
        ("accuracy", "Accuracy: "),
        ("precision", "Precision: "),
        ("recall", "Recall: "),
        ("F1", "F1 score: "),
        ("yes ratio", "Yes ratio: "),
    ];
    for (ours, theirs) in names {
        assert_eq!(value(&report, ours), printed(&text, theirs), "{ours}");
    }
    let counts = ["TP", "FP", "TN", "FN"].map(|name| value(&report, name).to_string());
    assert_eq!(text.lines().nth(1).unwrap(), counts.join("\t"));
}

#[test]
fn nlvr_equals_the_official_script() {
    let report = score(Metric::Nlvr, "nlvr/labels.json", "nlvr/predictions.csv");
    let text = std::fs::read_to_string(fixture("nlvr/official.txt")).unwrap();
    assert_eq!(value(&report, "accuracy"), printed(&text, "precision="));
    assert_eq!(
        value(&report, "consistency"),
        printed(&text, "consistency=")
    );
    assert_eq!(report.unit, "sentence");
    assert_eq!(report.units, 40);
    assert!(report.notes[0].starts_with("2 predictions were replaced"));
}

#[test]
fn pope_equals_the_official_script() {
    for kind in ["random", "adversarial"] {
        let file = |name: &str| fixture(&format!("pope/{kind}_{name}"));
        check_pope(
            &file("labels.json"),
            &file("answers.jsonl"),
            &file("official.txt"),
        );
    }
}

#[test]
fn tallyqa_equals_the_official_functions() {
    let report = score(
        Metric::Tallyqa,
        "tallyqa/questions.json",
        "tallyqa/predictions.jsonl",
    );
    let official = json("tallyqa/official.json");
    for measure in ["accuracy", "RMSE"] {
        assert_eq!(value(&report, measure), official["all"][measure]);
        for kind in ["simple", "complex"] {
            let name = format!("{measure} ({kind})");
            assert_eq!(value(&report, &name), official[kind][measure], "{name}");
        }
    }
}

#[test]
fn vqa_equals_the_official_script() {
    let report = score(Metric::Vqa, "vqa/annotations.json", "vqa/results.json");
    let official = json("vqa/official.json");
    assert_eq!(value(&report, "accuracy"), official["overall"]);
    let parts = [
        ("answer type", "perAnswerType"),
        ("question type", "perQuestionType"),
    ];
    for (ours, theirs) in parts {
        let theirs = official[theirs].as_object().unwrap();
        let rows = report.measures.iter();
        let rows = rows.filter(|row| row.measured.part == Some(ours));
        assert_eq!(rows.count(), theirs.len());
        for (name, expected) in theirs {
            let found = row(&report, Some(ours), name).measured.value.unwrap();
            assert_eq!(found, *expected, "{name}");
        }
    }
}

fn gqa_options() -> Options {
    Options {
        consistency: true,
        choices: Some(fixture("gqa/choices.json")),
        attentions: Some(fixture("gqa/attentions.json")),
        scenes: Some(fixture("gqa/scenes.json")),
        map_size: Some(4),
        ..Options::default()
    }
}

#[test]
fn gqa_equals_the_official_script() {
    let mut request = request(
        Metric::Gqa,
        &[fixture("gqa/questions.json")],
        &[fixture("gqa/predictions.json")],
    );
    request.options = gqa_options();
    let report = compute(&request).unwrap().files.remove(0);
    let official = json("gqa/official.json");
    let names = [
        "accuracy",
        "binary",
        "open",
        "consistency",
        "validity",
        "plausibility",
        "grounding",
        "distribution",
    ];
    for name in names {
        assert_eq!(value(&report, name), official[name], "{name}");
    }
    let parts = [
        ("structural type", "accuracyPerStructuralType"),
        ("semantic type", "accuracyPerSemanticType"),
        ("steps", "accuracyPerSteps"),
        ("words", "accuracyPerLength"),
    ];
    for (ours, theirs) in parts {
        for (name, expected) in official[theirs].as_object().unwrap() {
            let found = &row(&report, Some(ours), name).measured;
            assert_eq!(found.value.unwrap(), expected[0], "{ours} {name}");
            assert_eq!(found.count.unwrap(), expected[1], "{ours} {name}");
        }
    }
    let notes = report.notes.join("\n");
    assert!(notes.contains("1 predictions were replaced"), "{notes}");
    assert!(
        notes.contains("1 predictions are for no question"),
        "{notes}"
    );
}

#[test]
fn chair_equals_the_official_script() {
    let data = ["instances_all2014.json", "captions_all2014.json"];
    let data = data.map(|name| fixture(&format!("chair/{name}")));
    let mut request = request(Metric::Chair, &data, &[fixture("chair/captions.json")]);
    request.options.synonyms = Some(fixture("chair/synonyms.txt"));
    request.options.compounds = Some(fixture("chair/compounds.txt"));
    let report = compute(&request).unwrap().files.remove(0);
    let official = json("chair/official.json");
    for name in ["CHAIRs", "CHAIRi"] {
        assert_eq!(value(&report, name), official[name], "{name}");
    }
    assert_eq!(report.units, 55);
    assert!(report.notes[0].starts_with("5 images of the data have no caption"));
}

#[test]
fn words_are_made_singular_as_the_script_does() {
    let text = std::fs::read_to_string(fixture("chair/singular.tsv")).unwrap();
    let pairs: Vec<(&str, &str)> = text.lines().filter_map(|l| l.split_once('\t')).collect();
    assert!(pairs.len() > 700);
    for (word, expected) in pairs {
        let vocabulary = Vocabulary::parse(expected, None);
        assert_eq!(vocabulary.mentioned(word), [expected], "{word}");
    }
}

#[test]
fn the_shared_fixtures_are_equal_too() {
    let root = std::env::var_os("FACT_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let metrics = root.join("metrics");
    if !metrics.is_dir() {
        eprintln!("skipped: no data sets' metrics (set FACT_DATA to the folder of data sets)");
        return;
    }
    for kind in ["random", "adversarial"] {
        let file = |name: &str| metrics.join(format!("pope_{kind}_{name}"));
        check_pope(
            &file("labels.jsonl"),
            &file("answers.jsonl"),
            &file("official.txt"),
        );
    }
    let labels = root.join("nlvr/dev/dev.json");
    if !labels.is_file() {
        eprintln!("skipped: no NLVR labels");
        return;
    }
    let predictions = metrics.join("nlvr_dev_predictions.csv");
    let report = compute(&request(Metric::Nlvr, &[labels], &[predictions])).unwrap();
    let text = std::fs::read_to_string(metrics.join("nlvr_dev_official.txt")).unwrap();
    let report = &report.files[0];
    assert_eq!(value(report, "accuracy"), printed(&text, "precision="));
    assert_eq!(value(report, "consistency"), printed(&text, "consistency="));
}

#[test]
fn simple_lines_give_the_same_as_the_official_format() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("simple.jsonl");
    let lines = |rows: Vec<(String, String)>| {
        let line = |(id, answer)| format!("{}\n", serde_json::json!({"id": id, "answer": answer}));
        std::fs::write(&file, rows.into_iter().map(line).collect::<String>()).unwrap();
    };
    let same = |mut simple: Request, official: FileReport| {
        simple.predictions = vec![file.clone()];
        let found = compute(&simple).unwrap().files.remove(0);
        assert_eq!(found.measures, official.measures);
    };

    let official = score(Metric::Nlvr, "nlvr/labels.json", "nlvr/predictions.csv");
    let text = std::fs::read_to_string(fixture("nlvr/predictions.csv")).unwrap();
    let rows = text.lines().map(|line| {
        let mut fields = line.split(',').map(str::to_owned);
        (fields.next().unwrap(), fields.next().unwrap())
    });
    lines(rows.collect());
    let nlvr = request(Metric::Nlvr, &[fixture("nlvr/labels.json")], &[]);
    same(nlvr, official);

    let labels = "pope/random_labels.json";
    let official = score(Metric::Pope, labels, "pope/random_answers.jsonl");
    let text = std::fs::read_to_string(fixture("pope/random_answers.jsonl")).unwrap();
    let rows = text.lines().enumerate().map(|(i, line)| {
        let row: Value = serde_json::from_str(line).unwrap();
        (
            (i + 1).to_string(),
            row["answer"].as_str().unwrap().to_owned(),
        )
    });
    // By identifier, so that the order does not matter.
    let mut rows: Vec<_> = rows.collect();
    rows.reverse();
    lines(rows);
    same(request(Metric::Pope, &[fixture(labels)], &[]), official);
}

#[test]
fn a_model_is_compared_with_itself_and_with_a_worse_one() {
    let folder = tempfile::tempdir().unwrap();
    let worse = folder.path().join("worse.csv");
    let text = std::fs::read_to_string(fixture("nlvr/predictions.csv")).unwrap();
    std::fs::write(&worse, text.replace("-0.png,true", "-0.png,maybe")).unwrap();
    let mut request = request(
        Metric::Nlvr,
        &[fixture("nlvr/labels.json")],
        &[fixture("nlvr/predictions.csv")],
    );
    request.against = request.predictions.clone();
    request.resampling.times = 500;
    let report = compute(&request).unwrap();
    let accuracy = report.files[0].measures[0].against.clone().unwrap();
    assert_eq!(accuracy.difference, Some(0.0));
    assert_eq!(accuracy.better, Some(0.5));
    request.against = vec![worse];
    let report = compute(&request).unwrap();
    let accuracy = report.files[0].measures[0].against.clone().unwrap();
    assert!(accuracy.difference.unwrap() > 0.0);
    assert!(accuracy.better.unwrap() > 0.95);
    assert_eq!(compute(&request).unwrap(), report);
}

/// What is said of these files of data and predictions.
fn refused(metric: Metric, data: &str, predictions: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (labels, answers) = (folder.path().join("d.json"), folder.path().join("p.jsonl"));
    std::fs::write(&labels, data).unwrap();
    std::fs::write(&answers, predictions).unwrap();
    let error = compute(&request(metric, &[labels], &[answers])).unwrap_err();
    let folder = format!("{}/", folder.path().display());
    error.to_string().replace(&folder, "")
}

#[test]
fn files_that_do_not_fit_are_refused_by_file_line_and_field() {
    let tally = "[{\"question_id\": 1, \"answer\": 2},\n {\"question_id\": 2, \"answer\": 3}]";
    let vqa =
        "{\"annotations\": [\n{\"question_id\": 1, \"question_type\": \"x\", \"answers\": []}]}";
    let pope = "{\"text\": \"A?\", \"label\": \"yes\"}\n{\"text\": \"B?\", \"label\": \"no\"}\n";
    let nlvr = "{\"identifier\": \"5-0\", \"label\": \"true\"}";
    let gqa = "{\"7\": {\"question\": \"x\", \"answer\": \"y\"}}";
    let one = "{\"id\": 1, \"answer\": \"2\"}\n";
    let two = format!("{one}{{\"id\": \"2\", \"answer\": 3}}\n");
    let said = [
        refused(Metric::Tallyqa, tally, one),
        refused(
            Metric::Tallyqa,
            tally,
            &format!("{two}{{\"id\": 9, \"answer\": 3}}"),
        ),
        refused(Metric::Tallyqa, tally, &format!("{two}{one}")),
        refused(
            Metric::Tallyqa,
            tally,
            &format!("{one}{{\"id\": 2, \"answer\": -1}}"),
        ),
        refused(Metric::Tallyqa, tally, &format!("{one}{{\"id\": 2}}")),
        refused(Metric::Tallyqa, tally, "{\"id\": [1], \"answer\": 3}"),
        refused(Metric::Tallyqa, tally, &format!("{one}{{\"id\": 2, \"ans")),
        refused(Metric::Tallyqa, "[]", ""),
        refused(
            Metric::Tallyqa,
            "[{\"question_id\": 1, \"answer\": \"2\"}]",
            one,
        ),
        refused(Metric::Vqa, vqa, one),
        refused(Metric::Pope, pope, "{\"answer\": \"no\"}\n"),
        refused(
            Metric::Pope,
            pope,
            "{\"answer\": \"no\", \"question\": \"B?\"}\n",
        ),
        refused(Metric::Pope, "{\"label\": \"No\"}", "{\"answer\": \"no\"}"),
        refused(Metric::Nlvr, nlvr, "dev-5-0-0.png,true\ndev-5-0-1.png"),
        refused(Metric::Nlvr, nlvr, "dev-5-0-0.png,true\n"),
        refused(Metric::Gqa, gqa, "[]"),
        refused(
            Metric::Chair,
            "[{\"id\": 1, \"objects\": [\"unicorn\"]}]",
            one,
        ),
    ];
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn hostile_files_are_refused_in_bounds() {
    let tally = "[{\"question_id\": 1, \"answer\": 2}]";
    let deep = format!("{{\"id\": 1, \"answer\": {}1", "[".repeat(100_000));
    assert!(refused(Metric::Tallyqa, tally, &deep).contains("p.jsonl:1"));
    let long = format!("{{\"id\": 1, \"answer\": \"{}\"}}", "9".repeat(100_000));
    assert!(refused(Metric::Tallyqa, tally, &long).contains("longer than"));
    let huge = "{\"id\": 1, \"answer\": 1e300}";
    assert!(refused(Metric::Tallyqa, tally, huge).contains("greater than"));
    // Words that a float parser knows, and nothing at all: no numbers.
    for odd in ["inf", "NaN", "", "-", "none"] {
        let folder = tempfile::tempdir().unwrap();
        let (data, predictions) = (folder.path().join("d.json"), folder.path().join("p.jsonl"));
        std::fs::write(&data, tally).unwrap();
        let line = serde_json::json!({"id": 1, "answer": odd}).to_string();
        std::fs::write(&predictions, line).unwrap();
        let report = compute(&request(Metric::Tallyqa, &[data], &[predictions])).unwrap();
        assert_eq!(value(&report.files[0], "RMSE"), 2.0, "{odd}");
        assert!(report.files[0].notes[0].contains("no number"), "{odd}");
    }
}

#[test]
fn captions_of_other_images_are_not_compared() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let images = "[{\"id\": 1, \"objects\": [\"circle\"]}, {\"id\": 2, \"objects\": []}]";
    std::fs::write(path("d.json"), images).unwrap();
    std::fs::write(path("a.jsonl"), "{\"id\": 1, \"caption\": \"Two dots.\"}").unwrap();
    std::fs::write(path("b.jsonl"), "{\"id\": 2, \"caption\": \"a star\"}").unwrap();
    let mut request = request(Metric::Chair, &[path("d.json")], &[path("a.jsonl")]);
    let report = compute(&request).unwrap();
    assert_eq!(value(&report.files[0], "CHAIRi"), 0.0);
    request.predictions = vec![path("b.jsonl")];
    let report = compute(&request).unwrap();
    assert_eq!(value(&report.files[0], "CHAIRs"), 1.0);
    request.against = vec![path("a.jsonl")];
    let error = compute(&request).unwrap_err().to_string();
    assert!(error.contains("not about the same"), "{error}");
}

#[test]
fn flags_of_another_metric_are_refused() {
    let mut request = request(Metric::Vqa, &[fixture("x")], &[fixture("y")]);
    request.options.consistency = true;
    let error = compute(&request).unwrap_err().to_string();
    assert_eq!(error, "--consistency is for gqa, not for vqa");
}
