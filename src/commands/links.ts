import { withLinkKeys } from '../app/links/store.ts';
import { duration } from '../config/kinds.ts';
import { loadSettings } from '../config/load.ts';
import type { Settings } from '../config/settings.ts';
import { iso } from '../core/iso-time.ts';
import { systemClock } from '../lib/clock.ts';
import { columns } from './columns.ts';
import { type CommandModule, Exit, subcommands, UsageError } from './contract.ts';

interface Flags {
  readonly json?: boolean;
  readonly config?: string;
  readonly overlap?: string;
}

const EXAMPLES = `
Examples:
  monitor links rotate                     a new key; links in messages of before work until they expire
  monitor links revoke 3fa2c91e            links in a mailbox that others have read do nothing from now on
  MONITOR_ENCRYPTION_KEY_FILE=new MONITOR_ENCRYPTION_KEY_OLD_FILE=old monitor links reencrypt`;

const YEAR_S = 365 * 86_400;

/** `monitor links`: the keys with which links in messages are signed. Works on the hub's own store. */
export const command: CommandModule = {
  define(program, terminal) {
    const add = subcommands(program, EXAMPLES);
    const say = ({ json }: Flags, document: object, line: string) =>
      terminal.out(json ? JSON.stringify(document) : line);
    add('list', 'list the keys of links, without their secrets').action((flags: Flags) =>
      withLinkKeys(settingsOf(flags), systemClock, async (keys) => {
        const items = (await keys.list()).map(({ id, createdAt, expiresAt, isEncrypted, isCurrent }) => ({
          ...{ id, status: statusOf(expiresAt), encrypted: isEncrypted, current_encryption: isCurrent },
          ...{ created_at: iso(createdAt), expires_at: expiresAt === null ? null : iso(expiresAt) },
        }));
        if (flags.json) return terminal.out(JSON.stringify({ items }));
        if (items.length === 0)
          return terminal.out('No keys: the hub makes one with its first message that has links.');
        const rows = items.map((item) => [
          ...[item.id, item.status, item.created_at, item.expires_at ?? ''],
          item.encrypted ? (item.current_encryption ? 'yes' : 'with a key of before') : 'no',
        ]);
        for (const line of columns(['ID', 'STATUS', 'CREATED', 'ENDS', 'ENCRYPTED'], rows)) terminal.out(line);
      }),
    );
    add('rotate', 'sign links with a new key from now on')
      .option('--overlap <time>', 'how long links of before go on (default: as long as links work, MONITOR_LINK_TTL)')
      .action((flags: Flags) => {
        const settings = settingsOf(flags);
        const overlapMs = flags.overlap === undefined ? settings.links.ttlMs : spanOf(flags.overlap);
        return withLinkKeys(settings, systemClock, async (keys) => {
          const id = await keys.rotate(overlapMs);
          say(flags, { id }, `Links are signed with key ${id} from now on.`);
        });
      });
    add('revoke <id>', 'end all links of a key at once').action((id: string, flags: Flags) =>
      withLinkKeys(settingsOf(flags), systemClock, async (keys) => {
        if (!(await keys.revoke(id)))
          throw new Exit(1, `there is no key ${id} whose links work: list the keys with monitor links list`);
        say(flags, { id, status: 'ended' }, `Links of key ${id} do nothing from now on.`);
      }),
    );
    add('reencrypt', 'encrypt the keys anew with MONITOR_ENCRYPTION_KEY').action((flags: Flags) =>
      withLinkKeys(settingsOf(flags), systemClock, async (keys) => {
        const count = await keys.reencrypt();
        say(flags, { reencrypted: count }, count === 0 ? 'Nothing to do.' : `${count} encrypted anew.`);
      }),
    );
  },
};

function settingsOf({ config }: Flags): Settings {
  return loadSettings({ configFile: config });
}

function spanOf(text: string): number {
  const { schema, fromText } = duration(0, YEAR_S);
  const parsed = schema.safeParse(fromText(text));
  if (!parsed.success) throw new UsageError(`--overlap ${parsed.error.issues[0]?.message}`);
  return parsed.data;
}

function statusOf(expiresAt: number | null): 'signing' | 'ending' | 'ended' {
  if (expiresAt === null) return 'signing';
  return expiresAt <= systemClock.now() ? 'ended' : 'ending';
}
