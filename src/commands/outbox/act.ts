import { userInfo } from 'node:os';
import { loadSettings } from '../../config/load.ts';
import { Exit, type Terminal, UsageError } from '../contract.ts';
import { askHub, tellHub } from '../hub-client.ts';
import type { NoticeJson, NoticePageJson } from './text.ts';

/** Flags of `retry` and `drop`. */
export interface ActFlags {
  readonly json?: boolean;
  readonly config?: string;
  readonly all?: boolean;
  readonly channel?: string;
  readonly by?: string;
  readonly reason?: string;
}

/** Each by itself: one that is refused keeps no other from it, and the exit code says so. */
export async function act(
  kind: 'retry' | 'drop',
  given: readonly string[],
  flags: ActFlags,
  terminal: Terminal,
): Promise<void> {
  const { json, config, all, channel, reason = '' } = flags;
  if (all ? given.length > 0 : given.length === 0)
    throw new UsageError('give ids, or --all; monitor outbox list has them');
  if (channel !== undefined && !all) throw new UsageError('--channel goes with --all');
  const settings = loadSettings({ configFile: config });
  const ids = all ? await deadIds(settings, channel) : given;
  const items: unknown[] = [];
  let refused = 0;
  for (const id of ids) {
    const body = { by: flags.by ?? userName(), comment: reason };
    const answer = await tellHub(settings, `/api/v1/notices/${encodeURIComponent(id)}/${kind}`, body);
    items.push(answer.ok ? answer.value : { id, error: answer.reason });
    if (!answer.ok) {
      refused += 1;
      terminal.err(`${id}: ${answer.reason}`);
    } else if (!json) {
      const { channel: where, title } = answer.value as NoticeJson;
      terminal.out(`${where}: ${title}: ${kind === 'retry' ? 'is sent again now' : 'is not sent any more'}`);
    }
  }
  if (json) terminal.out(JSON.stringify({ items }));
  else if (ids.length === 0) terminal.out('There are no dead letters.');
  if (refused > 0) throw new Exit(1);
}

async function deadIds(
  settings: Parameters<typeof askHub>[0],
  channel: string | undefined,
): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const query = { state: 'dead', channel, limit: '500', cursor: cursor ?? undefined };
    const page = (await askHub(settings, '/api/v1/notices', query)) as NoticePageJson;
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.next_cursor;
  } while (cursor !== null);
  return ids;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without an entry, as in some containers.
    return '';
  }
}
