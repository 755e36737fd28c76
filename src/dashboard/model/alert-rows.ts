import type { Clock } from '../browser/clock.ts';
import type { Http } from '../browser/http.ts';
import type { Failure } from '../wire/answer.ts';
import type { Alert, Page } from '../wire/documents.ts';
import type { alertFilters } from './alert-query.ts';
import { alertsPath } from './alert-query.ts';
import { type AlertRow, rowOf } from './alert-row.ts';
import { type Cell, createCell } from './cell.ts';
import type { Live } from './live.ts';

/** What is known of the list. */
export interface RowsState {
  /** Raised with each change of rows. */
  readonly version: number;
  readonly loaded: number;
  /** How many there are; those behind `loaded` are not read yet. */
  readonly total: number;
  readonly isMore: boolean;
  readonly isLoading: boolean;
  readonly failure: Failure | null;
  /** Rows that would come in, and rows that would leave or move. */
  readonly entering: number;
  readonly changed: number;
  /** When the order that is shown was read. */
  readonly orderedAt: number;
}

/** The rows of the table of alerts: read in pages as far as they are looked at, changed in place, never moved unasked. */
export interface AlertRows {
  readonly state: Cell<RowsState>;
  row(index: number): AlertRow | undefined;
  isGone(id: string): boolean;
  indexOf(id: string): number;
  /** Reads on, where rows up to this one are not there yet. */
  reach(index: number): void;
  /** Reads the list anew. What stays keeps its identity. */
  apply(): Promise<void>;
  stop(): void;
}

const PAGE = 500;
const AHEAD = 2 * PAGE;
const KEPT = 20_000;
const REST_MS = 1000;
// Clocks of hubs differ, and an alert that changed in the same moment must not be missed.
const OVERLAP_MS = 5000;

/** Reads the list with these filters. */
export function createAlertRows(
  { http, clock, live }: { readonly http: Http; readonly clock: Clock; readonly live: Live },
  filters: ReturnType<typeof alertFilters>,
  sort: string,
): AlertRows {
  let rows: AlertRow[] = [];
  let places = new Map<string, number>();
  let gone = new Set<string>();
  let entering = new Set<string>();
  let cursor: string | null = null;
  let heardAt = clock.now();
  let isStopped = false;
  let isReading = false;
  let wanted = 0;
  const state = createCell<RowsState>({
    ...{ version: 0, loaded: 0, total: 0, isMore: false, isLoading: true, failure: null, entering: 0, changed: 0 },
    orderedAt: clock.now(),
  });
  const update = (change: Partial<RowsState>) => {
    const before = state.get();
    const counts = { entering: entering.size, changed: entering.size + gone.size };
    state.set({ ...before, version: before.version + 1, loaded: rows.length, ...counts, ...change });
  };
  const read = async (from: string | null): Promise<Page<Alert> | null> => {
    const more = { sort, limit: String(PAGE), ...(from === null ? { count: 'true' } : { cursor: from }) };
    const answer = await http.get(alertsPath(filters, more));
    if (isStopped) return null;
    if (answer.kind === 'value') return answer.value as Page<Alert>;
    update({ isLoading: false, failure: answer.kind === 'failed' ? answer.failure : null });
    return null;
  };
  const append = (page: Page<Alert>) => {
    for (const alert of page.items) {
      if (places.has(alert.id)) continue;
      places.set(alert.id, rows.length);
      rows.push(rowOf(alert));
      entering.delete(alert.id);
    }
    cursor = rows.length >= KEPT ? null : page.next_cursor;
  };
  const readOn = async () => {
    if (isReading || cursor === null) return;
    isReading = true;
    while (cursor !== null && rows.length < wanted && !isStopped) {
      const page = await read(cursor);
      if (page === null) break;
      append(page);
      update({ failure: null, ...(cursor === null && { total: rows.length }) });
    }
    isReading = false;
  };
  const apply = async () => {
    const askedAt = clock.now();
    const page = await read(null);
    if (page === null) return;
    rows = [];
    places = new Map();
    gone = new Set();
    entering = new Set();
    heardAt = askedAt;
    append(page);
    const total = Math.max(rows.length, page.total ?? rows.length);
    update({
      isLoading: false,
      failure: null,
      total: cursor === null ? rows.length : total,
      isMore: page.total_is_more === true,
      orderedAt: clock.now(),
    });
    void readOn();
  };

  const status = filters.status ?? [];
  /** What has changed since, whatever it is by now: rows that are shown change in place, others wait. */
  const catchUp = async () => {
    const since = new Date(heardAt - OVERLAP_MS).toISOString();
    const askedAt = clock.now();
    const { status: _, severity: __, ...others } = filters;
    const answer = await http.get(alertsPath(others, { since, limit: String(PAGE) }));
    if (isStopped || answer.kind !== 'value') return;
    heardAt = askedAt;
    const page = answer.value as Page<Alert>;
    let isChanged = false;
    for (const alert of page.items) {
      const place = places.get(alert.id);
      const row = rowOf(alert);
      const fits = status.includes(alert.status) && (filters.severity ?? [alert.severity]).includes(alert.severity);
      if (place === undefined) {
        if (fits && cursor === null) entering.add(alert.id);
        else if (fits && Date.parse(alert.received_at) > state.get().orderedAt) entering.add(alert.id);
        else entering.delete(alert.id);
        isChanged = true;
        continue;
      }
      if (fits) gone.delete(alert.id);
      else gone.add(alert.id);
      rows[place] = row;
      isChanged = true;
    }
    if (isChanged) update({});
  };
  let isResting = false;
  let isMissed = false;
  const calmly = () => {
    if (isStopped) return;
    if (isResting) {
      isMissed = true;
      return;
    }
    isResting = true;
    void catchUp();
    clock.after(REST_MS, () => {
      isResting = false;
      if (isMissed) {
        isMissed = false;
        calmly();
      }
    });
  };
  const unlisten = live.onEvents(calmly);
  void apply();
  return {
    state,
    row: (index) => rows[index],
    isGone: (id) => gone.has(id),
    indexOf: (id) => places.get(id) ?? -1,
    reach: (index) => {
      wanted = Math.max(wanted, index + AHEAD);
      void readOn();
    },
    apply,
    stop: () => {
      isStopped = true;
      unlisten();
    },
  };
}
