import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { hrefOf, valueIn } from '../model/address.ts';
import { alertFilters, alertsPath } from '../model/alert-query.ts';
import { createAlertRows, type RowsState } from '../model/alert-rows.ts';
import { type Cell, createCell } from '../model/cell.ts';
import { TEXT_FIELDS, useCell, useKeys, useModel } from '../model/hooks.ts';
import { NO_SELECTION, ranged, toggled } from '../model/selection.ts';
import { AlertFilters } from '../parts/alert-filters.tsx';
import { AlertGrid } from '../parts/alert-grid.tsx';
import { BulkBar } from '../parts/bulk-bar.tsx';
import type { Grid } from '../parts/grid.ts';
import { Icon } from '../parts/icon.tsx';
import { Empty, Failed } from '../parts/panel.tsx';
import type { Alert, Page } from '../wire/documents.ts';
import { countText, totalText } from '../words/numbers.ts';

const QUIET_MS = 3000;

/** Every alert, dense, in one table. */
export function AlertsPage() {
  const model = useModel();
  const { address, go, filter, clock, times } = model;
  const query = useCell(address)?.query ?? {};
  const zone = useCell(times);
  const filters = alertFilters(query);
  const sort = valueIn(query, 'sort') === 'id' ? 'id' : 'attention';
  const key = alertsPath(filters, { sort });
  const rows = useMemo(() => createAlertRows(model, filters, sort), [key]);
  useEffect(() => rows.stop, [rows]);
  const state = useCell(rows.state);
  const [selection, setSelection] = useState(NO_SELECTION);
  const [current, setCurrent] = useState(-1);
  const range = useMemo(() => createCell<readonly [number, number]>([0, 0]), []);
  const grid = useRef<Grid>(null);
  const touched = useRef(0);
  const work = useRef({ acknowledge: () => {}, silence: () => {} });
  useEffect(() => {
    setSelection(NO_SELECTION);
    setCurrent(-1);
  }, [rows]);

  const select = (index: number, isRange: boolean) => {
    const id = rows.row(index)?.id;
    if (id === undefined) return;
    touched.current = clock.now();
    setSelection(isRange ? ranged(selection, index, (at) => rows.row(at)?.id) : toggled(selection, id, index));
    setCurrent(index);
  };
  const open = (index: number, isNewTab: boolean) => {
    const id = rows.row(index)?.id;
    if (id === undefined) return;
    if (isNewTab) window.open(hrefOf('alerts', id), '_blank', 'noopener');
    else go(hrefOf('alerts', id));
  };
  const step = (by: number) => {
    touched.current = clock.now();
    const next = Math.max(0, Math.min(state.total - 1, current === -1 ? range.get()[0] : current + by));
    setCurrent(next);
    grid.current?.reveal(next);
    clock.frame(() => {
      // Unless a key has opened a field or a dialog meanwhile.
      if (document.activeElement?.closest(`${TEXT_FIELDS}, dialog[open]`) != null) return;
      document.querySelector<HTMLElement>('.vrow.cur')?.focus({ preventScroll: true });
    });
  };
  const apply = async () => {
    const id = rows.row(current)?.id;
    await rows.apply();
    if (id !== undefined) setCurrent(rows.indexOf(id));
  };
  const chosen = () => {
    const ids = selection.ids.size > 0 || selection.isAll ? [...selection.ids] : [rows.row(current)?.id ?? ''];
    return ids.flatMap((id) => rows.row(rows.indexOf(id)) ?? []);
  };
  const act = (what: 'acknowledge' | 'silence') => () => {
    const id = rows.row(current)?.id;
    if (selection.ids.size === 0 && !selection.isAll) {
      if (id === undefined) return;
      setSelection(toggled(NO_SELECTION, id, current));
      // Once the selection is drawn, and before the next key can come.
      queueMicrotask(() => work.current[what]());
    } else work.current[what]();
  };
  useKeys({
    j: () => step(1),
    ArrowDown: () => step(1),
    k: () => step(-1),
    ArrowUp: () => step(-1),
    PageDown: () => step(pageOf(range.get())),
    PageUp: () => step(-pageOf(range.get())),
    Home: () => step(-state.total),
    End: () => step(state.total),
    x: () => select(current, false),
    X: () => select(current, true),
    Enter: () => open(current, false),
    o: () => open(current, true),
    a: act('acknowledge'),
    s: act('silence'),
    '.': () => void apply(),
    Escape: () => {
      setSelection(NO_SELECTION);
      (document.activeElement as HTMLElement | null)?.blur();
    },
  });
  // At the top, with nothing chosen and nobody in the list, what is new comes in by itself.
  const isBusy = () => {
    const table = document.querySelector('.vg');
    const isTouched =
      clock.now() - touched.current < QUIET_MS || table?.matches(':hover') || table?.contains(document.activeElement);
    return isTouched || selection.ids.size > 0 || document.querySelector('dialog[open]') !== null;
  };
  const latest = useRef({ apply, isBusy });
  latest.current = { apply, isBusy };
  const isWaiting = state.changed > 0;
  useEffect(() => {
    if (!isWaiting) return;
    return clock.every(1000, () => {
      const isAtTop = (document.querySelector('.vbody')?.scrollTop ?? 0) === 0;
      if (isAtTop && !latest.current.isBusy()) void latest.current.apply();
    });
  }, [isWaiting]);
  const matching = async () => {
    const ids = new Set<string>();
    for (let cursor = ''; ; ) {
      const answer = await model.http.get(alertsPath(filters, { limit: '500', ...(cursor !== '' && { cursor }) }));
      if (answer.kind !== 'value') break;
      const page = answer.value as Page<Alert>;
      for (const { incident_id: id } of page.items) if (id !== null) ids.add(id);
      if (page.next_cursor === null) break;
      cursor = page.next_cursor;
    }
    return [...ids];
  };
  const isAllLoaded = selection.ids.size > 0 && selection.ids.size >= state.loaded;
  const selectLoaded = () => {
    if (isAllLoaded || selection.isAll) return setSelection(NO_SELECTION);
    const ids = Array.from({ length: state.loaded }, (_, index) => rows.row(index)?.id ?? '');
    setSelection({ ids: new Set(ids), isAll: false, anchor: null });
  };
  const order = (word: string, name: string) => (
    <span
      role="columnheader"
      aria-sort={sort === name ? 'descending' : 'none'}
      class={`c-${name === 'id' ? 'since num' : 'severity'}`}
    >
      <button type="button" onClick={() => filter({ ...query, sort: [name] })}>
        {word}
        {sort === name ? ' ↓' : ''}
      </button>
    </span>
  );
  const isEmpty = !state.isLoading && state.total === 0 && state.failure === null;
  return (
    <>
      <AlertFilters query={query} />
      <div class="vg" data-ready={!state.isLoading}>
        <div role="grid" aria-rowcount={state.total + 1} aria-label="Alerts" aria-multiselectable="true" class="vgrid">
          <div class="vrow head" role="row" aria-rowindex={1}>
            <span role="columnheader" class="c-select">
              <input
                type="checkbox"
                aria-label="Select all that are loaded"
                checked={isAllLoaded || selection.isAll}
                onChange={selectLoaded}
              />
            </span>
            {order('Severity', 'attention')}
            {['Alert', 'Instance', 'Message', 'State'].map((word, index) => (
              <span role="columnheader" key={word} class={`c-${['name', 'instance', 'message', 'state'][index]}`}>
                {word}
              </span>
            ))}
            {order('Since', 'id')}
            <span role="columnheader" class="c-seen num">
              Seen
            </span>
            <span role="columnheader" class="c-count num">
              Count
            </span>
          </div>
          {state.failure !== null && state.loaded === 0 ? (
            <Failed what="alerts" failure={state.failure} retry={() => void rows.apply()} />
          ) : isEmpty ? (
            <Nothing isFiltered={Object.keys(query).length > 0} />
          ) : null}
          <AlertGrid
            {...{ rows, selection, current, handle: grid }}
            onRange={(from, to) => range.set([from, to])}
            onSelect={select}
            onOpen={open}
          />
        </div>
        {state.changed > 0 && (
          <button type="button" class="btn sm pri newpill" onClick={() => void apply()} aria-keyshortcuts=".">
            <Icon name="up" size={12} />
            {state.entering > 0 ? `${countText(state.entering)} new` : `${countText(state.changed)} changed`}
          </button>
        )}
        <div class="vfoot">
          <InSight range={range} state={state} />
          <span class="only-l">
            Sorted {zone.minute(state.orderedAt)}
            {state.changed > 0
              ? ` · ${countText(state.changed)} changed`
              : sort === 'id'
                ? ', newest first'
                : ' by severity, then newest'}
          </span>
          {state.failure !== null && state.loaded > 0 && (
            <span class="s-warn">Could not load more. {state.failure.text}</span>
          )}
          <span class="hints only-l">
            <kbd>j</kbd> <kbd>k</kbd> move <kbd>x</kbd> select <kbd>a</kbd> acknowledge <kbd>s</kbd> silence
          </span>
        </div>
        <BulkBar
          {...{ chosen, work, total: state.total, isAll: selection.isAll }}
          count={selection.isAll ? state.total : selection.ids.size}
          rest={matching}
          onAll={() => setSelection({ ...selection, isAll: true })}
          onClear={() => setSelection(NO_SELECTION)}
        />
      </div>
    </>
  );
}

function pageOf([from, to]: readonly [number, number]): number {
  return Math.max(1, to - from - 1);
}

/** Which rows are in sight. Alone it is drawn anew while the table is scrolled. */
function InSight({
  range,
  state: { total, isMore },
}: {
  readonly range: Cell<readonly [number, number]>;
  readonly state: RowsState;
}) {
  const [from, to] = useCell(range);
  return (
    <span>
      {total === 0
        ? '0 alerts'
        : `${countText(from + 1)}–${countText(Math.min(to, total))} of ${totalText(total, isMore)}`}
    </span>
  );
}

function Nothing({ isFiltered }: { readonly isFiltered: boolean }) {
  const { go } = useModel();
  return isFiltered ? (
    <Empty icon="search" title="No alert matches">
      <p>
        <button type="button" class="btn" onClick={() => go(hrefOf('alerts'))}>
          Clear the filters
        </button>
      </p>
    </Empty>
  ) : (
    <Empty icon="check" title="Nothing fires">
      <p>Alerts stand here from their first sign until their sender says that they are over.</p>
    </Empty>
  );
}
