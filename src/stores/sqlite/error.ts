import { StoreError } from '../contract/error.ts';

const DAMAGED =
  'the store is damaged: stop the hub, and put a backup in its place with `monitor store restore <backup>`';

/** What keeps the file from being written, whatever the write, until somebody acts; each with what to do. */
const REASONS: Readonly<Record<string, string>> = {
  BUSY: 'another process holds the lock of the store: end what else has it open, such as a second hub or an open shell of SQLite',
  FULL: 'the disk of the store is full: free space in MONITOR_STATE_DIR',
  IOERR: 'the disk of the store fails: see the system log',
  READONLY: 'the store is read-only: give the user of the hub write permission to its file and its directory',
  CORRUPT: DAMAGED,
  NOTADB: DAMAGED,
  CANTOPEN: 'a file of the store cannot be opened: give the user of the hub write permission to its directory',
};

/** The store's own error for one of the engine that fails every write; any other stays what it is. */
export function sqliteError(error: unknown): unknown {
  // Not by instanceof: errors of the engine may be of another realm.
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const kind = /^SQLITE_([A-Z]+)/.exec(code)?.[1] ?? '';
  const reason = Object.hasOwn(REASONS, kind) ? REASONS[kind] : undefined;
  return reason === undefined
    ? error
    : new StoreError(`${reason} (${code})`, { code, unavailable: true, cause: error });
}
