import { useState } from 'preact/hooks';
import { hrefOf, valueIn } from '../model/address.ts';
import { attemptsPath, type ChannelHealth, channelsOf } from '../model/channels.ts';
import { useCell, useDocument, useModel, useWholeRole } from '../model/hooks.ts';
import { DeadLetters } from '../parts/dead-letters.tsx';
import { Glyph } from '../parts/glyph.tsx';
import { PageLink } from '../parts/link.tsx';
import { Empty, Loaded, Panel } from '../parts/panel.tsx';
import { ScrollTable } from '../parts/scroll-table.tsx';
import { Segments } from '../parts/segments.tsx';
import { Age } from '../parts/time.tsx';
import type { Attempt, Notice, Page } from '../wire/documents.ts';
import { countOf, countText } from '../words/numbers.ts';
import { shown } from '../words/outside.ts';

/** The last attempts of all channels, of which their health is told. */
export const ATTEMPTS = attemptsPath({ limit: '500' });
/** What waits and what failed. */
export const NOTICES = '/api/v1/notices?limit=500';

const TABS = [
  { word: 'All', value: null },
  { word: 'Failing', value: 'failing' },
  { word: 'OK', value: 'ok' },
] as const;

/** Whether what is told arrives. */
export function ChannelsPage() {
  const { address, clock } = useModel();
  const query = useCell(address)?.query ?? {};
  const attempts = useDocument<Page<Attempt>>(ATTEMPTS);
  const notices = useDocument<Page<Notice>>(NOTICES);
  const state = valueIn(query, 'state') ?? null;
  const all = channelsOf(attempts.value?.items ?? [], notices.value?.items ?? [], clock.now());
  const rows = all.filter((one) => state === null || one.state === state);
  const dead = (notices.value?.items ?? []).filter((one) => one.state === 'dead');
  return (
    <>
      <div class="filters">
        <Segments
          query={query}
          name="state"
          label="Health"
          choices={TABS}
          countOf={(name) => all.filter((one) => name === null || one.state === name).length}
        />
      </div>
      <div class="stack">
        {dead.length > 0 && <DeadLetters notices={dead} />}
        <Panel
          title="Channels"
          count={attempts.value && rows.length}
          side={<span class="t3 only-l">by their last {countText(attempts.value?.items.length)} attempts</span>}
        >
          <Loaded of={attempts} what="channels" rows={4} height={32}>
            {() =>
              all.length === 0 ? (
                <Empty icon="send" title="Nobody has been told anything yet">
                  <p>A channel is where notices go: chat, mail, a pager, or any address. Begin with one address:</p>
                  <pre>{'MONITOR_NOTIFY_URL=https://hooks.example.com/x monitor serve'}</pre>
                  <p class="t3">Who hears of what is said by notify in monitor.yaml. monitor notify test tries it.</p>
                </Empty>
              ) : (
                <ScrollTable
                  label="Channels"
                  heads={
                    <>
                      <th>Health</th>
                      <th>Channel</th>
                      <th class="hide-s">Last answer</th>
                      <th class="num">Last arrived</th>
                      <th class="num hide-s">Waiting</th>
                      <th class="num">Failed 24 h</th>
                      <th class="num hide-s">p95</th>
                      <th class="num hide-s">
                        <span class="vh">Send a test</span>
                      </th>
                    </>
                  }
                >
                  {rows.map((one) => (
                    <Row key={one.name} channel={one} />
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

const STATES = {
  ok: { badness: 'ok', word: 'OK', tone: 's-ok' },
  failing: { badness: 'warning', word: 'Failing', tone: 's-warn' },
  unknown: { badness: 'unknown', word: 'Not tried', tone: 's-unk' },
} as const;

function Row({ channel }: { readonly channel: ChannelHealth }) {
  const { badness, word, tone } = STATES[channel.state];
  return (
    <tr>
      <td>
        <span class={`with-glyph ${tone}`}>
          <Glyph badness={badness} size={14} />
          {word}
        </span>
      </td>
      <td>
        <PageLink class="strong" href={hrefOf('channels', channel.name)}>
          {shown(channel.name)}
        </PageLink>
      </td>
      <td class="t2 hide-s">
        <div class="trunc cut" title={shown(channel.answer ?? '')}>
          {shown(channel.answer ?? '')}
        </div>
      </td>
      <td class="num">{channel.arrivedAt === null ? 'never' : <Age at={channel.arrivedAt} />}</td>
      <td class="num hide-s">{channel.waiting + channel.dead}</td>
      <td class={`num ${channel.failed24h > 0 ? 's-warn' : 't3'}`}>{channel.failed24h}</td>
      <td class="num t3 hide-s">{channel.p95 === null ? '—' : `${countText(channel.p95)} ms`}</td>
      <td class="num hide-s">
        <TestButton channel={channel.name} />
      </td>
    </tr>
  );
}

/** Sends a test to a channel, and tells what it answered. */
export function TestButton({ channel }: { readonly channel: string }) {
  const { http, say, documents } = useModel();
  const canWrite = useWholeRole('write');
  const [isSending, setSending] = useState(false);
  if (!canWrite) return null;
  const send = async () => {
    setSending(true);
    const answer = await http.change('POST', '/api/v1/test-alert', { targets: [channel] });
    setSending(false);
    documents.refresh(attemptsPath({}));
    if (answer.kind !== 'value')
      return say({ text: `Not sent. ${answer.kind === 'failed' ? answer.failure.text : ''}`, isError: true });
    const { items } = answer.value as {
      readonly items: readonly { readonly ok: boolean; readonly answer: string; readonly took_ms: number }[];
    };
    const [first] = items;
    if (first?.ok) say({ text: `${channel}: the test arrived in ${countText(first.took_ms)} ms` });
    else say({ text: `${channel}: the test failed. ${first?.answer ?? `${countOf(0, 'answer')}`}`, isError: true });
  };
  return (
    <button
      type="button"
      class="btn sm"
      disabled={isSending}
      aria-label={`Send test to ${shown(channel)}`}
      onClick={() => void send()}
    >
      {isSending ? 'Sending…' : 'Send test'}
    </button>
  );
}
