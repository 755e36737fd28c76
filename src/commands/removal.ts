import { duration } from '../config/kinds.ts';
import { MOST_REMOVED } from '../core/removal.ts';
import { Exit, type Terminal, UsageError } from './contract.ts';
import { askHub, type ClientSettings, tellHub } from './hub-client.ts';
import type { Page } from './screen/pages.ts';
import { userName } from './user-name.ts';

type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** All items of a list that is read page by page. */
export async function allOf<Item>(settings: ClientSettings, path: string, query: Query): Promise<readonly Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const asked = { ...query, limit: '500', ...(cursor !== null && { cursor }) };
    const page = (await askHub(settings, path, asked)) as Page<Item>;
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return items;
}

/** What is removed, by which field of which route. */
export interface RemovalCall {
  readonly path: string;
  readonly field: string;
  readonly ids: readonly string[];
}

/** Removes all of it, so many at a time as a hub takes; gives what it came to. Throws Exit with what the hub says. */
export async function removeAll(settings: ClientSettings, { path, field, ids }: RemovalCall) {
  let [removed, ended] = [0, 0];
  for (let at = 0; at < ids.length; at += MOST_REMOVED) {
    const body = { by: userName(), [field]: ids.slice(at, at + MOST_REMOVED) };
    const told = await tellHub(settings, path, body);
    if (!told.ok) throw new Exit(1, told.reason);
    const done = told.value as { readonly removed: number; readonly ended: number };
    removed += done.removed;
    ended += done.ended;
  }
  return { removed, ended };
}

/** Shows what would be removed, and how it is; true when `--yes` says that it is to be. */
export function isConfirmed(
  { yes, json }: { readonly yes?: boolean | undefined; readonly json?: boolean | undefined },
  what: string,
  preview: readonly string[],
  terminal: Terminal,
): boolean {
  if (yes) return true;
  if (!json) for (const line of preview) terminal.out(line);
  terminal.err(`${what}. Nothing has been removed: the same with --yes removes it.`);
  return false;
}

/** `1 alert`, `2 alerts`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

const YEARS_S = 36_500 * 86_400;

/** A span of time of a flag, in milliseconds. Throws UsageError. */
export function spanOf(flag: string, text: string): number {
  const kind = duration(1, YEARS_S);
  const parsed = kind.schema.safeParse(kind.fromText(text));
  if (!parsed.success) throw new UsageError(`${flag} ${parsed.error.issues[0]?.message}`);
  return parsed.data;
}
