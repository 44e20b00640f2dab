import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cliReference, REFERENCE_MARK } from '../../../../deploy/cli/reference.ts';

describe('docs/cli.md', () => {
  it('has the help of every command as the commands give it', async () => {
    const page = readFileSync(new URL('../../../../docs/cli.md', import.meta.url), 'utf8');
    expect(page.slice(page.indexOf(REFERENCE_MARK))).toBe(await cliReference());
  });
});
