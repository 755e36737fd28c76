import type { CheckState, Sender, WireAlert } from '../core/cluster/payload.ts';
import type { SpoolEntry } from '../core/cluster/spool.ts';
import { isObject } from '../core/reading/read.ts';

/** An alert that the hub rejected, and its words. */
export interface RefusedEntry {
  /** When, UTC milliseconds. */
  readonly at: number;
  readonly reason: string;
  readonly alert: WireAlert;
}

/** What an agent keeps between runs: the content of `agent.json`. */
export interface AgentState {
  readonly version: 1;
  /** Number of the newest spool entry. */
  seq: number;
  /** By check name. */
  states: Record<string, CheckState>;
  /** By check name, what it asked to be given again. */
  remembered: Record<string, unknown>;
  spool: SpoolEntry[];
  /** The newest of those that were set aside, for a person to look at. */
  refused: RefusedEntry[];
  /** The hub asked to retry after this time, UTC milliseconds; 0 when it did not. */
  notBefore: number;
  /** The name under which the last run spoke; left out by older versions of this program. */
  sender?: Sender;
  /** Both clocks at the last run: what one went on without the other is a step of the clock. */
  clocks?: Clocks;
}

/** The clock of the day beside the one that nobody sets. */
export interface Clocks {
  /** UTC milliseconds. */
  readonly at: number;
  /** Milliseconds since the machine started. */
  readonly uptimeMs: number;
  /** Id of that start. */
  readonly boot: string;
}

/** The state of an agent that has never run. */
export function emptyState(): AgentState {
  return { version: 1, seq: 0, states: {}, remembered: {}, spool: [], refused: [], notBefore: 0 };
}

/** Reads the content of `agent.json`; throws an Error that says what is wrong with it. */
export function parseState(text: string): AgentState {
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) throw new Error('it is not a JSON object');
  if (value.version !== 1) throw new Error(`it has version ${JSON.stringify(value.version)}, this program reads 1`);
  for (const [field, fits] of Object.entries(SHAPE)) {
    if (!fits(value[field])) throw new Error(`"${field}" has the wrong type`);
  }
  return value as unknown as AgentState;
}

type Shape = Record<Exclude<keyof AgentState, 'version'>, (value: unknown) => boolean>;

const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value);
const isNumberOrNull = (value: unknown) => value === null || isNumber(value);
const isText = (value: unknown) => typeof value === 'string';
const isTextMap = (value: unknown) => isObject(value) && Object.values(value).every(isText);

const SHAPE: Shape = {
  seq: isNumber,
  states: (value) => isObject(value) && Object.values(value).every(isCheckState),
  remembered: isObject,
  spool: (value) => Array.isArray(value) && value.every(isSpoolEntry),
  refused: (value) => Array.isArray(value) && value.every((entry) => isObject(entry) && isAlert(entry.alert)),
  notBefore: isNumber,
  sender: (value) => value === undefined || (isObject(value) && isText(value.instanceId) && isText(value.hostname)),
  clocks: (value) => value === undefined || isClocks(value),
};

function isClocks(value: unknown): boolean {
  return isObject(value) && isNumber(value.at) && isNumber(value.uptimeMs) && isText(value.boot);
}

function isCheckState(value: unknown): boolean {
  return (
    isObject(value) &&
    isText(value.status) &&
    isNumberOrNull(value.problemSince) &&
    isNumberOrNull(value.okSince) &&
    isNumber(value.seenAt) &&
    (value.title === undefined || isText(value.title)) &&
    (value.check === undefined || isText(value.check)) &&
    (value.labels === undefined || isTextMap(value.labels)) &&
    (value.pending === undefined || isPending(value.pending))
  );
}

function isPending(value: unknown): boolean {
  return isObject(value) && isNumber(value.since) && isNumber(value.failures);
}

function isSpoolEntry(value: unknown): boolean {
  return (
    isObject(value) && isNumber(value.seq) && isText(value.instanceId) && isText(value.hostname) && isAlert(value.alert)
  );
}

function isAlert(value: unknown): boolean {
  if (!isObject(value) || !isTextMap(value.labels) || !isTextMap(value.annotations)) return false;
  return ['fingerprint', 'name', 'status', 'severity', 'started_at', 'observed_at'].every((field) =>
    isText(value[field]),
  );
}
