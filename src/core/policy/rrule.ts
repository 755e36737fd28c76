/** A recurrence rule that cannot be used; the message says why. */
export class RruleError extends Error {
  override name = 'RruleError';
}

/** A rule of RFC 5545, checked: its parts in capitals, in the order in which they were written. */
export type Rrule = ReadonlyMap<string, string>;

const list = (item: string) => new RegExp(`^${item}(,${item})*$`);
const number = (most: number, digits: number) => (text: string) =>
  text.split(',').every((one) => {
    const value = Math.abs(Number(one));
    return value >= 1 && value <= most && one.replace('-', '').length <= digits;
  });
const between = (most: number) => (text: string) => text.split(',').every((one) => Number(one) <= most);

interface Part {
  readonly form: RegExp;
  readonly isWithin?: (text: string) => boolean;
  readonly says: string;
}
const SIGNED = '[+-]?\\d{1,3}';
const PARTS: Readonly<Record<string, Part>> = {
  FREQ: { form: /^(HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY)$/, says: 'HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY' },
  INTERVAL: { form: /^[1-9]\d{0,3}$/, says: 'a number from 1 to 9999' },
  COUNT: { form: /^[1-9]\d{0,4}$/, says: 'a number from 1 to 99999' },
  UNTIL: { form: /^\d{8}(T\d{6}Z?)?$/, says: 'a date or time such as 20261231 or 20261231T230000Z' },
  BYDAY: { form: list('([+-]?[1-9]\\d?)?(MO|TU|WE|TH|FR|SA|SU)'), says: 'days such as MO,FR or 2TU or -1FR' },
  BYMONTH: { form: list('\\d{1,2}'), isWithin: number(12, 2), says: 'months from 1 to 12' },
  BYMONTHDAY: { form: list(SIGNED), isWithin: number(31, 2), says: 'days from 1 to 31 or -1 to -31' },
  BYYEARDAY: { form: list(SIGNED), isWithin: number(366, 3), says: 'days from 1 to 366 or -1 to -366' },
  BYWEEKNO: { form: list(SIGNED), isWithin: number(53, 2), says: 'weeks from 1 to 53 or -1 to -53' },
  BYSETPOS: { form: list(SIGNED), isWithin: number(366, 3), says: 'places such as 1 or -1' },
  BYHOUR: { form: list('\\d{1,2}'), isWithin: between(23), says: 'hours from 0 to 23' },
  BYMINUTE: { form: list('\\d{1,2}'), isWithin: between(59), says: 'minutes from 0 to 59' },
  WKST: { form: /^(MO|TU|WE|TH|FR|SA|SU)$/, says: 'a day such as MO' },
};
// By the hour, real time counts, and of the other parts only these are read.
const HOURLY = ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYDAY', 'BYMONTH', 'BYMONTHDAY', 'BYHOUR', 'WKST'];

/** Reads a rule such as `FREQ=WEEKLY;BYDAY=SU`, with or without `RRULE:` before it. Throws RruleError. */
export function parseRrule(text: string): Rrule {
  const parts = new Map<string, string>();
  for (const part of text
    .trim()
    .replace(/^RRULE:/i, '')
    .split(';')) {
    const [name = '', value = '', more] = part
      .toUpperCase()
      .split('=')
      .map((word) => word.trim());
    const known = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
    if (known === undefined || more !== undefined) {
      throw new RruleError(`"${part}" is no part of a rule here; a rule looks like FREQ=WEEKLY;BYDAY=SU`);
    }
    if (parts.has(name)) throw new RruleError(`${name} stands twice`);
    if (!known.form.test(value) || known.isWithin?.(value) === false) {
      throw new RruleError(`${name} must be ${known.says}, not "${value}"`);
    }
    parts.set(name, value);
  }
  check(parts);
  return parts;
}

function check(parts: Rrule): void {
  const frequency = parts.get('FREQ');
  if (frequency === undefined) throw new RruleError('FREQ is missing; a rule looks like FREQ=WEEKLY;BYDAY=SU');
  if (parts.has('COUNT') && parts.has('UNTIL')) throw new RruleError('COUNT and UNTIL exclude one another; remove one');
  const unread = [...parts.keys()].find((name) => frequency === 'HOURLY' && !HOURLY.includes(name));
  if (unread !== undefined) throw new RruleError(`${unread} is not read with FREQ=HOURLY; use cron for that`);
  const hasPlaces = /\d/.test(parts.get('BYDAY') ?? '');
  if (hasPlaces && frequency !== 'MONTHLY' && frequency !== 'YEARLY') {
    throw new RruleError(`BYDAY=${parts.get('BYDAY')} counts days within a month or year; use FREQ=MONTHLY or YEARLY`);
  }
  if (parts.has('BYWEEKNO') && frequency !== 'YEARLY') throw new RruleError('BYWEEKNO needs FREQ=YEARLY');
}
