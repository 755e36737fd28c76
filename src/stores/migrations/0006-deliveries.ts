import type { Migration } from './contract.ts';

/** Finds the deliveries that are old enough to be forgotten, whatever came before them. */
export const deliveries: Migration = {
  version: 6,
  name: 'deliveries',
  sqlite: 'CREATE INDEX deliveries_at ON deliveries (at);',
  postgres: 'CREATE INDEX deliveries_at ON deliveries (at);',
};
