import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kaze } from './fake-terminal.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'kaze-new-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const run = (line: string) => kaze(line.split(' '), { cwd });
const made = async (line: string) => {
  const { code, out } = await run(`new ${line} --path v --json`);
  expect(code, out).toBe(0);
  return JSON.parse(out) as { files: string[]; next: string[]; vertical: string };
};

describe('kaze new', () => {
  it('writes a vertical whose knowledge, skill and agent are right at once', async () => {
    const { files } = await made('vertical customer-care');
    expect(files.map((file) => file.slice(join(cwd, 'v').length + 1)).sort()).toEqual([
      'customer-care/agents/customer-care-assistant.yaml',
      'customer-care/knowledge/domain-concepts.yaml',
      'customer-care/skills/customer-care-brief.cases.yaml',
      'customer-care/skills/customer-care-brief.cases/notes.txt',
      'customer-care/skills/customer-care-brief.yaml',
    ]);
    for (const file of files) expect(readFileSync(file, 'utf8')).not.toMatch(/__[a-z]+__/);
    expect(await run('skills test --dir v')).toMatchObject({
      code: 0,
      out: expect.stringContaining('3 cases, all passed'),
    });
    expect(await run('knowledge lint --dir v')).toMatchObject({ code: 0 });
    expect(await run('agents validate v/customer-care/agents/customer-care-assistant.yaml')).toMatchObject({ code: 0 });
  });

  it('writes a skill and an agent of it, whose printed commands work as they stand', async () => {
    await made('vertical poetry');
    const skill = await made('skill haiku --vertical poetry');
    expect(skill.next.slice(0, 2)).toEqual([
      'kaze skills validate v/poetry/skills/haiku.yaml',
      'kaze skills test haiku --dir v',
    ]);
    const agent = await made('agent editor --vertical poetry --skills haiku');
    expect(agent.next.slice(-3)).toEqual([
      'kaze start --verticals v',
      'kaze agents bind editor --tenant CLIENT',
      'kaze tasks submit --agent editor --tenant CLIENT --skill haiku --input notes=TEXT',
    ]);
    const own = [...skill.next, ...agent.next].filter((line) => /^kaze (skills|agents (?!bind))/.test(line));
    expect(own.length).toBeGreaterThanOrEqual(3);
    for (const line of own) expect(await run(line.slice('kaze '.length)), line).toMatchObject({ code: 0 });
    const text = readFileSync(join(cwd, 'v/poetry/agents/editor.yaml'), 'utf8');
    expect(text).toContain('skills:\n  - haiku\nknowledge:\n  - poetry/*\n');
    expect((await run('new skill ode --vertical poetry --path v')).out).toContain('Next:\n  $ kaze skills validate');
  });

  it('writes into a folder of one’s own what builds on the shipped verticals', async () => {
    const skill = await made('skill call-brief --vertical crm');
    expect(skill.files.map((file) => file.slice(cwd.length + 1))).toContain('v/crm/skills/call-brief.yaml');
    expect(await run('skills test call-brief --dir v')).toMatchObject({ code: 0 });
    const desk = await made('agent deal-desk --vertical crm --skills lead-scoring,call-brief');
    expect(desk.next.at(-1)).toBe(
      'kaze tasks submit --agent deal-desk --tenant CLIENT --skill lead-scoring --input leads=@FILE',
    );
    const refused = await run('new skill lead-scoring --vertical crm --path v');
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('there is a skill lead-scoring already') });
  });

  it('overwrites nothing and says what is in the way', async () => {
    await made('vertical poetry');
    const file = join(cwd, 'v/poetry/skills/haiku.cases.yaml');
    writeFileSync(file, 'mine');
    const refused = await run('new skill haiku --vertical poetry --path v');
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('KAZE_CLI_EXISTS') });
    expect(refused.err).toContain('haiku.cases.yaml is there already and stays as it is');
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(existsSync(join(cwd, 'v/poetry/skills/haiku.yaml'))).toBe(false);
    rmSync(file);
    for (const line of [
      'vertical poetry',
      'skill poetry-brief --vertical poetry',
      'agent poetry-assistant --vertical poetry',
    ]) {
      expect(await run(`new ${line} --path v`), line).toMatchObject({
        code: 2,
        err: expect.stringContaining('KAZE_CLI_EXISTS'),
      });
    }
  });

  it('refuses what could not be found or told apart, and writes nothing then', async () => {
    await made('vertical poetry');
    const before = readdirSync(join(cwd, 'v'), { recursive: true }).length;
    for (const [line, code, message] of [
      ['skill haiku', 2, '--vertical says to which vertical it belongs; there is crm, internal-ops, seo, poetry'],
      ['skill haiku --vertical poerty', 6, 'there is no vertical "poerty"; did you mean poetry?'],
      ['skill haiku --vertical prose', 6, 'there is no vertical "prose"; there is crm, internal-ops, seo, poetry'],
      ['skill Haiku --vertical poetry', 2, '"Haiku" cannot be the name of a skill'],
      ['skill ../haiku --vertical poetry', 2, 'cannot be the name of a skill'],
      ['vertical client', 2, '"client" cannot be the name of a vertical'],
      [
        'agent editor --vertical poetry --skills haiku',
        6,
        'there is no skill "haiku"; there is answer-from-handbook, ',
      ],
    ] as const) {
      expect(await run(`new ${line} --path v`), line).toMatchObject({ code, err: expect.stringContaining(message) });
    }
    expect(readdirSync(join(cwd, 'v'), { recursive: true })).toHaveLength(before);
    writeFileSync(join(cwd, 'file'), '');
    expect(await run('new vertical prose --path file/inside')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/file\/inside\/\S+ cannot be written: E[A-Z]+\n {2}\[KAZE_CLI_FILE\]/),
    });
    // The way out names the command that was called.
    expect(await run('new skill')).toMatchObject({
      code: 2,
      err: expect.stringContaining('See `kaze new skill --help`.'),
    });
  });

  // Nothing can be made in /proc, and mkdir of Node never ends there.
  it.runIf(process.platform === 'linux')('ends where no folder can be made', async () => {
    expect(await run('new vertical prose --path /proc/none')).toMatchObject({
      code: 2,
      err: expect.stringContaining('KAZE_CLI_FILE'),
    });
  });
});
