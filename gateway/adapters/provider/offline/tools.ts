/** Tool calls by rule: which tool a request speaks of, and its arguments as far as the request says them. */
import type { Json, JsonObject } from '../../../domain/json.ts';
import type { CompleteRequest, Tool } from '../../../domain/request.ts';
import { misfit } from '../../../domain/schema-fit.ts';
import { modelError } from '../../../errors.ts';
import { languageOf, wordsOf } from './answer/words.ts';
import { fill } from './values/fill.ts';
import { sourceOf, stemsOfName } from './values/scalars.ts';
import { isObject } from './values/schema.ts';

export interface ToolDecision {
  readonly name: string;
  readonly arguments: JsonObject;
}

/** Without being told to, a tool is called only when the request speaks of most of what its name says. */
const AUTO_SHARE = 0.6;
/** Properties that take the request as it stands. */
const WHOLE_REQUEST = new Set(['query', 'question', 'text', 'message', 'request', 'prompt', 'input', 'search', 'q']);

/** Undefined when no tool is to be called. Errors: KAZE_MODEL_CANNOT_ANSWER when one must be and cannot. */
export function decideTool(request: CompleteRequest, said: string): ToolDecision | undefined {
  const { tools = [], toolChoice = 'auto' } = request;
  if (tools.length === 0 || toolChoice === 'none') return undefined;
  const forced = typeof toolChoice === 'object' ? toolChoice.tool : undefined;
  const ranked = tools
    .filter(({ name }) => forced === undefined || name === forced)
    .map((tool) => ({ tool, ...affinity(tool, said) }))
    .sort((a, b) => b.score - a.score);
  const must = forced !== undefined || toolChoice === 'required';
  const problems: string[] = [];
  for (const { tool, named } of ranked) {
    if (!must && named < AUTO_SHARE) continue;
    const filled = argumentsFor(tool, said);
    if (filled.problem === undefined) return { name: tool.name, arguments: filled.value };
    problems.push(`${tool.name}: ${filled.problem}`);
  }
  if (!must) return undefined;
  throw modelError(
    'KAZE_MODEL_CANNOT_ANSWER',
    `the offline model cannot fill in the arguments of the tool it must call (${problems.slice(0, 3).join('; ')})`,
    { fields: { problems: problems.slice(0, 10) } },
  );
}

function affinity(tool: Tool, said: string): { named: number; score: number } {
  const words = new Set(wordsOf(said, languageOf(said)).map(({ stem }) => stem));
  // Tool names are English in practice; English stems of the request are looked at too, whatever its language.
  for (const { stem } of wordsOf(said, 'en')) words.add(stem);
  const name = stemsOfName(tool.name);
  const described = wordsOf(tool.description, 'en').flatMap(({ stem, stop }) => (stop ? [] : [stem]));
  const share = (stems: readonly string[]) =>
    stems.length === 0 ? 0 : stems.filter((stem) => words.has(stem)).length / stems.length;
  const named = share(name);
  return { named, score: 2 * named + share([...new Set(described)]) };
}

function argumentsFor(
  tool: Tool,
  said: string,
): { value: JsonObject; problem?: undefined } | { value?: undefined; problem: string } {
  const strings = Object.entries(isObject(tool.parameters.properties) ? tool.parameters.properties : {}).filter(
    ([, schema]) => isObject(schema) && schema.type === 'string',
  );
  const known = (property: string): Json | undefined =>
    WHOLE_REQUEST.has(property.toLowerCase()) && strings.some(([name]) => name === property) ? said.trim() : undefined;
  const { value, missing } = fill(tool.parameters, sourceOf(said), { known });
  if (missing.length > 0) return { problem: `the request does not say ${missing.join(', ')}` };
  const args = isObject(value) ? value : {};
  const wrong = misfit(tool.parameters, args);
  return wrong === undefined ? { value: args } : { problem: wrong };
}
