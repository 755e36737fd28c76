import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IncomingAlert } from '../../src/core/alert/alert.ts';
import type { Driver } from '../../src/drivers/contract.ts';
import { ROOT } from './sources.ts';

/** Where the bodies of vendors lie: `<driver>/<case>.json`, and `<case>.golden.json` with what they become. */
export const FIXTURES = join(ROOT, 'tests/fixtures/drivers');

/** When all of them arrive; later than every time in them. */
export const GOLDEN_ARRIVAL = Date.UTC(2026, 6, 1, 12);

/** A body of a vendor. */
export interface Payload {
  readonly driver: string;
  /** `<driver>/<case>`. */
  readonly path: string;
  readonly body: unknown;
  /** Parsed golden file; undefined when there is none. */
  readonly golden: unknown;
}

/** The payloads of a driver: the JSON files of its folder, but for cases (`{about, body, expect}`), which stand alone. */
export function payloadsOf(driver: string): Payload[] {
  const folder = join(FIXTURES, driver);
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  return files.flatMap((file) => {
    if (file.endsWith('.golden.json')) return [];
    const [name, body] = [file.replace(/\.json$/, ''), read(file)];
    if (isCase(body)) return [];
    const golden = files.includes(`${name}.golden.json`) ? read(`${name}.golden.json`) : undefined;
    return [{ driver, path: `${driver}/${name}`, body, golden }];
  });
}

/** Whether what a file of the folder holds is a case of `tests/contract/drivers.test.ts` and not a vendor's body. */
export function isCase(body: unknown): body is { readonly body: unknown } {
  return typeof body === 'object' && body !== null && ['about', 'body', 'expect'].every((key) => key in body);
}

/** What a driver makes of a body, in the words of the API, with nothing left out that a person should review. */
export function goldenOf(driver: Driver, body: unknown): unknown {
  const parsed = driver.parse(body, { userAgent: '', receivedAt: GOLDEN_ARRIVAL });
  if (!parsed.ok) return { source: driver.name, message: parsed.message, errors: parsed.errors };
  const { origin, alerts, errors, notes, remarks, extraFields } = parsed;
  return {
    source: driver.name,
    ...(origin !== '' && { origin }),
    alerts: alerts.map(readable),
    ...(notes?.length && { notes: notes.map((note) => ({ ...note, at: iso(note.at) })) }),
    ...(remarks?.length && { remarks }),
    ...(extraFields && { extra_fields: extraFields }),
    ...(errors.length > 0 && { errors }),
  };
}

function readable(alert: IncomingAlert): unknown {
  const { fingerprint, name, status, severity, resolution, labels, annotations, metrics, groupKey } = alert;
  return {
    ...{ fingerprint, status, severity, name },
    ...(resolution !== undefined && { resolution }),
    ...{ started_at: iso(alert.startedAt), ended_at: alert.endedAt === null ? null : iso(alert.endedAt) },
    ...(alert.expiresAt !== undefined && { expires_at: iso(alert.expiresAt) }),
    ...(alert.statusOnly && { status_only: true }),
    ...{ observed_at: iso(alert.observedAt), group_key: groupKey, labels, annotations, metrics },
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
