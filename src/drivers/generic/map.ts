import * as z from 'zod';
import { presentText } from '../../core/reading/absent.ts';
import { type JsonPath, parseJsonPath, valueAt } from '../../core/reading/json-path.ts';
import { isObject, type JsonObject } from '../../core/reading/read.ts';
import { type Contents, contentsOf } from './envelope.ts';
import { FIELDS, type Field, fieldIn, flattened, nameTextsIn } from './names.ts';

const path = z
  .string()
  .superRefine((text, context) => {
    const parsed = parseJsonPath(text);
    if ('error' in parsed) context.addIssue({ code: 'custom', message: parsed.error });
  })
  .describe('A path such as $.alert.title, $.list[0] or $["any name"]; what does not begin with $ is a constant');
const words = z
  .array(z.union([z.string().min(1).max(100), z.number(), z.boolean()]))
  .max(50)
  .default([])
  .describe('Words of the status that mean so here, before the common ones; in any letter case');

/** Shape of one named source below `sources`. */
export const sourceSchema = z.strictObject({
  map: z
    .strictObject({
      alerts: path.optional().describe('Where the list of alerts stands; left out, the body is one alert or a list'),
      identity: path.optional().describe('What tells alerts apart, the same when firing and when resolved'),
      name: path.optional().describe('Title of the problem'),
      status: path.optional().describe('Whether it fires or is resolved'),
      severity: path.optional().describe('How bad it is'),
      started_at: path.optional().describe('When the problem began'),
      ended_at: path.optional().describe('When it ended'),
      time: path.optional().describe('When this was said: the start or the end, where the body does not tell those'),
      message: path.optional().describe('Text for people'),
      url: path.optional().describe('Link for people'),
      image_url: path.optional().describe('Picture for people'),
      labels: z.record(z.string().min(1).max(100), path).optional().describe('Further labels, each with its path'),
      resolved_words: words,
      firing_words: words,
    })
    .prefault({})
    .describe('Where the fields of an alert stand in its body'),
});

/** A named source as its file or environment gives it. */
export type SourceOptions = z.input<typeof sourceSchema>;

/** The same, read. */
export type SourceChoices = z.output<typeof sourceSchema>;

/** How one source is read: a function for each thing that depends on its map. */
export interface SourceMap {
  /** Whether nothing is mapped. */
  readonly isDefault: boolean;
  /** Where the alerts of a body stand, as the map says; without a word of it, where such bodies have them. */
  readonly contents: (body: unknown) => Contents;
  readonly field: (alert: JsonObject, field: Field) => unknown;
  /** Its names, the one that it is shown by first. */
  readonly names: (alert: JsonObject) => readonly string[];
  /** Whether the map says where a field stands: then it is looked for nowhere else. */
  readonly places: (field: Field) => boolean;
  readonly labels: (alert: JsonObject) => JsonObject;
  /** What the source's own lists of words say of a status; undefined when they do not name it. */
  readonly statusOf: (word: string) => 'firing' | 'resolved' | undefined;
}

/** A map with its paths read. */
export function sourceMap({ map }: SourceChoices): SourceMap {
  const { alerts, labels = {}, resolved_words, firing_words, ...fields } = map;
  const listPath = alerts === undefined ? undefined : read(alerts);
  const paths = new Map(
    Object.entries(fields).flatMap(([field, text]) => (text === undefined ? [] : [[field, read(text)]])),
  );
  const labelPaths = Object.entries(labels).map(([name, text]) => [name, read(text)] as const);
  const resolved = new Set(resolved_words.map(plain));
  const firing = new Set(firing_words.map(plain));
  const isDefault = listPath === undefined && paths.size === 0;
  return {
    isDefault,
    contents: (body) => (listPath === undefined ? contentsOf(body, isDefault) : listAt(body, listPath)),
    field: (alert, field) => {
      const at = paths.get(field);
      return at === undefined ? fieldIn(alert, FIELDS[field]) : valueAt(alert, at);
    },
    names: (alert) => {
      const at = paths.get('name');
      return at === undefined ? nameTextsIn(alert) : presentNames(valueAt(alert, at));
    },
    places: (field) => paths.has(field),
    labels: (alert) => Object.fromEntries(labelPaths.map(([name, at]) => [name, valueAt(alert, at)])),
    statusOf: (word) => (resolved.has(plain(word)) ? 'resolved' : firing.has(plain(word)) ? 'firing' : undefined),
  };
}

function listAt(body: unknown, path: JsonPath): Contents {
  const listed = valueAt(body, path);
  if (!Array.isArray(listed)) return { values: [listed], envelope: undefined, list: null };
  return { values: listed, envelope: isObject(body) ? body : undefined, list: 'alerts' };
}

function read(text: string): JsonPath {
  const parsed = parseJsonPath(text);
  return 'error' in parsed ? { steps: [] } : parsed;
}

function presentNames(value: unknown): readonly string[] {
  const text = presentText(flattened(value));
  return text === undefined ? [] : [text];
}

function plain(word: string | number | boolean): string {
  return String(word).trim().toLowerCase();
}
