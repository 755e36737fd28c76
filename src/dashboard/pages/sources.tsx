import { hrefOf } from '../model/address.ts';
import { useDocument } from '../model/hooks.ts';
import { Glyph } from '../parts/glyph.tsx';
import { PageLink } from '../parts/link.tsx';
import { Empty, Loaded, Panel } from '../parts/panel.tsx';
import { ScrollTable } from '../parts/scroll-table.tsx';
import { Seen } from '../parts/seen.tsx';
import { Moment } from '../parts/time.tsx';
import type { Page, Source } from '../wire/documents.ts';
import { shown } from '../words/outside.ts';

const HOUR = 3_600_000;

/** What sends alerts: when each was heard, and what the hub had to refuse. */
export function SourcesPage() {
  const sources = useDocument<Page<Source>>('/api/v1/sources');
  const heard = (one: Source) => Date.parse(one.last_heard_at ?? '') || 0;
  const sorted = [...(sources.value?.items ?? [])].sort(
    (a, b) => heard(b) - heard(a) || a.source.localeCompare(b.source),
  );
  return (
    <Panel title="Sources" count={sources.value?.items.length}>
      <Loaded of={sources} what="sources" rows={8} height={32}>
        {() =>
          sorted.length === 0 ? (
            <Empty icon="inbox" title="No source is set up">
              <p>A source is a tool that sends its alerts to this hub. monitor drivers list shows which there are.</p>
            </Empty>
          ) : (
            <ScrollTable
              label="Sources"
              heads={
                <>
                  <th>State</th>
                  <th>Source</th>
                  <th class="num">Heard</th>
                  <th>What the hub said last</th>
                  <th class="hide-s">Where it is sent</th>
                </>
              }
            >
              {sorted.map((one) => (
                <Row key={one.source} source={one} />
              ))}
            </ScrollTable>
          )
        }
      </Loaded>
    </Panel>
  );
}

function Row({ source: one }: { readonly source: Source }) {
  const isHeard = one.last_heard_at !== null;
  const isRefused = isRefusing(one);
  return (
    <tr>
      <td>
        <span class={`with-glyph ${isRefused ? 's-warn' : isHeard ? 's-ok' : 't3'}`}>
          {(isRefused || isHeard) && <Glyph badness={isRefused ? 'warning' : 'ok'} size={14} />}
          {isRefused ? 'Refused' : isHeard ? 'Heard' : 'Never heard'}
        </span>
      </td>
      <td>
        <PageLink class="strong" href={hrefOf('alerts', null, { source: one.source })}>
          {shown(one.source)}
        </PageLink>
      </td>
      <td class="num t2">{isHeard && <Seen at={one.last_heard_at} />}</td>
      <td class="wrap t2">
        {one.last_refusal && (
          <p>
            <Moment at={one.last_refused_at} /> refused: {shown(one.last_refusal)}
          </p>
        )}
        {one.last_remark && (
          <p class="t3">
            <Moment at={one.last_remark_at} /> {shown(one.last_remark)}
          </p>
        )}
      </td>
      <td class="mono t3 hide-s">/alerts/webhook/{shown(one.source)}/</td>
    </tr>
  );
}

/** Refused after it was heard, or never heard at all. */
function isRefusing({ last_refused_at: refused, last_heard_at: heard }: Source): boolean {
  if (refused === null) return false;
  return heard === null || Date.parse(refused) > Date.parse(heard) - HOUR;
}
