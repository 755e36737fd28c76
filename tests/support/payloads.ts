import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Driver } from '../../src/drivers/contract.ts';
import { FIXTURES, isCase } from './golden.ts';

/** Every body in the folder of a driver, of cases and of golden files, by the name of its file. */
export function bodiesOf(driver: string): [file: string, body: unknown][] {
  const folder = join(FIXTURES, driver);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json') && !file.endsWith('.golden.json'))
    .map((file) => {
      const json: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      return [file, isCase(json) ? json.body : json];
    });
}

/** The bodies of a driver by which something fires; at least one. */
export function firingBodies(driver: Driver): unknown[] {
  const found = bodiesOf(driver.name).flatMap(([, body]) => {
    const parsed = driver.parse(body, { userAgent: '', receivedAt: Date.now() });
    return parsed.ok && parsed.alerts.some(({ status }) => status === 'firing') ? [body] : [];
  });
  if (found.length === 0) throw new Error(`${driver.name} has no fixture by which something fires`);
  return found;
}

/** The first of them, as its sender sends it. */
export function firingBody(driver: Driver): string {
  return JSON.stringify(firingBodies(driver)[0]);
}

/**
 * A body as it would be sent now: every time in it lies just ahead, so that a hub takes the arrival and nothing is
 * older than what came before it.
 */
export function asOfNow(body: unknown): string {
  const ms = Date.now() + 2000;
  const iso = new Date(ms).toISOString();
  return JSON.stringify(body)
    .replace(/\b(?!0001)\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)/g, iso)
    .replace(/\b1\d{18}\b/g, `${ms}000000`)
    .replace(/\b1\d{12}\b/g, String(ms))
    .replace(/\b1\d{9}\b/g, String(Math.floor(ms / 1000)));
}
