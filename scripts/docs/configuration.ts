import type { ConfigRow } from '#platform';

/** The page of all settings, from the fields that the composition root declares. */
export function configurationPage(rows: readonly ConfigRow[]): string {
  const lines = [
    '# Configuration',
    '',
    '<!-- Made from the declared settings by `npm run docs`; do not edit. -->',
    '',
    'A setting can stand in three places. A flag of `kaze start` is stronger than the environment, that is stronger than the file (`--config kaze.yaml`), and that is stronger than the default. A value that does not fit stops the start and is named, together with every other problem; nothing falls back in silence. `kaze doctor` shows what is set and where it came from.',
    '',
    'In the file, a setting `graph.url` is written as `url` under `graph`. Secrets may be given as a file: the same variable with `_FILE` at its end. Keys of model providers are no settings but secrets: see [operations](operations.md).',
  ];
  const areas = new Map<string, ConfigRow[]>();
  for (const row of rows) {
    const area = row.key.split('.')[0]!;
    areas.set(area, [...(areas.get(area) ?? []), row]);
  }
  for (const [area, settings] of areas) {
    lines.push(
      '',
      `## ${area}`,
      '',
      '| setting | environment | type | default | meaning |',
      '| --- | --- | --- | --- | --- |',
    );
    for (const { key, env, type, default: fallback, meaning, secret } of settings) {
      const cells = [
        `\`${key}\``,
        `\`${env}\``,
        `${type}${secret ? ' (secret)' : ''}`,
        fallback === '' ? '-' : fallback,
        meaning,
      ];
      lines.push(`| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
    }
  }
  return `${lines.join('\n')}\n`;
}
