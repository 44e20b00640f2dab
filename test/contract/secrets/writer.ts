/** A process of its own that writes secrets and says which are kept: file, key, prefix, how many. */
import { openFileSecrets } from '#platform/adapters/secrets/file';

const [file, key, prefix, count] = process.argv.slice(2) as [string, string, string, string];
const secrets = await openFileSecrets({ file, key });
for (let at = 0; at < Number(count); at++) {
  await secrets.put(`${prefix}/${at}`, 'value');
  process.stdout.write(`${prefix}/${at}\n`);
}
