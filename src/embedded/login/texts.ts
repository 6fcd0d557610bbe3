/** What the provider's pages say, in the languages they speak. */
import type { PageLanguage } from '../../domain/language.ts';

export interface LoginTexts {
  /** The language's own name. */
  readonly language: string;
  readonly languages: string;
  readonly demonstration: string;
  readonly warning: string;
  readonly title: string;
  readonly question: string;
  readonly to: string;
  readonly cancel: string;
  readonly expiredTitle: string;
  readonly expired: string;
  readonly errorTitle: string;
  readonly error: string;
  readonly logoutTitle: string;
  readonly logoutQuestion: string;
  readonly logoutYes: string;
  readonly logoutNo: string;
  readonly loggedOutTitle: string;
  readonly loggedOut: string;
}

export const TEXTS: Readonly<Record<PageLanguage, LoginTexts>> = {
  nl: {
    language: 'Nederlands',
    languages: 'Taal',
    demonstration: 'Demonstratie',
    warning: 'Dit is de aanmelding voor de demonstratie, met verzonnen personen.',
    title: 'Aanmelden',
    question: 'Als wie wilt u zich aanmelden?',
    to: 'U gaat daarna verder naar',
    cancel: 'Annuleren',
    expiredTitle: 'Deze aanmelding is verlopen',
    expired: 'Keer terug naar de toepassing waar u vandaan komt en meld u opnieuw aan.',
    errorTitle: 'Aanmelden is niet gelukt',
    error: 'De toepassing waar u vandaan komt, stuurde een verzoek dat wij niet kunnen uitvoeren.',
    logoutTitle: 'Afmelden',
    logoutQuestion: 'Wilt u zich afmelden?',
    logoutYes: 'Ja, meld mij af',
    logoutNo: 'Nee, blijf aangemeld',
    loggedOutTitle: 'U bent afgemeld',
    loggedOut: 'U mag dit venster sluiten.',
  },
  fr: {
    language: 'Français',
    languages: 'Langue',
    demonstration: 'Démonstration',
    warning: 'Ceci est l’identification de démonstration, avec des personnes fictives.',
    title: 'S’identifier',
    question: 'Avec quelle personne souhaitez-vous vous identifier\u00A0?',
    to: 'Vous continuerez ensuite vers',
    cancel: 'Annuler',
    expiredTitle: 'Cette identification a expiré',
    expired: 'Retournez à l’application d’où vous venez et identifiez-vous à nouveau.',
    errorTitle: 'L’identification n’a pas abouti',
    error: 'L’application d’où vous venez a envoyé une demande que nous ne pouvons pas exécuter.',
    logoutTitle: 'Se déconnecter',
    logoutQuestion: 'Souhaitez-vous vous déconnecter\u00A0?',
    logoutYes: 'Oui, me déconnecter',
    logoutNo: 'Non, rester connecté',
    loggedOutTitle: 'Vous êtes déconnecté',
    loggedOut: 'Vous pouvez fermer cette fenêtre.',
  },
  de: {
    language: 'Deutsch',
    languages: 'Sprache',
    demonstration: 'Vorführung',
    warning: 'Dies ist die Anmeldung zur Vorführung, mit erfundenen Personen.',
    title: 'Anmelden',
    question: 'Als wer möchten Sie sich anmelden?',
    to: 'Danach geht es weiter zu',
    cancel: 'Abbrechen',
    expiredTitle: 'Diese Anmeldung ist abgelaufen',
    expired: 'Kehren Sie zur Anwendung zurück, von der Sie kommen, und melden Sie sich erneut an.',
    errorTitle: 'Die Anmeldung ist fehlgeschlagen',
    error: 'Die Anwendung, von der Sie kommen, hat eine Anfrage gesendet, die wir nicht ausführen können.',
    logoutTitle: 'Abmelden',
    logoutQuestion: 'Möchten Sie sich abmelden?',
    logoutYes: 'Ja, abmelden',
    logoutNo: 'Nein, angemeldet bleiben',
    loggedOutTitle: 'Sie sind abgemeldet',
    loggedOut: 'Sie können dieses Fenster schließen.',
  },
  en: {
    language: 'English',
    languages: 'Language',
    demonstration: 'Demonstration',
    warning: 'This is the demonstration login, with invented persons.',
    title: 'Log in',
    question: 'Who do you want to log in as?',
    to: 'You then continue to',
    cancel: 'Cancel',
    expiredTitle: 'This login has expired',
    expired: 'Go back to the application you came from and log in again.',
    errorTitle: 'Logging in did not succeed',
    error: 'The application you came from sent a request that we cannot carry out.',
    logoutTitle: 'Log out',
    logoutQuestion: 'Do you want to log out?',
    logoutYes: 'Yes, log me out',
    logoutNo: 'No, stay logged in',
    loggedOutTitle: 'You are logged out',
    loggedOut: 'You may close this window.',
  },
};
