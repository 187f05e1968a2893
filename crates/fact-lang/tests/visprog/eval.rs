//! EVAL gives what VisProg's gives, for every kind of value and place of a variable.

use crate::scene::value;

/// `value of A <tab> expression <tab> what Python gives for the text with the values in it`.
const TABLE: &str = include_str!("eval.tsv");

#[test]
fn what_python_gives_for_the_text_with_the_values_in_it() {
    let mut rows = 0;
    for row in TABLE.lines() {
        let [a, expr, expected] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("three fields: {row}");
        };
        // Both ways to quote the expression.
        let quoted = [
            format!("\"{}\"", expr.replace('"', "\\\"")),
            format!("'{}'", expr.replace('\'', "\\'")),
        ];
        for expr in quoted {
            let found = value(&format!(
                "A=VQA(image=IMAGE,question='say {a}')\nZ=VQA(image=IMAGE,question='say ')\n\
                 B=EVAL(expr='1 < 2')\nC=EVAL(expr='2 < 1')\nF=EVAL(expr='2.5')\n\
                 L=EVAL(expr=\"['a', 'b']\")\nCUPS=LOC(image=IMAGE,object='cup')\nN=COUNT(box=CUPS)\n\
                 X=EVAL(expr={expr})\n"
            ));
            match expected {
                // A value that ends the text it stands in.
                "SyntaxError" => {
                    assert!(found.starts_with("ValueError: in EVAL"), "{row}: {found}")
                }
                "TypeError" | "ValueError" => {
                    assert!(
                        found.starts_with(&format!("{expected}: ")),
                        "{row}: {found}"
                    );
                }
                _ => assert_eq!(found, expected, "{row}"),
            }
        }
        rows += 1;
    }
    assert!(rows > 150);
}

#[test]
fn where_it_is_better_not_to_be_equal() {
    let with = |text: &str, expr: &str| {
        value(&format!(
            "A=VQA(image=IMAGE,question=\"say {text}\")\nX=EVAL(expr=\"{expr}\")\n"
        ))
    };
    // An answer is a value and no code, whatever it holds.
    assert_eq!(with("the dog's", "{A}"), "\"the dog's\"");
    assert_eq!(with("' + str(1) + '", "{A}"), "\"' + str(1) + '\"");
    assert_eq!(with("007", "{A} + 1"), "8");
    // A negative number is one number.
    assert_eq!(value("A=EVAL(expr='0 - 2')\nX=EVAL(expr='{A} ** 2')"), "4");
    // `xor` within words and texts stays.
    assert_eq!(with("saxxor", "{A} == 'saxxor'"), "True");
}

#[test]
fn a_value_keeps_its_meaning_in_comprehensions() {
    assert_eq!(
        value("N=EVAL(expr='2')\nX=EVAL(expr='[i * {N} for i in [1, 2, 3] if i != {N}]')"),
        "[2, 6]"
    );
}
