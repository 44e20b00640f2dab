import { describe, expect, it } from 'vitest';
import { checklistRun } from '../../../../agents/skills/checklist-run/index.ts';
import { parseProcedure } from '../../../../agents/skills/checklist-run/procedure.ts';
import type { EndedPart, Json, TaskPart, Team } from '../../../../agents/skills/handler.ts';
import { PROCEDURES } from '../../../fixtures/clients/law-office/procedures.ts';
import { type FakeContextOptions, fakeSkillContext, fileInput, textInput } from '../../../support/skills/context.ts';

const team: Team = {
  people: [
    { id: 'p1', name: 'Maren Holt', email: 'maren@brandis.example' },
    { id: 'p2', name: 'Tobias Kern', email: null },
  ],
  agents: [],
};

/** Answers by step; a step without one is waited for. */
function context(
  procedure: string,
  answers: Readonly<Record<string, Record<string, Json> | 'rejected' | 'late'>>,
  more: Partial<FakeContextOptions> = {},
) {
  const part = ({ key }: TaskPart): (Partial<EndedPart> & Pick<EndedPart, 'state'>) | undefined => {
    const answer = answers[key] ?? (key.endsWith('#1') ? answers[key.slice(0, -2)] : undefined);
    if (answer === undefined) return undefined;
    if (answer === 'late') return { state: 'failed', errorCode: 'KAZE_TASK_DEADLINE', reason: 'its deadline passed' };
    const decided = { decidedBy: { id: 'p1', name: 'Maren Holt' }, decidedAt: Date.parse('2026-11-23T10:00:00Z') };
    if (answer === 'rejected') return { state: 'rejected', ...decided, reason: 'the client withdrew' };
    return { state: 'delivered', ...decided, outputs: { what: 'x', done: true, ...answer } };
  };
  return fakeSkillContext({
    inputs: { procedure: fileInput('intake.yaml', procedure), subject: textInput('Holm Logistics') },
    team,
    part,
    ...more,
  });
}

type Records = ReadonlyArray<Record<string, Json>>;
const states = (result: { outputs: Readonly<Record<string, Json>> }) =>
  (result.outputs.records as Records).map(({ step, state }) => `${step} ${state}`);

describe('a procedure with people', () => {
  it.each(PROCEDURES)(
    '$name: asks whom it must for the given answers, and ends as planned',
    async ({ yaml, answers, asked, status, expected }) => {
      const ctx = context(yaml, answers);
      const result = await checklistRun.run(ctx);
      expect(ctx.parts.map(({ key, askedOf }) => `${key} ${askedOf}`)).toEqual(asked);
      expect(result.outputs.status).toBe(status);
      expect(states(result)).toEqual(expected);
    },
  );

  it('waits at the first step that nobody has answered', async () => {
    const ctx = context(PROCEDURES[0]!.yaml, { conflict: { answer: 'no' } });
    await expect(checklistRun.run(ctx)).rejects.toThrow('waits for identity#1');
    expect(ctx.parts.at(-1)).toMatchObject({
      skill: 'to-do',
      askedOf: 'p2',
      waiting: 'waits for Tobias Kern: identity',
    });
  });

  it('keeps who said what and when, with the evidence, and asks again for what is missing', async () => {
    const ctx = context(
      'procedure: p\nsteps:\n  - { id: scan, do: "Scan {subject}", owner: maren@brandis.example, evidence: file }\n',
      { 'scan#1': {}, 'scan#2': { file: 'scan.pdf' } },
    );
    const { outputs, metrics } = await checklistRun.run(ctx);
    expect(ctx.parts.map(({ inputs }) => inputs.what)).toEqual([
      'Scan Holm Logistics',
      'Scan Holm Logistics\nAsked again: the file is missing.',
    ]);
    expect(outputs.records).toMatchObject([
      {
        state: 'done',
        file: 'scan.pdf',
        by: 'Maren Holt',
        at: '2026-11-23T10:00:00.000Z',
        task: 'part-scan#2',
        asked: 2,
      },
    ]);
    expect(metrics).toMatchObject({ evidence_share: 1, asked_again: 1 });
  });

  it('counts deadlines from when a step was first asked, also in a later attempt', async () => {
    const steps = new Map<string, Json>([
      ['began', 1_000_000_000_000],
      ['asked:a', 1_000_000_000_000],
    ]);
    const ctx = context(
      'procedure: p\ndeadline: 2d\nsteps:\n  - { id: a, do: x, owner: Maren Holt, due: 4h }\n  - { id: b, do: y, owner: Maren Holt, due: 9d }\n',
      { a: {}, b: {} },
      { steps },
    );
    await checklistRun.run(ctx);
    expect(ctx.parts.map(({ deadlineAt }) => deadlineAt! - 1_000_000_000_000)).toEqual([4 * 3_600_000, 2 * 86_400_000]);
  });

  it('puts nothing into the report that a page would run', async () => {
    const ctx = context('procedure: p\nsteps:\n  - { id: a, do: x, owner: Maren Holt, answer: text }\n', {
      a: { answer: '<script>x</script>[a](http://evil.example) | b' },
    });
    const { outputs } = await checklistRun.run(ctx);
    expect(outputs.report).not.toMatch(/<script|[^\\]\]\(|http:\/\//);
    expect(outputs.report).toContain('\\| b');
  });
});

describe('a procedure that is wrong', () => {
  it.each([
    [
      'an unknown key',
      'procedure: p\nsteps:\n  - { id: a, do: x, owner: b, wen: x }\n',
      /intake\.yaml:3:31 unknown key "wen" in a step; .*did you mean "when"/,
    ],
    [
      'a condition over a later step',
      'procedure: p\nsteps:\n  - { id: a, do: x, owner: b, when: c.done }\n  - { id: c, do: x, owner: b }\n',
      /intake\.yaml:3:37 when: .*"c/,
    ],
    [
      'a broken condition',
      'procedure: p\nsteps:\n  - { id: a, do: x, owner: b }\n  - { id: c, do: x, owner: b, when: "a.answer ==" }\n',
      /intake\.yaml:4:37 when: /,
    ],
    [
      'a step twice',
      'procedure: p\nsteps:\n  - { id: a, do: x, owner: b }\n  - { id: a, do: x, owner: b }\n',
      /intake\.yaml:4:11 a second step "a"/,
    ],
    [
      'a duration that is none',
      'procedure: p\ndeadline: soon\nsteps:\n  - { id: a, do: x, owner: b }\n',
      /intake\.yaml:2:11 .*"deadline".*30m, 4h, 2d or 1w/,
    ],
    ['a step without owner', 'procedure: p\nsteps:\n  - { id: a, do: x }\n', /intake\.yaml:3:5 "owner" is missing/],
    ['no YAML', 'procedure: [\n', /intake\.yaml:\d+:\d+ /],
  ])('is refused for %s, with file, line and column', (_what, yaml, message) => {
    expect(() => parseProcedure(yaml, 'intake.yaml')).toThrow(message);
  });

  it('names the place of an owner whom nobody knows, and the nearest', async () => {
    const ctx = context('procedure: p\nsteps:\n  - { id: a, do: x, owner: Maren Hold }\n', {});
    await expect(checklistRun.run(ctx)).rejects.toThrow(
      /intake\.yaml:3:28 found the owner "Maren Hold"; .*nearest is "Maren Holt"/,
    );
  });
});
