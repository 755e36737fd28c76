import type { Settings } from '../../config/settings.ts';
import type { Part } from '../../lib/lifecycle.ts';
import { openSqliteReads, type SqliteReads } from '../../stores/sqlite/reads.ts';
import { storeFile } from '../store/open.ts';
import type { Reader } from './contract.ts';

// A key is one row of an index: some microseconds of the thread that has the sockets.
const CACHE_KIB = 512;

/** Looks up keys, and who has access, once it is started, beside the reader: a push must not wait for the lists that others read. */
export interface KeyReader extends Pick<Reader, 'findKey' | 'listKeys' | 'access'> {
  readonly part: Part;
}

/** One on the embedded store, with a connection of its own that waits for nobody. */
export function createKeyReader(settings: Pick<Settings, 'stateDir'>): KeyReader {
  let opened: SqliteReads | null = null;
  const reads = () => {
    if (opened === null) throw new Error('the store is not open');
    return opened.reads;
  };
  return {
    findKey: async (id) => reads().findKey(id),
    listKeys: async () => reads().listKeys(),
    access: {
      findToken: async (id) => reads().findToken(id),
      listTokens: async () => reads().listTokens(),
      findPerson: async (name) => reads().findPerson(name),
      listPeople: async () => reads().listPeople(),
      findSession: async (id) => reads().findSession(id),
      listSessions: async (personId) => reads().listSessions(personId),
    },
    part: {
      name: 'key reader',
      start: async () => {
        opened = openSqliteReads(storeFile(settings), undefined, { cacheKib: CACHE_KIB, timeoutMs: 0 });
      },
      stop: async () => opened?.close(),
    },
  };
}
