import type { BodyContent } from '../core/reading/body.ts';
import { boundedAlert, boundedNote } from '../core/reading/bounds.ts';
import { remarksOnDoubts } from '../core/reading/doubts.ts';
import { isPush, unreadable } from '../core/reading/incoming.ts';
import { cutText } from '../core/reading/json.ts';
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
  return parsed.ok ? bounded(parsed) : { ...parsed, ...boundedErrors(parsed) };
}

// What is told beyond this is the same again, or not read.
const MOST_ERRORS = 1000;
const MOST_REMARKS = 20;
const LONGEST_LINE = 500;

/** What was read, with every part of it within the bounds of what is stored and answered; here, for no driver can forget it. */
function bounded(parsed: Parsed): Parsed {
  const alerts = changed(parsed.alerts, boundedAlert);
  const remarks = [...(parsed.remarks ?? []), ...remarksOnDoubts(alerts)];
  return {
    ...parsed,
    alerts,
    ...boundedErrors(parsed),
    ...(parsed.notes !== undefined && { notes: changed(parsed.notes, boundedNote) }),
    ...(remarks.length > 0 && { remarks: remarks.slice(0, MOST_REMARKS).map((text) => cutText(text, LONGEST_LINE)) }),
  };
}

function boundedErrors({ errors }: Pick<Parsed, 'errors'>): Pick<Parsed, 'errors'> {
  const kept = errors.length > MOST_ERRORS ? errors.slice(0, MOST_ERRORS) : errors;
  return {
    errors: changed(kept, (error) =>
      error.path.length + error.message.length <= LONGEST_LINE
        ? error
        : { path: cutText(error.path, LONGEST_LINE), message: cutText(error.message, LONGEST_LINE) },
    ),
  };
}

/** The same list where nothing of it changes, which is nearly always. */
function changed<T>(list: readonly T[], change: (item: T) => T): readonly T[] {
  const made = list.map(change);
  return made.some((item, index) => item !== list[index]) ? made : list;
}
