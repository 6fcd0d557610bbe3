/** The provider's pages: choosing a person, logging out, and what to say when something went wrong. */
import { PAGE_LANGUAGES, type PageLanguage } from '../../domain/language.ts';
import { type Html, html, type Page } from '../html.ts';
import type { DemoPerson } from './directory.ts';
import { type LoginTexts, TEXTS } from './texts.ts';

export interface LoginPage {
  readonly language: PageLanguage;
  /** Path to which the form is sent, and from which the page is read again in another language. */
  readonly path: string;
  readonly clientName: string;
  readonly persons: readonly DemoPerson[];
  /** Where the application waits, so that the browser may be led back there. */
  readonly returnOrigin: string;
}

/** The page on which a person is chosen; every choice is a button, so that it works without script. */
export function loginPage(page: LoginPage): Page {
  const texts = TEXTS[page.language];
  const body = frame(
    texts,
    html`<h1>${texts.title}</h1>
<p class="soft">${texts.to} <strong>${page.clientName}</strong>.</p>
<form method="post" action="${page.path}">
<h2 id="question">${texts.question}</h2>
<ul class="persons" aria-labelledby="question">
${page.persons.map((person) => personButton(person, page.language))}
</ul>
<p class="actions"><button class="action" name="cancel" value="yes">${texts.cancel}</button></p>
</form>`,
    languageLinks(page),
  );
  return { lang: page.language, title: texts.title, body, formTargets: [page.returnOrigin] };
}

/** Asks whether to log out; `form` is the provider's own, with which the buttons are sent. */
export function logoutPage(language: PageLanguage, form: string, formTargets: readonly string[]): Page {
  const texts = TEXTS[language];
  const body = frame(
    texts,
    html`<h1>${texts.logoutQuestion}</h1>
${{ html: form }}
<p class="actions"><button class="action first" form="op.logoutForm" name="logout" value="yes">${texts.logoutYes}</button>
<button class="action" form="op.logoutForm">${texts.logoutNo}</button></p>`,
  );
  return { lang: language, title: texts.logoutTitle, body, formTargets };
}

export function loggedOutPage(language: PageLanguage): Page {
  const texts = TEXTS[language];
  const body = frame(texts, html`<h1>${texts.loggedOutTitle}</h1><p>${texts.loggedOut}</p>`);
  return { lang: language, title: texts.loggedOutTitle, body };
}

/** Says that the login took too long or was opened in another browser. */
export function expiredPage(language: PageLanguage): Page {
  const texts = TEXTS[language];
  const body = frame(texts, html`<h1>${texts.expiredTitle}</h1><p>${texts.expired}</p>`);
  return { lang: language, title: texts.expiredTitle, body };
}

/** Says that an application's request was refused, with the code for whoever looks after that application. */
export function errorPage(language: PageLanguage, code: string): Page {
  const texts = TEXTS[language];
  const body = frame(
    texts,
    html`<h1>${texts.errorTitle}</h1><p>${texts.error}</p><p><code>${code}</code></p>`,
  );
  return { lang: language, title: texts.errorTitle, body };
}

function frame(texts: LoginTexts, content: Html, navigation: Html = html``): Html {
  return html`<div class="frame">
${navigation}
<main>
<p class="note"><strong>${texts.demonstration}</strong> ${texts.warning}</p>
<div class="content">
${content}
</div>
</main>
</div>`;
}

function languageLinks(page: LoginPage): Html {
  const links = PAGE_LANGUAGES.map((language) => {
    const current: Html = language === page.language ? html` aria-current="true"` : html``;
    return html`<li><a href="${page.path}?lang=${language}" lang="${language}" hreflang="${language}"${current}>${TEXTS[language].language}</a></li>`;
  });
  return html`<nav aria-label="${TEXTS[page.language].languages}"><ul>
${links}
</ul></nav>`;
}

function personButton(person: DemoPerson, language: PageLanguage): Html {
  const about = person.description?.[language];
  return html`<li><button class="person" name="person" value="${person.personId}">
<span class="initials" aria-hidden="true">${person.givenName.slice(0, 1)}${person.familyName.slice(0, 1)}</span>
<span><span class="name">${person.givenName} ${person.familyName}</span>${about === undefined ? html`` : html` <span class="about">${about}</span>`}</span>
</button></li>`;
}
