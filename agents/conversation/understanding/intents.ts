import { wordsOf } from '../../skills/text/languages.ts';

/** What a short message asks of the conversation itself, by rule. */
export type Intent = 'help' | 'greeting' | 'thanks' | 'status' | 'cancel' | 'approval';

const LONGEST = 12;

/** In this order: "hello, what can you do?" asks for help. */
const RULES: ReadonlyArray<readonly [Intent, RegExp]> = [
  [
    'help',
    /^(help|hilfe|commands|skills|\?)$|\bwhat (can|could|do) you (do|know|offer)\b|\bwhat are you able to\b|\bhow can you help\b|\bwhat (are your|skills do you have)\b|\bwhich skills\b|\bwas (kannst|können) (du|sie)\b|\bwobei kannst du helfen\b/u,
  ],
  [
    'status',
    /^(status|progress|stand)$|^(what is|what s|whats|what) the (status|state|progress)\b|^(is|are) (it|they|that|the (task|report|research|work|job)) (done|ready|finished|running|complete)\b|\bwhat (happened|became|has become) (to|of|with) (it|that|my|the)\b|\bhow (is|far is|s) (it|that|my task|the task|my request)\b.*$|^any (news|progress|updates?)\b|^(status|state|progress) of\b|\bwie (ist der stand|weit ist)\b|\bwas (ist|wurde) (daraus|aus)\b|^ist (es|das|die aufgabe) fertig\b/u,
  ],
  [
    'cancel',
    /^((no|ok|okay|please) )?(cancel|stop|never ?mind|forget (it|that)|leave it|abort|quit|abbrechen|vergiss es|lass es)( (it|that|please|bitte))?$/u,
  ],
  ['approval', /^(please )?(approve|reject|genehmige|freigeben|ablehnen)\b/u],
  ['thanks', /^(many )?(thanks|thank you|thx|cheers|danke|vielen dank)\b( (a lot|very much|so much|for .*|schön))?$/u],
  [
    'greeting',
    /^(hi|hello|hey|good (morning|afternoon|evening|day)|hallo|moin|guten (tag|morgen|abend)|servus)( (there|you|all|zusammen))?$/u,
  ],
];

/** Undefined for anything that is not plainly one of them; long messages never are. */
export function intentOf(text: string): Intent | undefined {
  if (text.length > 200) return undefined;
  if (text.trim() === '?') return 'help';
  const words = wordsOf(text.replaceAll(/['’]/gu, ' '));
  if (words.length === 0 || words.length > LONGEST) return undefined;
  const plain = words.join(' ');
  return RULES.find(([, rule]) => rule.test(plain))?.[0];
}
