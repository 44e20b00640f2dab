import { fold } from './fold.ts';
import type { Column } from './types.ts';

/**
 * What the headers of CRM exports say, in English, German, French, Spanish, Italian, Dutch and Portuguese, folded.
 * HubSpot and Salesforce name columns by their label in the user's language, Pipedrive puts the object before it
 * ("Deal - Status"), Salesforce's Data Loader runs words together ("CREATEDDATE"). Own fields have any name: what no
 * header tells is told by the data (`leakage.ts`).
 */
const words = (...lists: readonly string[]) => new RegExp(`(?:^| )(?:${lists.join('|')})(?: |$)`, 'u');

const ID =
  /(?:^| )(?:record|lead|deal|contact|opportunity|datensatz|kontakt|vorgangs?) ?(?:id|nr|no|number|nummer)(?: |$)|^id$| id$|^(?:deal|lead) \d+$/u;
const CREATED = words(
  '(?:deal |lead |record |opportunity )?(?:created?|creation)(?: ?date| time| on| at)?',
  'date created|added on',
  'erstell(?:t|ungs?datum|datum|t am)?(?: am)?|angelegt(?: am)?|anlagedatum|eingangsdatum|(?:deal|lead) erstellt(?: am)?',
  'date de creation|cree le|fecha de creacion|creado el|data di creazione|data creazione|creato il',
  'aangemaakt(?: op)?|aanmaakdatum|data de criacao|criado em',
);
const CLOSED = words(
  '(?:expected )?close[ds]?(?: ?date| time| on| at)?|closing date|won time|lost time|decision date|decided on|converted ?(?:date|on|at)',
  'abschlussdatum|schlusstermin|(?:deal )?abgeschlossen am|geschlossen am|konvertierungsdatum|konvertiert am|entscheidungsdatum|entschieden am|gewonnen am|verloren am',
  'date de (?:cloture|fermeture|conversion)|fecha de (?:cierre|conversion)|data di (?:chiusura|conversione)|data chiusura',
  'sluitingsdatum|afgesloten op|data de (?:fechamento|conversao)',
);
const PLANNED = words(
  'expected clos(?:e|ing)(?: date)?|(?:erwartete|voraussichtliche|geplante)[rs]? (?:abschluss\\p{L}*|schlusstermin)',
  'date de cloture prevue|fecha (?:de cierre prevista|prevista de cierre)|data (?:di )?chiusura prevista|verwachte sluitingsdatum',
);
const OUTCOME = words(
  '(?:deal |lead |opportunity )?(?:status|stage(?: ?name)?|outcome|result)|(?:is ?)?converted|(?:is ?)?won|lifecycle stage',
  '(?:deal |lead |verkaufs |vertriebs)?(?:phase|ergebnis|stufe)|konvertiert|gewonnen|lifecycle phase',
  'statut|etape|resultat|estado|etapa|resultado|stato|fase|esito|situacao',
);
const STATE = words(
  '(?:lifecycle|deal|lead|opportunity|sales|pipeline) (?:stage|status|phase)',
  'lebenszyklus ?phase|lifecycle phase|(?:deal|verkaufs|vertriebs|pipeline) ?phase|lead status',
  'etape|etapa|fase',
);

/** Words of what is known only when the outcome is, or changes as long as a lead lives. */
const AFTERWARDS: ReadonlyArray<readonly [what: string, pattern: RegExp]> = [
  [
    'names the outcome',
    words(
      '(?:is ?)?won|lost|loss|(?:is ?)?closed|gewonnen|verloren\\p{L}*|verlust\\p{L}*|perdue?s?|gagnee?|ganad[oa]s?|perdid[oa]s?|vint[oa]|pers[oa]|perda|ganho|gewonnen op',
    ),
  ],
  [
    'names the reason of an outcome',
    words(
      '(?:unqualified|disqualif\\p{L}*|rejection|rejected|churn) ?(?:reason)?|ablehnungs?grund|absage ?grund|kundigungs?grund|motif de (?:perte|refus)|motivo de? (?:perdida|rechazo)|motivo (?:della )?perdita|reden van verlies',
    ),
  ],
  ['is a day of closing or conversion', CLOSED],
  [
    'is the quarter of the closing',
    words('fiscal (?:period|quarter|year)|geschafts(?:periode|quartal|jahr)|exercice fiscal|periodo fiscal'),
  ],
  [
    'is a day of becoming a customer',
    words(
      'became a customer(?: date)?|customer since|kunde seit|kunde geworden(?: am)?|client depuis|cliente desde|cliente dal|klant sinds|converted(?: \\p{L}+)*|konvertierter? \\p{L}+',
    ),
  ],
  [
    'is a probability or forecast of the stage',
    words(
      '(?:deal )?probability|win likelihood|forecast(?: \\p{L}+)*|weighted \\p{L}+|expected revenue|erwarteter umsatz|(?:deal )?wahrscheinlichkeit|prognose\\p{L}*|gewichtet\\p{L}* \\p{L}+|probabilite|probabilidad|probabilita|waarschijnlijkheid|probabilidade',
    ),
  ],
  ['is the present state of the lead', STATE],
  [
    'belongs to a customer',
    words(
      'contract(?: \\p{L}+)?|invoice(?: \\p{L}+)?|onboarding(?: \\p{L}+)?|go live(?: \\p{L}+)?|renewal(?: \\p{L}+)?|customer (?:id|no|number)|vertrag\\p{L}*|rechnung\\p{L}*|kundennummer|debitor\\p{L}*|verlangerung\\p{L}*|facture|contrat|factura|contrato|fattura|contratto|factuur',
    ),
  ],
  [
    'counts how long it took',
    words(
      'days to close|time to close|sales cycle(?: \\p{L}+)?|deal age|days in \\p{L}+|time in \\p{L}+|laufzeit bis \\p{L}+|tage bis \\p{L}+|verkaufszyklus',
    ),
  ],
  [
    'changes as long as the lead lives',
    words(
      'e ?mails? (?:messages? )?(?:count|opened|opens|clicked|clicks|replied|bounced|delivered|sent)|(?:anzahl|zahl)(?: der)? e ?mails?(?: \\p{L}+)*',
      'last ?(?:activity|modified|contact|contacted|touch|update|updated|engagement|meeting|call|email|stage)(?: \\p{L}+)*|next (?:activity|step)(?: \\p{L}+)*|(?:number of )?(?:times contacted|sales activities|activities)|(?:done|total) activities|letzte[rns]? (?:aktivitat|anderung|kontakt|kontaktaufnahme|beruhrung|aktualisierung)(?: \\p{L}+)*|zuletzt \\p{L}+(?: \\p{L}+)*|nachste[rns]? (?:aktivitat|schritt)|anzahl (?:der )?aktivitaten|derniere? \\p{L}+(?: \\p{L}+)*|ultim[ao] (?:actividad|modificacion|contacto|attivita|modifica|contatto)(?: \\p{L}+)*|laatste \\p{L}+',
    ),
  ],
];

const CONTACT = 'is an address or number of a person';

/** Who or what a row is, whose work it is, and words about it: nothing that a score may rest on. */
const IDENTIFIERS: ReadonlyArray<readonly [what: string, pattern: RegExp]> = [
  ['names a record', ID],
  [
    'names a person or firm',
    /^(?:(?:deal|lead|person|contact|organi[sz]ation|company|account|opportunity|associated|primary|kontakt|firma) )*(?:(?:(?:first|last|full|middle|given|family) )?names?|(?:sur|vor|nach|firmen|kontakt)names?|company|account|firma|unternehmen|entreprise|empresa|azienda|bedrijf|nom|prenom|nombre|apellidos?|nome|cognome|naam|voornaam|achternaam)$|^(?:deal |opportunity )+(?:title|titel|titre|titulo|titolo)$/u,
  ],
  [
    CONTACT,
    words(
      'phone(?: \\p{L}+)*|mobile(?: \\p{L}+)*|fax|telefon\\p{L}*(?: \\p{L}+)*|mobil\\p{L}*|telephone|telefono|telefoon|street(?: \\p{L}+)*|strasse|postal code|zip(?: code)?|postcode|plz|postleitzahl|adresse|address(?: \\p{L}+)*|linkedin(?: \\p{L}+)*|twitter(?: \\p{L}+)*|ip address|website(?: url)?|url|homepage',
    ),
  ],
  [
    'says who works on it, not what it is',
    words(
      'owner|(?:deal|lead|contact|record|account|opportunity) owner|owner (?:id|email|name)|assigned to|created by|sales rep|zustandiger mitarbeiter|besitzer|inhaber|lead inhaber|verantwortlicher?|proprietaire|propietario|proprietario|eigenaar',
    ),
  ],
  [
    'is free text',
    words(
      'notes?|description|remarks?|comments?|message|notiz\\p{L}*|beschreibung|bemerkung\\p{L}*|kommentar\\p{L}*|nachricht|commentaires?|notas?|descripcion|descrizione|opmerking\\p{L}*',
    ),
  ],
];
const EMAIL = words('e ?mail(?: address| adresse| \\p{L}+)*|courriel|correo(?: \\p{L}+)*');
const DATE_WORDS =
  /dat(?:e|um|a)(?: |$)|fecha|time(?: |$)|zeit|(?: |^)(?:am|on|at|since|seit)(?: |$)|birth|geburt|created|erstell|visit|besuch/u;

const PLACE = words(
  'street(?: \\p{L}+)*|strasse|postal code|zip(?: code)?|postcode|plz|postleitzahl|adresse|address(?: \\p{L}+)*|ip address',
);

const isOne = (pattern: RegExp) => (header: string) => pattern.test(fold(header));

export const isId = isOne(ID);
export const isCreated = isOne(CREATED);
/** A day of closing, be it the true one or the planned one. */
export const isClosed = isOne(CLOSED);
/** A day of closing that was planned, as Pipedrive keeps it beside the true one. */
export const isPlannedClose = isOne(PLANNED);
export const isOutcomeName = isOne(OUTCOME);
const soundsLikeEmail = isOne(EMAIL);
export const soundsLikeDate = isOne(DATE_WORDS);
const isPlace = isOne(PLACE);

/** Mail addresses: "Email messages count" and "Email opens" are none. */
export function isEmail({ header, texts }: Pick<Column, 'header' | 'texts'>): boolean {
  if (!soundsLikeEmail(header)) return false;
  const said = texts.filter((text) => text !== '');
  return said.filter((text) => text.includes('@')).length > said.length / 2;
}

/** How often something was looked at is no address, whatever it was: "Website visits", "Aufrufe der Website". */
const COUNTED =
  /(?:^| )(?:visits?|visitors?|(?:page ?)?views?|sessions?|clicks?|hits|downloads?|opens|(?:seiten)?aufrufe|besuche|sitzungen|klicks|visites?|visitas?|visite|vues|clics?|sesiones|sessioni|bezoeken|weergaven)(?: |$)/u;

export function identifierReason(header: string): string | undefined {
  const folded = fold(header);
  const found = IDENTIFIERS.find(([, pattern]) => pattern.test(folded))?.[0];
  return found === CONTACT && COUNTED.test(folded) ? undefined : found;
}

/** A number or address under which a person can be reached: whether it is given may tell something, what it says may not. */
export const isContact = (header: string): boolean => identifierReason(header) === CONTACT && !isPlace(header);

export function afterwardsReason(header: string): string | undefined {
  const folded = fold(header);
  return AFTERWARDS.find(([, pattern]) => pattern.test(folded))?.[0];
}
