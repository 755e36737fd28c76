import { loadSettings } from '../../config/load.ts';
import { type AddSubcommand, Exit, type Terminal, UsageError } from '../contract.ts';
import { askHub, tellHub } from '../hub-client.ts';
import { LIMIT, limitOf, moreLines, type Page } from '../screen/pages.ts';
import { screenOf } from '../screen/screen.ts';
import { userName } from '../user-name.ts';
import { type SilenceJson, silencePage, silenceTable } from './text.ts';

interface Flags {
  readonly json?: boolean;
  readonly config?: string;
  readonly status?: string;
  readonly limit?: string;
  readonly cursor?: string;
  readonly by?: string;
}

/** What is read and ended: silences or windows. */
export interface SilenceNoun {
  /** The command, and the last part of its path. */
  readonly noun: 'silences' | 'maintenance';
  readonly many: string;
  readonly none: string;
  /** The word that ends one, and the last part of its path. */
  readonly ending: 'expire' | 'end';
}

const STATUSES = ['live', 'active', 'pending', 'expired', 'all'];

/** Gives a command its `list`, `show <id>`, and the word that ends one. */
export function defineSilenceReading(add: AddSubcommand, noun: SilenceNoun, terminal: Terminal): void {
  const path = `/api/v1/${noun.noun}`;
  add('list', `list ${noun.many} that have not ended, newest first`)
    .option('--status <status>', STATUSES.join(', '), 'live')
    .option('--limit <number>', 'how many, 1 to 500', LIMIT)
    .option('--cursor <cursor>', 'the next_cursor of the previous page')
    .action(async ({ json, config, ...query }: Flags) => {
      if (!STATUSES.includes(query.status ?? ''))
        throw new UsageError(`--status must be one of ${STATUSES.join(', ')}, not "${query.status}"`);
      limitOf(query.limit ?? LIMIT);
      const settings = loadSettings({ configFile: config });
      const page = (await askHub(settings, path, { ...query })) as Page<SilenceJson>;
      if (json) return terminal.out(JSON.stringify(page));
      const lines = page.items.length === 0 ? [noun.none] : silenceTable(page.items, screenOf(terminal));
      const given = { ...query, config };
      for (const line of [...lines, ...moreLines(`${noun.noun} list`, given, page)]) terminal.out(line);
    });
  add('show <id>', 'show one with what it holds back, and its history').action(
    async (id: string, { json, config }: Flags) => {
      const settings = loadSettings({ configFile: config });
      const silence = (await askHub(settings, `${path}/${encodeURIComponent(id)}`)) as SilenceJson;
      if (json) terminal.out(JSON.stringify(silence));
      else for (const line of silencePage(silence, screenOf(terminal))) terminal.out(line);
    },
  );
  add(`${noun.ending} <id...>`, `end ${noun.many} at once: what they held back is decided anew`)
    .option('--by <name>', 'who you are (default: your user name)')
    .action((ids: readonly string[], flags: Flags) => endAll(ids, flags, path, noun, terminal));
}

/** Each by itself: one that is not there keeps no other from it, and the exit code says so. */
async function endAll(
  ids: readonly string[],
  { json, config, by = userName() }: Flags,
  path: string,
  { ending }: SilenceNoun,
  terminal: Terminal,
): Promise<void> {
  const settings = loadSettings({ configFile: config });
  const items: unknown[] = [];
  let refused = 0;
  for (const id of ids) {
    const answer = await tellHub(settings, `${path}/${encodeURIComponent(id)}/${ending}`, { by });
    items.push(answer.ok ? answer.value : { id, error: answer.reason });
    if (!answer.ok) {
      refused += 1;
      terminal.err(`${id}: ${answer.reason}`);
    } else if (!json) {
      const silence = answer.value as SilenceJson & { readonly outcome: string };
      terminal.out(`${silence.id} ${silence.outcome === 'already_ended' ? 'had ended already' : 'has ended'}`);
    }
  }
  if (json) terminal.out(JSON.stringify({ items }));
  if (refused > 0) throw new Exit(1);
}
