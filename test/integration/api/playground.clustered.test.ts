import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemPrincipal, Task } from '#graph-schema';
import { CHROMIUM_ARGUMENTS, install } from '../../support/servers/chromium.ts';
import { startTestCell, type TestCell, TOKENS } from './cell.ts';
import { taskValues } from './task-values.ts';

let cell: TestCell;
let browser: Browser;

beforeAll(async () => {
  cell = await startTestCell({ tasks: 3 });
  const { path } = await install();
  browser = await chromium.launch({ executablePath: path, args: [...CHROMIUM_ARGUMENTS] });
});
afterAll(async () => {
  await browser?.close();
  await cell?.close();
});

interface Watched {
  readonly page: Page;
  readonly outside: string[];
  readonly problems: string[];
}

async function visit(): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  const page = await context.newPage();
  const outside: string[] = [];
  const problems: string[] = [];
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (!['data:', 'blob:'].includes(protocol) && origin !== cell.url) outside.push(request.url());
  });
  page.on('console', (message) => {
    if (/Content.Security.Policy|Refused to/i.test(message.text())) problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.goto(cell.url);
  await page.waitForSelector('.graphiql-query-editor .view-lines', { timeout: 60_000 });
  return { page, outside, problems };
}

/** Types into one of the editors below the query, as a person does. */
async function type(page: Page, editor: 'Headers' | 'Variables', text: string): Promise<void> {
  await page.getByRole('button', { name: editor, exact: true }).click();
  await page.locator('.graphiql-editor-tool .monaco-editor:visible').last().click();
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(text);
}

const giveToken = (page: Page, token: string) => type(page, 'Headers', `{ "Authorization": "Bearer ${token}" }`);
const run = (page: Page) => page.locator('.graphiql-execute-button').click();
const response = (page: Page) => page.locator('.result-window .view-lines, .graphiql-response .view-lines').first();

describe('the playground in Chromium', () => {
  it('works without any request leaving the machine, under its content security policy', async () => {
    const { page, outside, problems } = await visit();
    expect(await page.locator('.graphiql-tab').count()).toBe(4);
    await giveToken(page, TOKENS.acme);
    await run(page);
    await expect.poll(() => response(page).innerText(), { timeout: 60_000 }).toContain('totalCount');
    expect((await response(page).innerText()).replace(/\s/g, ' ')).toContain('"totalCount": 3');
    expect(outside).toEqual([]);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it('follows a subscription live with the token of its header editor', async () => {
    const { page, problems } = await visit();
    await page.locator('.graphiql-tab').nth(3).click();
    await giveToken(page, TOKENS.acme);
    await run(page);
    await expect
      .poll(async () => (await (await fetch(`${cell.url}/metrics`)).text()).includes('kaze_api_subscriptions 1'))
      .toBe(true);
    const id = await cell.store.transact(systemPrincipal('cell'), { why: 'test' }, async (unit) =>
      unit.create(Task, taskValues('tenant:acme', 'queued')),
    );
    await expect.poll(() => response(page).innerText(), { timeout: 60_000 }).toContain(id);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it('tells by the tab whyOutcome what led to an outcome', async () => {
    const { page, problems } = await visit();
    const tab = page.locator('.graphiql-tab').nth(1);
    // The tabs slide to their places at first, and a click on a moving one drags it.
    await expect
      .poll(async () => {
        await tab.getByRole('button', { name: 'WhyOutcome' }).click();
        return tab.getAttribute('aria-selected');
      })
      .toBe('true');
    await giveToken(page, TOKENS.acme);
    await type(page, 'Variables', JSON.stringify({ id: cell.ids.outcomes[0] }));
    await run(page);
    await expect.poll(() => response(page).innerText(), { timeout: 60_000 }).toContain('"whyOutcome"');
    const shown = (await response(page).innerText()).replace(/\s/g, ' ');
    expect(shown).not.toContain('"errors"');
    for (const part of ['skillVersion', 'agent', 'knowledge', 'costMicros']) expect(shown).toContain(`"${part}"`);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it('says what to do when the token is missing', async () => {
    const { page } = await visit();
    await run(page);
    await expect.poll(() => response(page).innerText(), { timeout: 60_000 }).toContain('KAZE_API_UNAUTHENTICATED');
    await page.context().close();
  });

  it('never has a token in the page, and keeps none in the browser’s storage', async () => {
    const { page } = await visit();
    const html = await (await fetch(cell.url)).text();
    for (const token of Object.values(TOKENS)) expect(html).not.toContain(token);
    await giveToken(page, TOKENS.acme);
    await run(page);
    await expect.poll(() => response(page).innerText(), { timeout: 60_000 }).toContain('totalCount');
    const stored = await page.evaluate(
      'JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.cookie',
    );
    expect(stored).not.toContain(TOKENS.acme);
    await page.context().close();
  });
});
