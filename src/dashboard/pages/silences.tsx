import { useState } from 'preact/hooks';
import { changed, valueIn } from '../model/address.ts';
import { useCell, useDocument, useModel, useRole } from '../model/hooks.ts';
import { Calendar } from '../parts/calendar.tsx';
import { whatOf } from '../parts/now-aside.tsx';
import { Empty, Loaded, Panel } from '../parts/panel.tsx';
import { Segments } from '../parts/segments.tsx';
import { SilenceDialog } from '../parts/silence-dialog.tsx';
import { SilenceRow } from '../parts/silence-row.tsx';
import type { Page, Silence } from '../wire/documents.ts';
import { shown } from '../words/outside.ts';

const TABS = [
  { word: 'Active', status: null, state: 'active' },
  { word: 'Coming', status: 'coming', state: 'pending' },
  { word: 'Ended', status: 'ended', state: 'expired' },
] as const;

/** Silences and windows: what holds notices back, now and in the days to come. */
export function SilencesPage({ id }: { readonly id: string | null }) {
  const { address, filter } = useModel();
  const query = useCell(address)?.query ?? {};
  const canWrite = useRole('write');
  const status = valueIn(query, 'status') ?? null;
  const tab = TABS.find((one) => one.status === status) ?? TABS[0];
  const week = Number(valueIn(query, 'week') ?? 0) || 0;
  const silences = useDocument<Page<Silence>>('/api/v1/silences?limit=200');
  const windows = useDocument<Page<Silence>>('/api/v1/maintenance?limit=200');
  const isEnded = tab.state === 'expired';
  const endedSilences = useDocument<Page<Silence>>(isEnded ? '/api/v1/silences?status=expired&limit=100' : null);
  const endedWindows = useDocument<Page<Silence>>(isEnded ? '/api/v1/maintenance?status=expired&limit=100' : null);
  const [dialog, setDialog] = useState<Opened | null>(null);
  const live = [...(silences.value?.items ?? []), ...(windows.value?.items ?? [])];
  const over = [...(endedSilences.value?.items ?? []), ...(endedWindows.value?.items ?? [])];
  const text = (valueIn(query, 'q') ?? '').toLowerCase();
  const rows = (isEnded ? over : live)
    .filter((one) => one.status === tab.state && (id === null || one.id === id))
    .filter((one) => `${whatOf(one)} ${one.comment} ${one.created_by}`.toLowerCase().includes(text))
    .sort((a, b) => (isEnded ? -1 : 1) * (Date.parse(a.ends_at) - Date.parse(b.ends_at)));
  const count = (state: string) => live.filter((one) => one.status === state).length;
  return (
    <>
      <div class="filters">
        <Segments
          query={query}
          name="status"
          label="State"
          choices={TABS.map(({ word, status: value }) => ({ word, value }))}
          countOf={(name) => {
            const { state } = TABS.find(({ status }) => status === name) ?? TABS[0];
            return state === 'expired' ? undefined : count(state);
          }}
        />
        <input
          type="text"
          class="field"
          data-filter
          aria-label="Filter silences"
          placeholder="Matcher, name, reason"
          value={valueIn(query, 'q') ?? ''}
          onInput={(event) => filter(changed(query, { q: event.currentTarget.value || null }), 'replace')}
        />
        {canWrite && (
          <span class="push two">
            <button type="button" class="btn pri" onClick={() => setDialog({ isWindow: false })}>
              New silence
            </button>
            <button type="button" class="btn" onClick={() => setDialog({ isWindow: true })}>
              New window
            </button>
          </span>
        )}
      </div>
      <div class="stack">
        {!isEnded && (
          <Calendar
            silences={live}
            week={week}
            onWeek={(next) => filter(changed(query, { week: next === 0 ? null : String(next) }))}
          />
        )}
        <Panel title={tab.word} count={(isEnded ? endedSilences : silences).value && rows.length}>
          <Loaded of={isEnded ? endedSilences : silences} what="silences" rows={3}>
            {() =>
              rows.length === 0 ? (
                <Empty icon="mute" title={text === '' ? `Nothing ${tab.word.toLowerCase()}` : 'Nothing matches'}>
                  <p>
                    A silence holds back the notices of what its matchers hold, for a time and with a reason. Incidents
                    stay open, and are seen here.
                  </p>
                </Empty>
              ) : (
                <ul class="list">
                  {rows.map((one) => (
                    <SilenceRow
                      key={one.id}
                      silence={one}
                      onAgain={(silence) =>
                        setDialog({
                          isWindow: silence.kind === 'maintenance',
                          what: whatOf(silence),
                          comment: silence.comment,
                        })
                      }
                    />
                  ))}
                </ul>
              )
            }
          </Loaded>
        </Panel>
      </div>
      {dialog !== null && <SilenceDialog {...dialog} what={shown(dialog.what ?? '')} onClose={() => setDialog(null)} />}
    </>
  );
}

interface Opened {
  readonly isWindow: boolean;
  readonly what?: string;
  readonly comment?: string;
}
