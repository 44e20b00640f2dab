import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Message, systemPrincipal } from '#graph-schema';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { createLanceSearchIndex } from '#graph-schema/adapters/search-index/lancedb';
import { silentLogger, systemClock } from '#platform';
import { openConversationCell } from './cell.ts';

const PAGE = 'docs/chat.md';
const HANDBOOK = [
  'Full-time staff have 27 days of annual leave a year.',
  'Part-time staff have annual leave in proportion to their working hours.',
];

/** Turns of the page: what stands behind `you>`, and the lines below it up to the next one. */
function turnsOf(page: string): Array<{ you: string; reply: string }> {
  const [, block = ''] = /```chat\n([\s\S]*?)```/u.exec(page) ?? [];
  return block
    .split(/^you> /mu)
    .slice(1)
    .map((turn) => {
      const at = turn.search(/^kaze> /mu);
      return { you: turn.slice(0, at).trim(), reply: turn.slice(at + 'kaze> '.length).trim() };
    });
}

it('the conversation that docs/chat.md shows takes place like this', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kaze-transcript-'));
  const cell = await openConversationCell({
    engine: await createGrafeoEngine({ memory: true, logger: silentLogger, clock: systemClock }),
    openIndex: (dimensions) => createLanceSearchIndex({ folder: join(folder, 'index'), dimensions }),
    close: () => rm(folder, { recursive: true, force: true }),
  });
  try {
    const acme = await cell.client(['ops-assistant', 'seo-strategist', 'content-marketing']);
    await acme.ingest('02-annual-leave.md', HANDBOOK);
    // Ranks move as long as vectors are still being made.
    await cell.settled();
    const chat = await cell.conversations();
    const turns = turnsOf(await readFile(PAGE, 'utf8'));
    expect(turns.length).toBeGreaterThan(5);
    let conversation: string | undefined;
    const happened: typeof turns = [];
    for (const { you } of turns) {
      const sent = await chat.send(acme.me, {
        text: you,
        channel: 'terminal',
        ...(conversation ? { conversation } : {}),
      });
      conversation = sent.conversation;
      const reply = await cell.store.get(systemPrincipal('cell'), Message, sent.reply!);
      const text = reply!.text
        .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gu, 'ID')
        .replaceAll(acme.tenant, 'acme');
      happened.push({ you, reply: text });
    }
    if (process.env.KAZE_PRINT_TRANSCRIPT) {
      console.log(happened.map(({ you, reply }) => `you> ${you}\nkaze> ${reply}`).join('\n\n'));
    }
    expect(happened).toEqual(turns);
  } finally {
    await cell.close();
  }
}, 240_000);
