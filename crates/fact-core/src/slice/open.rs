//! Open questions: what a flipped table says to a question that nobody recorded.
//!
//! With one answer changed a program may come to ask what it did not ask before. To leave it there
//! would tell programs apart by the order of their questions, and would not show whether what is
//! asked matters. So such a table goes on in two ways: there is *nothing* of the kind, and there is
//! *something*. A residual must end as the original does in both.

use fact_lang::pack::{Pack, PackFunctionKind};
use fact_lang::tool::{Answer, Arg, Detection, Recorded, Request};
use std::collections::BTreeMap;

/// One of the two ways to answer an open question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Open {
    /// No; 0; nothing found; the first option.
    Nothing,
    /// Yes; 2; what another question of the kind found, or one thing; the last option.
    Something,
}

impl Open {
    /// The answer to a question that is not among the recorded ones. A fixed function of its arguments;
    /// `None` if the pack does not say what the tool answers with.
    pub(super) fn answer(
        self,
        request: &Request,
        pack: &Pack,
        recorded: &[Recorded],
    ) -> Option<Answer> {
        let returns = pack
            .functions
            .iter()
            .find(|f| f.kind == PackFunctionKind::Primitive && *f.name == *request.tool)?
            .returns
            .as_deref()?;
        let something = self == Self::Something;
        Some(match returns {
            "bool" => Answer::Bool(something),
            "int" | "float" => Answer::Number(if something { 2.0 } else { 0.0 }),
            "str" => Answer::Text(self.text(request)),
            _ if !something => Answer::Detections(Vec::new()),
            _ => Answer::Detections(found(request, recorded)),
        })
    }

    fn text(self, request: &Request) -> String {
        let mut options = request.args.iter().filter_map(|(_, arg)| match arg {
            Arg::List(items) => match self {
                Self::Nothing => items.first(),
                Self::Something => items.last(),
            },
            _ => None,
        });
        match (options.next(), self) {
            (Some(Arg::Str(option)), _) => option.clone(),
            (_, Self::Nothing) => "no".to_owned(),
            (_, Self::Something) => "yes".to_owned(),
        }
    }
}

/// What the same tool found when it was asked for the same, else when it was asked for anything, else
/// one thing that is what was asked for.
fn found(request: &Request, recorded: &[Recorded]) -> Vec<Detection> {
    let answers = |same: bool| {
        recorded.iter().find_map(|r| match &r.answer {
            Answer::Detections(found)
                if r.request.tool == request.tool
                    && !found.is_empty()
                    && (!same || r.request.args == request.args) =>
            {
                Some(found.clone())
            }
            _ => None,
        })
    };
    answers(true).or_else(|| answers(false)).unwrap_or_else(|| {
        let label = request.args.iter().find_map(|(_, arg)| match arg {
            Arg::Str(text) => Some(text.clone()),
            _ => None,
        });
        vec![Detection {
            label: label.unwrap_or_else(|| "thing".to_owned()),
            bbox: request.region,
            score: 1.0,
            id: None,
            attributes: BTreeMap::new(),
        }]
    })
}
