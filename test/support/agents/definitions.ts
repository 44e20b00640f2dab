import {
  type AgentDefinition,
  type LoadedDefinitions,
  parseAgentDefinition,
  parseSkillDefinition,
  requireDefinition,
  type SkillDefinition,
} from '../../../agents/definitions/index.ts';

/** Definitions from YAML texts, as if they stood in the folder of a vertical. */
export function definitionsOf(
  vertical: string,
  { skills, agents }: { readonly skills: readonly string[]; readonly agents: readonly string[] },
): LoadedDefinitions {
  const inVertical = <T extends SkillDefinition | AgentDefinition>(definition: T): T => ({ ...definition, vertical });
  return {
    verticals: [vertical],
    skills: skills.map((text, at) => inVertical(requireDefinition(parseSkillDefinition(text, `s${at}.yaml`)))),
    agents: agents.map((text, at) => inVertical(requireDefinition(parseAgentDefinition(text, `a${at}.yaml`)))),
    knowledge: [],
    problems: [],
    unreadableFiles: [],
  };
}
