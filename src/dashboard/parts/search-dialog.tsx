import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { hrefOf, queryText } from '../model/address.ts';
import { searchText } from '../model/alert-query.ts';
import { ENDPOINTS, endpointBadness, endpointTitle } from '../model/endpoints.ts';
import { useDocument, useModel } from '../model/hooks.ts';
import type { Alert, Incident, Instance, Page } from '../wire/documents.ts';
import type { Endpoint, EndpointList } from '../wire/endpoints.ts';
import { shown } from '../words/outside.ts';
import { alertBadness, BADNESS_WORDS, type Badness, incidentBadness } from '../words/severity.ts';
import { Dialog } from './dialog.tsx';
import { Glyph } from './glyph.tsx';
import { Icon } from './icon.tsx';
import { usePages } from './navigation.tsx';

interface Hit {
  readonly href: string;
  readonly title: string;
  readonly more: string;
  readonly kind: string;
  readonly badness?: Badness;
}

const MOST = 8;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Finds incidents, alerts, instances, endpoints and pages by a text, an id or a pasted fingerprint. */
export function SearchDialog({ onClose }: { readonly onClose: () => void }) {
  const { clock, go } = useModel();
  const [typed, setTyped] = useState('');
  const [text, setText] = useState('');
  const [place, setPlace] = useState(0);
  const [isEntered, setEntered] = useState(false);
  useEffect(() => clock.after(120, () => setText(typed.trim())), [typed, clock]);
  const pages = usePages();
  const isAsked = text !== '';
  const words = searchText(text);
  const found = { q: isAsked ? words : null, limit: String(MOST), sort: 'attention' };
  const isFindable = !isAsked || words !== '';
  const incidents = useDocument<Page<Incident>>(isFindable ? `/api/v1/incidents${queryText(found)}` : null);
  const alerts = useDocument<Page<Alert>>(isAsked && isFindable ? `/api/v1/alerts${queryText(found)}` : null);
  const instances = useDocument<Page<Instance>>(isAsked ? '/api/v1/instances?limit=500' : null);
  const named = { q: words, limit: String(MOST), sort: 'attention' };
  const endpoints = useDocument<EndpointList>(isAsked && words !== '' ? `${ENDPOINTS}${queryText(named)}` : null);
  const hits = [
    ...pageHits(text, pages),
    ...idHits(text, alerts.value?.items ?? []),
    ...(incidents.value?.items ?? []).map(incidentHit),
    ...(alerts.value?.items ?? []).map(alertHit),
    ...(instances.value?.items ?? [])
      .filter((one) => isIn(text, one.instance_id, one.hostname ?? ''))
      .slice(0, MOST)
      .map(instanceHit),
    ...(endpoints.value?.items ?? []).map((one) => endpointHit(one, clock.now())),
  ];
  const current = Math.min(place, Math.max(0, hits.length - 1));
  // What is found for an earlier text is not what Enter means.
  const isFound =
    typed.trim() === text && ![incidents, alerts, instances, endpoints].some(({ isLoading }) => isLoading);
  const open = (hit: Hit | undefined) => {
    if (hit === undefined) return;
    onClose();
    go(hit.href);
  };
  useLayoutEffect(() => {
    if (!isEntered || !isFound) return;
    setEntered(false);
    open(hits[current]);
  }, [isEntered, isFound]);
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setPlace(Math.max(0, Math.min(hits.length - 1, current + step)));
    else if (event.key === 'Enter') setEntered(true);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Search" onClose={onClose} wide>
      <div class="in">
        <input
          type="text"
          class="field"
          role="combobox"
          aria-expanded="true"
          aria-controls="hits"
          aria-activedescendant={hits.length > 0 ? `hit-${current}` : undefined}
          aria-label="Search incidents, alerts, instances, endpoints and pages"
          placeholder="Title, name, label value, id"
          value={typed}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            setPlace(0);
            setEntered(false);
          }}
          onKeyDown={press}
        />
        <div id="hits" class="hits" role="listbox" aria-label="Found">
          {hits.map((hit, index) => (
            <div
              key={hit.kind + hit.href}
              id={`hit-${index}`}
              role="option"
              aria-selected={index === current}
              class={`hit${index === current ? ' cur' : ''}`}
              onClick={() => open(hit)}
            >
              {hit.badness ? <Glyph badness={hit.badness} size={14} /> : <Icon name="chevron" size={14} />}
              <span class="trunc">
                {hit.badness && <span class="vh">{BADNESS_WORDS[hit.badness]}: </span>}
                {shown(hit.title)}
              </span>
              <span class="t3 trunc">{shown(hit.more)}</span>
              <span class="kind">{hit.kind}</span>
            </div>
          ))}
          {hits.length === 0 && <p class="t3">Nothing is found for “{shown(text)}”.</p>}
        </div>
      </div>
    </Dialog>
  );
}

function isIn(text: string, ...fields: readonly string[]): boolean {
  const wanted = text.toLowerCase();
  return fields.some((field) => field.toLowerCase().includes(wanted));
}

function pageHits(text: string, pages: ReturnType<typeof usePages>): Hit[] {
  if (text === '') return [];
  return pages
    .flatMap(({ entries }) => entries)
    .filter(({ word }) => isIn(text, word))
    .map(({ page, word }) => ({ href: hrefOf(page), title: word, more: '', kind: 'page' }));
}

/** A whole id that is none of an alert is that of an incident: what is searched for are alerts. */
function idHits(text: string, alerts: readonly Alert[]): Hit[] {
  const id = text.toLowerCase();
  if (!ID.test(id) || alerts.some((one) => one.id === id)) return [];
  return [{ href: hrefOf('incidents', id), title: id, more: 'by its id', kind: 'incident' }];
}

function incidentHit(one: Incident): Hit {
  return {
    href: hrefOf('incidents', one.id),
    title: one.title,
    more: one.status,
    kind: 'incident',
    badness: incidentBadness(one),
  };
}

function alertHit(one: Alert): Hit {
  const more = one.labels.instance_id ?? one.origin;
  return { href: hrefOf('alerts', one.id), title: one.name, more, kind: 'alert', badness: alertBadness(one) };
}

function instanceHit({ instance_id: id, hostname }: Instance): Hit {
  return { href: hrefOf('instances', id), title: id, more: hostname === id ? '' : (hostname ?? ''), kind: 'instance' };
}

function endpointHit(one: Endpoint, now: number): Hit {
  const title = endpointTitle(one);
  return {
    href: hrefOf('endpoints', one.key),
    title,
    more: one.url,
    kind: 'endpoint',
    badness: endpointBadness(one, now),
  };
}
