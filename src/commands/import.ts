import { readFileSync, statSync } from 'node:fs';
import { type ConfigFile, readYamlFiles } from '../config/file.ts';
import { importAlerta } from '../imports/alerta/convert.ts';
import { importAlertmanager } from '../imports/alertmanager/convert.ts';
import { importGatus } from '../imports/gatus/convert.ts';
import { importKuma } from '../imports/kuma/convert.ts';
import type { Imported } from '../imports/report.ts';
import { importUptop } from '../imports/uptop/convert.ts';
import { type CommandModule, subcommands, UsageError } from './contract.ts';
import { readKuma } from './import/kuma-file.ts';
import { printImported } from './import/print.ts';

interface Flags {
  readonly json?: boolean;
}

interface Source {
  readonly words: string;
  readonly about: string;
  read(path: string): Imported;
  /** What is intended, and true of every configuration. */
  readonly different: readonly string[];
}

const EXAMPLES = `
Examples:
  monitor import alertmanager alertmanager.yml > monitor.yaml
  monitor import gatus config/ > monitor.yaml
  monitor import uptime-kuma kuma.db > conf.d/endpoints.yaml
  monitor import alerta alertad.conf > conf.d/peers.yaml
  monitor import uptop monitors.yaml --json | jq '.lost'`;

const ENDPOINTS = [
  'an alert of an endpoint is raised by its thresholds, and people are told by the routes of notify',
  'push endpoints keep their tokens, and are called at the same paths of this hub as before',
  'hosts on private networks are looked at; MONITOR_ENDPOINTS_PRIVATE=0 refuses them',
];

const SOURCES: readonly Source[] = [
  {
    words: 'alertmanager <file>',
    about: 'print the routes, receivers, intervals and inhibition rules of Alertmanager as monitor.yaml',
    read: yaml(importAlertmanager),
    different: [
      'the end of an incident is told after group_wait, and what is critical waits for nothing unless group_wait is set',
      'a reminder comes when repeat_interval is over, not at a multiple of group_interval',
      'a label that is missing on both sides is not equal for inhibition',
      'the end of what people were told of passes silences, mute times and inhibition',
    ],
  },
  {
    words: 'gatus <path>',
    about: 'print the endpoints and alerting of Gatus, a file or a folder, as monitor.yaml',
    read: yaml(importGatus),
    different: ENDPOINTS,
  },
  {
    words: 'uptime-kuma <file>',
    about: 'print the monitors and notifications of Uptime Kuma, a backup in JSON or kuma.db, as monitor.yaml',
    read: (path) => importKuma(readKuma(path), path),
    different: ENDPOINTS,
  },
  {
    words: 'uptop <file>',
    about: 'print the monitors and alerts of uptop, exported as YAML or backed up as JSON, as monitor.yaml',
    read: yaml(importUptop),
    different: ENDPOINTS,
  },
  {
    words: 'alerta <file>',
    about: 'print whom an Alerta server forwards to, its BASE_URL and its keys, as monitor.yaml',
    read: (path) => importAlerta(readSettings(path), path),
    different: [
      'what is forwarded is told in the background, in order, and again until it is taken',
      'an alert has the id of this hub there, in place of that of the last duplicate',
    ],
  },
];

/** `monitor import`: the configuration of another program as ours. */
export const command: CommandModule = {
  define(program, terminal) {
    const add = subcommands(program, EXAMPLES);
    for (const { words, about, read, different } of SOURCES) {
      add(words, about).action((path: string, { json }: Flags) =>
        printImported(read(path), { json, different }, terminal),
      );
    }
  },
};

const LARGEST = 1024 ** 2;

function readSettings(path: string): string {
  try {
    if (statSync(path).size > LARGEST) throw new Error('it is larger than 1 MiB');
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError('the file cannot be read', [`${path}: ${(error as Error).message}`]);
  }
}

function yaml(convert: (values: ConfigFile['values'], at: ConfigFile['at']) => Imported): Source['read'] {
  return (path) => {
    const problems: string[] = [];
    const file = readYamlFiles(path, process.cwd(), problems);
    if (file === null) throw new UsageError('the file cannot be read', problems);
    return convert(file.values, file.at);
  };
}
