import type { Expression } from './expressions/index.ts';
import type { Position } from './problems.ts';

/** Where a definition came from. */
export interface DefinitionSource {
  readonly file: string;
  /** SHA-256 over what the definition says (not how it is spaced, commented or ordered): equal hash, equal version. */
  readonly hash: string;
  readonly form: 'flat' | 'headline';
}

/** Places of the parts in the file, by path: `inputs.current_rankings`, `quality_criteria.0`, `skills.reporting`. */
export type Positions = Readonly<Record<string, Position>>;

export const FIELD_TYPES = ['any', 'text', 'number', 'boolean', 'date', 'file', 'list', 'object'] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

export interface InputDefinition {
  readonly name: string;
  readonly required: boolean;
  /** `any` when the definition does not say: a text, a file or structured data, for the handler to read. */
  readonly type: FieldType;
  readonly description: string;
  /** Tools that this input can replace when it is given: `current_rankings` for `google_search_console`. */
  readonly standsInFor: readonly string[];
  /** It takes several files (`several.ts` says how they are called). */
  readonly multiple?: true;
}

export interface OutputDefinition {
  readonly name: string;
  readonly type: FieldType;
  readonly description: string;
  /** An optional output may be missing from an outcome. */
  readonly required: boolean;
}

export interface ToolRequirement {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
}

export interface MetricDefinition {
  readonly name: string;
  /** What is measured and by which formula. */
  readonly description: string;
}

export const RISKS = ['low', 'medium', 'high'] as const;
export type Risk = (typeof RISKS)[number];

/** The supervision levels, from most to least human attention. */
export const SUPERVISION_LEVELS = ['supervised', 'sampling', 'autonomous'] as const;
export type SupervisionLevel = (typeof SUPERVISION_LEVELS)[number];

export interface Limits {
  /** Milliseconds, 1,000 to 86,400,000. */
  readonly timeoutMs?: number;
  /** Model and tool calls in one task, 1 to 1,000. */
  readonly maxSteps?: number;
  /** US dollars for one task, 0 to 1,000; 0 allows only models that cost nothing. */
  readonly maxCostUsd?: number;
}

/** How an outcome is judged. `text` is the criterion as written, for people. */
export type Criterion =
  | {
      readonly kind: 'expression';
      readonly text: string;
      readonly description: string;
      readonly expression: Expression;
    }
  | { readonly kind: 'validator'; readonly text: string; readonly description: string; readonly name: string }
  | {
      readonly kind: 'judge';
      readonly text: string;
      readonly description: string;
      /** The question a model answers about the outcome. */
      readonly question: string;
      /** The least score that passes, 0 to 1. */
      readonly minScore: number;
    };

/** A place in the knowledge graph: a scope, and which items in it. */
export interface KnowledgeReference {
  /** As written: `seo/*`, `client/{client_id}/business-context`. */
  readonly path: string;
  /** The scope with its placeholder; `knowledgeScope` fills it. */
  readonly scopeTemplate: 'platform' | `vertical:${string}` | 'tenant:{client_id}';
  /** What is meant inside the scope: `*`, `domain-concepts`. A plain prefix means itself and all beneath it. */
  readonly glob: string;
}

export interface SkillDefinition {
  readonly kind: 'skill';
  readonly name: string;
  readonly description: string;
  readonly vertical?: string;
  readonly inputs: readonly InputDefinition[];
  readonly toolsRequired: readonly ToolRequirement[];
  readonly outputs: readonly OutputDefinition[];
  readonly metrics: readonly MetricDefinition[];
  readonly knowledgeDependencies: readonly KnowledgeReference[];
  readonly qualityCriteria: readonly Criterion[];
  readonly risk?: Risk;
  /** What it does cannot be undone: such a skill never becomes autonomous by itself. */
  readonly irreversible?: boolean;
  readonly limits?: Limits;
  /** Instructions for a model, when the skill has no handler in TypeScript or the handler asks for language. */
  readonly prompt?: string;
  readonly source: DefinitionSource;
  readonly positions: Positions;
}

export interface AgentSkill {
  readonly name: string;
  /** Starts this skill at another level of the ramp than the agent's other skills. */
  readonly level?: SupervisionLevel;
}

export interface AgentDefinition {
  readonly kind: 'agent';
  readonly name: string;
  /** May hold `{client}` (the client's name) and `{client_id}`. */
  readonly role: string;
  readonly description?: string;
  readonly vertical?: string;
  readonly skills: readonly AgentSkill[];
  readonly knowledge: readonly KnowledgeReference[];
  /** Levels in the order they are climbed, beginning where the agent starts. `['supervised']` when not written. */
  readonly ramp: readonly SupervisionLevel[];
  readonly limits?: Limits;
  readonly source: DefinitionSource;
  readonly positions: Positions;
}

export type Definition = SkillDefinition | AgentDefinition;
