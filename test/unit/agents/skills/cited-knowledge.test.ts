import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadDefinitions, matchesKnowledgeGlob } from '../../../../agents/definitions/index.ts';
import { STRIKING } from '../../../../agents/skills/keyword-research/opportunities.ts';

const ROOT = new URL('../../../../agents/', import.meta.url);
const { knowledge, skills } = await loadDefinitions(new URL('verticals', ROOT).pathname);
const written = new Set(knowledge.map(({ path }) => path));
const PATH = /'((?:seo|crm|internal-ops|platform)\/[a-z0-9-]+\/[a-z0-9-]+)'/g;

/** The knowledge that the code of a skill's folder names, by the name of the folder. */
const cited = readdirSync(new URL('skills/', ROOT), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => {
    const folder = new URL(`skills/${name}/`, ROOT);
    const code = readdirSync(folder)
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(new URL(file, folder), 'utf8'));
    return { name, paths: [...new Set(code.flatMap((text) => [...text.matchAll(PATH)].map(([, path]) => path!)))] };
  })
  .filter(({ paths }) => paths.length > 0);

/** One folder may do two skills. */
const ALSO: Readonly<Record<string, readonly string[]>> = { 'report-generator': ['reporting'] };
const doneBy = (folder: string) => skills.filter(({ name }) => [folder, ...(ALSO[folder] ?? [])].includes(name));

it('says of striking distance the range that keyword-research goes by', () => {
  const item = knowledge.find(({ path }) => path === 'seo/domain-concepts/striking-distance');
  expect(item?.text).toContain(`an average position of ${STRIKING.from} to ${STRIKING.to} `);
});

describe('knowledge that the code of a skill cites', () => {
  it('is cited by those skills that judge', () => {
    expect(cited.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['invoice-check', 'keyword-research', 'lead-scoring']),
    );
  });

  it.each(cited)('stands in a pack, for $name', ({ paths }) => {
    expect(paths.filter((path) => !written.has(path))).toEqual([]);
  });

  it.each(cited.filter(({ name }) => doneBy(name).length > 0))('may be read by its skill, for $name', (folder) => {
    const own = doneBy(folder.name).flatMap(({ knowledgeDependencies }) => knowledgeDependencies);
    const mayRead = (path: string) => own.some((one) => matchesKnowledgeGlob(one.path, path));
    expect(folder.paths.filter((path) => !mayRead(path))).toEqual([]);
  });
});
