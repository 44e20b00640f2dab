export interface Phrases {
  readonly language: 'en' | 'de';
  readonly title: string;
  readonly dateLabel: string;
  readonly people: readonly string[];
  readonly opening: string;
  readonly closing: string;
  readonly things: readonly string[];
  readonly decisions: readonly string[];
  /** Infinitive, first person, third person (German parts its verbs). */
  readonly chores: ReadonlyArray<readonly [string, string, string]>;
  readonly actions: ReadonlyArray<{ readonly text: string; readonly owner: 'speaker' | 'other' }>;
  readonly yes: readonly string[];
  readonly topics: readonly string[];
  readonly questions: readonly string[];
  readonly shrugs: readonly string[];
  /** What is said, and the answers. */
  readonly decoys: ReadonlyArray<readonly string[]>;
}

const same = (text: string): readonly [string, string, string] => [text, text, text];

export const PHRASES: Readonly<Record<'en' | 'de', Phrases>> = {
  en: {
    language: 'en',
    title: 'Weekly office meeting',
    dateLabel: 'Date',
    people: ['Maren Holt', 'Tobias Kerr', 'Ines Vance', 'Priya Nair', 'Oskar Lind', 'Judith Adler'],
    opening: 'Good morning everyone, let us start.',
    closing: 'Thank you all, see you next week.',
    things: [
      'move the client newsletter to a monthly rhythm',
      'use two-factor login for all matters',
      'close the office between Christmas and New Year',
      'keep the current archive provider for another year',
      'bill travel time at half the rate',
      'hire a second paralegal',
      'stop accepting fax from courts that offer e-filing',
      'scan every incoming letter on the day it arrives',
    ],
    decisions: [
      'We agreed to {x}.',
      'So it is decided: we {x}.',
      'Decision: {x}.',
      "All right, we're going to {x}, everyone is in favour.",
      'We have decided to {x}.',
      'Then that is settled, we {x}.',
    ],
    chores: [
      'send the revised fee agreement to Holm Logistics',
      'book the room for the mediation',
      'update the retention schedule',
      'call the archive provider about the missing boxes',
      'draft the letter to the insurer',
      'collect offers for a new scanner',
      'check the deadline in the Petersen matter',
      'prepare the figures for the partners',
    ].map(same),
    actions: [
      { text: '{n}, can you {do} {w}?', owner: 'other' },
      { text: "I'll {do} {w}.", owner: 'speaker' },
      { text: '{n} will {do} {w}.', owner: 'other' },
      { text: 'Action item: {n} to {do} {w}.', owner: 'other' },
      { text: 'I will {do} {w}.', owner: 'speaker' },
      { text: 'Could you please {do} {w}, {n}?', owner: 'other' },
      { text: 'I can take that, I am going to {do} {w}.', owner: 'speaker' },
    ],
    yes: ['Sure.', 'Yes, will do.', 'Okay, no problem.'],
    topics: [
      'the parking spaces in the new building',
      'the old case management licences',
      'the intern programme',
      'the backup of the dictation files',
      'the costs of the expert opinion',
      'the second signature on large transfers',
    ],
    questions: [
      'What do we do about {x}? That is still open.',
      'Open question: who is responsible for {x}?',
      'Who takes care of {x}?',
      'How do we handle {x} from January on?',
      'We still need to clarify {x}.',
    ],
    shrugs: ["I don't know yet.", 'Good question, no idea.', 'We have to find out.'],
    decoys: [
      ['We could ask {n} about that at some point.'],
      ['I sent the letter on Friday.'],
      ['Did the courier come yesterday?', 'Yes, at ten.'],
      ['The weather will be awful by Friday.'],
      ['Maybe we should change the provider. No, let us not do that.'],
      ['How was your weekend?', 'Great, thanks.'],
      ['{n} already called the court last week.'],
      ['If the court agrees, we would have another month.'],
      ['The hearing was moved to the end of the month.'],
      ['I will be on holiday next week.'],
      ['Is the printer working again?', 'It is, since this morning.'],
      ['That was decided in the last meeting already.'],
      ['Can you hear me?', 'Yes, loud and clear.'],
      ['I think the client is happy with us.'],
      ['They will send us the files by Monday, their lawyer said.'],
    ],
  },
  de: {
    language: 'de',
    title: 'Bürobesprechung',
    dateLabel: 'Datum',
    people: ['Maren Holt', 'Tobias Kern', 'Ines Vogt', 'Priya Nair', 'Oskar Lindner', 'Judith Adler'],
    opening: 'Guten Morgen zusammen, fangen wir an.',
    closing: 'Danke euch, bis zum nächsten Mal.',
    things: [
      'den Mandantenrundbrief monatlich zu verschicken',
      'die Zwei-Faktor-Anmeldung für alle Akten einzuführen',
      'das Büro zwischen den Jahren zu schließen',
      'beim bisherigen Archivdienst zu bleiben',
      'Reisezeit zum halben Satz abzurechnen',
      'eine zweite Fachangestellte einzustellen',
      'Eingangspost am selben Tag zu scannen',
    ],
    decisions: [
      'Wir haben beschlossen, {x}.',
      'Beschluss: {x}.',
      'Wir sind uns einig, {x}.',
      'Damit ist entschieden, {x}.',
      'Gut, dann steht fest, {x}.',
      'Entscheidung: {x}.',
    ],
    chores: [
      [
        'die neue Honorarvereinbarung an Holm Logistik schicken',
        'schicke die neue Honorarvereinbarung an Holm Logistik',
        'schickt die neue Honorarvereinbarung an Holm Logistik',
      ],
      ['den Raum für die Mediation buchen', 'buche den Raum für die Mediation', 'bucht den Raum für die Mediation'],
      ['das Löschkonzept überarbeiten', 'überarbeite das Löschkonzept', 'überarbeitet das Löschkonzept'],
      [
        'beim Archivdienst wegen der fehlenden Kartons anrufen',
        'frage beim Archivdienst wegen der fehlenden Kartons nach',
        'fragt beim Archivdienst wegen der fehlenden Kartons nach',
      ],
      [
        'den Brief an die Versicherung entwerfen',
        'entwerfe den Brief an die Versicherung',
        'entwirft den Brief an die Versicherung',
      ],
      [
        'Angebote für einen neuen Scanner einholen',
        'hole Angebote für einen neuen Scanner ein',
        'holt Angebote für einen neuen Scanner ein',
      ],
      [
        'die Frist in der Sache Petersen prüfen',
        'prüfe die Frist in der Sache Petersen',
        'prüft die Frist in der Sache Petersen',
      ],
    ],
    actions: [
      { text: '{n}, kannst du {w} {do}?', owner: 'other' },
      { text: 'Ich werde {w} {do}.', owner: 'speaker' },
      { text: 'Ich {ich} {w}.', owner: 'speaker' },
      { text: '{n} {er} {w}.', owner: 'other' },
      { text: 'Aufgabe: {n} soll {w} {do}.', owner: 'other' },
      { text: 'Könntest du bitte {w} {do}, {n}?', owner: 'other' },
      { text: '{n} wird {w} {do}.', owner: 'other' },
    ],
    yes: ['Mache ich.', 'Ja, gern.', 'Klar.'],
    topics: [
      'die Stellplätze im neuen Haus',
      'die alten Lizenzen der Kanzleisoftware',
      'das Praktikantenprogramm',
      'die Sicherung der Diktate',
      'die Kosten des Gutachtens',
      'die zweite Unterschrift bei großen Überweisungen',
    ],
    questions: [
      'Was machen wir mit dem Thema {x}? Das ist noch offen.',
      'Offene Frage: wer ist zuständig für {x}?',
      'Wer kümmert sich um {x}?',
      'Wie regeln wir ab Januar {x}?',
      'Wir müssen noch klären: {x}.',
    ],
    shrugs: ['Weiß ich noch nicht.', 'Gute Frage, keine Ahnung.', 'Das müssen wir herausfinden.'],
    decoys: [
      ['Wir könnten irgendwann mal {n} fragen.'],
      ['Ich habe den Brief am Freitag verschickt.'],
      ['War der Kurier gestern da?', 'Ja, um zehn.'],
      ['Das Wetter wird bis Freitag furchtbar.'],
      ['Vielleicht sollten wir den Anbieter wechseln. Nein, das lassen wir.'],
      ['Wie war dein Wochenende?', 'Sehr schön, danke.'],
      ['{n} hat letzte Woche schon beim Gericht angerufen.'],
      ['Wenn das Gericht zustimmt, hätten wir noch einen Monat.'],
      ['Der Termin wurde auf das Monatsende verlegt.'],
      ['Ich bin nächste Woche im Urlaub.'],
      ['Geht der Drucker wieder?', 'Ja, seit heute früh.'],
      ['Das wurde schon in der letzten Sitzung beschlossen.'],
      ['Hört ihr mich?', 'Ja, laut und deutlich.'],
      ['Ich glaube, die Mandantin ist zufrieden mit uns.'],
      ['Die Gegenseite schickt uns die Akten bis Montag, sagt ihr Anwalt.'],
    ],
  },
};
