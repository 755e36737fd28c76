import { hrefOf } from '../model/address.ts';
import { messageOf, placeOf } from '../model/alert-row.ts';
import type { IncidentDetail } from '../wire/documents.ts';
import { shown } from '../words/outside.ts';
import { alertBadness, BADNESS_WORDS } from '../words/severity.ts';
import { Glyph } from './glyph.tsx';
import { OutsideText, PageLink } from './link.tsx';
import { Panel } from './panel.tsx';
import { Age, Moment } from './time.tsx';

const MOST = 20;

/** The alerts of an incident: which, where, and what they say. */
export function IncidentAlerts({ incident: { id, alerts } }: { readonly incident: IncidentDetail }) {
  const side = (
    <PageLink class="link" href={hrefOf('alerts', null, { incident_id: id })}>
      Open as table
    </PageLink>
  );
  return (
    <Panel title="Alerts" count={alerts.length} side={side}>
      <div class="scroll-x">
        <table>
          <thead>
            <tr>
              <th>Alert</th>
              <th class="hide-s">Where</th>
              <th class="hide-s">Evidence</th>
              <th class="num">Since</th>
            </tr>
          </thead>
          <tbody>
            {alerts.slice(0, MOST).map((alert) => {
              const badness = alertBadness(alert);
              return (
                <tr key={alert.id}>
                  <td class="wrap name">
                    <span class="with-glyph">
                      <Glyph badness={badness} size={14} />
                      <PageLink
                        class="strong"
                        href={hrefOf('alerts', alert.id)}
                        aria-label={`${BADNESS_WORDS[badness]}: ${shown(alert.name)}`}
                      >
                        {shown(alert.name)}
                      </PageLink>
                    </span>
                  </td>
                  <td class="mono hide-s">{shown(placeOf(alert))}</td>
                  <td class="t2 wrap hide-s">
                    <OutsideText text={messageOf(alert)} />
                  </td>
                  <td class="num">
                    {alert.ended_at === null ? <Age at={alert.started_at} /> : <Moment at={alert.ended_at} />}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {alerts.length > MOST && <p class="more t3">{alerts.length - MOST} more are in the table.</p>}
    </Panel>
  );
}
