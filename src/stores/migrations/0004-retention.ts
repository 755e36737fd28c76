import type { Migration } from './contract.ts';

/** Finds what is old enough to be removed. Both indexes hold what is over only: a firing alert's repeats touch neither. */
export const retention: Migration = {
  version: 4,
  name: 'retention',
  sqlite: `
    CREATE INDEX alerts_over ON alerts (received_at, rid) WHERE status = 'resolved';
    CREATE INDEX incidents_over ON incidents (coalesce(resolved_at, opened_at), id)
      WHERE status IN ('resolved', 'closed');
  `,
  postgres: `
    CREATE INDEX alerts_over ON alerts (received_at, rid) WHERE status = 'resolved';
    CREATE INDEX incidents_over ON incidents (coalesce(resolved_at, opened_at), id)
      WHERE status IN ('resolved', 'closed');
  `,
};
