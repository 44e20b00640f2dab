/** What composition roots hand to parts above that keep tables of their own in the ledger's database. */
export { type Migration, type MigrationResult, migrate } from './migrations.ts';
export type { SqlDatabase } from './sql-database.ts';
