import { hrefOf, queryText, valueIn } from '../model/address.ts';
import { useCell, useDocument, useModel } from '../model/hooks.ts';
import { AdminOnly } from '../parts/admin-only.tsx';
import { PageLink } from '../parts/link.tsx';
import { Empty, Panel } from '../parts/panel.tsx';
import { ScrollTable } from '../parts/scroll-table.tsx';
import { Moment } from '../parts/time.tsx';
import type { HistoryEvent, Page } from '../wire/documents.ts';
import { shortId, shown } from '../words/outside.ts';

const FILTERS = ['kind', 'actor', 'subject', 'since'] as const;

/** The history of this hub, event by event: who did what, and why. */
export function AuditPage() {
  const { address } = useModel();
  const query = useCell(address)?.query ?? {};
  const asked = Object.fromEntries(FILTERS.map((name) => [name, valueIn(query, name)]));
  const events = useDocument<Page<HistoryEvent>>(`/api/v1/events${queryText({ ...asked, limit: '200' })}`);
  return (
    <Panel title="History" count={events.value?.items.length} side={<span class="t3 only-l">newest first</span>}>
      {events.failure?.status === 404 ? (
        <Empty icon="file" title="The history is in the terminal">
          <p>Each event has its number, who did it, and why; events are chained, so that none can be changed unseen.</p>
          <pre>monitor audit verify{'\n'}monitor audit export</pre>
        </Empty>
      ) : (
        <AdminOnly of={events} what="the history">
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon="file" title="Nothing has happened that matches" />
            ) : (
              <ScrollTable
                label="History"
                heads={
                  <>
                    <th class="num hide-s">Number</th>
                    <th>Time</th>
                    <th>Actor</th>
                    <th>Kind</th>
                    <th>Subject</th>
                    <th>Reason</th>
                    <th>Data</th>
                  </>
                }
              >
                {items.map((event) => (
                  <Row key={event.seq} event={event} />
                ))}
              </ScrollTable>
            )
          }
        </AdminOnly>
      )}
    </Panel>
  );
}

function Row({ event }: { readonly event: HistoryEvent }) {
  const { seq, at, actor, kind, subject, subject_id: id, reason, data } = event;
  const page = subject === 'incident' ? 'incidents' : subject === 'alert' ? 'alerts' : null;
  const text = JSON.stringify(data);
  return (
    <tr>
      <td class="num t3 hide-s">{seq}</td>
      <td>
        <Moment at={at} />
      </td>
      <td>
        <div class="trunc actor" title={shown(actor ?? '')}>
          {shown(actor ?? '')}
        </div>
      </td>
      <td>{shown(kind)}</td>
      <td>
        {page === null ? (
          `${shown(subject)} ${shown(shortId(id))}`
        ) : (
          <PageLink class="link" href={hrefOf(page, id)}>
            {subject} {shortId(id)}
          </PageLink>
        )}
      </td>
      <td class="t2">{shown(reason ?? '')}</td>
      <td class="mono t3">
        <details>
          <summary class="trunc cut">{shown(text)}</summary>
          <pre>{shown(JSON.stringify(data, null, 2))}</pre>
        </details>
      </td>
    </tr>
  );
}
