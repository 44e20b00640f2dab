import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseSkillDefinition } from '#agents';
import { missingInputs, namedInputs } from '../../../../agents/conversation/inputs.ts';
import { readState, writeState } from '../../../../agents/conversation/thread-state.ts';
import { choiceIn } from '../../../../agents/conversation/understanding/choices.ts';
import { intentOf } from '../../../../agents/conversation/understanding/intents.ts';
import {
  asksForMeaning,
  isFollowUp,
  isQuestion,
  withContext,
} from '../../../../agents/conversation/understanding/questions.ts';

const file = 'agents/verticals/seo/skills/keyword-research.yaml';
const { definition: skill } = parseSkillDefinition(readFileSync(file, 'utf8'), file);

describe('what a message asks of the conversation itself', () => {
  it.each([
    ['help', ['help', 'What can you do?', 'hello, what can you do?', 'Was kannst du?', '?']],
    [
      'status',
      ['status', "what's the status?", 'what happened to it?', 'Is it done?', 'any news?', 'Wie ist der Stand?'],
    ],
    ['cancel', ['cancel', 'never mind', 'Forget it!', 'no, stop', 'vergiss es']],
    ['thanks', ['thanks', 'Thank you very much', 'danke']],
    ['greeting', ['hi', 'Good morning', 'Hallo']],
    ['approval', ['approve task 12', 'reject it']],
  ])('%s', (intent, texts) => {
    expect(texts.map(intentOf)).toEqual(texts.map(() => intent));
  });

  it.each([
    'What happened to the price of city bikes in the last year in Leeds and in the whole of Yorkshire?',
    'How do I cancel a subscription?',
    'Stop orders are a kind of order in trading',
    'Help us choose the words to rank for on Google',
    'hello world program',
  ])('is nothing of it: %s', (text) => {
    expect(intentOf(text)).toBeUndefined();
  });
});

describe('an answer to a question back', () => {
  const names = ['keyword-research', 'competitor-analysis', 'reporting'];
  it.each([
    ['1', 0],
    ['the first', 0],
    ['The second one, please', 1],
    ['number 3', 2],
    ['the last one', 2],
    ['competitor analysis', 1],
    ['I mean reporting', 2],
    ['keyword reserch', 0],
    ['die zweite bitte', 1],
    ['neither', 'none'],
    ['4', undefined],
    ['yes', undefined],
    ['How many days of annual leave do we have in our first year?', undefined],
  ])('%s', (text, meant) => {
    expect(choiceIn(text, names)).toBe(meant);
  });

  it('may be yes when there is one option', () => {
    expect(choiceIn('yes please', ['reporting'])).toBe(0);
  });
});

describe('a question', () => {
  it.each([
    'When are refunds paid?',
    'how many days of leave',
    'Tell me who approves expenses',
    'Can you tell me the time?',
    'Wie viele Urlaubstage habe ich',
  ])('is one: %s', (text) => {
    expect(isQuestion(text)).toBe(true);
  });
  it.each(['Can you score our leads?', 'Please write a report', 'Score our leads'])('is none: %s', (text) => {
    expect(isQuestion(text)).toBe(false);
  });
  it('after a meaning is told from a request', () => {
    expect(asksForMeaning('What is keyword research?')).toBe(true);
    expect(asksForMeaning('Which keywords should we target?')).toBe(false);
  });
});

describe('a follow-up', () => {
  it.each(['And for part-timers?', 'what about Fridays?', 'Who approves that?', 'und in Leeds?'])(
    'is one: %s',
    (text) => {
      expect(isFollowUp(text)).toBe(true);
    },
  );
  it.each(['Who approves expenses above 500 euros?', 'When does the leave year start?', ''])('is none: %s', (text) => {
    expect(isFollowUp(text)).toBe(false);
  });
  it('takes along the content words of the question before it, once each', () => {
    expect(withContext('And for part-timers?', 'How many days of annual leave do full-time staff have?')).toMatch(
      /^And for part-timers\? \(.*days annual leave full-time staff\)$/,
    );
    expect(withContext('what about annual leave?', 'Is annual leave paid?')).toBe('what about annual leave? (paid)');
  });
});

describe('inputs', () => {
  it('are read by name, up to the next name', () => {
    const text = 'keyword research please. Business context: We sell bikes: new and old.\ncurrent_rankings = a,b\n1,2';
    expect(namedInputs(skill!, text)).toEqual({
      business_context: 'We sell bikes: new and old.',
      current_rankings: 'a,b\n1,2',
    });
    expect(namedInputs(skill!, 'our competitors are many')).toEqual({});
  });

  it('that stand in for a tool are missing as long as the tool is', () => {
    const draft = { agent: 'a', skill: 'keyword-research', inputs: { business_context: 'x' }, files: [] };
    const standIns = {
      semrush_api: { inputs: ['current_rankings'], lacks: '' },
      google_search_console: { inputs: ['current_rankings'], lacks: '' },
    };
    const missing = (tools: string[]) => missingInputs(skill!, draft, { tools: new Set(tools), standIns });
    expect(missing(['llm']).map(({ name, standsInFor }) => [name, standsInFor])).toEqual([
      ['current_rankings', 'semrush_api'],
    ]);
    expect(missing(['llm', 'semrush_api', 'google_search_console'])).toEqual([]);
  });
});

describe('the state of a thread', () => {
  it('survives writing and reading; one of another version counts as none', () => {
    const state = readState(null);
    const waiting = { kind: 'choice' as const, text: 'x', options: [{ kind: 'answer' as const }] };
    expect(readState(writeState({ ...state, waiting }))).toEqual({ ...state, waiting });
    expect(readState('{"version":2,"waiting":{"kind":"new"}}').waiting).toBeNull();
    expect(readState('null').waiting).toBeNull();
  });
});
