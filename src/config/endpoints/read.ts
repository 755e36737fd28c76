import type * as z from 'zod';
import { matchesGlob } from '../../core/endpoint/condition/glob.ts';
import { LOCAL_PROBE } from '../../core/endpoint/endpoint.ts';
import { endpointTitle } from '../../core/endpoint/watched.ts';
import { nearest } from '../../core/nearest.ts';
import { isObject } from '../../core/reading/read.ts';
import { withEnvFile } from '../env-file.ts';
import { type Tell, tellIssue } from '../issues.ts';
import { pathText } from '../notify/document.ts';
import type { Settings } from '../settings.ts';
import type {
  Announcement,
  EndpointsDocument,
  EndpointsFile,
  NamedEndpoint,
  ProbeEntry,
  PushEndpointEntry,
} from './document.ts';
import { readEndpoint } from './endpoint.ts';
import { DEFAULT_PUSH_ALERT, namedPart } from './named.ts';
import { SECTION_NAMES } from './names.ts';
import { ANNOUNCEMENT, checkCron, PROBE_SCHEMA, PUSH_ENDPOINT } from './schema.ts';
import { type SecretPlaces, tokenOf } from './secrets.ts';
import { underscored } from './underscored.ts';

/** A document, and what is wrong with it. */
export interface ReadEndpoints {
  readonly document: EndpointsDocument;
  /** Each with its line, field and fix. */
  readonly problems: readonly string[];
  /** What is no error, and a person should know. */
  readonly warnings: readonly string[];
}

/** Whose environment it is, where that is not the process's own. */
export interface ReadFrom {
  readonly env?: SecretPlaces['env'];
  readonly cwd?: string;
}

/**
 * What the configuration says of endpoints, push endpoints and probes; null where it says nothing. The environment is the
 * process's own outside tests.
 */
export function readEndpoints(
  { endpointsFile, statusPage }: Pick<Settings, 'endpointsFile'> & Partial<Pick<Settings, 'statusPage'>>,
  { cwd = process.cwd(), env = withEnvFile(process.env, cwd).env }: ReadFrom = {},
): ReadEndpoints | null {
  if (endpointsFile === undefined) return null;
  const problems: string[] = [];
  const reader: Reader = { file: endpointsFile, places: { env, folder: endpointsFile.folder }, problems };
  const probes = entriesOf(reader, SECTION_NAMES.probes, readProbe);
  const endpoints = entriesOf(reader, SECTION_NAMES.endpoints, (value, places, tell) =>
    readEndpoint(value, places, tell),
  );
  const pushEndpoints = entriesOf(reader, SECTION_NAMES.pushEndpoints, readPushEndpoint);
  const announcements = entriesOf(reader, SECTION_NAMES.announcements, readAnnouncement);
  tellTwins(probes, ({ id }) => id, 'id');
  tellTwins<NamedEndpoint>([...endpoints, ...pushEndpoints], ({ key }) => key, 'name');
  const warnings = [
    ...endpoints.flatMap(({ entry, at }) => unknownProbes(entry.monitoredBy, probes, at)),
    ...unknownShown(statusPage, [...endpoints, ...pushEndpoints]),
  ];
  const whole = {
    endpoints: resolved(endpoints),
    pushEndpoints: resolved(pushEndpoints),
    probes: probes.map(({ entry }) => entry),
    announcements: announcements.map(({ entry }) => entry),
  };
  tellCircles([...whole.endpoints, ...whole.pushEndpoints], [...endpoints, ...pushEndpoints]);
  return { document: whole, problems, warnings };

  /** Endpoints that depend on one another in a circle: each circle once, where its first one stands. */
  function tellCircles(entries: readonly NamedEndpoint[], placed: readonly Placed<NamedEndpoint>[]): void {
    for (const circle of circlesOf(entries)) {
      const at = entries.findIndex(({ key }) => key === circle[0]);
      const names = [...circle, circle[0]].map((key) => {
        const { name = '', group = '' } = entries.find((one) => one.key === key) ?? {};
        return group === '' ? name : `${group}/${name}`;
      });
      placed[at]?.tell(['depends_on'], `goes in a circle: ${names.join(' → ')}; remove one of them`);
    }
  }

  /** Names of other endpoints as their keys; one that there is none of is told. */
  function resolved<E extends NamedEndpoint>(entries: readonly Placed<E>[]): E[] {
    const all: readonly NamedEndpoint[] = [...endpoints, ...pushEndpoints].map(({ entry }) => entry);
    return entries.map(({ entry, tell }) => {
      const dependsOn = entry.dependsOn.map((written, index) => {
        const found = all.find(
          ({ key, name, group }) =>
            written === key || written === `${group}/${name}` || (written === name && group === entry.group),
        );
        const names = all.map(({ name, group }) => (group === '' ? name : `${group}/${name}`));
        const word = nearest(written, names);
        if (found === undefined) {
          tell(
            ['depends_on', index],
            `there is no endpoint "${written}"${word === null ? '; write group/name' : `; did you mean ${word}?`}`,
          );
        } else if (found === entry) tell(['depends_on', index], 'an endpoint cannot depend on itself; remove it');
        return found?.key ?? written;
      });
      return { ...entry, dependsOn };
    });
  }
}

/** Keys along each circle of dependencies, each circle once. An endpoint that depends on itself is told elsewhere. */
function circlesOf(entries: readonly NamedEndpoint[]): readonly (readonly string[])[] {
  const dependsOn = new Map(entries.map((entry) => [entry.key, entry.dependsOn]));
  const done = new Set<string>();
  const circles: (readonly string[])[] = [];
  const walk = (key: string, path: readonly string[]) => {
    const at = path.indexOf(key);
    if (at !== -1) {
      if (path.length - at > 1) circles.push(path.slice(at));
      return;
    }
    if (done.has(key)) return;
    for (const next of dependsOn.get(key) ?? []) walk(next, [...path, key]);
    done.add(key);
  };
  for (const key of dependsOn.keys()) walk(key, []);
  return circles;
}

interface Reader {
  readonly file: EndpointsFile;
  readonly places: SecretPlaces;
  readonly problems: string[];
}

/** An entry with its place in the file. */
interface Placed<E> {
  readonly entry: E;
  readonly tell: Tell;
  /** `<path>:<line>: <name>[<index>]`. */
  readonly at: string;
}

type ReadEntry<E> = (value: Readonly<Record<string, unknown>>, places: SecretPlaces, tell: Tell) => E | null;

function entriesOf<E>({ file, places, problems }: Reader, names: readonly string[], read: ReadEntry<E>): Placed<E>[] {
  return names.flatMap((name) => {
    const given = file.values[name];
    if (given === undefined || given === null) return [];
    if (!Array.isArray(given)) {
      problems.push(`${file.at([name])}: ${name}: must be a list`);
      return [];
    }
    return given.flatMap((item, index) => {
      const above = [name, String(index)];
      const tellAt = (keys: readonly PropertyKey[], message: string, written = keys.map(String)) =>
        problems.push(`${file.at(written)}: ${pathText(written)}: ${message}`);
      const { value, written } = underscored(item, above, tellAt);
      const tell: Tell = (keys, message) => tellAt([], message, [...written([...above, ...keys])]);
      if (!isObject(value)) {
        tell([], 'must hold settings in the form "name: value"');
        return [];
      }
      const entry = read(value, places, tell);
      return entry === null ? [] : [{ entry, tell, at: `${file.at(above)}: ${pathText(above)}` }];
    });
  });
}

/** What a schema makes of a value; null for one that it does not accept, which is told. */
function accepted<S extends z.ZodType>(schema: S, value: unknown, tell: Tell): z.output<S> | null {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  for (const issue of read.error.issues) tellIssue(schema, issue, [], tell);
  return null;
}

function readProbe(value: unknown, places: SecretPlaces, tell: Tell): ProbeEntry | null {
  const read = accepted(PROBE_SCHEMA, value, tell);
  if (read === null) return null;
  if (read.id === LOCAL_PROBE) tell(['id'], `${LOCAL_PROBE} is the hub itself; choose another`);
  const previous = read.previous_token;
  return {
    id: read.id,
    name: read.name ?? read.id,
    region: read.region ?? '',
    token: tokenOf(read.token, places, (message) => tell(['token'], message)),
    previousToken:
      previous === undefined ? null : tokenOf(previous, places, (message) => tell(['previous_token'], message)),
    ratePerSecond: read.rate_per_second,
    staleAfterMs: read.stale_after,
    allowFrom: read.allow_from,
  };
}

const GRACE_MS = 60_000;

function readPushEndpoint(value: unknown, places: SecretPlaces, tell: Tell): PushEndpointEntry | null {
  const read = accepted(PUSH_ENDPOINT, value, tell);
  if (read === null) return null;
  const { period, cron, zone = 'UTC', heartbeat } = read;
  const periodMs = period ?? (heartbeat?.interval || undefined);
  if (cron !== undefined && periodMs !== undefined) tell(['cron'], 'stands beside a period; remove one of them');
  if (cron === undefined && read.zone !== undefined) tell(['zone'], 'is the zone of cron, which is not set; remove it');
  if (heartbeat !== undefined && heartbeat.interval > 0 && heartbeat.interval < 10_000) {
    tell(['heartbeat', 'interval'], 'must be a time from 10s to 366d, or 0 for none');
  }
  if (cron !== undefined) {
    try {
      checkCron(cron, zone);
    } catch (error) {
      tell(['cron'], (error as Error).message);
    }
  }
  const byPeriod = periodMs === undefined ? null : ({ kind: 'period', periodMs } as const);
  return {
    ...namedPart(read, DEFAULT_PUSH_ALERT),
    token: tokenOf(read.token, places, (message) => tell(['token'], message)),
    schedule: cron === undefined ? byPeriod : { kind: 'cron', cron, zone },
    graceMs: read.grace ?? (heartbeat === undefined ? GRACE_MS : 0),
    maxRunMs: read.max_run ?? null,
    postOnly: read.post_only,
  };
}

function readAnnouncement(value: unknown, _: SecretPlaces, tell: Tell): Announcement | null {
  const read = accepted(ANNOUNCEMENT, value, tell);
  if (read === null) return null;
  const { type, message, timestamp: at, until = null, archived: isArchived } = read;
  if (until !== null && until <= at) tell(['until'], 'must be later than timestamp');
  return { type, message, at, until, isArchived };
}

/** Words of the public status page that no endpoint has: it would show less than is meant. */
function unknownShown(page: Settings['statusPage'] | undefined, placed: readonly Placed<NamedEndpoint>[]): string[] {
  if (page?.enabled !== true) return [];
  const titles = placed.map(({ entry }) => endpointTitle(entry));
  return page.endpoints
    .filter((pattern) => !titles.some((title) => matchesGlob(pattern, title)))
    .map((pattern) => {
      const word = nearest(pattern, titles);
      const fix = word === null ? 'write group/name, with * for any characters' : `did you mean ${word}?`;
      return `status_page.endpoints: there is no endpoint "${pattern}"; ${fix}`;
    });
}

function tellTwins<E>(entries: readonly Placed<E>[], nameOf: (entry: NoInfer<E>) => string, field: string): void {
  const seen = new Map<string, string>();
  for (const { entry, tell, at } of entries) {
    const other = seen.get(nameOf(entry));
    if (other !== undefined) tell([field], `is that of ${other}, too ("${nameOf(entry)}"); choose another`);
    else seen.set(nameOf(entry), at);
  }
}

/** Probes may also be added while the hub runs, so an id that the file does not know is no error. */
function unknownProbes(wanted: readonly string[], probes: readonly Placed<ProbeEntry>[], at: string): string[] {
  const known = [LOCAL_PROBE, ...probes.map(({ entry }) => entry.id)];
  return wanted
    .filter((id) => !known.includes(id))
    .map((id) => {
      const word = nearest(id, known);
      const fix = word === null ? 'add it with monitor probes add' : `did you mean ${word}?`;
      return `${at}.monitored_by: there is no probe "${id}" in this file; ${fix}`;
    });
}
