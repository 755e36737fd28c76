import { loadSettings } from '../config/load.ts';
import { NOTICE_STATES } from '../stores/contract/notices.ts';
import { type CommandModule, subcommands, type Terminal, UsageError } from './contract.ts';
import { askHub } from './hub-client.ts';
import { type ActFlags, act } from './outbox/act.ts';
import { type NoticePageJson, noticePage, noticeTable, type OneNoticeJson } from './outbox/text.ts';
import { LIMIT, limitOf, moreLines } from './screen/pages.ts';
import { screenOf } from './screen/screen.ts';

interface Flags extends ActFlags {
  readonly state?: string;
  readonly incident?: string;
  readonly limit?: string;
  readonly cursor?: string;
}

const EXAMPLES = `
What waits to be told, what failed and is tried again, and what was given up (dead letters). An id is that of an
incident, or as much of it as no other has, a colon, and a channel.

Examples:
  monitor outbox list --state dead
  monitor outbox show 60d066bd:slack
  monitor outbox retry 60d066bd:slack
  monitor outbox retry --all --channel slack          after Slack was down for a day
  monitor outbox drop 60d066bd:slack --reason "told by phone"`;

/** `monitor outbox`: what is to be told, and what can be done about what failed. */
export const command: CommandModule = {
  define(program, terminal) {
    const add = subcommands(program, EXAMPLES);
    add('list', 'list what waits and what failed, those of the newest incidents first')
      .option('--state <state>', NOTICE_STATES.join(', '))
      .option('--channel <channel>', 'of one channel')
      .option('--incident <id>', 'of one incident')
      .option('--limit <number>', 'how many, 1 to 500', LIMIT)
      .option('--cursor <cursor>', 'the next_cursor of the previous page')
      .action((flags: Flags) => list(flags, terminal));
    add('show <id>', 'show one of them with its attempts').action((id: string, flags: Flags) =>
      show(id, flags, terminal),
    );
    add('retry [ids...]', 'send again what failed, now')
      .option('--all', 'every dead letter')
      .option('--channel <channel>', 'with --all: of one channel')
      .option('--by <name>', 'who you are, for the history (default: your user name)')
      .option('--reason <text>', 'why, for the history')
      .action((ids: string[], flags: Flags) => act('retry', ids, flags, terminal));
    add('drop [ids...]', 'put away what failed: it is not sent any more')
      .option('--all', 'every dead letter')
      .option('--channel <channel>', 'with --all: of one channel')
      .option('--by <name>', 'who you are, for the history (default: your user name)')
      .requiredOption('--reason <text>', 'why, for the history')
      .action((ids: string[], flags: Flags) => act('drop', ids, flags, terminal));
  },
};

async function list(flags: Flags, terminal: Terminal): Promise<void> {
  const { json, config, incident, state, channel, limit, cursor } = flags;
  const query = { state, channel, limit, cursor };
  if (state !== undefined && !NOTICE_STATES.some((one) => one === state))
    throw new UsageError(`--state must be one of ${NOTICE_STATES.join(', ')}, not "${state}"`);
  if (limit !== undefined) limitOf(limit);
  const settings = loadSettings({ configFile: config });
  const page = (await askHub(settings, '/api/v1/notices', { ...query, incident_id: incident })) as NoticePageJson;
  if (json) return terminal.out(JSON.stringify(page));
  if (page.items.length === 0) return terminal.out('Nothing waits, and nothing has failed.');
  const more = moreLines('outbox list', { ...query, incident, config }, page);
  for (const line of [...noticeTable(page.items, screenOf(terminal)), ...more]) terminal.out(line);
}

async function show(id: string, { json, config }: Flags, terminal: Terminal): Promise<void> {
  const settings = loadSettings({ configFile: config });
  const notice = (await askHub(settings, `/api/v1/notices/${encodeURIComponent(id)}`)) as OneNoticeJson;
  if (json) return terminal.out(JSON.stringify(notice));
  for (const line of noticePage(notice, screenOf(terminal))) terminal.out(line);
}
