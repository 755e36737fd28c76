import type { Command } from 'commander';
import { duration } from '../../config/kinds.ts';
import { loadSettings } from '../../config/load.ts';
import type { MatcherSpec } from '../../core/policy/silence.ts';
import { Exit, type Terminal, UsageError } from '../contract.ts';
import { askHub, tellHub } from '../hub-client.ts';
import { screenOf } from '../screen/screen.ts';
import { userName } from '../user-name.ts';
import { isOnlyNegative, matcherTexts } from './matchers.ts';
import { type PreviewJson, previewLines, type SilenceJson } from './text.ts';

/** Flags of `add`. */
export interface AddFlags {
  readonly for?: string;
  readonly until?: string;
  readonly start?: string;
  readonly by?: string;
  readonly comment?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly config?: string;
}

const YEAR_S = 366 * 86_400;

/** Adds the flags that silences and windows have in common. */
export function addFlags(command: Command): Command {
  return command
    .option('--for <time>', 'for how long, such as 30m, 2h or 1d')
    .option('--until <time>', 'until when, such as 2026-11-28T14:30:00Z')
    .option('--start <time>', 'from when; now unless told')
    .option('--comment <text>', 'why')
    .option('--by <name>', 'who you are (default: your user name)')
    .option('--dry-run', 'only show what would be held back now')
    .option('--yes', 'also where all matchers are negative');
}

/** Shows what would be held back, and says so to the hub. `path` is `silences` or `maintenance`. */
export async function addSilence(
  path: 'silences' | 'maintenance',
  matchers: readonly MatcherSpec[],
  flags: AddFlags,
  terminal: Terminal,
): Promise<void> {
  const span = spanOf(flags);
  const texts = matcherTexts(matchers);
  const settings = loadSettings({ configFile: flags.config });
  const preview = (await askHub(settings, '/api/v1/silences/preview', { matcher: texts })) as PreviewJson;
  if (flags.dryRun) {
    if (flags.json) terminal.out(JSON.stringify(preview));
    else for (const line of previewLines(preview, screenOf(terminal))) terminal.out(line);
    return;
  }
  for (const line of previewLines(preview, screenOf(terminal))) terminal.err(line);
  if (isOnlyNegative(matchers) && !flags.yes) {
    throw new UsageError(
      `${texts.join(' ')} also matches every alert without ${matchers.length === 1 ? 'that label' : 'those labels'}: ` +
        'add a matcher that says what a label is, or --yes',
    );
  }
  const said = { by: flags.by ?? userName(), comment: flags.comment ?? '', origin: 'cli' };
  const answer = await tellHub(settings, `/api/v1/${path}`, { matchers: texts, ...span, ...said });
  if (!answer.ok) throw new Exit(1, answer.reason);
  const silence = answer.value as SilenceJson;
  terminal.out(flags.json ? JSON.stringify(silence) : silence.id);
}

/** What of the span is wrong is a wrong call, and told before anything is asked. */
function spanOf({ for: span, until, start }: AddFlags): Readonly<Record<string, string>> {
  if ((span === undefined) === (until === undefined))
    throw new UsageError('--for TIME or --until TIME: one of the two');
  if (span !== undefined) {
    const kind = duration(1, YEAR_S);
    const read = kind.schema.safeParse(kind.fromText(span));
    if (!read.success) throw new UsageError(`--for ${read.error.issues[0]?.message}`);
  }
  const end = span === undefined ? { ends_at: timeOf('--until', until ?? '') } : { for: span };
  return { ...end, ...(start !== undefined && { starts_at: timeOf('--start', start) }) };
}

const TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i;

/** A time with its zone; without one nobody knows which machine's is meant. */
function timeOf(flag: string, text: string): string {
  const given = text.trim().replace(' ', 'T');
  const time = TIME.test(given) ? Date.parse(given) : Number.NaN;
  if (Number.isNaN(time)) throw new UsageError(`${flag} must be a time with its zone, such as 2026-11-28T14:30:00Z`);
  return new Date(time).toISOString();
}
