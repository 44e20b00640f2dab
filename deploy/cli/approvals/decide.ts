import type { Cli } from '../cli.ts';
import type { CellOptions } from '../command.ts';
import { ApprovalDecide, type DecideApprovalInput } from '../connection/operations.ts';
import { styledState } from '../output/style.ts';
import { details } from '../output/table.ts';

/** Decides what waits; `input.id` is the approval's or the task's. The first decision wins, the cell says whose it was. */
export async function decide(cli: Cli, input: DecideApprovalInput, options: CellOptions): Promise<void> {
  const client = await cli.connect(options);
  const { decideApproval } = await client.execute(ApprovalDecide, { input }, { signal: cli.terminal.signal });
  cli.result(options, decideApproval, () => {
    const { approval, task, outcome } = decideApproval;
    return details([
      ['approval', approval && `${approval.id}  ${styledState(cli.style, approval.state)}`],
      ['task', task && `${task.id}  ${styledState(cli.style, task.state)}`],
      ['outcome', outcome && `${outcome.id}  ${styledState(cli.style, outcome.state)}`],
    ]);
  });
}
