import { hrefOf } from '../model/address.ts';
import { useDocument } from '../model/hooks.ts';
import type { Incident, Notice, Page, Silence } from '../wire/documents.ts';
import { afterText } from '../words/ages.ts';
import { shown } from '../words/outside.ts';
import { incidentBadness } from '../words/severity.ts';
import { Glyph } from './glyph.tsx';
import { Icon } from './icon.tsx';
import { PageLink } from './link.tsx';
import { Failed, Loaded, Panel } from './panel.tsx';
import { Age, Left } from './time.tsx';

/** Silences and windows that hold now. */
export function MutedPanel() {
  const silences = useDocument<Page<Silence>>('/api/v1/silences?status=active&limit=20');
  const windows = useDocument<Page<Silence>>('/api/v1/maintenance?status=active&limit=20');
  const all = [...(silences.value?.items ?? []), ...(windows.value?.items ?? [])];
  const sorted = all.sort((a, b) => Date.parse(a.ends_at) - Date.parse(b.ends_at));
  const side = (
    <PageLink class="link" href={hrefOf('silences')}>
      All
    </PageLink>
  );
  return (
    <Panel title="Muted now" count={silences.value && sorted.length} side={side}>
      <Loaded of={silences} what="silences" rows={2}>
        {() => (
          <ul class="list">
            {sorted.slice(0, 8).map((one) => (
              <li key={one.id} class="li">
                <Icon name={one.kind === 'maintenance' ? 'calendar' : 'mute'} />
                <div>
                  <div class="r">
                    <b class="trunc">{shown(whatOf(one))}</b>
                    <Left until={one.ends_at} />
                  </div>
                  <p class="trunc">{shown([one.created_by, one.comment].filter(Boolean).join(': '))}</p>
                </div>
              </li>
            ))}
            {sorted.length === 0 && <Quiet icon="mute" text="No silences, no maintenance" />}
          </ul>
        )}
      </Loaded>
    </Panel>
  );
}

/** What a silence matches, as people write it. */
export function whatOf({ matchers, instance_id: instance }: Silence): string {
  if (instance) return instance;
  return matchers
    .map(({ name, value, is_equal, is_regex }) => `${name}${is_equal ? '=' : '!='}${is_regex ? '~' : ''}${value}`)
    .join(' ')
    .replaceAll('!=~', '!~');
}

function Quiet({ icon, text }: { readonly icon: 'mute' | 'send' | 'clock'; readonly text: string }) {
  return (
    <li class="li t3">
      <Icon name={icon} />
      <span>{text}</span>
    </li>
  );
}

/** Notices that have failed, and those that are tried again. */
export function useStuck() {
  const failed = useDocument<Page<Notice>>('/api/v1/notices?state=dead&limit=50');
  return {
    failed,
    items: failed.value?.items ?? [],
    count: failed.value === undefined ? null : failed.value.items.length,
  };
}

/** What does not get through. */
export function StuckPanel() {
  const { failed, items } = useStuck();
  const byChannel = new Map<string, Notice[]>();
  for (const one of items) byChannel.set(one.channel, [...(byChannel.get(one.channel) ?? []), one]);
  const side = (
    <PageLink class="link" href={hrefOf('channels')}>
      Channels
    </PageLink>
  );
  return (
    <Panel title="Stuck" count={failed.value && byChannel.size} side={side}>
      {failed.failure !== null && failed.value === undefined ? (
        <Failed what="notices" failure={failed.failure} retry={failed.retry} />
      ) : (
        <ul class="list">
          {[...byChannel].map(([channel, notices]) => (
            <li key={channel} class="li">
              <Glyph badness="warning" />
              <div>
                <div class="r">
                  <PageLink class="strong trunc" href={hrefOf('channels', channel)}>
                    {shown(channel)}: {notices.length === 1 ? '1 notice' : `${notices.length} notices`} not sent
                  </PageLink>
                  <Age at={notices.map(({ updated_at: at }) => at).sort()[0]} />
                </div>
                <p class="trunc">{shown(notices[0]?.failure ?? notices[0]?.reason ?? '')}</p>
              </div>
            </li>
          ))}
          {byChannel.size === 0 && <Quiet icon="send" text="Every notice has arrived" />}
        </ul>
      )}
    </Panel>
  );
}

/** The incidents that changed last. */
export function ChangesPanel() {
  const changed = useDocument<Page<Incident>>('/api/v1/incidents?since=24h&limit=50');
  const items = [...(changed.value?.items ?? [])].sort((a, b) => Date.parse(b.changed_at) - Date.parse(a.changed_at));
  const side = (
    <PageLink class="link" href={hrefOf('incidents', null, { status: 'all' })}>
      History
    </PageLink>
  );
  return (
    <Panel title="What changed" side={side}>
      <Loaded of={changed} what="changes" rows={4}>
        {() => (
          <ul class="list">
            {items.slice(0, 8).map((one) => (
              <li key={one.id} class="li">
                <Glyph badness={incidentBadness(one)} />
                <div>
                  <div class="r">
                    <PageLink class="strong trunc" href={hrefOf('incidents', one.id)}>
                      {shown(one.title)}
                    </PageLink>
                    <Age at={one.changed_at} />
                  </div>
                  <p class="trunc">{changeText(one)}</p>
                </div>
              </li>
            ))}
            {items.length === 0 && <Quiet icon="clock" text="Nothing in the last 24 hours" />}
          </ul>
        )}
      </Loaded>
    </Panel>
  );
}

function changeText(one: Incident): string {
  if (one.status === 'resolved' || one.status === 'closed')
    return `${one.status} ${afterText(one.opened_at, one.resolved_at)}`;
  if (one.status === 'acknowledged')
    return `acknowledged${one.acknowledged_by ? ` by ${shown(one.acknowledged_by)}` : ''}`;
  return one.firing_count > 0 ? `${one.firing_count} firing` : 'open';
}
