import { type Fields, fieldsOf, given, type Keys, listOf, nameOf, type Reporter, textOf } from '../report.ts';

/** The intervals of a configuration of Alertmanager, old and new, as ours. */
export function importIntervals(file: Fields, reporter: Reporter): Fields {
  const made: Record<string, unknown> = {};
  for (const section of ['time_intervals', 'mute_time_intervals']) {
    for (const [index, entry] of listOf(file[section]).entries()) {
      const keys = [section, index];
      const { name, time_intervals: specs, ...rest } = fieldsOf(entry);
      reporter.rest(keys, rest, []);
      const rules = listOf(specs).map((spec, at) => ruleOf(fieldsOf(spec), [...keys, 'time_intervals', at], reporter));
      made[nameOf(textOf(name) ?? '')] = rules.length === 1 ? rules[0] : rules;
    }
  }
  return made;
}

function ruleOf(spec: Fields, keys: Keys, reporter: Reporter): Fields {
  const { times, weekdays, days_of_month: days, months, years, location, ...rest } = spec;
  reporter.rest(keys, rest, []);
  const spans = listOf(times).map((time) => {
    const { start_time: from, end_time: to } = fieldsOf(time);
    return `${clock(from)}-${clock(to)}`;
  });
  const isEveryDay = [weekdays, days, months, years].every((one) => listOf(one).length === 0);
  const zone = textOf(location);
  if (zone === 'Local') {
    reporter.lose([...keys, 'location'], "the zone of a machine says too little here: set the interval's zone");
  }
  return given({
    times: spans.length > 0 ? (isEveryDay ? joined(spans) : spans) : isEveryDay ? ['00:00-24:00'] : undefined,
    weekdays: words(weekdays),
    days: words(days),
    months: words(months),
    years: words(years),
    zone: zone === 'Local' ? undefined : zone,
  });
}

/** `HH:MM`; YAML 1.1, which Alertmanager reads, takes bare times for numbers of minutes, so files quote them. */
function clock(time: unknown): string {
  if (typeof time !== 'number') return textOf(time) ?? '';
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(time / 60))}:${two(time % 60)}`;
}

function words(value: unknown): readonly (string | number)[] | undefined {
  const list = listOf(value).map((one) => (typeof one === 'number' ? one : String(one)));
  return list.length === 0 ? undefined : list;
}

/** A night that had to be written as two spans, because none goes over midnight there. */
function joined(spans: readonly string[]): readonly string[] {
  const evening = spans.find((span) => span.endsWith('-24:00'));
  const morning = spans.find((span) => span.startsWith('00:00-'));
  if (evening === undefined || morning === undefined || evening === morning) return spans;
  const night = `${evening.slice(0, 6)}${morning.slice(6)}`;
  return [...spans.filter((span) => span !== evening && span !== morning), night];
}
