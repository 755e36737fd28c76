import type { IncomingAlert, Labels } from '../alert/alert.ts';
import { seriesText } from '../rule/series.ts';

/** The figures of one moment of one instance: names in their order, and as many values. */
export interface Figures {
  /** When they were true, UTC milliseconds. */
  readonly at: number;
  /** Series as `seriesText` writes them, without the instance. */
  readonly names: readonly string[];
  readonly values: readonly number[];
}

/** Figures of a push, and of how many nothing was kept. */
export interface PushFigures {
  readonly moments: readonly Figures[];
  readonly leftOut: number;
}

// Checks of one run end within so long of one another; what is further apart are two moments.
const RUN_MS = 15_000;
// Labels that all alerts of an instance have, or that say how its check ended.
const COMMON = ['checker', 'hostname', 'instance_id', 'check_status'];
const NAME = /^[A-Za-z_:][\w.:/-]{0,199}$/;
const TEXT = 200;

/** Reads figures; what it has seen before costs it little, for what a check tells has nearly always the same names. */
export interface FigureReader {
  /**
   * The numbers among the metrics of alerts as series: `<checker>.<metric>`, with the labels of the item where it is one,
   * and with `item` where a metric holds several (`{"/var": 5}`). Of more than `most` of one moment the rest is left out.
   * The same names are the same list.
   */
  read(alerts: readonly IncomingAlert[], most: number): PushFigures;
}

// Names of so many alerts, and lists of so many pushes, are remembered.
const REMEMBERED = 20_000;

interface Moment {
  at: number;
  shape: string;
  values: number[];
}

/** A reader that has seen nothing. */
export function createFigureReader(): FigureReader {
  const ofAlerts = new Map<string, { readonly number: number; readonly names: readonly string[] }>();
  const ofPushes = new Map<string, readonly string[]>();
  const byNumber: (readonly string[])[] = [];
  const shapeOf = ({ labels, name, metrics }: IncomingAlert, key: string) => {
    const known = ofAlerts.get(key);
    if (known !== undefined) return known;
    if (ofAlerts.size >= REMEMBERED) {
      ofAlerts.clear();
      ofPushes.clear();
      byNumber.length = 0;
    }
    const own = Object.fromEntries(Object.entries(labels).filter(([label]) => !COMMON.includes(label)));
    const names = [...namesIn((labels.checker ?? name).split(':')[0] ?? '', own, metrics)];
    const shape = { number: byNumber.push(names) - 1, names };
    ofAlerts.set(key, shape);
    return shape;
  };
  return {
    read: (alerts, most) => {
      const moments = new Map<number, Moment>();
      let leftOut = 0;
      for (const alert of alerts) {
        const values: number[] = [];
        const { names, number } = shapeOf(alert, keyAndValues(alert, values));
        if (names.length === 0) continue;
        const run = Math.floor(alert.observedAt / RUN_MS);
        // A run may go over the edge of such a span.
        const moment = moments.get(run) ?? moments.get(run - 1) ?? { at: alert.observedAt, shape: '', values: [] };
        moments.set(run, moment);
        moment.at = Math.max(moment.at, alert.observedAt);
        const room = Math.max(0, most - moment.values.length);
        leftOut += Math.max(0, values.length - room);
        for (let index = 0; index < values.length && index < room; index += 1)
          moment.values.push(values[index] as number);
        moment.shape += `${number},`;
      }
      const each = [...new Set(moments.values())].filter(({ values }) => values.length > 0);
      return {
        leftOut,
        moments: each.map(({ at, shape, values }) => {
          const key = `${shape}${values.length}`;
          const known = ofPushes.get(key);
          if (known !== undefined) return { at, names: known, values };
          const numbers = shape.split(',').slice(0, -1).map(Number);
          const names = numbers.flatMap((one) => byNumber[one] ?? []).slice(0, values.length);
          if (ofPushes.size >= REMEMBERED) ofPushes.clear();
          ofPushes.set(key, names);
          return { at, names, values };
        }),
      };
    },
  };
}

/** All that decides the names of an alert's figures as one text; its figures go into `values`. */
function keyAndValues({ labels, name, metrics }: IncomingAlert, values: number[]): string {
  let key = labels.checker ?? name;
  for (const label in labels) if (!COMMON.includes(label)) key += `\0${label}=${labels[label]}`;
  for (const metric in metrics) {
    const value = metrics[metric];
    const figure = numberOf(value);
    if (figure !== null) {
      if (!NAME.test(metric)) continue;
      key += `\n${metric}`;
      values.push(figure);
    } else if (isMap(value) && NAME.test(metric)) key += `\n${metric}{${keyOfItems(value, values)}}`;
  }
  return key;
}

function keyOfItems(items: Readonly<Record<string, unknown>>, values: number[]): string {
  let key = '';
  for (const item in items) {
    if (item.length > TEXT) continue;
    const inner = items[item];
    const single = numberOf(inner);
    if (single !== null) {
      key += `\0${item}`;
      values.push(single);
    } else if (isMap(inner)) {
      key += `\0${item}:`;
      for (const part in inner) {
        const deep = numberOf(inner[part]);
        if (deep === null || !NAME.test(part)) continue;
        key += `\r${part}`;
        values.push(deep);
      }
    }
  }
  return key;
}

/** The names of what `keyAndValues` takes, in its order. */
function* namesIn(base: string, labels: Labels, metrics: IncomingAlert['metrics']): Iterable<string> {
  for (const metric in metrics) {
    const value = metrics[metric];
    if (!NAME.test(metric)) continue;
    const whole = `${base}.${metric}`;
    if (numberOf(value) !== null) yield seriesText({ metric: whole, labels });
    else if (isMap(value))
      for (const item in value) {
        if (item.length > TEXT) continue;
        const inner = value[item];
        if (numberOf(inner) !== null) yield seriesText({ metric: whole, labels: { ...labels, item } });
        else if (isMap(inner))
          for (const part in inner)
            if (numberOf(inner[part]) !== null && NAME.test(part))
              yield seriesText({ metric: `${whole}.${part}`, labels: { ...labels, item } });
      }
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Of what is no finite number nothing is kept; true is 1. */
function numberOf(value: unknown): number | null {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
