import { useEffect, useRef, useState } from 'preact/hooks';
import { changed, type Query, valueIn } from '../model/address.ts';
import {
  alertFilters,
  alertsPath,
  readFilterText,
  SEGMENTS,
  type Segment,
  segmentChange,
  segmentOf,
} from '../model/alert-query.ts';
import { useDocument, useModel } from '../model/hooks.ts';
import type { Alert, Page } from '../wire/documents.ts';
import { countText } from '../words/numbers.ts';
import { shown } from '../words/outside.ts';
import { BADNESS_WORDS } from '../words/severity.ts';
import { Glyph } from './glyph.tsx';
import { Icon } from './icon.tsx';
import { ViewsMenu } from './views-menu.tsx';

/** Segments with their counts, the text, and what else is asked for. */
export function AlertFilters({ query }: { readonly query: Query }) {
  const { filter } = useModel();
  const segment = segmentOf(query);
  const all = alertFilters(changed(query, segmentChange('all', query)), 'all');
  const { counts } = useDocument<Page<Alert>>(alertsPath(all, { limit: '1', counts: 'severity' })).value ?? {};
  const countOf = (one: Segment) =>
    one === 'all' ? counts && Object.values(counts).reduce((sum, count) => sum + count, 0) : counts?.[one];
  return (
    <div class="filters">
      <fieldset class="seg" aria-label="Severity">
        {SEGMENTS.map((one) => (
          <SegmentButton key={one} segment={one} query={query} isOn={one === segment} count={countOf(one)} />
        ))}
      </fieldset>
      <FilterText query={query} />
      {tokensOf(query).map(({ name, value, without }) => (
        <span class="tok" key={`${name}=${value}`}>
          <span class="trunc">{shown(name === 'label' ? value : `${name}=${value}`)}</span>
          <button
            type="button"
            aria-label={`Remove filter ${shown(name === 'label' ? value : `${name}=${value}`)}`}
            onClick={() => filter(changed(query, { [name]: without }))}
          >
            <Icon name="close" size={12} />
          </button>
        </span>
      ))}
      <span class="push" />
      <ViewsMenu query={query} />
      <StatusSwitch query={query} />
    </div>
  );
}

function SegmentButton({ segment, query, isOn, count }: SegmentButtonProps) {
  const { filter } = useModel();
  return (
    <button type="button" aria-pressed={isOn} onClick={() => filter(changed(query, segmentChange(segment, query)))}>
      {segment === 'all' ? null : <Glyph badness={segment} size={14} />}
      <span class={segment === 'all' ? '' : 'only-l'}>{segment === 'all' ? 'All' : BADNESS_WORDS[segment]}</span>
      {segment !== 'all' && <span class="vh only-s">{BADNESS_WORDS[segment]}</span>}
      {count !== undefined && <span class="n">{countText(count)}</span>}
    </button>
  );
}

interface SegmentButtonProps {
  readonly segment: Segment;
  readonly query: Query;
  readonly isOn: boolean;
  /** Undefined while it is not known. */
  readonly count: number | undefined;
}

const STATUSES = [
  { word: 'Open', status: null },
  { word: 'Resolved', status: 'resolved' },
] as const;

function StatusSwitch({ query }: { readonly query: Query }) {
  const { filter } = useModel();
  const isEnded = valueIn(query, 'status') === 'resolved';
  return (
    <fieldset class="seg" aria-label="State">
      {STATUSES.map(({ word, status }) => (
        <button
          type="button"
          key={word}
          aria-pressed={isEnded === (status !== null)}
          onClick={() => filter(changed(query, { status }))}
        >
          {word}
        </button>
      ))}
    </fieldset>
  );
}

function FilterText({ query }: { readonly query: Query }) {
  const { filter, clock } = useModel();
  const given = valueIn(query, 'q') ?? '';
  const [typed, setTyped] = useState(given);
  // What this field has put into the address itself comes back when more may have been typed.
  const put = useRef(given);
  useEffect(() => {
    if (given !== put.current) setTyped(given);
    put.current = given;
  }, [given]);
  useEffect(() => {
    const text = readFilterText(typed).text;
    if (text === given || typed.includes('=')) return;
    return clock.after(120, () => {
      put.current = text;
      filter(changed(query, { q: text === '' ? null : text }), 'replace');
    });
  }, [typed, given]);
  /** Conditions become tokens; the text stays. */
  const settle = () => {
    const { labels, text } = readFilterText(typed);
    if (labels.length > 0) {
      put.current = text;
      filter(changed(query, { label: [...(query.label ?? []), ...labels], q: text === '' ? null : text }));
    }
    setTyped(text);
  };
  return (
    <input
      type="text"
      class="field"
      data-filter
      aria-label="Filter alerts"
      aria-keyshortcuts="/"
      placeholder="Name, or label=value, label!=value"
      value={typed}
      onInput={(event) => setTyped(event.currentTarget.value)}
      onBlur={() => typed.includes('=') && settle()}
      onKeyDown={(event) => {
        if (event.key === 'Enter') settle();
        if (event.key === 'Escape') event.currentTarget.blur();
      }}
    />
  );
}

const TOKENS = ['source', 'instance_id', 'name', 'incident_id', 'since', 'label'];

function tokensOf(query: Query) {
  return TOKENS.flatMap((name) =>
    (query[name] ?? []).map((value, index, all) => ({ name, value, without: all.filter((_, at) => at !== index) })),
  );
}
