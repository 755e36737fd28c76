import { type Terminal, UsageError } from '../contract.ts';
import type { Page } from './pages.ts';
import { watch } from './watch.ts';

/** How a list can be printed. */
export const OUTPUTS = ['table', 'json', 'csv'] as const;
/** One of them. */
export type Output = (typeof OUTPUTS)[number];

/** The form that was asked for; `--json` is short for one. Throws UsageError. */
export function outputOf({ json, output }: OutputFlags): Output {
  if (output === undefined) return json ? 'json' : 'table';
  const form = OUTPUTS.find((one) => one === output);
  if (form === undefined) throw new UsageError(`--output must be one of ${OUTPUTS.join(', ')}, not "${output}"`);
  if (json && form !== 'json') throw new UsageError('give either --json or --output, not both');
  return form;
}

/** Flags of a list that say how it is printed. */
export interface OutputFlags {
  readonly json?: boolean | undefined;
  readonly output?: string | undefined;
  readonly watch?: boolean | undefined;
}

/** Prints a page of a list in the form that was asked for, or draws it again and again. Throws UsageError. */
export async function printList<Item extends object>(
  terminal: Terminal,
  flags: OutputFlags,
  list: { readonly ask: () => Promise<Page<Item>>; readonly lines: (page: Page<Item>) => readonly string[] },
): Promise<void> {
  const form = outputOf(flags);
  if (flags.watch && form !== 'table') throw new UsageError('--watch draws a table; leave out --json and --output');
  if (flags.watch) return watch(terminal, async () => list.lines(await list.ask()));
  const page = await list.ask();
  if (form === 'json') terminal.out(JSON.stringify(page));
  else for (const line of form === 'csv' ? csvLines(page.items) : list.lines(page)) terminal.out(line);
}

/** Rows of the API as CSV (RFC 4180) under a header; what is no text or number stands as JSON. */
export function csvLines(items: readonly object[]): readonly string[] {
  const names = [...new Set(items.flatMap((item) => Object.keys(item)))];
  if (names.length === 0) return [];
  const rows = items.map((item) => names.map((name) => cell((item as Record<string, unknown>)[name])).join(','));
  return [names.map(cell).join(','), ...rows];
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // A spreadsheet would run what a stranger has written there.
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
