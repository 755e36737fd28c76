import { readdirSync, readFileSync } from 'node:fs';

/** One numbered step of the schema. Steps are never changed once released; a new one is added instead. */
export interface Migration {
  /** 1, 2, 3 …: the schema's version after it. */
  readonly version: number;
  readonly name: string;
  /** Statements for SQLite, each ended by a semicolon. */
  readonly sqlite: string;
  /** The same for PostgreSQL. */
  readonly postgres: string;
}

const FILE = /^(\d{4})-([a-z-]+)\.(sqlite|postgres)\.sql$/;

/**
 * The steps in a folder, in order: `0007-incident-keys.sqlite.sql` and `.postgres.sql` are step 7, "incident keys".
 * Throws for a file with another name, a number that is missing or there twice, and half a pair.
 */
export function readMigrations(folder: URL): readonly Migration[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql'));
  const strange = files.find((file) => !FILE.test(file));
  if (strange !== undefined)
    throw new Error(`${strange}: is not named 0001-words.sqlite.sql or 0001-words.postgres.sql`);
  const stems = [...new Set(files.map((file) => file.split('.')[0] ?? ''))].sort();
  return stems.map((stem, index) => {
    const version = index + 1;
    if (Number(stem.slice(0, 4)) !== version) throw new Error(`${stem}: is not step ${version}`);
    const read = (engine: string) => readFileSync(new URL(`${stem}.${engine}.sql`, folder), 'utf8');
    return { version, name: stem.slice(5).replaceAll('-', ' '), sqlite: read('sqlite'), postgres: read('postgres') };
  });
}
