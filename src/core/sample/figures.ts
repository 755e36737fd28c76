import type { IncomingAlert } from '../alert/alert.ts';
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
   * The same names are nearly always the same list. `origin` is who sent them.
   */
  read(origin: string, alerts: readonly IncomingAlert[], most: number): PushFigures;
}

// Lists of names of so many pushes, and the last pushes of so many senders, are remembered.
const REMEMBERED = 20_000;
// Of a push; and no shape that is longer, in characters.
const REMEMBERED_OF_ONE = 50;
const LONGEST = 4000;

/** The names of an alert's figures, with what decides them. */
interface Shape {
  readonly base: string;
  /** Its labels, and after each its value; null for those that decide nothing. */
  readonly labels: readonly (string | null)[];
  /** Its metrics, and after each what it is: 0 for a figure, the key of a map of them, or null for what is not kept. */
  readonly metrics: readonly (string | 0 | null)[];
  readonly names: readonly string[];
  readonly isRemembered: boolean;
}

/** The shapes of a moment in their order, as a way from the root. */
interface Step {
  readonly before: Step | null;
  readonly shape: Shape | null;
  readonly next: Map<Shape, Step>;
  /** The names of the whole way, or the first of them; made once they are asked for. */
  names: readonly string[] | null;
}

interface Moment {
  /** Runs from here on to there are one moment. */
  readonly from: number;
  to: number;
  at: number;
  step: Step;
  readonly values: number[];
}

const newStep = (before: Step | null, shape: Shape | null): Step => ({ before, shape, next: new Map(), names: null });

/** A reader that has seen nothing. */
export function createFigureReader(): FigureReader {
  const shapes = new Map<string, Shape>();
  // What a sender told last: it nearly always has the same names again, and finding that out takes no text to be made.
  const told = new Map<string, Shape[]>();
  let root = newStep(null, null);
  let steps = 0;
  const values: number[] = [];
  /** The shape of an alert, whose figures stand in `values` then. */
  const shapeFor = (alert: IncomingAlert, last: Shape | undefined): Shape => {
    values.length = 0;
    if (last !== undefined && takeFigures(last, alert, values)) return last;
    values.length = 0;
    const fresh = newShape(alert);
    const key = JSON.stringify([fresh.base, fresh.labels, fresh.metrics]);
    const isRemembered = key.length <= LONGEST;
    const shape = shapes.get(key) ?? { ...fresh, names: [...namesIn(alert)], isRemembered };
    if (isRemembered) shapes.set(key, shape);
    takeFigures(shape, alert, values);
    return shape;
  };
  const stepTo = (before: Step, shape: Shape): Step => {
    const known = before.next.get(shape);
    if (known !== undefined) return known;
    const step = newStep(before, shape);
    before.next.set(shape, step);
    steps += 1;
    return step;
  };
  return {
    read: (origin, alerts, most) => {
      if (Math.max(shapes.size, told.size, steps) >= REMEMBERED) {
        shapes.clear();
        told.clear();
        root = newStep(null, null);
        steps = 0;
      }
      const last = told.get(origin) ?? [];
      told.set(origin, last);
      const moments: Moment[] = [];
      let leftOut = 0;
      alerts.forEach((alert, index) => {
        const shape = shapeFor(alert, last[index]);
        if (index < REMEMBERED_OF_ONE && shape.isRemembered) last[index] = shape;
        if (values.length === 0) return;
        const moment = momentOf(moments, alert.observedAt, root);
        const room = Math.max(0, most - moment.values.length);
        leftOut += Math.max(0, values.length - room);
        for (let at = 0; at < values.length && at < room; at += 1) moment.values.push(values[at] as number);
        moment.step = stepTo(moment.step, shape);
      });
      return {
        leftOut,
        moments: moments
          .filter((one) => one.values.length > 0)
          .map((one) => ({ at: one.at, names: namesOf(one.step, one.values.length), values: one.values })),
      };
    },
  };
}

/** The moment of a run, which may go over the edge of its span. */
function momentOf(moments: Moment[], observedAt: number, root: Step): Moment {
  const run = Math.floor(observedAt / RUN_MS);
  let found: Moment | undefined;
  for (const moment of moments) if (run >= moment.from && run <= moment.to) found = moment;
  if (found === undefined) for (const moment of moments) if (run - 1 === moment.to) found = moment;
  if (found === undefined) {
    found = { from: run, to: run, at: observedAt, step: root, values: [] };
    moments.push(found);
    return found;
  }
  found.to = Math.max(found.to, run);
  found.at = Math.max(found.at, observedAt);
  return found;
}

/** The first `count` names of a way: the same list each time, as long as `count` is. */
function namesOf(step: Step, count: number): readonly string[] {
  if (step.names?.length === count) return step.names;
  const shapes: Shape[] = [];
  for (let at: Step | null = step; at !== null; at = at.before) if (at.shape !== null) shapes.push(at.shape);
  step.names = shapes
    .reverse()
    .flatMap(({ names }) => names)
    .slice(0, count);
  return step.names;
}

function newShape({ labels, name, metrics }: IncomingAlert): Pick<Shape, 'base' | 'labels' | 'metrics'> {
  const kindOf = (metric: string, value: unknown) => {
    if (!NAME.test(metric)) return null;
    if (numberOf(value) !== null) return 0;
    return isMap(value) ? takeItems(value, []) : null;
  };
  return {
    base: labels.checker ?? name,
    labels: Object.entries(labels).flatMap(([label, value]) => [label, COMMON.includes(label) ? null : value]),
    metrics: Object.entries(metrics).flatMap(([metric, value]) => [metric, kindOf(metric, value)]),
  };
}

/** Whether an alert has the names of a shape; its figures go into `values` as far as it has. */
function takeFigures(shape: Shape, { labels, name, metrics }: IncomingAlert, values: number[]): boolean {
  if ((labels.checker ?? name) !== shape.base) return false;
  let at = 0;
  for (const label in labels) {
    if (shape.labels[at] !== label) return false;
    const value = shape.labels[at + 1];
    if (value !== null && value !== labels[label]) return false;
    at += 2;
  }
  if (at !== shape.labels.length) return false;
  at = 0;
  for (const metric in metrics) {
    if (shape.metrics[at] !== metric) return false;
    const kind = shape.metrics[at + 1];
    const value = metrics[metric];
    if (kind === 0) {
      const figure = numberOf(value);
      if (figure === null) return false;
      values.push(figure);
    } else if (kind === null) {
      // What was none may be a figure now, unless its name forbids it: that is found out the long way.
      if ((numberOf(value) !== null || isMap(value)) && NAME.test(metric)) return false;
    } else if (!isMap(value) || takeItems(value, values) !== kind) return false;
    at += 2;
  }
  return at === shape.metrics.length;
}

/** What decides the names of the figures of a map as one text; its figures go into `values`. */
function takeItems(items: Readonly<Record<string, unknown>>, values: number[]): string {
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

/** The names of what `takeFigures` takes, in its order. */
function* namesIn({ labels: all, name, metrics }: IncomingAlert): Iterable<string> {
  const base = (all.checker ?? name).split(':')[0] ?? '';
  const labels = Object.fromEntries(Object.entries(all).filter(([label]) => !COMMON.includes(label)));
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
