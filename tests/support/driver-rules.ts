import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IncomingAlert } from '../../src/core/alert/alert.ts';
import type { Driver, Parsed, Unreadable } from '../../src/drivers/contract.ts';
import { GOLDEN_ARRIVAL } from './golden.ts';
import { mutants } from './mutants.ts';

/** A body of a driver's fixtures, by the name of its file. */
export type FixtureBody = readonly [file: string, body: unknown];

/** A word that no sender uses. */
export const UNKNOWN_WORD = 'zorblax';

function read(driver: Driver, body: unknown): Parsed | Unreadable {
  return driver.parse(body, { userAgent: '', receivedAt: GOLDEN_ARRIVAL });
}

/**
 * What is wrong with the fixtures of a driver as the life of one alert: some body fires, and some body resolves what
 * fired, by the same identity. A driver whose identity holds the status, or a time or figure, has no such pair.
 */
export function lifeFaults(driver: Driver, fixtures: readonly FixtureBody[]): string[] {
  const alerts = fixtures.flatMap(([, body]) => {
    const parsed = read(driver, body);
    return parsed.ok ? parsed.alerts.map((alert) => [identityOf(parsed, alert), alert.status] as const) : [];
  });
  const identities = (wanted: string) => new Set(alerts.flatMap(([key, status]) => (status === wanted ? [key] : [])));
  const [firing, resolved] = [identities('firing'), identities('resolved')];
  if (firing.size === 0) return ['no fixture fires'];
  if (resolved.size === 0) return ['no fixture resolves'];
  if ([...resolved].some((key) => firing.has(key))) return [];
  return ['no fixture resolves what another one fires: an alert has one identity from its start to its end'];
}

function identityOf({ origin }: Parsed, { fingerprint }: IncomingAlert): string {
  return JSON.stringify([origin, fingerprint]);
}

/**
 * Where a driver takes a word that nobody knows in silence: an alert changes its status or severity by it, or is gone,
 * and neither the alert's `original_…` annotations nor a note, a remark or an error say so.
 */
export function silentWords(driver: Driver, fixtures: readonly FixtureBody[]): string[] {
  const silent: string[] = [];
  for (const [file, body] of fixtures) {
    const whole = read(driver, body);
    for (const { path, mutant } of mutants(body, [UNKNOWN_WORD])) {
      const parsed = read(driver, mutant);
      // An alert more, such as one that is no test of the connection any more, is anything but silence.
      const isMore = alertsOf(parsed).length > alertsOf(whole).length;
      if (!isMore && statesOf(parsed) !== statesOf(whole) && !tells(parsed, whole)) silent.push(`${file}${path}`);
    }
  }
  return silent;
}

function alertsOf(parsed: Parsed | Unreadable): readonly IncomingAlert[] {
  return parsed.ok ? parsed.alerts : [];
}

/** Statuses and severities of the alerts, in order. */
export function statesOf(parsed: Parsed | Unreadable): string {
  return alertsOf(parsed)
    .map(({ status, severity }) => `${status} ${severity}`)
    .join();
}

function tells(parsed: Parsed | Unreadable, whole: Parsed | Unreadable): boolean {
  if (!parsed.ok) return true;
  const { alerts, notes = [], remarks = [], errors } = parsed;
  const originals = alerts.flatMap(({ annotations }) => Object.entries(annotations).filter(isOriginal));
  if (JSON.stringify([originals, notes, remarks, errors]).includes(UNKNOWN_WORD)) return true;
  const before = whole.ok ? (whole.remarks ?? []).length : 0;
  return errors.length > whole.errors.length || remarks.length > before;
}

// The message is what people read: a word in it is told.
function isOriginal([name]: readonly [string, string]): boolean {
  return name.startsWith('original_') || name === 'message';
}

/** What is missing of a driver's page: the page itself, or the route that people have to type. */
export function pageFaults(driver: Driver, docs: string): string[] {
  const path = join(docs, `drivers/${driver.name}.md`);
  if (!existsSync(path)) return [`docs/drivers/${driver.name}.md is missing`];
  const route = `/alerts/webhook/${driver.name}/`;
  return readFileSync(path, 'utf8').includes(route) ? [] : [`docs/drivers/${driver.name}.md does not name ${route}`];
}
