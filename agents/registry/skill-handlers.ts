import { agentError } from '../errors.ts';
import type { SkillHandler, Validator } from '../skills/handler.ts';

/** The handlers and validators of a cell, by name. Errors: KAZE_SKILL_HANDLER_CONFLICT for a name that comes twice. */
export class SkillHandlers {
  readonly #handlers: ReadonlyMap<string, SkillHandler>;
  readonly #validators: ReadonlyMap<string, Validator>;

  constructor(handlers: readonly SkillHandler[] = [], validators: readonly Validator[] = []) {
    this.#handlers = byName(handlers, ({ skill }) => skill);
    this.#validators = byName(validators, ({ name }) => name);
  }

  handler(skill: string): SkillHandler | undefined {
    return this.#handlers.get(skill);
  }

  /** Skills whose approved outcomes lead to further tasks. */
  get withFollowUps(): readonly string[] {
    return [...this.#handlers.values()].filter(({ followUps }) => followUps !== undefined).map(({ skill }) => skill);
  }

  validator(name: string): Validator | undefined {
    return this.#validators.get(name);
  }
}

function byName<T>(all: readonly T[], nameOf: (one: T) => string): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  for (const one of all) {
    const name = nameOf(one);
    if (found.has(name)) {
      throw agentError('KAZE_SKILL_HANDLER_CONFLICT', `two handlers or validators have the name "${name}"`, {
        fields: { name },
      });
    }
    found.set(name, one);
  }
  return found;
}
