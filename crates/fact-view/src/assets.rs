//! The page: hand-written HTML, CSS and JavaScript, in the program itself. It holds no data of a run.

use crate::http::Response;

/// Path, type, text.
const ASSETS: [(&str, &str, &str); 10] = [
    (
        "/",
        "text/html; charset=utf-8",
        include_str!("assets/index.html"),
    ),
    (
        "/style.css",
        "text/css; charset=utf-8",
        include_str!("assets/style.css"),
    ),
    (
        "/icon.svg",
        "image/svg+xml",
        include_str!("assets/icon.svg"),
    ),
    ("/app.js", JS, include_str!("assets/app.js")),
    ("/server.js", JS, include_str!("assets/server.js")),
    ("/list.js", JS, include_str!("assets/list.js")),
    ("/sample.js", JS, include_str!("assets/sample.js")),
    ("/links.js", JS, include_str!("assets/links.js")),
    ("/tree.js", JS, include_str!("assets/tree.js")),
    ("/make.js", JS, include_str!("assets/make.js")),
];

const JS: &str = "text/javascript; charset=utf-8";

/// A part of the page.
pub(crate) fn asset(path: &str) -> Option<Response> {
    let found = ASSETS.iter().find(|(of, ..)| *of == path);
    found.map(|(_, kind, text)| Response::of(kind, *text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The policy refuses these anyway; a page that needs them would not work.
    #[test]
    fn the_page_needs_nothing_from_elsewhere_and_makes_no_markup_of_text() {
        for (path, _, text) in ASSETS {
            for refused in [
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
                "new Function",
                " style=\"",
                "https://",
                "onclick=",
            ] {
                assert!(!text.contains(refused), "{path} has {refused}");
            }
            let local = text.replace("http://www.w3.org/2000/svg", "");
            assert!(!local.contains("http://"), "{path}");
        }
    }
}
