/** Of the page that explains the interface. Colours of the app, light and dark as the reader's system is. */
export const docsStyle = `
:root { color-scheme: light dark; --text: #1b2733; --soft: #5a6b7b; --page: #ffffff; --card: #f5f7f9; --line: #dde3e8; --link: #0b6bcb; --get: #0b6e4f; --post: #0b5cad; --put: #8a5a00; --delete: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4eaf0; --soft: #9fb0bf; --page: #14191e; --card: #1c232a; --line: #2e3842; --link: #7cc0ff; --get: #6fd6ad; --post: #8cc4ff; --put: #f0c270; --delete: #ff9a92; }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--page); color: var(--text); font: 1rem/1.55 system-ui, sans-serif; display: grid; grid-template: 'nav head' 'nav main' / 18rem minmax(0, 1fr); }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 4px; }
nav { grid-area: nav; position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.25rem; border-right: 1px solid var(--line); font-size: .875rem; }
nav h2 { margin: 1.25rem 0 .25rem; font-size: .875rem; }
nav h2:first-child { margin-top: 0; }
nav h2 a { color: var(--text); }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li a { display: block; padding: .125rem 0; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
header { grid-area: head; }
main { grid-area: main; }
header, main { max-width: 54rem; padding: 2rem 2.5rem 0; }
main { padding: 0 2.5rem 6rem; }
h1 { margin: 0 0 .5rem; font-size: 1.75rem; line-height: 1.2; }
.lead { font-size: 1.125rem; color: var(--soft); margin: 0 0 .75rem; }
section > h2 { margin: 3rem 0 1rem; font-size: 1.375rem; }
article { margin: 0 0 1rem; padding: 1rem 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
article h3 { margin: 0; font-size: 1rem; overflow-wrap: anywhere; }
article h4 { margin: .75rem 0 .25rem; font-size: .875rem; }
article p { margin: .375rem 0 0; }
.who { color: var(--soft); font-size: .9375rem; }
.verb { display: inline-block; min-width: 4em; font-size: .75em; letter-spacing: .03em; }
.get { color: var(--get); } .post { color: var(--post); } .put { color: var(--put); } .delete { color: var(--delete); }
code { font: .875em/1.4 ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
details { margin-top: .75rem; }
summary { cursor: pointer; font-weight: 600; font-size: .875rem; padding: .25rem 0; }
.schema, .fields { font-size: .9375rem; }
.fields { margin: .25rem 0; padding-left: 1rem; list-style: none; border-left: 2px solid var(--line); }
.fields li { margin: .125rem 0; }
.fields i { color: var(--soft); font-style: normal; font-size: .875em; }
dt { font-weight: 600; margin-top: .75rem; }
dd { margin: 0; }
@media (max-width: 48rem) {
  body { display: block; }
  nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); max-height: 40vh; }
  nav li a { padding: .375rem 0; }
  header { padding: 1.5rem 1rem 1rem; }
  main { padding: 0 1rem 4rem; }
}
`;
