import type { Migration } from './contract.ts';

/** Finds the incident of a key that was opened last. */
export const incidentKeys: Migration = {
  version: 7,
  name: 'incident keys',
  sqlite: 'CREATE INDEX incidents_key ON incidents (key, id);',
  postgres: 'CREATE INDEX incidents_key ON incidents (key, id);',
};
