/** Writes the pages that are made from the code: npm run docs */
import { writeFileSync } from 'node:fs';
import { generatedPages } from './pages.ts';

for (const [path, text] of Object.entries(generatedPages())) {
  writeFileSync(new URL(`../../${path}`, import.meta.url), text);
  console.log(path);
}
