import type { ChoiceReport } from '#gateway';
import type { Cli } from '../cli.ts';
import { type CellOptions, type TenantOptions, tenantFrom } from '../command.ts';
import { ModelChoices, type ModelChoicesQuery } from '../connection/operations.ts';
import { table } from '../output/table.ts';
import { dollars } from '../output/values.ts';
import { loadGatewaySettings } from './settings.ts';

interface ReportOptions extends CellOptions, TenantOptions {
  /** ISO 8601. */
  readonly since?: string;
  readonly taskType?: string;
  /** Of a gateway that runs by itself, not of a cell. */
  readonly alone?: boolean;
}

type Model = ChoiceReport['models'][number];
type Regret = ModelChoicesQuery['modelChoices'][number]['regrets'][number];
/** As a cell says it over its interface, or a gateway alone. */
type Report = Omit<ChoiceReport, 'regrets'> & { readonly regrets: readonly Regret[] };

export async function report(cli: Cli, options: ReportOptions): Promise<void> {
  const modelChoices = options.alone ? await ofGateway(cli, options) : await ofCell(cli, options);
  cli.result(options, { nodes: modelChoices }, () =>
    modelChoices.length === 0
      ? 'no model was used for a task of a known type'
      : modelChoices.map((one) => describe(one, cli)).join('\n\n'),
  );
}

async function ofCell(cli: Cli, options: ReportOptions): Promise<readonly Report[]> {
  const { since: from, taskType } = options;
  const client = await cli.connect(options);
  const input = { tenant: tenantFrom(options), taskType, from };
  return (await client.execute(ModelChoices, { input }, { signal: cli.terminal.signal })).modelChoices;
}

async function ofGateway(cli: Cli, options: ReportOptions): Promise<readonly Report[]> {
  const { since, taskType, data } = options;
  const { values } = await loadGatewaySettings(cli, { data });
  const { readChoices } = await import('../../gateway/index.ts');
  const from = since === undefined ? undefined : Date.parse(since);
  return readChoices(values, { tenant: tenantFrom(options), taskType, from });
}

function describe(one: Report, cli: Cli): string {
  const columns = [
    { title: 'MODEL', value: ({ model }: Model) => model },
    { title: 'CHOSEN', value: ({ choices }: Model) => String(choices), right: true },
    { title: 'COST', value: ({ costMicros }: Model) => dollars(costMicros), right: true },
    { title: 'JUDGED', value: ({ judged }: Model) => count(judged), right: true },
    { title: 'QUALITY', value: qualityOf, right: true },
    { title: '95%', value: intervalOf, right: true },
    { title: 'A TASK', value: taskCostOf, right: true },
  ];
  const told = `${cli.style(one.taskType, 'bold')}: ${one.choices} chosen, ${dollars(one.costMicros)}, quality ${qualityOf(one)}`;
  return [told, table(one.models, columns, cli.width), ...one.regrets.map(sentence)].join('\n');
}

/** How much better or dearer what was chosen did than one model alone would have, by estimate. */
function sentence({ against, model, quality, costMicros }: Regret): string {
  const lost =
    Math.abs(quality) < 0.005
      ? 'as good'
      : `quality ${hundredths(Math.abs(quality))} ${quality > 0 ? 'lower' : 'higher'}`;
  const spent =
    costMicros === 0 ? 'at the same cost' : `${dollars(Math.abs(costMicros))} ${costMicros > 0 ? 'dearer' : 'cheaper'}`;
  return `against always the ${against}, ${model}: ${lost}, ${spent}`;
}

const hundredths = (value: number) => value.toFixed(2);
const count = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(1));
const qualityOf = ({ quality }: Pick<Model, 'quality'>) => (quality == null ? '-' : hundredths(quality));
const intervalOf = ({ interval: { low, high } }: Model) => `${hundredths(low)} to ${hundredths(high)}`;
const taskCostOf = ({ taskCostMicros }: Model) => (taskCostMicros == null ? '-' : dollars(Math.round(taskCostMicros)));
