import type { AlertRow, RowState } from '../model/alert-row.ts';
import { spanText } from '../words/ages.ts';
import { countText } from '../words/numbers.ts';
import { shown } from '../words/outside.ts';
import { BADNESS_CLASSES, BADNESS_WORDS, type Badness } from '../words/severity.ts';
import type { Times } from '../words/times.ts';
import { muteWord } from './chips.tsx';
import { GLYPH_PATHS } from './glyph.tsx';

const SVG = 'http://www.w3.org/2000/svg';

/** What a row is written with. */
export interface RowContext {
  readonly now: number;
  readonly times: Times;
  readonly isSelected: boolean;
  readonly isCurrent: boolean;
  readonly isGone: boolean;
  readonly isLive: boolean;
}

/** Names of the cells, in their order. */
export const CELLS = ['select', 'severity', 'name', 'instance', 'message', 'state', 'since', 'seen', 'count'] as const;

type CellName = (typeof CELLS)[number];
type Cells = Readonly<Record<CellName, HTMLElement>>;

/** Makes the nodes of a row once; `writeAlertRow` writes it again and again. */
export function makeAlertRow(): HTMLElement {
  const row = document.createElement('div');
  row.className = 'vrow';
  row.setAttribute('role', 'row');
  row.tabIndex = -1;
  for (const name of CELLS) {
    const cell = document.createElement('span');
    cell.className = `c-${name}`;
    cell.setAttribute('role', 'gridcell');
    if (name === 'select') {
      const box = document.createElement('input');
      box.type = 'checkbox';
      box.tabIndex = -1;
      cell.append(box);
    }
    if (name === 'severity') cell.append(makeGlyph(), document.createElement('span'));
    if (name === 'state') cell.append(document.createElement('span'));
    row.append(cell);
  }
  return row;
}

function makeGlyph(): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('width', '14');
  svg.setAttribute('height', '14');
  svg.setAttribute('aria-hidden', 'true');
  for (const name of ['body', 'cut']) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('class', name);
    svg.append(path);
  }
  return svg;
}

// A ring of dashes with its question mark, and the check, as paths like the others.
const LINES: Readonly<Partial<Record<Badness, string>>> = {
  unknown: 'M6.2 6.3c0-1.2.8-1.9 1.8-1.9s1.8.7 1.8 1.7c0 1.3-1.8 1.4-1.8 2.7M8 11.3v.1',
  ok: 'M3 8.5 6.5 12 13 4.5',
};
const RING = 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8z';

function cellsOf(row: HTMLElement): Cells {
  return Object.fromEntries(CELLS.map((name, index) => [name, row.children[index]])) as unknown as Cells;
}

/** Writes an alert into a row: only texts and classes that differ are touched. */
export function writeAlertRow(row: HTMLElement, index: number, alert: AlertRow | undefined, context: RowContext): void {
  const cells = cellsOf(row);
  setAttribute(row, 'aria-rowindex', String(index + 2));
  if (alert === undefined) {
    setClass(row, 'vrow pending');
    delete row.dataset.id;
    for (const name of CELLS)
      if (name !== 'select' && name !== 'severity' && name !== 'state') setText(cells[name], '');
    setText(cells.severity.lastElementChild, '');
    setText(cells.state.firstElementChild, '');
    setClass(cells.state.firstElementChild, '');
    return;
  }
  const { now, isSelected, isCurrent, isGone, isLive, times } = context;
  const quiet = alert.state?.kind === 'muted' || isGone || alert.badness === 'ok';
  setClass(
    row,
    `vrow b-${BADNESS_CLASSES[alert.badness]}${quiet ? ' quiet' : ''}${isGone ? ' gone' : ''}${isSelected ? ' sel' : ''}${isCurrent ? ' cur' : ''}`,
  );
  row.dataset.id = alert.id;
  row.tabIndex = isCurrent ? 0 : -1;
  setAttribute(row, 'aria-selected', String(isSelected));
  const name = shown(alert.name);
  const instance = shown(alert.instance);
  const box = cells.select.firstElementChild as HTMLInputElement;
  if (box.checked !== isSelected) box.checked = isSelected;
  setAttribute(box, 'aria-label', `Select ${name}${instance === '' ? '' : ` on ${instance}`}`);
  setText(
    cells.severity.lastElementChild,
    isGone || alert.badness === 'ok' ? 'Resolved' : BADNESS_WORDS[alert.badness],
  );
  writeGlyph(cells.severity.firstElementChild, isGone ? 'ok' : alert.badness);
  setText(cells.name, name, true);
  setText(cells.instance, instance, true);
  setText(cells.message, shown(alert.message), true);
  const chip = cells.state.firstElementChild;
  setText(chip, stateText(alert.state, times, now));
  setClass(chip, alert.state === null ? '' : `chip ${STATE_CLASSES[alert.state.kind]}`);
  setText(cells.since, spanText(now - alert.startedAt));
  setText(cells.seen, isLive ? spanText(now - alert.seenAt) : times.clock(alert.seenAt));
  setText(cells.count, countText(alert.count));
}

const STATE_CLASSES: Readonly<Record<RowState['kind'], string>> = {
  ...{ muted: 'mute i-mute', stale: 'unk i-clock', flapping: 'warn i-wave', acknowledged: 'ack i-person' },
};

function stateText(state: RowState | null, times: Times, now: number): string {
  if (state === null) return '';
  if (state.kind === 'acknowledged') return shown(state.by);
  if (state.kind !== 'muted') return state.kind === 'stale' ? 'Stale' : 'Flapping';
  return `${muteWord(state.by)}${state.until === null ? '' : ` ${times.until(state.until, now)}`}`;
}

function writeGlyph(svg: Element | null, badness: Badness): void {
  const wanted = `glyph g-${BADNESS_CLASSES[badness]}`;
  if (svg === null || svg.getAttribute('class') === wanted) return;
  svg.setAttribute('class', wanted);
  const [body, cut] = svg.children;
  const lines = LINES[badness];
  body?.setAttribute('d', lines === undefined ? GLYPH_PATHS[badness].body : badness === 'unknown' ? RING : '');
  body?.setAttribute('class', badness === 'unknown' ? 'ring' : 'body');
  cut?.setAttribute('d', lines ?? GLYPH_PATHS[badness].cut);
  cut?.setAttribute('class', lines === undefined ? 'cut' : 'stroke');
}

function setText(node: Element | null, text: string, isTitled = false): void {
  if (node === null || node.textContent === text) return;
  node.textContent = text;
  if (isTitled) node.setAttribute('title', text);
}

function setClass(node: Element | null, name: string): void {
  if (node !== null && node.className !== name) node.className = name;
}

function setAttribute(node: Element, name: string, value: string): void {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}
