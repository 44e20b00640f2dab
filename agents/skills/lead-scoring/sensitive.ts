import { fold } from './fold.ts';
import type { Column } from './types.ts';

/**
 * Attributes that the law protects or that stand for one (GDPR article 9; EU directives 2000/43, 2000/78 and 2006/54):
 * header words in English, German, French, Spanish, Italian, Dutch and Portuguese, folded.
 */
const NAMES: ReadonlyArray<readonly [attribute: string, words: string]> = [
  [
    'gender',
    'gender|sex|geschlecht|genre|sexe|sexo|genero|sesso|genere|geslacht|salutation|anrede|title of address|civilite|tratamiento|aanhef|pronouns|pronomen',
  ],
  [
    'age',
    'age|age group|age band|date of birth|birth ?date|birthday|year of birth|dob|alter|altersgruppe|geburtsdatum|geburtstag|geburtsjahr|jahrgang|date de naissance|anniversaire|fecha de nacimiento|edad|eta|data di nascita|compleanno|leeftijd|geboortedatum|verjaardag|data de nascimento|idade',
  ],
  [
    'nationality',
    'nationality|citizenship|nationalitat|staatsangehorigkeit|staatsburgerschaft|nationalite|nacionalidad|nazionalita|cittadinanza|nationaliteit|nacionalidade|country of birth|place of birth|geburtsland|geburtsort|migration background|migrationshintergrund|mother tongue|native language|muttersprache',
  ],
  [
    'ethnic origin',
    'ethnicity|ethnic origin|race|skin colou?r|ethnie|ethnische herkunft|hautfarbe|herkunftsland|etnia|raza|razza|raca|etniciteit',
  ],
  ['religion', 'religion|religious \\p{L}+|faith|denomination|konfession|glaube|religione|religie|religiao'],
  [
    'health',
    'health|health (?:status|condition)|disability|disabled|illness|diagnosis|pregnan\\p{L}*|gesundheit|gesundheitszustand|behinderung|schwerbehindert|krankheit|schwanger\\p{L}*|sante|handicap|salud|discapacidad|salute|disabilita|gezondheid|saude|deficiencia',
  ],
  [
    'sexual orientation',
    'sexual orientation|sexuelle orientierung|orientation sexuelle|orientacion sexual|orientamento sessuale',
  ],
  [
    'family',
    'marital status|civil status|married|children|number of children|familienstand|verheiratet|kinder|anzahl kinder|etat civil|situation familiale|estado civil|stato civile|burgerlijke staat',
  ],
  [
    'opinion',
    'political \\p{L}+|party membership|trade union\\p{L}*|union member\\p{L}*|politische \\p{L}+|gewerkschaft\\p{L}*|syndicat|sindicato|sindacato|vakbond\\p{L}*',
  ],
];
const PATTERNS = NAMES.map(([attribute, list]) => [attribute, new RegExp(`(?:^| )(?:${list})(?: |$)`, 'u')] as const);

/** "Age" of a thing is not the age of a person; a client's health index is not its health. */
const OF_THINGS =
  /(?:^| )(?:deal|lead|record|opportunity|account|company|firm|domain|days|tage|firma|unternehmens?|organi[sz]ation alter|fleet|project|projekt|index|score)(?: |$)/u;

const GENDER_VALUES = new Set(
  'm f d w male female diverse nonbinary man woman mann frau herr mr mrs ms miss mannlich weiblich divers homme femme monsieur madame mme hombre mujer senor senora uomo donna signor signora dhr mevr mevrouw'.split(
    ' ',
  ),
);

/** Which protected attribute a column holds, by its name or by what stands in it. */
export function sensitiveAttribute(column: Pick<Column, 'header' | 'texts' | 'distinct'>): string | undefined {
  const folded = fold(column.header);
  for (const [attribute, pattern] of PATTERNS) {
    if (!pattern.test(folded)) continue;
    if ((attribute === 'age' || attribute === 'health') && OF_THINGS.test(folded)) continue;
    return attribute;
  }
  return holdsGender(column) ? 'gender' : undefined;
}

/** Of the values of a column "Age", so many that no person who signs a contract has show that it is the age of something else. */
const NO_ADULTS = 0.05;

/** The column "Age" of a report on opportunities (Salesforce): days since the record was made. */
export function ageOfRecord({ header, numbers }: Pick<Column, 'header' | 'numbers'>): boolean {
  if (!/^(?:age|alter)$/.test(fold(header)) || !numbers) return false;
  const said = numbers.filter((one) => !Number.isNaN(one));
  return said.filter((one) => one < 14 || one > 110).length > said.length * NO_ADULTS;
}

function holdsGender({ texts, distinct }: Pick<Column, 'texts' | 'distinct'>): boolean {
  if (distinct < 2 || distinct > 8) return false;
  const values = new Set(texts.filter((text) => text !== '').map(fold));
  const known = [...values].filter((value) => GENDER_VALUES.has(value));
  return known.length >= 2 && known.length >= values.size - 1;
}
