import type { PolicySections } from '../../config/notify/schema.ts';
import { minuteOf } from '../../core/policy/interval-text.ts';
import type { MaintenanceWindow } from '../../core/policy/policy.ts';
import { parseRrule } from '../../core/policy/rrule.ts';
import { createWindowSpans, type Recurrence, type WindowLength, type WindowSpans } from '../../core/policy/window.ts';
import { daysInMonth, type Zone } from '../../core/time/zone.ts';
import { cronRecurrence, type FirstTime, rruleRecurrence } from '../../lib/recurrence.ts';
import type { Compiler, Keys } from './compiler.ts';

/** A window that can also show its next spans. */
export interface RecurringWindow extends MaintenanceWindow, Pick<WindowSpans, 'spans'> {
  readonly zone: Zone;
}

type Written = NonNullable<PolicySections['windows']>[string];

/** The recurring windows. */
export function compileWindows(compiler: Compiler): readonly RecurringWindow[] {
  return Object.entries(compiler.document.sections.windows ?? {}).flatMap(([name, written]) => {
    const keys = ['windows', name];
    const { matches } = compiler.matchers([...keys, 'matchers'], written.matchers);
    const zone = compiler.zone([...keys, 'zone'], written.zone);
    const recurrence = recurrenceOf(written, keys, zone, compiler);
    const length = lengthOf(written, keys, compiler);
    if (recurrence === null || length === null) return [];
    return [{ name, place: compiler.placeAt(keys), matches, zone, ...createWindowSpans(recurrence, length, zone) }];
  });
}

function recurrenceOf({ rrule, from, cron }: Written, keys: Keys, zone: Zone, compiler: Compiler): Recurrence | null {
  if ((rrule === undefined) === (cron === undefined)) {
    compiler.tell(keys, 'needs either rrule and from, or cron');
    return null;
  }
  if (cron !== undefined) {
    if (from !== undefined) compiler.tell([...keys, 'from'], 'is only for rrule; remove it');
    return compiler.each([...keys, 'cron'], [cron], (text) => cronRecurrence(text, zone))[0] ?? null;
  }
  const first = firstTime(from ?? '');
  if (first === null) {
    const where = from === undefined ? keys : [...keys, 'from'];
    compiler.tell(where, 'with rrule, from must be the first start by the wall clock, such as 2026-01-04T22:00');
    return null;
  }
  return (
    compiler.each([...keys, 'rrule'], [rrule ?? ''], (text) => rruleRecurrence(parseRrule(text), first, zone))[0] ??
    null
  );
}

function firstTime(text: string): FirstTime | null {
  const found = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::00)?$/.exec(text.trim());
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = found?.slice(1).map(Number) ?? [];
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
  return found !== null && isDay && hour <= 23 && minute <= 59 ? { year, month, day, hour, minute } : null;
}

function lengthOf({ duration, until }: Written, keys: Keys, compiler: Compiler): WindowLength | null {
  if ((duration === undefined) === (until === undefined)) {
    compiler.tell(keys, 'needs either a duration such as 2h, or until with the time of day at which it ends');
    return null;
  }
  if (duration !== undefined) return { durationMs: duration };
  const minute = minuteOf(until ?? '');
  if (minute === null) compiler.tell([...keys, 'until'], 'must be a time of day such as 06:00');
  return minute === null ? null : { untilMinute: minute % 1440 };
}
