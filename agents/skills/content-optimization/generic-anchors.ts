import { wordsOf } from '#platform';

/** Texts of links that say nothing about where they lead, in the languages that Kaze knows. */
const GENERIC = new Set(
  [
    'here|click here|click|this|this page|this link|this article|this post|link|the link|page|website|more|read more|see more|show more|view more|learn more|find out more|more info|more information|more details|details|see details|view details|see here|read on|continue|continue reading|go|go here|check it out|read this|full article|read the full article|click this link|follow this link|over here|right here|info|discover more|get more information|tap here',
    'hier|hier klicken|klicken sie hier|klick hier|klicke hier|hier entlang|mehr|mehr lesen|mehr erfahren|mehr dazu|mehr infos|mehr informationen|weitere informationen|weitere infos|weiterlesen|weiter lesen|weiter|details|zum artikel|zur seite|diese seite|dieser link|link|zum link|jetzt lesen|lesen sie mehr|erfahren sie mehr|jetzt mehr erfahren|alle details|infos|auf dieser seite|unter diesem link|dieser seite|diesem link',
    'ici|cliquez ici|cliquer ici|en savoir plus|lire la suite|lire plus|plus|plus d informations|voir plus|suite|ce lien|cette page|détails|découvrir',
    'aquí|haga clic aquí|haz clic aquí|pulse aquí|leer más|saber más|más información|ver más|más|este enlace|esta página|detalles',
    'qui|clicca qui|leggi di più|leggi tutto|scopri di più|maggiori informazioni|più informazioni|continua a leggere|continua|questo link|questa pagina|dettagli',
    'klik hier|lees meer|meer lezen|meer informatie|meer info|meer|lees verder|deze pagina|deze link|bekijk meer',
    'aqui|clique aqui|clica aqui|saiba mais|leia mais|ler mais|ver mais|mais informações|mais|este link|detalhes',
    'här|klicka här|läs mer|mer information|mer|den här sidan|läs vidare|denna sida',
    'her|klik her|læs mere|mere information|mere|denne side|læs videre',
  ].flatMap((list) => list.split('|')),
);

export function isGenericAnchor(text: string): boolean {
  const words = wordsOf(text).join(' ');
  return words === '' ? /\S/.test(text) : GENERIC.has(words);
}
