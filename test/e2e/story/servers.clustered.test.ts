import { describe } from 'vitest';
import { clusteredSettings } from '../../support/cell/clustered-settings.ts';
import { KeysInVault } from './keys-in-vault.ts';
import { secondProcessSuite } from './second-process.ts';
import { storySuite } from './suite.ts';

describe('the story on Neo4j, PostgreSQL, NATS, Redis and Vault', () => {
  const vault = new KeysInVault();
  const engines = clusteredSettings();
  let settings: Record<string, string> | undefined;
  const settingsOfCell = async () => {
    settings ??= { ...(await engines()), ...(await vault.settings()) };
    return settings;
  };
  const cell = storySuite(settingsOfCell);
  secondProcessSuite(cell, settingsOfCell);
  vault.suite(cell);
});
