import { defineDelete } from './alerts/delete.ts';
import { type AlertJson, alertFields, alertTable } from './alerts/page.ts';
import type { CommandModule } from './contract.ts';
import { historyLines } from './history.ts';
import { defineReading } from './reading.ts';

const EXAMPLES = `
Examples:
  monitor alerts --severity critical,warning --label team=db
  monitor alerts --status firing --name 'Disk*' --since 2h
  monitor alerts --search 'disk db-03'
  monitor alerts --instance web-server-03 --json
  monitor alerts show 5b1a7c44
  monitor alerts delete --source grafana --status resolved --yes`;

/** `monitor alerts`: what the hub holds. */
export const command: CommandModule = {
  define(program, terminal) {
    defineReading<AlertJson>(program, terminal, {
      noun: 'alerts',
      statuses: ['firing', 'resolved', 'unknown'],
      filters: ['source', 'name', 'label'],
      none: 'No alerts.',
      examples: EXAMPLES,
      table: alertTable,
      page: (alert, screen) => [...alertFields(alert, screen), '', ...historyLines(alert.events ?? [], screen)],
    });
    defineDelete(program, terminal, EXAMPLES);
  },
};
