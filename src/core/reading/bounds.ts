import { type Doubt, type IncomingAlert, type Labels, LIMITS } from '../alert/alert.ts';
import type { IncomingNote } from '../alert/note.ts';
import { cutText } from './json.ts';
import { isObject, type JsonObject, setOwn } from './read.ts';

const { content: MOST } = LIMITS;

// Whatever the text, a UTF-16 unit takes six bytes of JSON in UTF-8 at most: so many fit without being measured.
const SURELY_FIT = Math.floor(MOST.bytes / 6);
// What a figure, and what stands around a name and a value, take at most.
const NUMBER_CHARS = 24;
const FRAME_CHARS = 6;

/**
 * An alert within the bounds of what is stored of one (`LIMITS.content`): longer names and texts are cut, what is too many is
 * left out, and where the whole is still too large, figures go first, then the longest annotations. What was done is a doubt
 * about the alert, for its sender. Nearly every alert is given back as it is.
 */
export function boundedAlert(alert: IncomingAlert): IncomingAlert {
  if (fits(alert)) return alert;
  const done = new Set<Cut>();
  const labels = boundedMap(alert.labels, MOST.label, (cut) => done.add(`label_${cut}`));
  const annotations = boundedMap(alert.annotations, MOST.annotation, (cut) => done.add(`annotation_${cut}`));
  const metrics = boundedMetrics(alert.metrics, (cut) => done.add(cut));
  const whole = fitted({ labels, annotations, metrics }, () => done.add('whole'));
  const resolution = alert.resolution === undefined ? undefined : cutText(alert.resolution, MOST.label.value);
  if (done.size === 0 && resolution === alert.resolution) return alert;
  const doubts = [...(alert.doubts ?? []), ...Array.from(done, (what): Doubt => ({ kind: 'too_large', what }))];
  return { ...alert, ...whole, ...(resolution !== undefined && { resolution }), doubts };
}

/** A note within its bounds. */
export function boundedNote(note: IncomingNote): IncomingNote {
  const { message, by } = note;
  if (message.length <= MOST.annotation.value && by.length <= LIMITS.name) return note;
  return { ...note, message: ended(message, MOST.annotation.value), by: ended(by, LIMITS.name) };
}

type Cut = Extract<Doubt, { kind: 'too_large' }>['what'];
type Content = Pick<IncomingAlert, 'labels' | 'annotations' | 'metrics'>;
type Bound = (typeof MOST)['label' | 'annotation'];

/** Asked of every alert: says no also where only a measurement can tell. */
function fits({ labels, annotations, metrics, resolution = '' }: IncomingAlert): boolean {
  const left = spareOf(annotations, MOST.annotation, spareOf(labels, MOST.label, SURELY_FIT));
  return left >= 0 && resolution.length <= MOST.label.value && afterObject(metrics, { left, count: 0 }) >= 0;
}

/** What is left of so many characters behind a map; negative where it is beyond a bound. */
function spareOf(map: Labels, most: Bound, spare: number): number {
  let left = spare;
  let count = 0;
  for (const name in map) {
    const value = map[name] as string;
    count += 1;
    if (name.length > most.name || value.length > most.value) return -1;
    left -= name.length + value.length + FRAME_CHARS;
  }
  return count > most.count ? -1 : left;
}

interface Spare {
  left: number;
  count: number;
}

function afterObject(value: JsonObject | readonly unknown[], spare: Spare): number {
  for (const name in value) {
    const inner = (value as JsonObject)[name];
    spare.count += 1;
    spare.left -= name.length + FRAME_CHARS;
    if (typeof inner === 'number') spare.left -= NUMBER_CHARS;
    else if (typeof inner === 'string') spare.left -= inner.length > MOST.metric.value ? SURELY_FIT : inner.length;
    else if (typeof inner === 'object' && inner !== null) afterObject(inner as JsonObject, spare);
    if (name.length > MOST.metric.name || spare.count > MOST.metric.count) spare.left = -1;
    if (spare.left < 0) break;
  }
  return spare.left;
}

function boundedMap(map: Labels, most: Bound, onCut: (what: 'name' | 'value' | 'count') => void): Labels {
  const bounded: Labels = {};
  let count = 0;
  for (const name of Object.keys(map)) {
    const [key, value] = [ended(name, most.name), ended(map[name] ?? '', most.value)];
    if (count >= most.count || Object.hasOwn(bounded, key)) {
      onCut('count');
      continue;
    }
    count += 1;
    if (key !== name) onCut('name');
    if (value !== map[name]) onCut('value');
    setOwn(bounded, key, value);
  }
  return bounded;
}

/** Figures have no order by which some could be left out: too many are left out whole. */
function boundedMetrics(metrics: JsonObject, onCut: (what: 'metrics' | 'metric_text') => void): JsonObject {
  let count = 0;
  const bounded = (value: unknown): unknown => {
    count += 1;
    if (count > MOST.metric.count) return null;
    if (typeof value === 'string') {
      if (value.length > MOST.metric.value) onCut('metric_text');
      return ended(value, MOST.metric.value);
    }
    if (Array.isArray(value)) return value.map(bounded);
    if (!isObject(value)) return value;
    if (Object.keys(value).some((name) => name.length > MOST.metric.name)) onCut('metric_text');
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [ended(name, MOST.metric.name), bounded(inner)]),
    );
  };
  const whole = bounded(metrics) as JsonObject;
  if (count <= MOST.metric.count + 1) return whole;
  onCut('metrics');
  return {};
}

/** Without figures, and with the longest texts cut: annotations first, and labels, which tell alerts apart, at last. */
function fitted(content: Content, onCut: () => void): Content {
  if (sizeOf(content) <= MOST.bytes) return content;
  onCut();
  let { labels, annotations } = content;
  for (let length: number = MOST.annotation.value; length >= LEAST_CHARS; length /= 2) {
    annotations = capped(annotations, length);
    if (roughSizeOf(annotations) + roughSizeOf(labels) > MOST.bytes) continue;
    if (sizeOf({ labels, annotations, metrics: {} }) <= MOST.bytes) return { labels, annotations, metrics: {} };
  }
  for (let length: number = MOST.label.value; length >= LEAST_CHARS; length /= 2) {
    labels = capped(labels, length);
    if (sizeOf({ labels, annotations, metrics: {} }) <= MOST.bytes) return { labels, annotations, metrics: {} };
  }
  return { labels: firstOf(labels), annotations: firstOf(annotations), metrics: {} };
}

/** As many entries as surely fit into half of the whole: the names alone are too much. */
function firstOf(map: Labels): Labels {
  const kept: Labels = {};
  let left = SURELY_FIT / 2 - FRAME_CHARS;
  for (const name of Object.keys(map)) {
    const value = map[name] ?? '';
    left -= name.length + value.length + FRAME_CHARS;
    if (left < 0) break;
    setOwn(kept, name, value);
  }
  return kept;
}

// A text of so many characters says nothing any more when it is cut in two; all names and values of that length fit.
const LEAST_CHARS = 16;

function capped(map: Labels, length: number): Labels {
  const kept: Labels = {};
  for (const name of Object.keys(map)) setOwn(kept, name, ended(map[name] ?? '', length));
  return kept;
}

/** At least so many bytes, found without looking at the text. */
function roughSizeOf(map: Labels): number {
  return Object.keys(map).reduce((sum, name) => sum + name.length + (map[name]?.length ?? 0), 0);
}

/** A text of at most so many characters, with a sign where it was cut. */
function ended(text: string, length: number): string {
  return text.length <= length ? text : `${cutText(text, length - 1)}…`;
}

/** Bytes of the JSON text in UTF-8. */
function sizeOf(content: Content): number {
  const text = JSON.stringify(content);
  let size = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x80) size += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return size;
}
