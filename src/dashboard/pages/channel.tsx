import { hrefOf, queryText } from '../model/address.ts';
import { attemptsPath, channelsOf } from '../model/channels.ts';
import { useDocument, useKeys, useModel, usePageTitle } from '../model/hooks.ts';
import { DeadLetters } from '../parts/dead-letters.tsx';
import { Glyph } from '../parts/glyph.tsx';
import { PageLink } from '../parts/link.tsx';
import { Empty, Loaded, Panel } from '../parts/panel.tsx';
import { ScrollTable } from '../parts/scroll-table.tsx';
import { Age, Moment } from '../parts/time.tsx';
import type { Attempt, Notice, Page } from '../wire/documents.ts';
import { countText } from '../words/numbers.ts';
import { shortId, shown } from '../words/outside.ts';
import { TestButton } from './channels.tsx';

/** One channel: what it was sent, and what it answered. */
export function ChannelPage({ name }: { readonly name: string }) {
  const { clock, go } = useModel();
  const attempts = useDocument<Page<Attempt>>(attemptsPath({ channel: name, limit: '100' }));
  const notices = useDocument<Page<Notice>>(`/api/v1/notices${queryText({ channel: name, limit: '200' })}`);
  const all = notices.value?.items ?? [];
  const health = channelsOf(attempts.value?.items ?? [], all, clock.now())[0];
  const dead = all.filter((one) => one.state === 'dead');
  const waiting = all.filter((one) => one.state === 'wait' || one.state === 'retry' || one.state === 'hold');
  usePageTitle(shown(name));
  useKeys({ Escape: () => go(hrefOf('channels')) });
  return (
    <>
      <div class="ihead">
        <Glyph
          badness={health?.state === 'ok' ? 'ok' : health?.state === 'failing' ? 'warning' : 'unknown'}
          size={18}
        />
        <div class="names">
          <h1>{shown(name)}</h1>
          <div class="meta">
            <span>
              {health?.state === 'failing' ? 'Failing' : health?.state === 'ok' ? 'OK' : 'Nothing was sent yet'}
            </span>
            {health?.arrivedAt && (
              <span>
                last arrived <Age at={health.arrivedAt} suffix=" ago" />
              </span>
            )}
            {health?.p95 != null && <span>95 of 100 in {countText(health.p95)} ms</span>}
          </div>
        </div>
        <div class="acts">
          <TestButton channel={name} />
        </div>
      </div>
      <div class="stack">
        {dead.length > 0 && <DeadLetters notices={dead} />}
        {waiting.length > 0 && (
          <Panel title="Waiting" count={waiting.length}>
            <ul class="list">
              {waiting.slice(0, 20).map((notice) => (
                <li key={notice.id} class="li wide">
                  <span />
                  <div>
                    <PageLink class="strong outside" href={hrefOf('incidents', notice.incident_id ?? '')}>
                      {shown(notice.title ?? notice.id)}
                    </PageLink>
                    <p>{shown((notice.reason ?? notice.state).replaceAll('_', ' '))}</p>
                  </div>
                  <span class="side-text">
                    {(notice.next_at ?? notice.until) && <Moment at={notice.next_at ?? notice.until} />}
                  </span>
                </li>
              ))}
            </ul>
          </Panel>
        )}
        <Panel title="Attempts" count={attempts.value?.items.length} side={<span class="t3 only-l">newest first</span>}>
          <Loaded of={attempts} what="attempts" rows={5} height={32}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty icon="send" title="Nothing was sent yet" />
              ) : (
                <ScrollTable
                  label="Attempts"
                  heads={
                    <>
                      <th>Time</th>
                      <th>Result</th>
                      <th>Answer</th>
                      <th>Tells</th>
                      <th class="num">Try</th>
                      <th class="num">Took</th>
                    </>
                  }
                >
                  {items.map((one) => (
                    <tr key={`${one.key} ${one.attempt} ${one.at}`}>
                      <td class="t2">
                        <Moment at={one.at} />
                      </td>
                      <td>
                        <span
                          class={`with-glyph ${one.outcome === 'ok' ? 's-ok' : one.outcome === 'failed' ? 's-warn' : 's-unk'}`}
                        >
                          <Glyph
                            badness={one.outcome === 'ok' ? 'ok' : one.outcome === 'failed' ? 'warning' : 'unknown'}
                            size={14}
                          />
                          {one.outcome === 'ok' ? 'Arrived' : one.outcome === 'failed' ? 'Failed' : 'Unknown'}
                        </span>
                      </td>
                      <td class="t2">
                        <div class="trunc cut" title={shown(one.answer ?? '')}>
                          {shown(one.answer ?? '')}
                        </div>
                      </td>
                      <td>
                        {one.phase}
                        {one.incident_id !== null && (
                          <>
                            {' '}
                            <PageLink class="link mono" href={hrefOf('incidents', one.incident_id)}>
                              {shortId(one.incident_id)}
                            </PageLink>
                          </>
                        )}
                      </td>
                      <td class="num">{one.attempt}</td>
                      <td class="num t3">{one.took_ms === null ? '—' : `${countText(one.took_ms)} ms`}</td>
                    </tr>
                  ))}
                </ScrollTable>
              )
            }
          </Loaded>
        </Panel>
      </div>
    </>
  );
}
