import { keepHeapSmall } from '../../gateway/heap.ts';
import { aborted } from '../cell/start.ts';
import type { Cli, OutputOptions } from '../cli.ts';
import { duration } from '../output/values.ts';
import { type GatewaySettingOptions, loadGatewaySettings } from './settings.ts';

/** Runs a gateway until a signal ends it. */
export async function start(cli: Cli, options: OutputOptions & GatewaySettingOptions): Promise<void> {
  const heap = keepHeapSmall();
  const { signal, env } = cli.terminal;
  const loaded = await loadGatewaySettings(cli, options);
  const { startGateway } = await import('../../gateway/index.ts');
  const gateway = await startGateway({ loaded, env });
  heap.started();
  const { url, port, folder, startedInMs } = gateway;
  const value = { url, openai: `${url}/v1`, anthropic: url, port, folder, pid: process.pid, startedInMs };
  cli.result(options, value, () =>
    [
      `${cli.style('The gateway is up', 'green')} (in ${duration(startedInMs)}), with its data in ${folder}`,
      '',
      `  OpenAI clients     base address ${cli.style(`${url}/v1`, 'underline')}`,
      `  Anthropic clients  base address ${cli.style(url, 'underline')}`,
      '',
      'A key, in another terminal:',
      '  npx kaze gateway keys create laptop --tenant acme',
      '',
      'Ctrl-C ends it; calls under way are let finish.',
    ].join('\n'),
  );
  try {
    await aborted(signal);
  } finally {
    cli.note('ending; Ctrl-C again ends at once');
    await gateway.stop();
  }
}
