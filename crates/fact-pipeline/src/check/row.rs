//! What is wrong with one row.

use super::at_hand::Packs;
use super::images;
use super::source::FoundRow;
use crate::datasets::ImageRoot;
use crate::export::{ExportRow, OneOrMany};
use crate::store::BridgeVerdict;
use fact_core::Certificate;
use fact_core::check::{CheckOptions, Rejection, check_rewritten, check_with};

/// Why a row is rejected; `None` if it claims nothing.
pub(super) fn judge(
    found: &FoundRow,
    packs: &Packs,
    root: Option<&ImageRoot>,
    fast: bool,
) -> Option<Vec<String>> {
    let row = &found.row;
    let Some(certificate) = &row.certificate else {
        let claims = row.accepted || row.rationale.is_some() || !row.steps.is_empty();
        return claims.then(|| vec!["it has a rationale but no certificate".to_owned()]);
    };
    let mut reasons = differences(row, certificate);
    if found
        .choices
        .as_ref()
        .is_some_and(|of_sample| *of_sample != certificate.choices)
    {
        reasons.push("the sample's `choices` are not the ones certified".to_owned());
    }
    let named = paths(&row.image).len();
    let certified = certificate.images.len();
    if named != certified {
        let word = if named == 1 { "image" } else { "images" };
        reasons.push(format!(
            "the row has {named} {word}, the certificate {certified}"
        ));
    }
    let Some(rationale) = row.rationale() else {
        reasons.push("it has a certificate but no rationale".to_owned());
        return Some(reasons);
    };
    let at_hand = match packs.find(&certificate.pack) {
        Ok(at_hand) => at_hand,
        Err(reason) => {
            reasons.push(reason);
            return Some(reasons);
        }
    };
    let text = row.rationale.as_deref();
    let (pack, options) = (&at_hand.pack, CheckOptions { fast });
    let rejections = match &row.bridge {
        Some(bridge) if bridge.verdict == BridgeVerdict::Accepted => {
            if Some(bridge.text.as_str()) != text {
                reasons.push("the row's `bridge.text` is not its `rationale`".to_owned());
            }
            let rules = Some(bridge.rules.as_str());
            check_rewritten(
                &*at_hand,
                certificate,
                &rationale,
                text,
                rules,
                pack,
                options,
            )
        }
        bridge => {
            if bridge
                .as_ref()
                .is_some_and(|b| Some(b.rules.as_str()) != text)
            {
                reasons.push("the row's `bridge.rules` is not its `rationale`".to_owned());
            }
            check_with(&*at_hand, certificate, &rationale, text, pack, options)
        }
    };
    reasons.extend(rejections.iter().map(Rejection::to_string));
    if let Some(root) = root
        && named == certified
    {
        images::verify(row, certificate, root, &mut reasons);
    }
    Some(reasons)
}

/// The paths of a row's images.
pub(super) fn paths(image: &OneOrMany) -> &[String] {
    match image {
        OneOrMany::One(path) => std::slice::from_ref(path),
        OneOrMany::Many(paths) => paths,
    }
}

/// Fields of the row that are not the certificate's.
fn differences(row: &ExportRow, certificate: &Certificate) -> Vec<String> {
    let fields = [
        ("question", Some(&row.question), &certificate.question),
        ("predicted", row.predicted.as_ref(), &certificate.answer),
        ("program", row.program.as_ref(), &certificate.program),
        ("residual", row.residual.as_ref(), &certificate.residual),
    ];
    fields
        .into_iter()
        .filter(|(_, of_row, of_certificate)| *of_row != Some(*of_certificate))
        .map(|(name, ..)| format!("the row's `{name}` is not the one certified"))
        .collect()
}
