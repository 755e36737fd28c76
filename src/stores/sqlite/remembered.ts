import type { StoredAlert } from '../contract/ingest.ts';
import { toStored } from '../tables/tables.ts';
import type { ContentDigest } from './content-digest.ts';

/** What a connection remembers of the alerts that it wrote and read last, by the text of their identity. */
export interface RememberedAlerts {
  get(key: string): StoredAlert | undefined;
  /** Whether what it says was written by this connection, and is the same. */
  says(key: string, digest: ContentDigest): boolean;
  /** `digest` is null where its content was not written by this connection. */
  set(key: string, alert: StoredAlert, digest: ContentDigest | null): void;
  /** It has repeated itself; false where it is not remembered. */
  repeat(key: string, seen: Repeat, digest: ContentDigest): boolean;
  confirm(key: string, observedAt: number): void;
  delete(key: string): void;
  clear(): void;
}

type Repeat = Pick<StoredAlert, 'observedAt' | 'occurrences' | 'expiresAt'>;

/** Alerts in columns. As objects they took twice as much, and each repeat left behind one more number in the old generation. */
interface Generation {
  readonly slots: Map<string, number>;
  readonly numbers: Float64Array;
  readonly texts: (string | null)[];
  used: number;
}

// Of the numbers; null is NaN.
const [REF, STARTED, ENDED, OBSERVED, RECEIVED, OCCURRENCES, EXPIRES, DIGEST] = [0, 1, 2, 3, 4, 5, 6, 7];
const NUMBERS = 8;
const [ID, NAME, STATUS, SEVERITY, INCIDENT] = [0, 1, 2, 3, 4];
const TEXTS = 5;
// Names and incidents that many alerts share, each kept once.
const SHARED_TEXTS = 20_000;

/**
 * A memory of so many alerts at most, and half of them at least: what was used last is in the younger of two generations,
 * and the older one is dropped whole when the younger is full.
 */
export function createRememberedAlerts(entries: number): RememberedAlerts {
  const most = Math.ceil(entries / 2);
  const shared = new Map<string, string>();
  let young = generation(most);
  let old: Generation | null = null;
  const once = (text: string | null) => {
    if (text === null) return null;
    const known = shared.get(text);
    if (known !== undefined) return known;
    if (shared.size >= SHARED_TEXTS) shared.clear();
    shared.set(text, text);
    return text;
  };
  const set = (key: string, alert: StoredAlert, digest: number | null) => {
    if (!young.slots.has(key) && young.used >= most) {
      old = young;
      young = generation(most);
    }
    let slot = young.slots.get(key);
    if (slot === undefined) {
      slot = young.used;
      young.used += 1;
      young.slots.set(key, slot);
    }
    const { numbers, texts } = young;
    const from = slot * NUMBERS;
    numbers[from + REF] = alert.ref;
    numbers[from + STARTED] = alert.startedAt;
    numbers[from + ENDED] = alert.endedAt ?? Number.NaN;
    numbers[from + OBSERVED] = alert.observedAt;
    numbers[from + RECEIVED] = alert.receivedAt;
    numbers[from + OCCURRENCES] = alert.occurrences;
    numbers[from + EXPIRES] = alert.expiresAt ?? Number.NaN;
    numbers[from + DIGEST] = digest ?? Number.NaN;
    const at = slot * TEXTS;
    texts[at + ID] = alert.id;
    texts[at + NAME] = once(alert.name);
    texts[at + STATUS] = once(alert.status);
    texts[at + SEVERITY] = once(alert.severity);
    texts[at + INCIDENT] = once(alert.incidentId);
  };
  /** Where it stands in the younger generation, to which it is brought. */
  const slotOf = (key: string): number | undefined => {
    const slot = young.slots.get(key);
    if (slot !== undefined) return slot;
    const older = old?.slots.get(key);
    if (old === null || older === undefined) return undefined;
    const digest = old.numbers[older * NUMBERS + DIGEST] as number;
    set(key, storedAt(old, older), Number.isNaN(digest) ? null : digest);
    return young.slots.get(key);
  };
  return {
    get(key) {
      const slot = slotOf(key);
      return slot === undefined ? undefined : storedAt(young, slot);
    },
    says(key, digest) {
      const slot = slotOf(key);
      return slot !== undefined && young.numbers[slot * NUMBERS + DIGEST] === digest;
    },
    set,
    repeat(key, { observedAt, occurrences, expiresAt }, digest) {
      const slot = slotOf(key);
      if (slot === undefined) return false;
      const from = slot * NUMBERS;
      young.numbers[from + OBSERVED] = observedAt;
      young.numbers[from + OCCURRENCES] = occurrences;
      young.numbers[from + EXPIRES] = expiresAt ?? Number.NaN;
      young.numbers[from + DIGEST] = digest;
      return true;
    },
    confirm(key, observedAt) {
      const slot = slotOf(key);
      if (slot !== undefined) young.numbers[slot * NUMBERS + OBSERVED] = observedAt;
    },
    delete(key) {
      young.slots.delete(key);
      old?.slots.delete(key);
    },
    clear() {
      // Its numbers are some megabytes: not for one that is as it was made.
      if (young.used > 0) young = generation(most);
      old = null;
      shared.clear();
    },
  };
}

function generation(most: number): Generation {
  return { slots: new Map(), numbers: new Float64Array(most * NUMBERS), texts: [], used: 0 };
}

function storedAt({ numbers, texts }: Generation, slot: number): StoredAlert {
  const [from, at] = [slot * NUMBERS, slot * TEXTS];
  return toStored(numbers[from + REF] as number, {
    id: texts[at + ID] as string,
    name: texts[at + NAME] as string,
    status: texts[at + STATUS] as StoredAlert['status'],
    severity: texts[at + SEVERITY] as StoredAlert['severity'],
    startedAt: numbers[from + STARTED] as number,
    endedAt: orNull(numbers[from + ENDED] as number),
    observedAt: numbers[from + OBSERVED] as number,
    receivedAt: numbers[from + RECEIVED] as number,
    occurrences: numbers[from + OCCURRENCES] as number,
    incidentId: texts[at + INCIDENT] as string | null,
    expiresAt: orNull(numbers[from + EXPIRES] as number),
  });
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
