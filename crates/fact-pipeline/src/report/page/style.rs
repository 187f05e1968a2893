//! How the page looks: light and dark by the reader's choice, plain on paper.

/// The style sheet.
pub(super) const CSS: &str = "\
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--paper:#fff;--line:#d0d7de;--fill:#0969da;--rest:#ddf4ff}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9198a1;--paper:#0d1117;--line:#30363d;--fill:#4493f8;--rest:#12233a}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:60rem;padding:1.5rem;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.5rem;margin:0;overflow-wrap:anywhere}
h2{margin:2.5rem 0 .5rem;border-bottom:1px solid var(--line)}
h3{margin:1.5rem 0 .25rem}
nav a{margin-right:.75rem;color:var(--fill)}
a:focus-visible,summary:focus-visible{outline:2px solid var(--fill)}
.tiles{display:flex;flex-wrap:wrap;gap:1rem;margin:1.5rem 0}
.tiles div{flex:1 1 10rem;border:1px solid var(--line);border-radius:.5rem;padding:.75rem}
.tiles dt{color:var(--soft)}
.tiles dd{margin:0}
.tiles b{display:block;font-size:1.4rem}
.tiles span{color:var(--soft);font-size:.85rem}
table{border-collapse:collapse;margin:.75rem 0;display:block;overflow-x:auto}
th,td{border:1px solid var(--line);padding:.25rem .6rem;text-align:left;vertical-align:top;font-variant-numeric:tabular-nums}
code,pre{font:13px/1.45 ui-monospace,monospace;overflow-wrap:anywhere;white-space:pre-wrap}
.bars{display:grid;grid-template-columns:max-content 1fr max-content;gap:.25rem .75rem;margin:.75rem 0}
.bars i{background:var(--rest);display:block;height:1.25rem}
.bars i b{background:var(--fill);display:block;height:100%}
details{border:1px solid var(--line);border-radius:.4rem;padding:.35rem .6rem;margin:.4rem 0}
summary{cursor:pointer}
.example{border-left:3px solid var(--line);margin:.6rem 0;padding-left:.75rem}
.example p{margin:.2rem 0}
svg text{fill:var(--ink)}
@media print{body{max-width:none}nav{display:none}details{break-inside:avoid}details>*{display:block}}
";
