import type { Attempt, Notice } from '../wire/documents.ts';
import { queryText } from './address.ts';

/** How a channel does, by what it was sent last. */
export interface ChannelHealth {
  readonly name: string;
  readonly state: 'ok' | 'failing' | 'unknown';
  /** When it last took something. */
  readonly arrivedAt: string | null;
  /** What the last attempt was answered. */
  readonly answer: string | null;
  readonly waiting: number;
  readonly dead: number;
  readonly failed24h: number;
  /** Of attempts that arrived, in milliseconds: 95 of 100 took no longer. */
  readonly p95: number | null;
}

const ATTEMPTS = '/api/v1/deliveries';

/** Where attempts are read. */
export function attemptsPath(query: Readonly<Record<string, string>>): string {
  return `${ATTEMPTS}${queryText(query)}`;
}

const DAY = 86_400_000;

/** The channels that the attempts and the outbox know: those that fail first, then by name. */
export function channelsOf(attempts: readonly Attempt[], notices: readonly Notice[], now: number): ChannelHealth[] {
  const names = new Set([...attempts, ...notices].map(({ channel }) => channel));
  return [...names]
    .map((name) =>
      healthOf(
        name,
        attempts.filter(({ channel }) => channel === name),
        notices.filter(({ channel }) => channel === name),
        now,
      ),
    )
    .sort((a, b) => Number(b.state === 'failing') - Number(a.state === 'failing') || a.name.localeCompare(b.name));
}

function healthOf(name: string, attempts: readonly Attempt[], notices: readonly Notice[], now: number): ChannelHealth {
  const newest = [...attempts].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  const arrived = newest.filter(({ outcome }) => outcome === 'ok');
  const [last] = newest;
  return {
    name,
    state: last === undefined ? 'unknown' : last.outcome === 'ok' ? 'ok' : 'failing',
    arrivedAt: arrived[0]?.at ?? null,
    answer: last?.answer ?? null,
    waiting: notices.filter(({ state }) => state === 'wait' || state === 'retry' || state === 'under_way').length,
    dead: notices.filter(({ state }) => state === 'dead').length,
    failed24h: newest.filter(({ outcome, at }) => outcome === 'failed' && Date.parse(at) > now - DAY).length,
    p95: percentile(
      arrived.flatMap(({ took_ms: took }) => took ?? []),
      0.95,
    ),
  };
}

/** The value that this share of all does not exceed; null for none. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? null;
}
