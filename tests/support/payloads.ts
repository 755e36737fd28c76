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

/** The first body of a driver by which something fires, as its sender sends it. */
export function firingBody(driver: Driver): string {
  const fires = (body: unknown) => {
    const parsed = driver.parse(body, { userAgent: '', receivedAt: Date.now() });
    return parsed.ok && parsed.alerts.some(({ status }) => status === 'firing');
  };
  const [, body] = bodiesOf(driver.name).find(([, one]) => fires(one)) ?? [];
  if (body === undefined) throw new Error(`${driver.name} has no fixture by which something fires`);
  return JSON.stringify(body);
}
