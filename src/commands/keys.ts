import type { Command } from 'commander';
import { type Keys, withKeys } from '../app/store/instance-keys.ts';
import { duration } from '../config/kinds.ts';
import { loadSettings } from '../config/load.ts';
import { systemClock } from '../lib/clock.ts';
import type { InstanceKey } from '../stores/contract/instance-keys.ts';
import { keyJson } from '../web/access/keys.ts';
import { columns } from './columns.ts';
import { type CommandModule, Exit, subcommands, type Terminal, UsageError } from './contract.ts';
import { deliver } from './keys/file.ts';

interface Flags {
  readonly json?: boolean;
  readonly config?: string;
  readonly overlap?: string;
  readonly output?: string;
}

const [OUTPUT, OUTPUT_ABOUT] = ['--output <file>', 'write the key into a new file (mode 0600) instead of printing it'];

const EXAMPLES = `
Examples:
  monitor keys create web-server-03              on the hub; prints the key once
  monitor keys create web-server-03 --output web-server-03.key
  MONITOR_CLUSTER_KEY_FILE=/etc/monitor/key monitor push-to-hub
  monitor keys rotate k7c219d0e2f6f5b1a7c44 --overlap 1d`;

/** `monitor keys`: one key for each instance, beside or instead of the shared secret. Works on the hub's own store. */
export const command: CommandModule = {
  define(program, terminal) {
    const add = subcommands(program, EXAMPLES);
    add('create <instance>', 'create a key with which one instance may push')
      .option(OUTPUT, OUTPUT_ABOUT)
      .action((instance: string, flags: Flags) => {
        if (instance.trim() === '' || instance.length > 255)
          throw new UsageError('the name of an instance has 1 to 255 characters');
        return open(flags, (keys) => deliver(() => keys.create(instance), flags, terminal));
      });
    add('list', 'list keys, without their secrets').action((flags: Flags) =>
      open(flags, async (keys) => showAll(await keys.list(), flags, terminal)),
    );
    add('revoke <id>', 'end a key at once').action((id: string, flags: Flags) =>
      open(flags, async (keys) => {
        if (!(await keys.revoke(id))) throw noKey(id);
        if (flags.json) terminal.out(JSON.stringify({ id, status: 'revoked' }));
        else terminal.out(`Key ${id} is refused from now on.`);
      }),
    );
    rotate(add('rotate <id>', 'create a new key for the same instance; the old one stays valid for a while'), terminal);
  },
};

const YEAR_S = 365 * 86_400;

function rotate(command: Command, terminal: Terminal): void {
  command.option(OUTPUT, OUTPUT_ABOUT);
  command.option('--overlap <time>', 'how long both are valid', '1d').action((id: string, flags: Flags) =>
    open(flags, async (keys) => {
      const span = duration(0, YEAR_S);
      const parsed = span.schema.safeParse(span.fromText(flags.overlap ?? '1d'));
      if (!parsed.success) throw new UsageError(`--overlap ${parsed.error.issues[0]?.message}`);
      const rotated = async () => {
        const key = await keys.rotate(id, parsed.data);
        if (key === undefined) throw noKey(id);
        return key;
      };
      await deliver(rotated, flags, terminal);
      terminal.err(`Key ${id} is accepted for ${flags.overlap ?? '1d'} more.`);
    }),
  );
}

function open(flags: Flags, work: (keys: Keys) => Promise<void>): Promise<void> {
  return withKeys(loadSettings({ configFile: flags.config }), systemClock, work);
}

function showAll(keys: readonly InstanceKey[], { json }: Flags, terminal: Terminal): void {
  const now = systemClock.now();
  const items = keys.map((key) => keyJson(key, now));
  if (json) terminal.out(JSON.stringify({ items }));
  else if (items.length === 0) terminal.out('No keys. Create one with: monitor keys create INSTANCE');
  else {
    const rows = items.map((item) => [
      item.id,
      item.instance_id,
      item.status,
      item.created_at ?? '',
      item.expires_at ?? '',
    ]);
    for (const line of columns(['ID', 'INSTANCE', 'STATUS', 'CREATED', 'ENDS'], rows)) terminal.out(line);
  }
}

function noKey(id: string): Exit {
  return new Exit(1, `there is no active key ${id}: list the keys with monitor keys list`);
}
