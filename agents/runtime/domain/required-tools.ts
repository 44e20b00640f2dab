import type { SkillDefinition } from '../../definitions/index.ts';
import { agentError } from '../../errors.ts';
import type { SkillHandler } from '../../skills/handler.ts';

export interface ToolsAtHand {
  /** Names of tools that the cell can call now; `llm` among them when any model is configured. */
  readonly available: ReadonlySet<string>;
  /** Names of the inputs that were given. */
  readonly given: ReadonlySet<string>;
  readonly standIns: SkillHandler['standIns'];
}

export interface ToolSituation {
  /** Required tools that are neither connected nor stood in for, with the inputs that would stand in. */
  readonly missing: ReadonlyArray<{ readonly tool: string; readonly inputs: readonly string[] }>;
  /** What is not known because an input stood in for a tool, for the outcome's notes. */
  readonly lacks: readonly string[];
}

/** How a skill's tools stand: connected, stood in for by an input, or missing. */
export function toolSituation(definition: SkillDefinition, tools: ToolsAtHand): ToolSituation {
  const missing: Array<{ tool: string; inputs: readonly string[] }> = [];
  const lacks: string[] = [];
  for (const { name, required } of definition.toolsRequired) {
    if (tools.available.has(name)) continue;
    const fromHandler = tools.standIns[name];
    const fromDefinition = definition.inputs.filter((input) => input.standsInFor.includes(name));
    const inputs = [...new Set([...(fromHandler?.inputs ?? []), ...fromDefinition.map((input) => input.name)])];
    const used = inputs.find((input) => tools.given.has(input));
    if (used === undefined && required) missing.push({ tool: name, inputs });
    if (used !== undefined && fromHandler?.lacks) lacks.push(`${used} stood in for ${name}: ${fromHandler.lacks}`);
  }
  return { missing, lacks };
}

/** Errors: KAZE_TASK_TOOL_MISSING with the inputs that would help. */
export function requireTools(definition: SkillDefinition, tools: ToolsAtHand): void {
  const { missing } = toolSituation(definition, tools);
  if (missing.length === 0) return;
  const shown = missing.map(({ tool, inputs }) =>
    inputs.length > 0 ? `${tool} (or give ${inputs.join(' or ')})` : tool,
  );
  throw agentError(
    'KAZE_TASK_TOOL_MISSING',
    `${definition.name} needs ${shown.join(', ')}: not connected, and nothing was given that stands in for it`,
    {
      fields: {
        skill: definition.name,
        tools: missing.map(({ tool }) => tool),
        inputs: [...new Set(missing.flatMap(({ inputs }) => inputs))],
      },
    },
  );
}
