import type { Cli } from '../cli.ts';
import { type CellOptions, type TenantOptions, tenantFrom } from '../command.ts';
import { AskQuestion } from '../connection/operations.ts';
import { theTenant } from '../connection/tenant.ts';
import { usageError } from '../errors.ts';
import { harmless, wrap } from '../output/text.ts';
import { citationLines, knowledgeLines } from './citations.ts';

export async function ask(
  cli: Cli,
  question: string,
  options: CellOptions & TenantOptions & { readonly passages: number },
): Promise<void> {
  if (question.trim() === '') throw usageError('the question is empty');
  const { signal } = cli.terminal;
  const client = await cli.connect(options);
  const tenant = await theTenant(client, tenantFrom(options), { signal });
  const input = { question, tenant, limit: options.passages };
  const { ask: answer } = await client.execute(AskQuestion, { input }, { signal });
  cli.result(options, answer, () => {
    const width = cli.width ?? 100;
    const lines = [wrap(harmless(answer.answer), width)];
    const look = { width, style: cli.style };
    if (answer.citations.length > 0) lines.push('', citationLines(answer.citations, look));
    if (answer.knowledge.length > 0) lines.push('', knowledgeLines(answer.knowledge, look));
    return lines.join('\n');
  });
  if (!options.json) cli.note(cli.noteStyle(`answered by ${answer.model}`, 'dim'));
}
