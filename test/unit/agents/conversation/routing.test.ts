import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRouter, loadDefinitions, type Router } from '#agents';
import type { Embedder } from '#graph-schema';
import { createUseLiteEmbedder } from '#graph-schema/adapters/embedder/use-lite';
import { silentLogger as logger } from '#platform';
import type { TeamAgent } from '../../../../agents/conversation/team.ts';
import { CERTAIN, POSSIBLE } from '../../../../agents/conversation/turn.ts';

interface Request {
  readonly half: 'tune' | 'held';
  readonly skill: string | null;
  readonly text: string;
}

const { requests } = JSON.parse(readFileSync('test/fixtures/routing/requests.json', 'utf8')) as {
  requests: readonly Request[];
};

async function teamOfVerticals(): Promise<TeamAgent[]> {
  const { skills, agents } = await loadDefinitions('agents/verticals');
  return agents.map((agent) => ({
    ...{ id: agent.name, name: agent.name, role: agent.role, paused: false, pausedReason: null },
    skills: agent.skills.flatMap(({ name }) => {
      const definition = skills.find((skill) => skill.name === name);
      if (!definition) return [];
      const { description } = definition;
      return [{ name, description, status: 'implemented' as const, level: 'supervised' as const, definition }];
    }),
  }));
}

describe('the router', () => {
  let embedder: Embedder;
  let team: TeamAgent[];

  beforeAll(async () => {
    embedder = createUseLiteEmbedder({ logger });
    team = await teamOfVerticals();
  });

  afterAll(() => embedder.close());

  async function routed(router: Router, half: Request['half']) {
    const rows = [];
    for (const request of requests.filter((one) => one.half === half)) {
      const routes = await router.route(request.text, team);
      rows.push({ ...request, routes: routes.slice(0, 3) });
    }
    const certain = rows.filter(({ routes }) => routes[0]!.confidence >= CERTAIN);
    const possible = rows.filter(({ routes }) => routes[0]!.confidence >= POSSIBLE);
    return {
      certain: certain.length,
      right: certain.filter(({ skill, routes }) => routes[0]!.skill.name === skill).length,
      foreign: possible.filter(({ skill }) => skill === null).length,
      offered: rows.filter(({ skill, routes }) => {
        return routes.some((route) => route.skill.name === skill && route.confidence >= POSSIBLE);
      }).length,
    };
  }

  /** What the half that the router was not set on is held to: what it reached, its one foreign request included. */
  const BARS = { tune: { right: 0.9, foreign: 0 }, held: { right: 0.8, foreign: 1 } } as const;

  it.each(['tune', 'held'] as const)('is right where it is certain, and takes nothing foreign (%s)', async (half) => {
    const { certain, right, foreign, offered } = await routed(createRouter({ embedder, logger }), half);
    expect(certain).toBeGreaterThanOrEqual(14);
    expect(right / certain).toBeGreaterThanOrEqual(BARS[half].right);
    expect(foreign).toBeLessThanOrEqual(BARS[half].foreign);
    expect(offered).toBeGreaterThanOrEqual(18);
  });

  it.each(['tune', 'held'] as const)('routes less by words alone, and as surely (%s)', async (half) => {
    const { certain, right, foreign } = await routed(createRouter({ logger }), half);
    expect(certain).toBeGreaterThanOrEqual(10);
    expect(right / certain).toBeGreaterThanOrEqual(BARS[half].right);
    expect(foreign).toBeLessThanOrEqual(BARS[half].foreign);
  });

  it('takes a skill that is called by its name, whatever else is said', async () => {
    const [best] = await createRouter({ logger }).route('reporting on the weather in Berlin', team);
    expect(best).toMatchObject({ skill: { name: 'reporting' } });
    expect(best!.confidence).toBeGreaterThan(CERTAIN);
  });

  it('goes on by words when the embedder fails', async () => {
    const broken = { languages: ['en'], embed: () => Promise.reject(new Error('no model')) };
    const [best] = await createRouter({ embedder: broken, logger }).route('Competitor analysis please', team);
    expect(best?.skill.name).toBe('competitor-analysis');
  });

  it('prefers an agent that works to one that is paused', async () => {
    const [first] = team.filter(({ name }) => name === 'seo-strategist');
    const twins = [{ ...first!, name: 'a-paused', paused: true }, first!];
    const [best] = await createRouter({ logger }).route('keyword-research', twins);
    expect(best?.agent.name).toBe('seo-strategist');
  });

  it('prefers the specialist to an agent with skills of several verticals, unless that one is named', async () => {
    const agents = team.filter(({ name }) => ['content-marketing', 'seo-strategist'].includes(name));
    const router = createRouter({ logger });
    const chosen = async (text: string) => (await router.route(text, agents))[0]?.agent.name;
    expect(await chosen('keyword-research for our bakery')).toBe('seo-strategist');
    expect(await chosen('keyword-research for our bakery, by content-marketing')).toBe('content-marketing');
  });
});
