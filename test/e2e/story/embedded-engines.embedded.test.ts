import { describe } from 'vitest';
import { storySuite } from './suite.ts';

describe('the story on embedded engines', () => {
  storySuite(async () => ({}));
});
