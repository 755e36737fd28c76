import { hrefOf } from '../model/address.ts';
import type { Incident } from '../wire/documents.ts';
import { afterText } from '../words/ages.ts';
import { countOf } from '../words/numbers.ts';
import { shown } from '../words/outside.ts';
import { BADNESS_WORDS, incidentBadness } from '../words/severity.ts';
import { StateChips } from './chips.tsx';
import { Glyph } from './glyph.tsx';
import { PageLink } from './link.tsx';
import { Age, Moment } from './time.tsx';

/** An incident in a list: what is wrong, how much of it, who knows, since when. */
export function IncidentRow({ incident, isCurrent = false, isGone = false }: IncidentRowProps) {
  const badness = incidentBadness(incident);
  const isOver = badness === 'ok';
  const title = shown(incident.title);
  const quiet = isOver || isGone || Boolean(incident.muted);
  return (
    <li class={`inc${quiet ? ' quiet' : ''}${isCurrent ? ' cur' : ''}${isGone ? ' gone' : ''}`} data-id={incident.id}>
      <Glyph badness={badness} />
      <div class="mid">
        <div class="ti trunc" title={title}>
          <PageLink href={hrefOf('incidents', incident.id)} aria-label={`${BADNESS_WORDS[badness]}: ${title}`}>
            {title}
          </PageLink>
        </div>
        <div class="sub trunc">
          {countOf(incident.alert_count, 'alert')}
          {incident.source ? ` · ${shown(incident.source)}` : ''}
          {` · ${shown(subText(incident))}`}
        </div>
      </div>
      <div class="chips">
        <StateChips of={incident} isOver={isOver} />
      </div>
      <div class="told trunc">{toldText(incident)}</div>
      <div class="age">
        {isOver || isGone ? (
          <span class="over">
            <Moment at={incident.resolved_at} />
            <small>{afterText(incident.opened_at, incident.resolved_at)}</small>
          </span>
        ) : (
          <Age at={incident.opened_at} />
        )}
      </div>
    </li>
  );
}

interface IncidentRowProps {
  readonly incident: Incident;
  readonly isCurrent?: boolean;
  /** It left the list, and stays until the new order is applied. */
  readonly isGone?: boolean;
}

function subText({ summary, key, firing_count: firing, unknown_count: unknown, status }: Incident): string {
  if (summary) return summary;
  if (status === 'resolved' || status === 'closed') return status === 'closed' ? 'closed' : key;
  const counts = [firing > 0 ? `${firing} firing` : '', unknown > 0 ? `${unknown} unknown` : ''].filter(Boolean);
  return [...counts, key].join(' · ');
}

function toldText({ notified, muted }: Incident): string {
  if (notified !== undefined && notified.length > 0) return shown(notified.join(', '));
  return muted ? 'muted' : '';
}
