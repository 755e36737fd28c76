import { readFileSync } from 'node:fs';
import { loadSettings } from '../config/load.ts';
import type { Settings } from '../config/settings.ts';
import { nearest } from '../core/nearest.ts';
import type { Driver } from '../drivers/contract.ts';
import { enabledDrivers } from '../drivers/registry.ts';
import { columns, fields, mapText, printable } from './columns.ts';
import { type CommandModule, Exit, subcommands, type Terminal, UsageError } from './contract.ts';
import { driverTemplate, TEMPLATE_NAMES } from './drivers/template.ts';
import { type Tried, tryDriver } from './drivers/try.ts';

interface Flags {
  readonly json?: boolean;
  readonly config?: string;
}

const EXAMPLES = `
Examples:
  monitor drivers list
  monitor drivers try alertmanager body.json     what would the hub make of this body?
  curl -s https://example.com/hook.json | monitor drivers try auto -`;

/** `monitor drivers`: which tools can speak to the hub, and what it makes of what they say. */
export const command: CommandModule = {
  define(program, terminal) {
    const add = subcommands(program, EXAMPLES);
    add('list', 'list the drivers and how their senders authenticate').action((flags: Flags) => list(flags, terminal));
    add(
      'template <name>',
      `print the configuration by which a tool sends to the hub: ${TEMPLATE_NAMES.join(', ')}`,
    ).action((name: string, { json }: Flags) => {
      const text = driverTemplate(name);
      terminal.out(json ? JSON.stringify({ name, text }) : text);
    });
    add(
      'try <name> <file>',
      'show what a driver makes of a body, and why; needs no hub (name: a driver, a named source, or auto; file: - for stdin)',
    ).action((name: string, file: string, flags: Flags) => attempt(name, file, flags, terminal));
  },
};

function list({ json, config }: Flags, terminal: Terminal): void {
  const settings = loadSettings({ configFile: config });
  // A named source of the generic driver has the secret of that.
  const secrets = new Map(Object.entries(settings.webhookSecrets));
  const isSet = (name: string) => (secrets.get(name) ?? secrets.get('generic') ?? []).length > 0;
  const rows = [...driversOf(settings).values()].map(({ name, summary, schemes, signature }) => ({
    name,
    summary,
    authentication: [...(signature === undefined ? [] : ['signature']), ...schemes],
    secret_set: isSet(name),
  }));
  if (json) terminal.out(JSON.stringify({ items: rows }));
  else {
    const cells = rows.map((row) => [
      row.name,
      row.secret_set ? 'yes' : 'no',
      row.authentication.join(', '),
      row.summary,
    ]);
    for (const line of columns(['DRIVER', 'SECRET', 'AUTHENTICATION', 'TAKES'], cells)) terminal.out(line);
  }
}

/** Those of a hub with these settings that takes pushes, too. */
function driversOf({ drivers: options, sources }: Settings): ReadonlyMap<string, Driver> {
  return enabledDrivers({ clusterEnabled: true, options, sources });
}

function attempt(name: string, file: string, { json, config }: Flags, terminal: Terminal): void {
  const drivers = driversOf(loadSettings({ configFile: config }));
  const names = [...drivers.keys(), 'auto'];
  if (!names.includes(name)) {
    const near = nearest(name, names);
    const fix = near === null ? `there are ${names.join(', ')}` : `did you mean ${near}?`;
    throw new UsageError(`there is no driver "${name}"; ${fix}`);
  }
  const tried = tryDriver(name, readFileSync(file === '-' ? 0 : file), drivers);
  if (json) terminal.out(JSON.stringify(tried));
  else for (const line of lines(tried)) terminal.out(line);
  if (tried.status !== 'taken') throw new Exit(1);
}

function lines({ driver, claimed_by, status, message, alerts, notes, remarks, errors }: Tried): string[] {
  const claimed = claimed_by.length === 0 ? 'no driver claims it' : `claimed by ${claimed_by.join(', ')}`;
  return [
    `${status === 'taken' ? 'Taken' : 'Refused'} by ${driver ?? 'nobody'} (${claimed})${message === null ? '' : `: ${printable(message)}`}`,
    ...alerts.flatMap((alert) => ['', ...alertLines(alert)]),
    ...notes.map((note) => `\nnote  ${note.kind} of ${printable(note.fingerprint)}: ${printable(note.message)}`),
    ...remarks.map((remark) => `\nremark  ${printable(remark)}`),
    ...errors.map((error) => `\nerror  ${error.path}: ${printable(error.message)}`),
  ];
}

function alertLines(alert: Tried['alerts'][number]): string[] {
  return fields([
    ['name', alert.name],
    ['status', `${alert.status} (${alert.severity})`],
    ['becomes', `${alert.decision}: ${alert.reason}`],
    ['fingerprint', alert.fingerprint],
    ['incident key', alert.incident_key],
    ['started', alert.started_at],
    ['ended', alert.ended_at],
    ['observed', alert.observed_at],
    ['resolution', alert.resolution],
    ['labels', mapText(alert.labels)],
    ['annotations', mapText(alert.annotations)],
    ['metrics', mapText(alert.metrics)],
  ]);
}
