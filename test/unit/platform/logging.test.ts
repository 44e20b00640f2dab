import { describe, expect, it } from 'vitest';
import { createLogger, type Logger } from '#platform';

function logged(write: (logger: Logger) => void): string {
  const lines: string[] = [];
  write(createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } }));
  return lines.join('');
}

const SECRETS = {
  own: `kaze_${'a'.repeat(32)}`,
  vendor: `sk-${'b'.repeat(32)}`,
  google: `AIza${'c'.repeat(35)}`,
  bearer: 'Bearer abcdef.ghijkl-mnop',
  inUrl: 'pa55word-of-the-database',
} as const;

describe('a line of the log', () => {
  it.each(['token', 'apiKey', 'authorization', 'password', 'secret', 'key', 'prompt', 'messages'])(
    'hides what stands under %s, also one level down',
    (name) => {
      const text = logged((logger) =>
        logger.info({ [name]: 'opensesame', request: { [name]: 'opensesame' } }, 'asked'),
      );
      expect(text).toContain('asked');
      expect(text).not.toContain('opensesame');
    },
  );

  it('hides credentials within texts, errors and their causes, and leaves the rest', () => {
    const { own, vendor, google, bearer, inUrl } = SECRETS;
    const cause = new Error(`refused with ${bearer}`);
    const err = new Error(`postgres://kaze:${inUrl}@db.example:5432 does not answer`, { cause });
    const text = logged((logger) => {
      logger.warn({ err, url: `https://models.example/?key=${google}` }, `asked with ${own} and ${vendor}`);
      logger.child({ header: bearer }).debug('again');
    });
    for (const secret of [own, vendor, google, 'abcdef.ghijkl-mnop', inUrl]) expect(text).not.toContain(secret);
    expect(text).toContain('db.example:5432');
    expect(text.match(/\[redacted\]/g)!.length).toBeGreaterThanOrEqual(5);
  });

  it('is one JSON value with its level and time', () => {
    const line = logged((logger) => logger.error({ tenant: 'acme' }, 'a\nb'));
    expect(line.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(line)).toMatchObject({ level: 'error', tenant: 'acme', msg: 'a\nb', time: expect.any(String) });
  });
});
