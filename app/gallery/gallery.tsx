import { I18nProvider } from '@lingui/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { activateLocale, chosenLocale, i18n } from '../i18n.ts';
import '../ui/base.css';
import { screens, sections } from './catalogue.ts';

/**
 * Every component in every state, from plain props: for looking, for the accessibility run, for pictures.
 * `?section=` shows one shelf, `?screen=` a whole window; `&theme=dark`, `&text=200`, `&locale=pseudo-rtl`.
 */
function Gallery() {
  const asked = new URLSearchParams(location.search);
  const Screen = screens[asked.get('screen') ?? ''];
  if (Screen) return <Screen />;
  const section = asked.get('section');
  const shown = Object.entries(sections).filter(([name]) => section === null || name === section);
  return (
    <main className="mx-auto max-w-240 px-4 py-6">
      <h1 className="mb-3 text-title font-[680] tracking-[-0.018em]">Gallery</h1>
      {section === null && <Contents />}
      {shown.map(([name, Section]) => (
        <section key={name} id={name} aria-labelledby={`${name}-title`} className="mb-8">
          <h2 id={`${name}-title`} className="mb-3 text-section font-[660] tracking-[-0.015em]">
            {name}
          </h2>
          <Section />
        </section>
      ))}
    </main>
  );
}

function Contents() {
  const link = 'inline-flex min-h-10 items-center px-2 font-medium text-accent-text underline-offset-2 hover:underline';
  return (
    <nav aria-label="Gallery" className="mb-6 text-note">
      <p>
        {Object.keys(sections).map((name) => (
          <a key={name} className={link} href={`#${name}`}>
            {name}
          </a>
        ))}
      </p>
      <p>
        {Object.keys(screens).map((name) => (
          <a key={name} className={link} href={`?screen=${name}`}>
            {name}
          </a>
        ))}
      </p>
    </nav>
  );
}

const asked = new URLSearchParams(location.search);
const theme = asked.get('theme');
if (theme === 'light' || theme === 'dark') document.documentElement.dataset['theme'] = theme;
const text = asked.get('text');
if (text) document.documentElement.style.fontSize = `${text}%`;

await activateLocale(chosenLocale());
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <I18nProvider i18n={i18n}>
      <Gallery />
    </I18nProvider>
  </StrictMode>,
);
