import { askChange } from '../model/change.ts';
import { useDocument, useModel } from '../model/hooks.ts';
import type { SessionJson } from '../wire/access.ts';
import type { Page } from '../wire/documents.ts';
import { shown } from '../words/outside.ts';
import { AdminOnly } from './admin-only.tsx';
import { Empty, Panel } from './panel.tsx';
import { ScrollTable } from './scroll-table.tsx';
import { Age, Moment } from './time.tsx';

/** Where people are logged in. */
export function SessionsPanel() {
  const model = useModel();
  const sessions = useDocument<Page<SessionJson>>('/api/v1/sessions');
  return (
    <Panel title="Sessions" count={sessions.value?.items.length}>
      <AdminOnly of={sessions} what="sessions">
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon="people" title="Nobody is logged in">
              <p>Sessions begin at the log-in page, and end when they are ended here, at once.</p>
            </Empty>
          ) : (
            <ScrollTable
              label="Sessions"
              heads={
                <>
                  <th>Person</th>
                  <th>Browser</th>
                  <th>Address</th>
                  <th class="num">Seen</th>
                  <th class="num">Ends</th>
                  <th class="num">
                    <span class="vh">End</span>
                  </th>
                </>
              }
            >
              {items.map((one) => (
                <tr key={one.id}>
                  <td class="strong">
                    {shown(one.name)}
                    {one.is_this && <span class="t3"> (this one)</span>}
                  </td>
                  <td class="t2">
                    <div class="trunc cut" title={shown(one.agent)}>
                      {shown(one.agent)}
                    </div>
                  </td>
                  <td class="mono t2">{shown(one.address)}</td>
                  <td class="num">
                    <Age at={one.last_seen_at} />
                  </td>
                  <td class="num">
                    <Moment at={one.expires_at} />
                  </td>
                  <td class="num">
                    <button
                      type="button"
                      class="btn sm"
                      aria-label={`End the session of ${shown(one.name)} at ${shown(one.address)}`}
                      onClick={() =>
                        void askChange(model, {
                          method: 'DELETE',
                          path: `/api/v1/sessions/${encodeURIComponent(one.id)}`,
                          done: 'Session ended',
                        })
                      }
                    >
                      End
                    </button>
                  </td>
                </tr>
              ))}
            </ScrollTable>
          )
        }
      </AdminOnly>
    </Panel>
  );
}
