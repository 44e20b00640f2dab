import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generate } from '../../scripts/codegen.mjs';

describe('generated client operations', () => {
  it('are current (run: node --import @oxc-node/core/register scripts/codegen.mjs)', async () => {
    for (const [file, text] of await generate()) {
      expect(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8') === text, file).toBe(true);
    }
  });
});
