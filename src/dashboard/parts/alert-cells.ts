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

/** A row of the table: nodes that are made once, and show one alert after the other. */
export interface AlertRowNode {
  readonly node: HTMLElement;
  /** Shows an alert, or bars where it is not read yet. Only what differs is touched, and nothing is read from the page. */
  write(index: number, alert: AlertRow | undefined, context: RowContext): void;
}

/** Makes one; `number` tells it apart from others of the page. */
export function makeAlertRow(number: number): AlertRowNode {
  const row = document.createElement('div');
  row.setAttribute('role', 'row');
  const cells = Object.fromEntries(
    CELLS.map((name) => {
      const cell = document.createElement('span');
      cell.className = `c-${name}`;
      cell.setAttribute('role', 'gridcell');
      row.append(cell);
      return [name, cell];
    }),
  ) as unknown as Readonly<Record<CellName, HTMLElement>>;
  const box = document.createElement('input');
  box.type = 'checkbox';
  box.tabIndex = -1;
  box.setAttribute('aria-label', 'Select');
  box.id = `select-${number}`;
  cells.name.id = `name-${number}`;
  cells.instance.id = `instance-${number}`;
  box.setAttribute('aria-labelledby', [box, cells.name, cells.instance].map(({ id }) => id).join(' '));
  cells.select.append(box);
  const glyph = makeGlyph();
  const word = document.createElement('span');
  cells.severity.append(glyph, word);
  const chip = document.createElement('span');
  cells.state.append(chip);

  const texts = {
    word: textIn(word),
    chip: textIn(chip),
    ...{ name: textIn(cells.name), instance: textIn(cells.instance), message: textIn(cells.message) },
    ...{ since: textIn(cells.since), seen: textIn(cells.seen), count: textIn(cells.count) },
  };
  const setRow = classOf(row);
  const setChip = classOf(chip);
  const setGlyph = remembered<Badness>((badness) => writeGlyph(glyph, badness));
  const setId = remembered<string | null>((id) => {
    if (id === null) delete row.dataset.id;
    else row.dataset.id = id;
  });
  const setIndex = remembered<number>((index) => row.setAttribute('aria-rowindex', String(index + 2)));
  const setSelected = remembered<boolean>((isSelected) => row.setAttribute('aria-selected', String(isSelected)));
  const setTab = remembered<number>((tab) => {
    row.tabIndex = tab;
  });
  setTab(-1);
  return {
    node: row,
    write: (index, alert, context) => {
      setIndex(index);
      if (alert === undefined) {
        setRow('vrow pending');
        setId(null);
        for (const write of Object.values(texts)) write('');
        setChip('');
        return;
      }
      const { now, isSelected, isCurrent, isGone, isLive, times } = context;
      const quiet = alert.state?.kind === 'muted' || isGone || alert.badness === 'ok';
      setRow(
        `vrow b-${BADNESS_CLASSES[alert.badness]}${quiet ? ' quiet' : ''}${isGone ? ' gone' : ''}${isSelected ? ' sel' : ''}${isCurrent ? ' cur' : ''}`,
      );
      setId(alert.id);
      setTab(isCurrent ? 0 : -1);
      setSelected(isSelected);
      // By the page itself too: who presses it has changed it already.
      if (box.checked !== isSelected) box.checked = isSelected;
      setGlyph(isGone ? 'ok' : alert.badness);
      texts.word(isGone || alert.badness === 'ok' ? 'Resolved' : BADNESS_WORDS[alert.badness]);
      texts.name(shown(alert.name));
      texts.instance(shown(alert.instance));
      texts.message(shown(alert.message));
      texts.chip(stateText(alert.state, times, now));
      setChip(alert.state === null ? '' : `chip ${STATE_CLASSES[alert.state.kind]}`);
      texts.since(spanText(now - alert.startedAt));
      texts.seen(isLive ? spanText(now - alert.seenAt) : times.clock(alert.seenAt));
      texts.count(countText(alert.count));
    },
  };
}

/** Calls only for what differs from the last time. */
function remembered<T>(call: (value: T) => unknown): (value: T) => void {
  let last: T | undefined;
  return (value) => {
    if (value === last) return;
    last = value;
    call(value);
  };
}

function textIn(cell: Element): (text: string) => void {
  const node = document.createTextNode('');
  cell.append(node);
  return remembered<string>((text) => {
    node.data = text;
  });
}

function classOf(node: Element): (name: string) => void {
  return remembered<string>((name) => {
    node.className = name;
  });
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

const STATE_CLASSES: Readonly<Record<RowState['kind'], string>> = {
  ...{ muted: 'mute i-mute', stale: 'unk i-clock', flapping: 'warn i-wave', acknowledged: 'ack i-person' },
};

function stateText(state: RowState | null, times: Times, now: number): string {
  if (state === null) return '';
  if (state.kind === 'acknowledged') return shown(state.by);
  if (state.kind !== 'muted') return state.kind === 'stale' ? 'Stale' : 'Flapping';
  return `${muteWord(state.by)}${state.until === null ? '' : ` ${times.until(state.until, now)}`}`;
}

function writeGlyph(svg: SVGElement, badness: Badness): void {
  svg.setAttribute('class', `glyph g-${BADNESS_CLASSES[badness]}`);
  const [body, cut] = svg.children;
  const lines = LINES[badness];
  body?.setAttribute('d', lines === undefined ? GLYPH_PATHS[badness].body : badness === 'unknown' ? RING : '');
  body?.setAttribute('class', badness === 'unknown' ? 'ring' : 'body');
  cut?.setAttribute('d', lines ?? GLYPH_PATHS[badness].cut);
  cut?.setAttribute('class', lines === undefined ? 'cut' : 'stroke');
}
