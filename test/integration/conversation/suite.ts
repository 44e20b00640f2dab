import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Conversations } from '#agents';
import { decideApproval } from '#governance';
import {
  Approval,
  Conversation,
  Knowledge,
  Message,
  type Principal,
  systemPrincipal,
  Task,
  verticalScope,
} from '#graph-schema';
import { contentHash, newId } from '#platform';
import { boundaries } from './boundaries.ts';
import {
  type ConversationCell,
  type ConversationClient,
  type ConversationEngines,
  openConversationCell,
} from './cell.ts';

const LEAVE = 'Full-time staff have 27 days of annual leave a year.';
const PART_TIME = 'Part-time staff have annual leave in proportion to their working hours.';
const EXPENSES = 'Taxi rides are reimbursed after a receipt has been handed in to Dana.';
const EXPORT = `Top queries,Clicks,Impressions,CTR,Position
city bikes leeds,120,4000,3%,4.2
folding bike,30,2500,1.2%,8.1
bike repair leeds,64,1800,3.6%,3.9
electric bike hire,8,2100,0.4%,12.5
`;

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error('it did not come in 60 s');
    await delay(50);
  }
}

/** Turns of a thread from the message to the graph, its tasks and back. */
export function conversationSuite(open: () => Promise<ConversationEngines>): void {
  let cell: ConversationCell;
  let chat: Conversations;
  let acme: ConversationClient;
  let me: Principal;
  let leave: string;

  const file = (name: string, text: string) => {
    const id = newId();
    cell.uploads.set(id, { name, bytes: Buffer.from(text) });
    return { upload: { id, name, sha256: contentHash(text) } };
  };
  type More = Pick<Parameters<Conversations['send']>[1], 'conversation' | 'agent' | 'tenant' | 'files'>;
  const say = (text: string, more: More = {}, who = me) => chat.send(who, { text, channel: 'terminal', ...more });
  const textOf = async (id: string | undefined) => (await cell.store.get(systemPrincipal('cell'), Message, id!))!.text;

  beforeAll(async () => {
    cell = await openConversationCell(await open());
    acme = await cell.client();
    me = acme.me;
    [leave] = (await acme.ingest('handbook/leave.md', [LEAVE, PART_TIME, EXPENSES])) as [string];
    chat = await cell.conversations();
  });

  afterAll(async () => {
    await cell?.close();
  });

  describe('ask', () => {
    it('answers from a passage, cites it, and makes one model call with full attribution', async () => {
      const before = cell.usage.length;
      const answer = await cell.answering.ask(me, { text: 'How many days of annual leave do full-time staff have?' });
      expect(answer).toMatchObject({ known: true, model: 'offline/extractive' });
      expect(answer.answer).toContain('27 days');
      expect(answer.citations[0]).toMatchObject({ chunk: leave, quote: LEAVE });
      expect(cell.usage.slice(before)).toEqual([expect.objectContaining({ tenant: acme.tenant, agent: 'ask' })]);
    });

    it('says that it does not know, cites nothing and invents nothing', async () => {
      const answer = await cell.answering.ask(me, { text: 'Who won the football world cup of 1974?' });
      expect(answer).toMatchObject({ known: false, citations: [], knowledge: [] });
      expect(answer.answer).toMatch(/^I do not know/);
      const german = await cell.answering.ask(me, { text: 'Wer hat die Fußballweltmeisterschaft 1974 gewonnen?' });
      expect(german.known).toBe(false);
      expect(german.answer).toMatch(/^Das weiß ich nicht.*Hinweis: Gesucht wurde/s);
    });

    it("reads a vertical's knowledge, and nothing of another client's", async () => {
      const other = await cell.client();
      await other.ingest('secret.md', ['The Zanzibar project has a budget of 40,000 euros.']);
      const question = { text: 'What is the budget of the Zanzibar project?' };
      expect(await cell.answering.ask(me, question)).toMatchObject({ known: false, citations: [] });
      const foreign = cell.answering.ask(me, { ...question, tenant: other.tenant });
      await expect(foreign).rejects.toMatchObject({ code: 'KAZE_ASK_CLIENT_UNKNOWN' });
      expect(await cell.answering.ask(other.me, question)).toMatchObject({ known: true });

      const id = await cell.raw.transact(systemPrincipal('loader'), { why: 'test' }, async (unit) =>
        unit.create(Knowledge, {
          ...{ scope: verticalScope('seo'), kind: 'concept', title: 'Quokka score', path: 'seo/test/quokka' },
          ...{ text: 'The quokka score is the share of pages without a headline.', language: 'en' },
          ...{ confidence: 1, importance: 0.5, recordedAt: 1 },
        }),
      );
      const shared = await until(async () => {
        const answer = await cell.answering.ask(me, { text: 'What is the quokka score?', tenant: acme.tenant });
        return answer.known ? answer : undefined;
      });
      expect(shared.knowledge[0]).toMatchObject({ knowledge: id });
      expect(shared.citations).toEqual([]);
    });

    it('refuses an empty question and one that is too long', async () => {
      await expect(cell.answering.ask(me, { text: ' ' })).rejects.toMatchObject({ code: 'KAZE_ASK_EMPTY' });
      const long = cell.answering.ask(me, { text: 'why '.repeat(600) });
      await expect(long).rejects.toMatchObject({ code: 'KAZE_ASK_TOO_LONG', fields: { max: 2_000 } });
    });

    it('is not answered from what all share when the client’s name is a slip', async () => {
      const slip = cell.answering.ask(me, { text: 'How many days of leave?', tenant: `${acme.tenant}s` });
      await expect(slip).rejects.toMatchObject({
        code: 'KAZE_ASK_CLIENT_UNKNOWN',
        message: `there is no client "${acme.tenant}s"; there is ${acme.tenant}`,
      });
    });
  });

  describe('a question in a thread', () => {
    it('is answered at once, the reply citing its passages', async () => {
      const turn = await say('How many days of annual leave do full-time staff have?');
      expect(turn).toMatchObject({ clarifying: false });
      expect(turn.task).toBeUndefined();
      expect(await textOf(turn.reply)).toMatch(/27 days.*\[\d+\] handbook\/leave\.md/s);
      const cited = await cell.store.list(me, Message, {
        where: { id: { eq: turn.reply! }, chunks: { some: { id: { eq: leave } } } },
      });
      expect(cited).toHaveLength(1);
      expect((await acme.thread(turn.conversation)).map(({ role, position }) => [role, position])).toEqual([
        ['person', 1],
        ['agent', 2],
      ]);
    });

    it('may lean on the one before it, also in another process', async () => {
      const { conversation } = await say('How many days of annual leave do full-time staff have?');
      const restarted = await cell.conversations({ bus: undefined });
      const next = await restarted.send(me, { text: 'And part-timers?', conversation, channel: 'terminal' });
      expect(await textOf(next.reply)).toContain(PART_TIME);
      expect(cell.requests.at(-1)!.messages.at(-1)!.content).toContainEqual({
        type: 'text',
        text: expect.stringMatching(/^And part-timers\? \(.*annual leave/),
      });
    });
  });

  describe('a request', () => {
    it('goes to the skill that it is for; what is missing is asked for over turns, then a task is queued', async () => {
      const first = await say('Please find the keyword opportunities that we should go after');
      expect(first).toMatchObject({ clarifying: true });
      expect(await textOf(first.reply)).toMatch(
        /For keyword-research I still need:.*business_context.*current_rankings/s,
      );
      const { conversation } = first;

      const aside = await say('How many days of annual leave do full-time staff have?', { conversation });
      expect(aside).toMatchObject({ clarifying: true });
      expect(await textOf(aside.reply)).toMatch(/27 days.*I still wait for business_context/s);

      const second = await say('We sell and repair city bikes in Leeds.', { conversation });
      expect(second).toMatchObject({ clarifying: true });
      expect(await textOf(second.reply)).toContain('current_rankings');
      const third = await say(EXPORT, { conversation });
      expect(third.clarifying).toBe(false);
      expect(await textOf(third.reply)).toMatch(new RegExp(`Queued as task ${third.task}.*waits for a person`));
      const task = await cell.store.get(me, Task, third.task!);
      expect(task).toMatchObject({ skill: 'keyword-research', channel: 'terminal' });
      expect(JSON.parse(task!.inputs)).toMatchObject({ business_context: { text: expect.stringContaining('Leeds') } });

      const status = await say('what happened to it?', { conversation });
      expect(await textOf(status.reply)).toContain(third.task!);
    });

    it('is told what the submission refuses, and asked for that input again', async () => {
      const { conversation } = await say('keyword-research please. business_context: we sell bikes');
      const bad = await say('this is no export at all', { conversation });
      expect(bad).toMatchObject({ clarifying: true });
      expect(bad.task).toBeUndefined();
      expect(await textOf(bad.reply)).toMatch(/Nothing was queued.*Send current_rankings again/s);
      const good = await say(EXPORT, { conversation });
      expect(good.task).toBeDefined();
    });

    it('may come with files, which find their inputs by what they are', async () => {
      const files = [file('queries.csv', EXPORT), file('about.md', 'We sell and repair city bikes in Leeds.')];
      const turn = await say('keyword-research please', { files });
      expect(await textOf(turn.reply)).toContain(`Queued as task ${turn.task}`);
      const task = await cell.store.get(me, Task, turn.task!);
      expect(JSON.parse(task!.inputs)).toMatchObject({
        current_rankings: { name: 'queries.csv' },
        business_context: { name: 'about.md' },
      });
    });

    it('keeps its file while it is asked back about, and takes one that is asked for', async () => {
      const first = await say('Compare our rankings with those of our rivals', { files: [file('q.csv', EXPORT)] });
      expect(first.clarifying).toBe(true);
      const { conversation } = first;
      const chosen = await say('keyword-research', { conversation });
      expect(await textOf(chosen.reply)).not.toContain('current_rankings');
      const done = await say('here it is', { conversation, files: [file('about.md', 'We sell city bikes.')] });
      const task = await cell.store.get(me, Task, done.task!);
      expect(JSON.parse(task!.inputs)).toMatchObject({
        current_rankings: { name: 'q.csv' },
        business_context: { name: 'about.md' },
      });
    });

    it('can be dropped', async () => {
      const { conversation } = await say('keyword-research please');
      expect(await say('never mind', { conversation })).toMatchObject({ clarifying: false });
      const after = await say('We sell city bikes in Leeds.', { conversation });
      expect(after.task).toBeUndefined();
      expect(await textOf(after.reply)).not.toContain('still need');
    });

    it('for a declared skill says that nothing can run it, and queues nothing', async () => {
      const other = await cell.client(['harbour-pilot']);
      const turn = await chat.send(other.me, { text: 'Run the tide-tables of next week', channel: 'terminal' });
      expect(await textOf(turn.reply)).toMatch(/tide-tables is declared/);
      expect(turn).toMatchObject({ clarifying: false });
    });

    it('that could be several things is asked back about, and the answer is understood by place', async () => {
      const turn = await say('Compare our rankings with those of our rivals');
      expect(turn.clarifying).toBe(true);
      const text = await textOf(turn.reply);
      const names = [...text.matchAll(/^\d\. ([a-z-]+):/gm)].map(([, name]) => name);
      expect(names.length).toBeGreaterThanOrEqual(2);
      const second = await say('the second', { conversation: turn.conversation });
      expect(await textOf(second.reply)).toContain(names[1]!);
    });

    it('to a paused agent is kept and told why not', async () => {
      const other = await cell.client(['seo-strategist']);
      const [agent] = await cell.store.list(other.me, (await import('#graph-schema')).Agent, {});
      await cell.tasks.setPaused(other.me, { agent: agent!.id, paused: true, reason: 'budget review' });
      const turn = await chat.send(other.me, { text: 'keyword-research', channel: 'terminal' });
      expect(await textOf(turn.reply)).toMatch(/seo-strategist takes no work at present.*budget review/);
      expect(turn).toMatchObject({ clarifying: false });
    });
  });

  describe('talk about the conversation itself', () => {
    it('lists what can be asked for', async () => {
      const text = await textOf((await say('What can you do?')).reply);
      expect(text).toMatch(/seo-strategist.*keyword-research/s);
      const other = await cell.client(['harbour-pilot']);
      const turn = await chat.send(other.me, { text: 'What can you do?', channel: 'terminal' });
      expect(await textOf(turn.reply)).toMatch(/harbour-pilot.*tide-tables.*declared, cannot run yet/s);
    });

    it('takes no decisions', async () => {
      expect(await textOf((await say('approve task 1234')).reply)).toContain('kaze approve');
    });
  });

  it('reports in the thread once when the task waits for approval, and again when it is delivered', async () => {
    const { conversation, task } = await say(
      `keyword-research\nbusiness_context: we sell and repair city bikes in Leeds\ncurrent_rankings: ${EXPORT}`,
    );
    expect(task).toBeDefined();
    const worker = await cell.worker();
    const report = await until(async () => {
      const thread = await acme.thread(conversation);
      return thread.find(({ text }) => text.includes("waits for a person's approval"));
    });
    expect(report).toMatchObject({ role: 'agent' });
    await chat.sweep();
    await worker.stop();
    const thread = await acme.thread(conversation);
    expect(thread.filter(({ text }) => text.includes("waits for a person's approval"))).toHaveLength(1);
    expect(thread.map(({ position }) => position)).toEqual(thread.map((_, at) => at + 1));
    const [approval] = await cell.store.list(me, Approval, { where: { task: { some: { id: { eq: task! } } } } });
    expect(approval).toMatchObject({ state: 'pending' });
    await decideApproval(cell, me, { id: task!, decision: 'approve' });
    await until(async () => (await acme.thread(conversation)).find(({ text }) => text.includes('is delivered')));
  });

  describe('positions', () => {
    it('are never shared, however many messages come at once', async () => {
      const { conversation } = await say('hello');
      await Promise.all(['thanks', 'help', 'status', 'thanks', 'hello'].map((text) => say(text, { conversation })));
      const thread = await acme.thread(conversation);
      expect(thread.map(({ position }) => position)).toEqual(Array.from({ length: 12 }, (_, at) => at + 1));
    });
  });

  describe('two answers to one question back, at once, from two processes', () => {
    it('queue one task', async () => {
      const other = await cell.conversations({ bus: undefined });
      const { conversation } = await say('keyword-research. business_context: bikes in Leeds');
      const send = (one: Conversations) => one.send(me, { text: EXPORT, conversation, channel: 'terminal' });
      const turns = await Promise.all([send(chat), send(other)]);
      expect(turns.filter(({ task }) => task !== undefined)).toHaveLength(1);
    });
  });

  describe('a message left without an answer by a crash', () => {
    /** Writes what a person said, and dies before the answer. */
    const saidOnly = async (text: string, conversation?: string) => {
      const broken = await cell.conversations({
        bus: undefined,
        router: { route: () => Promise.reject(new Error('killed')) },
        answering: { ask: () => Promise.reject(new Error('killed')) },
      });
      await expect(broken.send(me, { text, conversation, channel: 'terminal' })).rejects.toThrow('killed');
      await broken.close();
      const [message] = await cell.store.list(me, Message, {
        where: { text: { eq: text } },
        orderBy: [{ property: 'createdAt', direction: 'desc' }],
        limit: 1,
      });
      return message!;
    };

    it('is answered before the next one', async () => {
      const { conversation } = await say('hello');
      await saidOnly('Who gets the receipt of a taxi ride?', conversation);
      await say('thanks', { conversation });
      const texts = (await acme.thread(conversation)).map(({ text }) => text);
      expect(texts.slice(2)).toEqual([
        'Who gets the receipt of a taxi ride?',
        'thanks',
        expect.stringContaining('Dana'),
        'You are welcome.',
      ]);
    });

    it('is answered by the sweep, once', async () => {
      await saidOnly('Who is the receipt of a taxi handed in to?');
      const mender = await cell.conversations({ bus: undefined, repairAfterMs: -1, sweepMs: 3_600_000 });
      await mender.sweep();
      await mender.sweep();
      const [message] = await cell.store.list(me, Message, {
        where: { text: { eq: 'Who is the receipt of a taxi handed in to?' } },
      });
      const [conversation] = await cell.store.list(me, Conversation, {
        where: { messages: { some: { id: { eq: message!.id } } } },
      });
      const thread = await acme.thread(conversation!.id);
      expect(thread.map(({ role }) => role)).toEqual(['person', 'agent']);
      expect(thread[1]!.text).toContain('Dana');
    });

    it('whose task was submitted already gives that task, not another', async () => {
      const { conversation } = await say('keyword-research. business_context: bikes in Leeds');
      let submitted = '';
      const dying = await cell.conversations({
        bus: undefined,
        tasks: {
          async submit(...call) {
            submitted = (await cell.tasks.submit(...call)).task;
            throw new Error('killed');
          },
        },
      });
      const send = (one: Conversations, text: string) => one.send(me, { text, conversation, channel: 'terminal' });
      await expect(send(dying, EXPORT)).rejects.toThrow('killed');
      await send(chat, 'thanks');
      const thread = await acme.thread(conversation);
      expect(thread.filter(({ text }) => text.includes(submitted))).toHaveLength(1);
      const tasks = await cell.store.list(me, Task, {
        where: { conversation: { some: { id: { eq: conversation } } } },
      });
      expect(tasks.map(({ id }) => id)).toEqual([submitted]);
    });
  });

  boundaries(() => ({ cell, acme, me, say }));
}
