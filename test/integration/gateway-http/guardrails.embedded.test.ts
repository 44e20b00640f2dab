import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { guarded } from '#gateway';
import { readGuardrails } from '../../../deploy/cell/guardrails.ts';
import { post, says, serve } from './setup.ts';

async function fileWith(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kaze-guardrails-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'guardrails.mjs');
  await writeFile(file, text);
  return file;
}

it('goes around calls over HTTP as the page shows it', async () => {
  const page = await readFile(new URL('../../../docs/gateway.md', import.meta.url), 'utf8');
  const example = /^```javascript\n(.*?)^```/ms.exec(page)?.[1];
  const guardrails = await readGuardrails(await fileWith(example ?? ''));
  const served = await serve({ around: (gateway) => guarded(gateway, guardrails) });
  const ask = (content: string, stream = false) =>
    post(served, '/v1/chat/completions', { model: 'actor', stream, messages: [{ role: 'user', content }] });
  const refused = await ask('CONFIDENTIAL contract');
  expect(refused.status).toBe(422);
  expect(await refused.json()).toMatchObject({
    error: {
      code: 'KAZE_GATEWAY_GUARDRAIL_REFUSED',
      message: expect.stringContaining('contracts stay in the house'),
    },
  });
  expect(served.provider.calls).toHaveLength(0);
  served.provider.play = () => says('x'.repeat(12_000), 'y'.repeat(12_000));
  // Held back until it was seen whole, so that there is a status to tell.
  expect((await ask('write much', true)).status).toBe(422);
  served.provider.play = () => says('fine');
  expect(await (await ask('hello', true)).text()).toMatch(/fine.*\[DONE\]/s);
});

it.each([
  ['is no module', 'export const guardrails = ['],
  ['exports none', 'export const rails = [];'],
  ['holds one without a hook', "export const guardrails = [{ name: 'x' }];"],
  ['holds one whose hook is none', "export const guardrails = [{ name: 'x', before: true }];"],
  ['holds one without a name', 'export const guardrails = [{ before() {} }];'],
])('refuses to start with a file that %s', async (_, text) => {
  await expect(readGuardrails(await fileWith(text))).rejects.toMatchObject({ code: 'KAZE_GATEWAY_POLICY_INVALID' });
});
