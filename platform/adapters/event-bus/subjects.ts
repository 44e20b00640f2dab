import { platformErrors } from '../../errors-platform.ts';
import type { KazeEvent } from '../../ports/event-bus.ts';

const PART = '[A-Za-z0-9_-]{1,64}';
const SUBJECT = new RegExp(`^${PART}(\\.${PART}){0,15}$`);
const PATTERN = new RegExp(`^(?:(?:${PART}|\\*)\\.){0,15}(?:${PART}|\\*|>)$`);
const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** An event carries ids and small facts: what is larger than this belongs into the graph. */
export const MAX_EVENT_BYTES = 64 * 1024;

/** Checks the event and gives its wire form. Errors: KAZE_BUS_INPUT. */
export function encodeEvent(event: KazeEvent): string {
  if (!SUBJECT.test(event.subject)) {
    throw invalid(`"${event.subject}" is no subject: parts of letters, digits, - and _ separated by dots`);
  }
  if (event.id === '' || event.id.length > 256) throw invalid('the id of an event has 1 to 256 characters');
  const text = JSON.stringify(event);
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_EVENT_BYTES) {
    throw invalid(`event ${event.id} (${event.subject}) has ${bytes} bytes, at most ${MAX_EVENT_BYTES} are allowed`);
  }
  return text;
}

export function checkPattern(pattern: string): void {
  if (!PATTERN.test(pattern)) throw invalid(`"${pattern}" is no pattern: subject parts, * for one part, > at the end`);
}

export function checkDurable(name: string): void {
  if (!NAME.test(name)) throw invalid(`"${name}" is no name of a durable subscription: ${NAME.source}`);
}

/** NATS's own rule: `*` stands for one part, a last `>` for one or more. */
export function matches(pattern: string, subject: string): boolean {
  const wanted = pattern.split('.');
  const parts = subject.split('.');
  for (const [index, want] of wanted.entries()) {
    if (want === '>') return parts.length > index;
    if (parts[index] === undefined || (want !== '*' && want !== parts[index])) return false;
  }
  return parts.length === wanted.length;
}

function invalid(message: string): Error {
  return platformErrors('KAZE_BUS_INPUT', message);
}
