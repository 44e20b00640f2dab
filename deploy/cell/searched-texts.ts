import { loadDefinitions } from '#agents';
import { Knowledge, type NodeDefinition, Skill, searchDocument } from '#graph-schema';

/** What a fresh cell indexes of the definitions in a folder, as the index has it: each text once. */
export async function searchedTexts(folder: string): Promise<readonly string[]> {
  const { knowledge, skills } = await loadDefinitions(folder);
  const texts = [
    ...knowledge.map(({ title, text }) => textOf(Knowledge, { title, text })),
    ...skills.map(({ description }) => textOf(Skill, { description })),
  ];
  return [...new Set(texts)];
}

function textOf(definition: NodeDefinition, node: object): string {
  return searchDocument(definition, { id: '', scope: 'platform', ...node })?.text ?? '';
}
