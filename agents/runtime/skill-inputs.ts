import type { TaskFiles } from '../ports/task-files.ts';
import type { SkillInput } from '../skills/handler.ts';
import type { KeptInputs } from './domain/task-inputs.ts';

/** Inputs as handlers get them: files open from the storage that tasks own, by hash and never by a path. */
export function skillInputs(tenant: string, kept: KeptInputs, files: TaskFiles): Record<string, SkillInput> {
  return Object.fromEntries(
    Object.entries(kept).map(([name, input]): [string, SkillInput] => {
      if (input.kind !== 'file') return [name, input];
      const open = () => files.open(tenant, input.sha256);
      return [name, { kind: 'file', name: input.name, bytes: input.bytes, open }];
    }),
  );
}
