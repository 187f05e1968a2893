use super::Matcher::{Exact, Open, TrueFalse, VqaSoft, YesNo};
use super::*;
use proptest::prelude::*;

fn one(text: &str) -> Vec<WeightedAnswer> {
    vec![WeightedAnswer {
        text: text.to_owned(),
        weight: 1.0,
    }]
}

/// (matcher, predicted, accepted, right, own form)
type Row = (Matcher, &'static str, &'static str, bool, &'static str);

const TABLE: &[Row] = &[
    (Exact, " Red ", "red", true, "red"),
    (Exact, "the red", "red", false, "the red"),
    (Exact, "True", "yes", false, "True"),
    (Exact, "2", "two", false, "2"),
    (YesNo, "True", "yes", true, "yes"),
    (YesNo, "False", "yes", false, "no"),
    (YesNo, "false", "No", true, "No"),
    (YesNo, "True", "No", false, "Yes"),
    (YesNo, "yes, it is", "yes", false, "yes, it is"),
    (YesNo, "blue", "blue", true, "blue"),
    (YesNo, "1", "yes", false, "1"),
    (YesNo, "", "no", false, ""),
    (TrueFalse, "True", "true", true, "true"),
    (TrueFalse, "yes", "true", true, "true"),
    (TrueFalse, "No", "false", true, "false"),
    (TrueFalse, "True", "false", false, "true"),
    (TrueFalse, "None", "false", false, "None"),
    (Open, "True", "yes", true, "yes"),
    (Open, "False", "yes", false, "no"),
    (Open, "False", "true", false, "false"),
    (Open, "two", "2", true, "2"),
    (Open, "2", "two", true, "two"),
    (Open, "2.0", "2", true, "2"),
    (Open, "2.5", "2", false, "2.5"),
    (Open, "twelve dogs", "12 dog", true, "12 dog"),
    (Open, "1", "yes", false, "1"),
    (Open, "0", "no", false, "0"),
    (Open, "none", "0", false, "none"),
    (Open, "The Dog.", "dog", true, "dog"),
    (Open, "a", "the", false, "a"),
    (Open, "A", "a", true, "a"),
    (Open, "yes, it is", "yes", false, "yes, it is"),
    (Open, "yes it is", "yes", false, "yes it is"),
    (Open, "red and blue", "red", false, "red and blue"),
    (Open, "boxes", "box", true, "box"),
    (Open, "cherries", "cherry", true, "cherry"),
    (Open, "women", "woman", true, "woman"),
    (Open, "snowmen", "snowman", true, "snowman"),
    (Open, "humen", "human", false, "humen"),
    (Open, "humans", "human", true, "human"),
    (Open, "knives", "knife", true, "knife"),
    (Open, "knifes", "knife", true, "knife"),
    (Open, "toys", "toy", true, "toy"),
    (Open, "toies", "toy", false, "toies"),
    (Open, "citys", "city", false, "citys"),
    (Open, "buses", "bus", true, "bus"),
    (Open, "glasses", "glass", false, "glasses"),
    (Open, "shorts", "short", false, "shorts"),
    (Open, "is", "i", false, "is"),
    (Open, "dogs in box", "dog in box", false, "dogs in box"),
    (Open, "", "a", false, ""),
    (VqaSoft, "Two.", "2", true, "2"),
    (VqaSoft, "none", "0", true, "0"),
    (VqaSoft, "dont", "don't", true, "don't"),
    (VqaSoft, "couldnt've", "couldn't've", true, "couldn't've"),
    (VqaSoft, "t-shirt", "t shirt", true, "t shirt"),
    (VqaSoft, "t-shirt", "t-shirt", true, "t-shirt"),
    (VqaSoft, "the man", "man", true, "man"),
    (VqaSoft, "men", "man", false, "men"),
    (VqaSoft, "True", "yes", true, "yes"),
    (VqaSoft, "yes, it is", "yes", false, "yes, it is"),
];

#[test]
fn table() {
    for (matcher, predicted, accepted, right, own) in TABLE {
        let answers = one(accepted);
        let case = format!("{matcher:?}: {predicted:?} for {accepted:?}");
        assert_eq!(matcher.is_right(predicted, &answers), *right, "{case}");
        assert_eq!(matcher.own_form(predicted, &answers), *own, "{case}");
    }
}

/// What the official script's two functions give, in sequence, on these texts.
#[test]
fn vqa_normalisation_is_the_scripts() {
    for (text, wanted) in [
        ("A dog.", "dog"),
        ("1,000", "1000"),
        ("1,000 - 2", "1000 2"),
        ("black/white", "black white"),
        ("black / white", "black white"),
        ("yes, it is", "yes it is"),
        ("yes,it is", "yes it is"),
        ("3.5", "3.5"),
        ("3.", "3"),
        (".5", ".5"),
        ("U.S.A.", "usa"),
        ("6:30", "6:30"),
        ("isnt", "isn't"),
        ("Im", "im"),
        ("ten\tthe\nnine", "10 9"),
        ("(left)", "left"),
        ("a", ""),
        ("what's up?", "what's up"),
        ("shed've", "she'd've"),
        ("yall", "y'all"),
        ("somebody'd", "somebodyd"),
    ] {
        assert_eq!(vqa_normalise(text), wanted, "{text:?}");
    }
    let dots = ".".repeat(40);
    assert_eq!(vqa_normalise(&dots), ".".repeat(8));
}

#[test]
fn soft_accuracy_leaves_each_annotator_out() {
    let mut said = vec!["net".to_owned(); 6];
    said.extend(["fence", "fence", "the fence", "mesh"].map(str::to_owned));
    let answers = vqa_answers(&said);
    let score = |text| VqaSoft.score(text, &answers);
    let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
    assert!(near(score("Net"), 1.0));
    assert!(near(score("fence"), 0.6));
    assert!(near(score("mesh."), 0.3));
    assert!(near(score("wire"), 0.0));
    assert!(VqaSoft.is_right("fence", &answers));
    assert!(!VqaSoft.is_right("mesh", &answers));
    let three = vec!["a b".to_owned(), "a b".to_owned(), "c".to_owned()];
    assert!(near(vqa_answers(&three)[0].weight, 4.0 / 9.0));
    assert!(vqa_answers(&[]).is_empty());
}

#[test]
fn best_weight_wins() {
    let answers = vec![
        WeightedAnswer {
            text: "Cats".to_owned(),
            weight: 0.3,
        },
        WeightedAnswer {
            text: "cat".to_owned(),
            weight: 0.9,
        },
    ];
    assert!((Open.score("a cat", &answers) - 0.9).abs() < 1e-9);
    assert_eq!(Open.own_form("a cat", &answers), "cat");
}

fn matchers() -> impl Strategy<Value = Matcher> {
    prop_oneof![
        Just(Exact),
        Just(YesNo),
        Just(TrueFalse),
        Just(Open),
        Just(VqaSoft)
    ]
}

fn answers() -> impl Strategy<Value = String> {
    prop_oneof![
        "(the |a )?(two |3 |red )?(dogs?|box(es)?|men|man|yes|no|True|false|[a-z]{1,6})[.]?",
        any::<String>(),
        "[-a-z0-9 .,'/!?]{0,12}",
    ]
}

proptest! {
    #[test]
    fn same_is_reflexive_and_symmetric(m in matchers(), a in answers(), b in answers()) {
        prop_assert!(m.same(&a, &a));
        prop_assert_eq!(m.same(&a, &b), m.same(&b, &a));
    }

    #[test]
    fn case_and_space_never_matter(m in matchers(), a in "[a-zA-Z0-9 .,'-]{0,12}", b in answers()) {
        let padded = format!("  {} ", a.to_ascii_uppercase());
        prop_assert_eq!(m.same(&a, &b), m.same(&padded, &b));
    }

    #[test]
    fn own_form_keeps_the_score(m in matchers(), a in answers(), b in answers()) {
        let accepted = one(&b);
        let own = m.own_form(&a, &accepted);
        prop_assert_eq!(m.score(&own, &accepted), m.score(&a, &accepted));
        prop_assert_eq!(m.own_form(&own, &accepted), own.clone());
    }

    #[test]
    fn scores_are_weights(m in matchers(), a in answers(), said in prop::collection::vec(answers(), 0..10)) {
        let accepted = vqa_answers(&said);
        for answer in &accepted {
            prop_assert!(answer.weight > 0.0 && answer.weight <= 1.0);
        }
        let score = m.score(&a, &accepted);
        prop_assert!((0.0..=1.0).contains(&score));
    }

    #[test]
    fn opposite_bools_never_match(m in matchers()) {
        for yes in ["yes", "True"] {
            for no in ["No", "false"] {
                prop_assert!(!m.same(yes, no));
            }
        }
    }
}
