//! What a call is, by content.

use fact_lang::tool::{Arg, BBox, Request};
use fact_models::remote::Ask;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt;

/// Content key of a call: SHA-256, in hex, of the back end's fingerprint, the tool, and image,
/// region and arguments with images by their hash. Equal keys mean equal questions, whatever file
/// or run they come from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallKey(String);

impl CallKey {
    /// The key of a question to the back end with this fingerprint.
    pub fn new(fingerprint: &str, ask: &Ask) -> Self {
        let Request {
            tool,
            image,
            region,
            args,
        } = &ask.request;
        let args: Vec<Value> = args
            .iter()
            .map(|(name, arg)| json!([name, by_content(ask, arg)]))
            .collect();
        let content = json!([
            "fact.call.v1",
            fingerprint,
            tool,
            place(ask, *image, *region),
            args
        ]);
        let digest = Sha256::digest(content.to_string().as_bytes());
        Self(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CallKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A region of an image, the image by its hash. An index beyond the images (which the back end
/// refuses) stands for itself.
fn place(ask: &Ask, image: usize, region: BBox) -> Value {
    match ask.pictures.get(image) {
        Some(picture) => json!([&*picture.image.sha256, region]),
        None => json!([image, region]),
    }
}

fn by_content(ask: &Ask, arg: &Arg) -> Value {
    match arg {
        Arg::None => Value::Null,
        Arg::Bool(b) => json!(b),
        Arg::Int(i) => json!(i),
        Arg::Float(x) => json!(x),
        Arg::Str(s) => json!(s),
        Arg::List(items) => items.iter().map(|item| by_content(ask, item)).collect(),
        // An object, so that no list of the program looks like it.
        Arg::Region { image, region } => json!({ "region": place(ask, *image, *region) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fact_lang::tool::ImageRef;
    use fact_models::remote::Picture;
    use std::sync::Arc;

    fn ask(sha256: &str, name: &str, tool: &str, args: Vec<(String, Arg)>) -> Ask {
        let picture = Picture {
            image: ImageRef {
                sha256: sha256.into(),
                width: 4,
                height: 2,
            },
            name: name.into(),
            bytes: Arc::from([].as_slice()),
            pixels: Arc::new(image::RgbImage::new(4, 2)),
        };
        Ask {
            pictures: [picture].into(),
            request: Request {
                tool: tool.into(),
                image: 0,
                region: BBox::from([0.0, 0.0, 4.0, 2.0]),
                args,
            },
        }
    }

    #[test]
    fn a_key_is_the_content_and_nothing_else() {
        let text = |s: &str| vec![("object_name".to_owned(), Arg::Str(s.into()))];
        let key = |f: &str, a: &Ask| CallKey::new(f, a);
        let dog = ask("aa", "one.png", "find", text("dog"));
        let base = key("f 1", &dog);
        // The same bytes under another name are the same image.
        assert_eq!(base, key("f 1", &ask("aa", "two.png", "find", text("dog"))));
        for other in [
            key("f 2", &dog),
            key("f 1", &ask("bb", "one.png", "find", text("dog"))),
            key("f 1", &ask("aa", "one.png", "exists", text("dog"))),
            key("f 1", &ask("aa", "one.png", "find", text("cat"))),
            key("f 1", &ask("aa", "one.png", "find", vec![])),
        ] {
            assert_ne!(base, other);
        }
        // A list of numbers is not a region, and 1 is neither 1.0 nor True.
        let arg = |arg: Arg| key("f", &ask("aa", "x", "t", vec![("a".to_owned(), arg)]));
        assert_ne!(arg(Arg::Int(1)), arg(Arg::Float(1.0)));
        assert_ne!(arg(Arg::Int(1)), arg(Arg::Bool(true)));
        let region = BBox::from([0.0, 0.0, 1.0, 1.0]);
        let sides = <[f64; 4]>::from(region).map(Arg::Float).to_vec();
        assert_ne!(
            arg(Arg::Region { image: 0, region }),
            arg(Arg::List(vec![Arg::Str("aa".into()), Arg::List(sides)]))
        );
    }
}
