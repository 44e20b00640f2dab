/**
 * Words that questions use whatever the text says for them: "when does it start" for "it runs from". They say what kind
 * of thing is asked for, not what about, so a text need not hold them. English and German, without accents.
 */
const ENGLISH = `
  allow allowed apply applies ask asked become becomes begin begins begun bring can carry come comes consist cost costs could do does done
  end ends exist find finish fit follow get gets getting give given gives go goes going happen happens have hold holds include includes
  keep keeps know last lasts learn leave let like live look make makes mean means must need needed needs obtain offer open opens
  owe pay paid pays permit permitted possible possibly provide put reach receive receives run runs say says see set should show start starts
  still stand stay take takes taken tell tells think try turn turns use used uses using want wants wish work works worth would
  amount day date kind maximum minimum most least name number person place rule somebody someone sort thing time type way year
  about according concerning during per regarding towards toward upon within without
  often long old far tall high large big fast soon early late many much often quickly there please currently exactly normally usually
`;
const GERMAN = `
  anfangen anfangt beginnt beginnen bekomme bekommen bekommt besteht betragt bleiben bleibt brauche brauchen braucht bringen darf durfen
  endet enden erhalt erhalte erhalten findet finden gehen geht geben gibt gilt gelten haben hat halten halt heisst kann konnen kommen
  kommt kostet kosten lauft laufen liegt machen macht moglich muss mussen nehmen nimmt nutzen offnet sagen sagt sein sieht soll sollen
  stehen steht tun verwenden werden wird wissen wollen zahlen zahlt anzahl art betrag datum ding hochstens jemand mindestens name
  nummer ort person regel sache tag tage uhr weise wort zahl zeit jahr lange lang oft alt weit hoch gross schnell bald fruh spat viel
  gegenuber je pro wegen wahrend zwischen
  viele bitte derzeit eigentlich genau normalerweise ublicherweise
`;

export const LIGHT_WORDS: ReadonlySet<string> = new Set(`${ENGLISH} ${GERMAN}`.trim().split(/\s+/));
