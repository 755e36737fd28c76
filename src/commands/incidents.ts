import type { CommandModule } from './contract.ts';
import { defineActions } from './incidents/act.ts';
import { type IncidentJson, incidentPage, incidentTable } from './incidents/page.ts';
import { defineReading } from './reading.ts';

const EXAMPLES = `
Examples:
  monitor incidents --status open
  monitor incidents --instance web-server-03 --json
  monitor incidents show 019c0b7e-4a3f-7c21-9d0e-2f6f5b1a7c44
  monitor incidents ack 019c0b7e-4a3f --comment "on my way"
  monitor incidents ack --label team=web --severity warning --dry-run
  monitor incidents shelve 019c0b7e-4a3f --for 2h
  monitor incidents resolve 019c0b7e-4a3f 019c0b7f-11d2`;

/** `monitor incidents`: what needs attention as one thing, and what people do about it. */
export const command: CommandModule = {
  define(program, terminal) {
    defineReading<IncidentJson>(program, terminal, {
      noun: 'incidents',
      filters: ['source', 'name', 'label'],
      statuses: ['open', 'acknowledged', 'resolved', 'closed'],
      none: 'No incidents.',
      examples: EXAMPLES,
      table: incidentTable,
      page: incidentPage,
    });
    defineActions(program, terminal, EXAMPLES);
  },
};
