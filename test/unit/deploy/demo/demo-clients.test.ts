import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { handlers, parseSkillDefinition } from '#agents';
import { DEMO_NAMES, type DemoClient, type DemoTask, demoClients } from '../../../../deploy/demo/index.ts';
import { onlyMine } from '../../../../deploy/demo/law-office.ts';
import { fileInput, jsonInput, textInput } from '../../../support/skills/context.ts';

const clients = demoClients({ rows: 3_000 });
const tasks = clients.flatMap((client) =>
  client.tasks.map((task) => [`${client.name}/${task.key}`, client, task] as const),
);
const file = (path: string) => new URL(`../../../../agents/verticals/${path}`, import.meta.url);

function definitionOf({ vertical }: DemoClient, { skill }: DemoTask) {
  const path = `${vertical}/skills/${skill}.yaml`;
  const { definition, problems } = parseSkillDefinition(readFileSync(file(path), 'utf8'), path);
  if (!definition) throw new Error(`${path}: ${JSON.stringify(problems)}`);
  return definition;
}

describe('the example clients of the demo', () => {
  it('are three, told by their names to be no real ones', () => {
    expect(clients.map(({ name }) => name)).toEqual([...DEMO_NAMES]);
    expect(DEMO_NAMES.every((name) => name.startsWith('demo-'))).toBe(true);
  });

  it('are the same at every run, whatever the size, in all by which they are known again', () => {
    const known = (rows: number) =>
      demoClients({ rows }).map(({ tasks, documents, people }) => [
        tasks.map(({ key, mark }) => [key, mark]),
        documents.map(({ root, name }) => `${root}/${name}`),
        people,
      ]);
    expect(known(40_000)).toEqual(known(3_000));
    const marks = tasks.map(([, client, { skill, mark }]) => JSON.stringify([client.name, skill, mark]));
    expect(new Set(marks).size).toBe(marks.length);
  });

  it('have every kind of decision made, and leave two things to the user', () => {
    const decisions = tasks.map(([, , task]) => task.decision?.decision ?? 'none');
    expect([...new Set(decisions)].sort()).toEqual(['approve', 'edit', 'none', 'reject']);
    expect(tasks.filter(([, , task]) => !task.decision).map(([name]) => name)).toEqual([
      'demo-software/leads-october',
      'demo-law/intake',
    ]);
  });

  // A skill without a handler is left out by the demo as well.
  const able = tasks.filter(([, , { skill }]) => handlers.some((handler) => handler.skill === skill));
  it.each(able)('give %s what its agent has the skill for and its skill accepts', async (_name, client, task) => {
    expect(client.agents).toContain(task.agent);
    const definition = definitionOf(client, task);
    const { values, files } = task.inputs();
    const given = [...Object.keys(values), ...files.map(({ input }) => input)];
    const declared = definition.inputs.map(({ name }) => name);
    expect(given.filter((name) => !declared.includes(name))).toEqual([]);
    expect(definition.inputs.filter(({ name, required }) => required && !given.includes(name))).toEqual([]);
    expect(given).toContain(task.mark.input);

    const inputs = Object.fromEntries([
      ...Object.entries(values).map(([name, value]) => [
        name,
        typeof value === 'string' ? textInput(value) : jsonInput(value as never),
      ]),
      ...files.map(({ input, name, bytes }) => [input, fileInput(name, bytes)]),
    ]);
    await handlers.find(({ skill }) => skill === task.skill)?.check?.(inputs);
  });
});

describe('minutes of which one person keeps her own actions', () => {
  it('lose those of others in the list and in the text, and nothing else', () => {
    const line = (owner: string, text: string) => `- **${owner}**, by 2026-10-31: ${text} (line 3)`;
    const minutes = (...lines: string[]) => ['# Minutes', '', '- We agreed (line 1)', ...lines, '', 'End'].join('\n');
    const actions = [
      { owner: 'Ines Vance', text: 'a' },
      { owner: 'Maren Holt', text: 'b' },
      { owner: null, text: 'c' },
    ];
    const text = minutes(line('Ines Vance', 'a'), line('Maren Holt', 'b'), line('Nobody yet', 'c'));
    expect(onlyMine({ actions, minutes: text, decisions: [1] })).toEqual({
      actions: [actions[1]],
      minutes: minutes(line('Maren Holt', 'b')),
      decisions: [1],
    });
  });
});
