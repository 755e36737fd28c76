import { weekOf } from '../model/calendar.ts';
import { useCell, useModel } from '../model/hooks.ts';
import type { Silence } from '../wire/documents.ts';
import { shown } from '../words/outside.ts';
import { whatOf } from './now-aside.tsx';
import { Panel } from './panel.tsx';

const percent = (share: number) => `${(share * 100).toFixed(3)}%`;

/** A week of what holds notices back: a bar for each, and where now is. */
export function Calendar({ silences, week, onWeek }: CalendarProps) {
  const { clock, times } = useModel();
  const zone = useCell(times);
  const { days, bars, now } = weekOf(silences, clock.now(), week, zone);
  const side = (
    <>
      <span class="t3 only-l">times in {zone.zone}</span>
      <button type="button" class="btn sm" onClick={() => onWeek(week - 1)} aria-label="The week before">
        ‹
      </button>
      <button type="button" class="btn sm" onClick={() => onWeek(week + 1)} aria-label="The week after">
        ›
      </button>
    </>
  );
  const title = week === 0 ? 'The next seven days' : week === 1 ? 'The week after' : `${days[0]?.word} and six days on`;
  return (
    <Panel title={title} side={side}>
      <div class="cal">
        <div class="cal-row head" aria-hidden="true">
          <span />
          <div class="track">
            {days.map(({ at, word, left, width }) => (
              <span key={at} style={{ left: percent(left), width: percent(width) }}>
                {word}
              </span>
            ))}
          </div>
        </div>
        {bars.map(({ silence, left, width }) => {
          const from = Date.parse(silence.starts_at);
          const to = Date.parse(silence.ends_at);
          const span = `${zone.until(from, clock.now())} to ${zone.until(to, clock.now())}`;
          const kind = silence.kind === 'maintenance' ? 'win' : 'sil';
          return (
            <div class="cal-row" key={silence.id}>
              <span class="trunc" title={shown(whatOf(silence))}>
                {shown(whatOf(silence))}
              </span>
              <div class="track">
                {days.map(({ at, left: edge }) => (
                  <i key={at} style={{ left: percent(edge) }} />
                ))}
                <b
                  class={`${kind}${silence.status === 'active' ? ' on' : ''}`}
                  style={{ left: percent(left), width: percent(width) }}
                  title={`${shown(silence.comment)}, ${span}`}
                >
                  <span class="vh">
                    {silence.status === 'active' ? 'active, ' : 'coming, '}
                    {span}:{' '}
                  </span>
                  {shown(silence.comment)}
                </b>
                {now !== null && <u style={{ left: percent(now) }} />}
              </div>
            </div>
          );
        })}
        {bars.length === 0 && <p class="t3 quiet-week">Nothing holds notices back in this week.</p>}
      </div>
    </Panel>
  );
}

interface CalendarProps {
  readonly silences: readonly Silence[];
  /** So many weeks from today. */
  readonly week: number;
  readonly onWeek: (week: number) => void;
}
