import type { CheckResult, Confirmation } from '../../core/check.ts';
import type { CheckState } from '../../core/cluster/payload.ts';
import { AT_ONCE, isReportedProblem } from '../../core/cluster/payload.ts';
import { spanText } from '../../core/figures.ts';

/** Where an agent keeps what it saw, in its state folder. */
export const AGENT_STATE = 'agent.json';

/** How far an agent is from telling a problem that this look found too. */
export interface HeldBack {
  /** Runs in a row that are wanted, and for how long, in milliseconds. */
  readonly attempts: number;
  readonly for_ms: number;
  /** Runs of the agent in a row that saw it; since when, ISO 8601. */
  readonly seen: number;
  readonly since: string | null;
}

/** By name of a check or of an item: what this look found wrong, and an agent does not tell yet. */
export function heldBack(
  results: readonly CheckResult[],
  checks: readonly { readonly check: { readonly name: string; readonly confirmation?: Confirmation } }[],
  states: Readonly<Record<string, CheckState>>,
): Map<string, HeldBack> {
  const found = new Map<string, HeldBack>();
  const confirmations = new Map(checks.map(({ check: { name, confirmation = AT_ONCE } }) => [name, confirmation]));
  // Where no agent runs, nothing is told or held back.
  if (Object.keys(states).length === 0) return found;
  for (const { checker, status, items } of results) {
    const rule = confirmations.get(checker);
    if (rule === undefined || (rule.attempts <= 1 && rule.forMs === 0)) continue;
    const things = items === undefined || items.length === 0 ? [{ name: checker, status }] : items;
    for (const thing of things.filter((one) => one.status !== 'ok')) {
      const state = Object.hasOwn(states, thing.name) ? states[thing.name] : undefined;
      if (state !== undefined && isReportedProblem(state)) continue;
      const { failures = 0, since } = state?.pending ?? {};
      const at = since === undefined ? null : new Date(since).toISOString();
      found.set(thing.name, { attempts: rule.attempts, for_ms: rule.forMs, seen: failures, since: at });
    }
  }
  return found;
}

/** For the end of a line: empty when something of the check is told. */
export function heldBackText(
  { checker, status, items = [] }: CheckResult,
  held: ReadonlyMap<string, HeldBack>,
): string {
  if (status === 'ok') return '';
  const names = items.length === 0 ? [checker] : items.filter((item) => item.status !== 'ok').map((item) => item.name);
  const all = names.map((name) => held.get(name));
  const [first] = all;
  if (first === undefined || all.includes(undefined)) return '';
  const span = first.for_ms > 0 ? `, for ${spanText(first.for_ms)}` : '';
  const wanted = first.attempts > 1 ? `${first.seen} of ${first.attempts} runs in a row${span}` : span.slice(2);
  return ` [not told yet: ${wanted}]`;
}
