import type { DefinitionProblem } from '#agents';
import type { Cli, OutputOptions } from '../cli.ts';
import { EXIT } from '../exit-codes.ts';
import { readText } from '../input/read-text.ts';
import { harmless } from '../output/text.ts';
import { plural } from '../output/values.ts';

export interface ValidateSpec {
  readonly kind: 'agent' | 'skill';
  readonly files: readonly string[];
}

interface Checked {
  readonly file: string;
  readonly name: string | null;
  readonly problems: readonly DefinitionProblem[];
}

/** Checks definitions as the cell would read them; what is wrong goes to stdout as file:line:column, for editors. */
export async function validate(cli: Cli, { kind, files }: ValidateSpec, options: OutputOptions): Promise<void> {
  const agents = await import('#agents');
  const checked: Checked[] = [];
  for (const file of files) {
    const text = await readText(cli, file);
    const shown = file === '-' ? 'stdin' : file;
    const parse = kind === 'agent' ? agents.parseAgentDefinition : agents.parseSkillDefinition;
    const { definition, problems } = parse(text, shown);
    checked.push({ file: shown, name: definition?.name ?? null, problems });
  }
  const problems = checked.flatMap((one) => one.problems);
  const value = { ok: problems.length === 0, files: checked };
  cli.result(options, value, () =>
    checked
      .map(({ file, name, problems: found }) =>
        found.length === 0
          ? `${harmless(file)}: ${kind} ${name ?? '?'} ${cli.style('is valid', 'green')}`
          : harmless(agents.formatProblems(found)),
      )
      .join('\n'),
  );
  if (problems.length === 0) return;
  if (!options.json)
    cli.note(
      `${plural(problems.length, 'problem')} in ${plural(checked.filter((one) => one.problems.length > 0).length, 'file')}`,
    );
  cli.exitCode = EXIT.usage;
}
