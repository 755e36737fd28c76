import type { Command } from 'commander';
import { UsageError } from '../contract.ts';
import type { Filters as ListFilters } from '../reading/flags.ts';
import type { IncidentJson } from './page.ts';

/** Which incidents an action is for, where no ids are given. */
export interface Filters extends ListFilters {
  readonly dryRun?: boolean;
}

/** The flags of an action. */
export interface Flags extends Filters {
  readonly by?: string;
  readonly comment?: string;
  readonly to?: string;
  readonly for?: string;
  readonly until?: string;
  readonly json?: boolean;
  readonly config?: string;
}

/** What a hub answers to an action that it did. */
export type ActedJson = IncidentJson & { readonly action: { readonly outcome: string; readonly message: string } };

/** One action as a command. */
export interface ActionCommand {
  readonly word: string;
  /** The last part of its path. */
  readonly path: string;
  readonly about: string;
  readonly done: (incident: ActedJson) => string;
  readonly options?: (command: Command) => Command;
  readonly body?: (flags: Flags) => Readonly<Record<string, unknown>>;
}

/** Every action, in the order of the help. */
export const ACTION_COMMANDS: readonly ActionCommand[] = [
  {
    ...{ word: 'ack', path: 'acknowledge', about: 'say that you have it: no reminders, no escalation' },
    done: ({ acknowledged_by: by, acknowledged_until: until }) =>
      `acknowledged${by ? ` by ${by}` : ''}${until === null ? '' : ` until ${until}`}`,
    options: withSpan,
    body: (flags) => spanOf(flags, false),
  },
  {
    ...{ word: 'unack', path: 'unacknowledge', about: 'take an acknowledgement back' },
    done: () => 'open, acknowledged by nobody',
  },
  {
    ...{ word: 'assign', path: 'assign', about: 'give them to somebody' },
    done: ({ assignee }) => (assignee === null ? 'assigned to nobody' : `assigned to ${assignee}`),
    options: (command) => command.requiredOption('--to <name>', "who; '' for nobody"),
    body: ({ to }) => ({ assignee: to }),
  },
  {
    ...{ word: 'note', path: 'note', about: 'write something into their history: --comment TEXT' },
    done: () => 'noted',
  },
  {
    ...{ word: 'shelve', path: 'shelve', about: 'hold back all notices of them for a time' },
    done: ({ shelved_until: until }) => `shelved until ${until}`,
    options: withSpan,
    body: (flags) => spanOf(flags, true),
  },
  { word: 'unshelve', path: 'unshelve', about: 'end that before its time', done: () => 'not shelved any more' },
  {
    ...{ word: 'resolve', path: 'resolve', about: 'end them, and what fires in them' },
    done: () => 'resolved',
  },
  {
    ...{ word: 'close', path: 'close', about: 'end them for good: what fires after that opens a new incident' },
    done: () => 'closed',
  },
  { word: 'reopen', path: 'reopen', about: 'open them again', done: () => 'open' },
];

function withSpan(command: Command): Command {
  return command
    .option('--for <time>', 'for how long, such as 30m or 2h')
    .option('--until <time>', 'until when, such as 2026-11-28T14:30:00Z');
}

function spanOf({ for: span, until }: Flags, isNeeded: boolean): Readonly<Record<string, unknown>> {
  const given = [span, until].filter((text) => text !== undefined).length;
  if (given === 2 || (isNeeded && given === 0)) throw new UsageError('--for TIME or --until TIME: one of the two');
  return { ...(span !== undefined && { for: span }), ...(until !== undefined && { until }) };
}
