import { expect, it } from 'vitest';
import { post } from './setup.ts';
import { serveUpstreams } from './upstreams.ts';

const REDACT = { policy: { guard: { redact: [{ kinds: ['email' as const, 'secret' as const] }] } } };
const MAIL = 'jane@example.com';
const SECRET = `sk-${'b2'.repeat(12)}`;
const SAID = [{ role: 'user', content: `Write to ${MAIL} with ${SECRET}.` }];

it.each([
  ['/v1/chat/completions', 'openai', 'openai/gpt-4o-mini'],
  ['/v1/chat/completions', 'anthropic', 'anthropic/claude-sonnet-5'],
  ['/v1/messages', 'anthropic', 'anthropic/claude-sonnet-5'],
  ['/v1/messages', 'openai', 'openai/gpt-4o-mini'],
] as const)(
  'private words of a caller of %s never reach %s, and stand in its answer again, whole and streamed',
  async (path, vendor, model) => {
    const served = await serveUpstreams(REDACT);
    for (const stream of [false, true]) {
      served.vendors[vendor].next({ kind: 'scene', scene: { text: ['I wrote to [EMA', 'IL_1] with [SECRET_1].'] } });
      const answer = await post(served, path, { model, messages: SAID, max_tokens: 50, stream });
      const text = await answer.text();
      const pieces = [...text.matchAll(/"(?:content|text)":"([^"]*)"/g)].map(([, piece]) => piece);
      expect(pieces.join('')).toBe(`I wrote to ${MAIL} with ${SECRET}.`);
    }
    for (const { body } of served.vendors[vendor].seen) {
      expect(JSON.stringify(body)).toContain('Write to [EMAIL_1] with [SECRET_1].');
    }
    await served.settled(2);
  },
);
