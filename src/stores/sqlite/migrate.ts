import type BetterSqlite3 from 'better-sqlite3';
import { SchemaError } from '../contract/error.ts';
import type { OnMigration } from '../contract/migrating.ts';
import { MIGRATIONS } from '../migrations/index.ts';

// The bytes of "moni", by which `file` and other programs tell whose database it is.
const APPLICATION_ID = 0x6d6f6e69;

/** Applies the missing steps, all in one transaction, so that two programs starting at once do it once. */
export function migrateSqlite(db: BetterSqlite3.Database, onMigration: OnMigration = () => {}): void {
  const newest = MIGRATIONS.length;
  const version = () => db.pragma('user_version', { simple: true }) as number;
  if (version() === newest) return;
  const apply = db.transaction(() => {
    const present = version();
    if (present > newest) throw new SchemaError(present, newest);
    if (present > 0 && present < newest) onMigration(present, newest);
    for (const migration of MIGRATIONS.slice(present)) db.exec(migration.sqlite);
    db.pragma(`user_version = ${newest}`);
    if (present === 0) db.pragma(`application_id = ${APPLICATION_ID}`);
  });
  apply.immediate();
}
