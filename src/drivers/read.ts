import type { BodyContent } from '../core/reading/body.ts';
import { remarksOnDoubts } from '../core/reading/doubts.ts';
import { isPush, unreadable } from '../core/reading/incoming.ts';
import type { Driver, ParseContext, Parsed, Unreadable } from './contract.ts';

/** The drivers that claim a body, `generic` last: it takes only what nobody else does. */
export function claimantsOf(drivers: ReadonlyMap<string, Driver>, value: unknown): readonly Driver[] {
  const claimants = [...drivers.values()].filter((driver) => driver.claims(value));
  return claimants.toSorted((a, b) => Number(a.name === 'generic') - Number(b.name === 'generic'));
}

/** What a body says to a driver, as a hub takes it; what is doubtful about its alerts stands in the remarks. */
export function parseBody(driver: Driver, { value, isForm }: BodyContent, context: ParseContext): Parsed | Unreadable {
  if (isForm && driver.forms !== true) {
    return unreadable('', 'the body is a form, and is taken as JSON only: send it with Content-Type: application/json');
  }
  // A push is a push on its own route only: nobody else may speak in an instance's name.
  if (driver.name !== 'cluster' && isPush(value)) {
    return unreadable('source', 'a body with "source": "cluster" is taken at /alerts/webhook/cluster/ only');
  }
  const parsed = driver.parse(value, context);
  if (!parsed.ok) return parsed;
  const doubtful = remarksOnDoubts(parsed.alerts);
  return doubtful.length === 0 ? parsed : { ...parsed, remarks: [...(parsed.remarks ?? []), ...doubtful] };
}
