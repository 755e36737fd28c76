import type { Action } from '../../src/core/action/action.ts';
import type { IncomingAlert, Severity } from '../../src/core/alert/alert.ts';
import type { DeliveryResult } from '../../src/core/notice/delivery.ts';
import type { NoticeMessage } from '../../src/core/notice/message.ts';
import type { ChannelPolicy, NotifyPolicy } from '../../src/core/policy/policy.ts';
import { compileSilence } from '../../src/core/policy/silence.ts';
import type { SilenceRequest } from '../../src/core/policy/silence-change.ts';
import { createFollowerPart } from '../../src/followers/follower.ts';
import { sha256 } from '../../src/lib/crypto/digest.ts';
import { anchoredRegex } from '../../src/lib/regex.ts';
import { createAttempts } from '../../src/notify/attempts.ts';
import { messageOf } from '../../src/notify/messages.ts';
import { createNotices } from '../../src/notify/notices.ts';
import { expireAcknowledgements } from '../../src/pipeline/act.ts';
import type { CommitPolicy } from '../../src/pipeline/commit.ts';
import { performSilenceAction } from '../../src/pipeline/silences.ts';
import { handClock } from './hand-clock.ts';
import { node } from './notice-world.ts';
import { incoming, openWorld, submission, T } from './world.ts';

/** A channel of a test. */
export const CHANNEL: ChannelPolicy = {
  ...{ onResolved: 'tell', keepsIncidents: false, reminders: true },
  ...{ rate: { burst: 10, perMinute: 60 }, timeoutMs: 10_000 },
};

/** A policy that tells everything to `ops`; waits of 2 s, 3 s and an hour. */
export function policyOf(fields: Partial<NotifyPolicy> = {}): NotifyPolicy {
  const settings = { channels: ['ops'], groupWaitMs: 2000, groupIntervalMs: 3000, repeatMs: 3_600_000 };
  return {
    root: node({ settings }),
    escalations: new Map(),
    channels: new Map([['ops', CHANNEL]]),
    ...{
      renamed: new Map<string, string>(),
      relations: [],
      terms: new Map(),
      windows: [],
      flapping: null,
      giveUpMs: 86_400_000,
      fallback: null,
      version: '1',
    },
    ...fields,
  };
}

/** What a channel was handed, in one line: `ops firing 2`, the second counted from the start. */
export type Said = { readonly at: number; readonly message: NoticeMessage };

/** Counts the calls under way of what it is given: the store syncs in threads, which no clock of a test moves. */
function watchCalls() {
  let underway = 0;
  const over = () => {
    underway -= 1;
  };
  const watched = <T extends object>(parts: T): T =>
    new Proxy(parts, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => {
          const result: unknown = Reflect.apply(value, target, given);
          if (result instanceof Promise) {
            underway += 1;
            result.then(over, over);
          }
          return result;
        };
      },
    });
  return { watched, isBusy: () => underway > 0 };
}

/** A real store, the real pipeline and the real notices, on a clock that is moved by hand; only channels are made up. */
export function openNoticeHub(policy: NotifyPolicy, commit: Partial<CommitPolicy> = {}) {
  const opened = openWorld(commit);
  const { watched, isBusy } = watchCalls();
  const world = { ...opened, store: watched(opened.store), commit: watched(opened).commit, act: watched(opened).act };
  const hand = handClock(isBusy);
  const said: Said[] = [];
  const troubles: string[] = [];
  const unrouted: string[] = [];
  let answer: (channel: string) => DeliveryResult | Promise<DeliveryResult> = () => ({ ok: true, ref: 'r1' });
  let meanwhile = async () => {};
  let ids = 0;
  const newId = () => {
    ids += 1;
    return `${hand.clock.now()}-${String(ids).padStart(6, '0')}`;
  };
  const hash = (text: string) => sha256(text);
  const make = (holder: string, policy: NotifyPolicy) => {
    const attempts = createAttempts({
      ...{ store: world.store, clock: hand.clock, newId, rateOf: (id) => policy.channels.get(id)?.rate },
      send: async (channel, message) => {
        said.push({ at: hand.clock.now() - T, message });
        return answer(channel);
      },
      messageOf: async (outgoing, at) => {
        const happens = meanwhile;
        meanwhile = async () => {};
        await happens();
        return messageOf(
          {
            ...{
              store: world.store,
              hub: { name: 'hub', url: '', marker: '' },
              hash,
              heldCount: (id) => notices.heldCount(id),
              keepsIncidents: (id) => policy.channels.get(id)?.keepsIncidents ?? false,
            },
            links: () => ({ incident: null, acknowledge: null, silence: null }),
          },
          outgoing,
          at,
        );
      },
      onEnd: () => part.wake(),
      ...{ troubled: [], onAttempt: () => {} },
      onTrouble: (channel, trouble) => troubles.push(`${channel}: ${trouble ?? 'works'}`),
    });
    const notices = createNotices({
      ...{ store: world.store, clock: hand.clock, policy, attempts, newId, hash },
      silences: async () =>
        (await world.store.liveSilences(hand.clock.now())).map((one) => compileSilence(one, anchoredRegex)),
      onUnrouted: ({ title }) => unrouted.push(title),
    });
    const part = createFollowerPart({
      ...{ store: world.store, clock: hand.clock, holder, follower: notices },
      onFailure: (error) => {
        throw error;
      },
    });
    return part;
  };
  let part = make('one', policy);
  const settle = () => hand.tick(0);
  return {
    store: world.store,
    said,
    troubles,
    unrouted,
    now: () => hand.clock.now() - T,
    start: async () => {
      await part.start();
      await settle();
    },
    /** As a killed process leaves it: nothing is written any more, and another takes over. */
    replace: async (other: NotifyPolicy = policy) => {
      await part.stop();
      part = make('one', other);
      await part.start();
      await settle();
    },
    tick: hand.tick,
    /** Runs once between the claim of the next message and its making. */
    meanwhile: (work: () => Promise<void>) => {
      meanwhile = work;
    },
    say: async (
      status: 'firing' | 'resolved',
      names: readonly string[],
      severity: Severity = 'warning',
      group = 'g',
    ) => {
      const at = hand.clock.now() - T;
      const alerts = names.map((name) =>
        incoming(name, status, severity, { observedAt: T + at, groupKey: group, startedAt: T + at }),
      );
      await world.commit(submission(at, alerts));
      part.wake();
      await settle();
    },
    /** Takes what a driver has read. */
    take: async (source: string, alerts: readonly IncomingAlert[]) => {
      await world.commit({ ...submission(hand.clock.now() - T, alerts), source, origin: '', actor: source });
      part.wake();
      await settle();
    },
    /** Many begin to fire at once, each an incident: by name and group. */
    sayAll: async (firing: readonly (readonly [name: string, group: string])[]) => {
      const at = hand.clock.now() - T;
      const alerts = firing.map(([name, groupKey]) =>
        incoming(name, 'firing', 'warning', { observedAt: T + at, groupKey, startedAt: T + at }),
      );
      await world.commit(submission(at, alerts));
      part.wake();
      await settle();
    },
    /** Silences alerts by their names for some seconds from the start on; gives the id. */
    silence: async (names: string, from: number, to: number, fields: Partial<SilenceRequest> = {}) => {
      const matchers = [{ name: 'alertname', value: `(${names}) trouble`, isRegex: true, isEqual: true }];
      const span = { startsAt: T + from * 1000, endsAt: T + to * 1000 };
      const request = { id: null, kind: null, matchers, ...span, createdBy: 'ann', comment: '', ...fields };
      const { result } = await performSilenceAction(
        world.store,
        { type: 'set_silence', id: newId(), actor: 'ann', origin: 'api', request },
        hand.clock.now,
      );
      part.wake();
      await settle();
      return 'silence' in result ? result.silence.id : '';
    },
    endSilence: async (silenceId: string) => {
      const action = { type: 'end_silence', id: newId(), actor: 'ann', silenceId, kind: null } as const;
      await performSilenceAction(world.store, action, hand.clock.now);
      part.wake();
      await settle();
    },
    /** What a person does about the incident that opened last. */
    act: async (fields: Partial<Action> & Pick<Action, 'kind'>) => {
      const [incident] = (await world.store.listIncidents({ limit: 1 })).items;
      const head = { id: newId(), incidentId: incident?.id ?? '', actor: 'api', by: 'ann', comment: '' };
      const result = await world.act(hand.clock.now() - T, { ...head, ...fields } as Action);
      part.wake();
      await settle();
      return result;
    },
    /** Acknowledgements whose time is over end, as the sweep ends them. */
    expire: async () => {
      const lease = await world.store.claim('sweep', 'test', 60_000);
      if (lease !== undefined) await expireAcknowledgements(world.store, hand.clock.now(), 10, lease);
      part.wake();
      await settle();
    },
    answers: (by: typeof answer) => {
      answer = by;
    },
    wake: async () => {
      part.wake();
      await settle();
    },
    close: async () => {
      await part.stop();
      await world.close();
    },
  };
}
