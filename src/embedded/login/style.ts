/** The style sheet of the provider's pages. */
export const STYLE = `
*, *::before, *::after { box-sizing: border-box }
:root { --ink: #1b2733; --soft: #51606e; --line: #c9d2da; --edge: #7d8b97; --ground: #f3f6f8; --card: #fff; --accent: #0b5563; --on-accent: #fff;
  --hover: #e9f3f4; --note: #fff6dc; --note-line: #b98900; --focus: #ffbf00; color-scheme: light dark }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eef2; --soft: #aab8c2; --line: #46545f; --edge: #7b8b97; --ground: #12191f; --card: #1b252d;
  --accent: #7fd0dd; --on-accent: #06262c; --hover: #22343b; --note: #33290d; --note-line: #d9a61c } }
html { font: 100%/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "Liberation Sans", sans-serif }
body { margin: 0; background: var(--ground); color: var(--ink); padding: 1.5rem 1rem 3rem }
.frame { max-width: 34rem; margin: 0 auto }
nav ul { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: .25rem; list-style: none; margin: 0 0 1rem; padding: 0 }
nav a { display: inline-block; padding: .375rem .625rem; border-radius: .375rem; color: var(--soft); font-size: .9375rem }
nav a:hover { background: var(--hover); color: var(--ink) }
nav a[aria-current] { color: var(--ink); font-weight: 600; text-decoration: none }
main { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; overflow: hidden }
.note { background: var(--note); border-bottom: 1px solid var(--line); border-left: .375rem solid var(--note-line);
  padding: .875rem 1.5rem .875rem 1.125rem; margin: 0; font-size: .9375rem }
.note strong { display: block }
.content { padding: 1.5rem }
.content > :last-child, form > :last-child { margin-bottom: 0 }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .5rem }
h2 { font-size: 1.125rem; margin: 1.5rem 0 .75rem }
p { margin: 0 0 .75rem }
.soft { color: var(--soft) }
.persons { list-style: none; margin: 0; padding: 0; display: grid; gap: .625rem }
button { font: inherit; color: inherit; cursor: pointer; border-radius: .5rem }
.person { display: grid; grid-template-columns: 2.75rem 1fr; gap: 0 .875rem; align-items: center; width: 100%; text-align: left;
  background: var(--card); border: 1px solid var(--edge); padding: .75rem .875rem; min-height: 4.25rem }
.person:hover { background: var(--hover); border-color: var(--accent) }
.initials { width: 2.75rem; height: 2.75rem; border-radius: 50%; background: var(--accent); color: var(--on-accent);
  display: grid; place-items: center; font-weight: 600 }
.name { display: block; font-weight: 600; font-size: 1.0625rem }
.about { display: block; color: var(--soft); font-size: .9375rem }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem }
.action { padding: .625rem 1.125rem; min-height: 2.75rem; background: transparent; border: 1px solid var(--edge) }
.action:hover { background: var(--hover); border-color: var(--accent) }
.action.first { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600 }
.action.first:hover { text-decoration: underline }
a { color: var(--accent) }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; box-shadow: 0 0 0 5px var(--ink) }
code { font-size: .875rem }
`;
