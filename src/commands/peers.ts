import { loadSettings } from '../config/load.ts';
import { type CommandModule, Exit, showOptionsOf, subcommands, type Terminal } from './contract.ts';
import { askHub, tellHub } from './hub-client.ts';
import { PEER_COLUMNS, type PeerJson, peerLines } from './peers/text.ts';
import { OUTPUTS, printList } from './screen/output.ts';
import type { Page } from './screen/pages.ts';
import { screenOf } from './screen/screen.ts';
import { table } from './screen/table.ts';

interface Flags {
  readonly json?: boolean;
  readonly config?: string;
  readonly output?: string;
  readonly watch?: boolean;
}

const EXAMPLES = `
Other hubs, and Alerta servers, that are told what happens here: peers in monitor.yaml.

Examples:
  monitor peers
  monitor peers show b
  monitor peers pause b          while it is moved; what happens waits
  monitor peers resume b
  monitor peers resync b         after it was rebuilt: tells it all that is open`;

const DONE = { pause: 'is told nothing for now', resume: 'is told again', resync: 'is told all that is open' } as const;

/** `monitor peers`: how it stands with other hubs that are told, and what can be done about it. */
export const command: CommandModule = {
  define(program, terminal) {
    const add = subcommands(program, EXAMPLES);
    const all = add('list', 'list them (also without this word)')
      .option('--watch', 'draw it again and again, until q')
      .option('--output <form>', OUTPUTS.join(', '))
      .action((flags: Flags) => list(flags, terminal));
    showOptionsOf(all, program);
    add('show <name>', 'show one with what it refused').action((name: string, flags: Flags) =>
      show(name, flags, terminal),
    );
    const change = (kind: keyof typeof DONE, about: string) =>
      add(`${kind} <name>`, about).action((name: string, flags: Flags) => act(kind, name, flags, terminal));
    change('pause', 'tell it nothing for now; what happens meanwhile waits');
    change('resume', 'go on where it was paused');
    change('resync', 'tell it all that is open, and then what happens');
  },
};

async function list({ json, output, watch, config }: Flags, terminal: Terminal): Promise<void> {
  const settings = loadSettings({ configFile: config });
  await printList<PeerJson>(
    terminal,
    { json, output, watch },
    {
      ask: async () => (await askHub(settings, '/api/v1/peers')) as Page<PeerJson>,
      lines: ({ items }) =>
        items.length === 0
          ? ['No peers: this hub tells no other. They stand in peers of monitor.yaml.']
          : table(PEER_COLUMNS, items, screenOf(terminal)),
    },
  );
}

async function show(name: string, { json, config }: Flags, terminal: Terminal): Promise<void> {
  const { items } = (await askHub(loadSettings({ configFile: config }), '/api/v1/peers')) as Page<PeerJson>;
  const peer = items.find((one) => one.name === name);
  if (peer === undefined) throw new Exit(1, `there is no peer ${name}: list them with monitor peers`);
  if (json) terminal.out(JSON.stringify(peer));
  else for (const line of peerLines(peer, screenOf(terminal))) terminal.out(line);
}

async function act(kind: keyof typeof DONE, name: string, { json, config }: Flags, terminal: Terminal): Promise<void> {
  const settings = loadSettings({ configFile: config });
  const answer = await tellHub(settings, `/api/v1/peers/${encodeURIComponent(name)}/${kind}`, {});
  if (!answer.ok) throw new Exit(1, answer.reason);
  terminal.out(json ? JSON.stringify(answer.value) : `${name} ${DONE[kind]}`);
}
