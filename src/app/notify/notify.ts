import { notDelivered } from '../../core/notice/delivery.ts';
import { compileSilence } from '../../core/policy/silence.ts';
import { OWN_SOURCE, type Submission } from '../../core/submission.ts';
import { createFollowerPart, type FollowerPart } from '../../followers/follower.ts';
import { createSuccession } from '../../followers/succession.ts';
import type { Clock } from '../../lib/clock.ts';
import { sha256 } from '../../lib/crypto/digest.ts';
import { createUuids } from '../../lib/crypto/ids.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/log/logger.ts';
import { anchoredRegex } from '../../lib/regex.ts';
import { createAttempts, type EndedAttempt } from '../../notify/attempts.ts';
import { channelAlert, lagAlert } from '../../notify/channel-alerts.ts';
import { createNoticeCounters, type NoticeFigures } from '../../notify/figures.ts';
import { createLagWatch } from '../../notify/lag-watch.ts';
import { messageOf } from '../../notify/messages.ts';
import { createNotices } from '../../notify/notices.ts';
import { type TestReport, type TestRequest, testNotices } from '../../notify/test-notices.ts';
import type { Store } from '../../stores/contract/store.ts';
import { createLinkSigner, type LinkSettings } from '../links/signer.ts';
import { hubMarker } from '../marker.ts';
import type { ChannelSettings } from './channels.ts';
import { documentOf, type PlainDocument } from './document.ts';
import type { OpenedPolicy } from './open.ts';

/** What telling people is made of. */
export interface NotifyParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Name of this process among all that share the store. */
  readonly holder: string;
  /** Whether this process is the one that tells people; left out, it is. */
  readonly isLeading?: () => boolean;
  /** Takes the hub's own alerts, such as that of a channel that fails. */
  readonly submit: (submission: Submission) => Promise<unknown>;
  /** Called when nothing is to be done now: with the time of the next turn, and whether another process tells people. */
  readonly onRest?: (nextAt: number | null, isElsewhere: boolean) => void;
  readonly onAttempt?: (attempt: EndedAttempt) => void;
  /** How long attempts under way have to end when it is stopped, in milliseconds. */
  readonly drainMs?: number;
}

/** What channels may reach, which is read again with them. */
export type Reach = Pick<ChannelSettings, 'allowPrivateTargets' | 'allowPrograms'>;

/** Tells people, and is woken by every commit. */
export interface NotifyPart extends Part {
  wake(): void;
  /**
   * Goes on by another document: what is under way ends as it began, and what is open is decided anew. Rejects when that
   * cannot be used; then it goes on as before.
   */
  reload(document: PlainDocument, reach: Reach): Promise<void>;
  /** Tries the way to people without an incident. */
  test(request: TestRequest): Promise<TestReport>;
  figures(): Promise<NoticeFigures>;
}

// At stop, attempts under way have so long to end.
const DRAIN_MS = 8_000;

/** Tells people of incidents as `document` says. The start rejects when that cannot be used. */
export function createNotifyPart(
  {
    store,
    clock,
    logger,
    holder,
    submit,
    isLeading = () => true,
    onRest = () => {},
    onAttempt = () => {},
    drainMs = DRAIN_MS,
  }: NotifyParts,
  document: PlainDocument,
  settings: ChannelSettings & LinkSettings & { readonly instanceId: string },
): NotifyPart {
  const log = logger.child({ part: 'notify' });
  let follower: FollowerPart | undefined;
  const counters = createNoticeCounters();
  const lagWatch = createLagWatch({
    clock,
    lag: async () => (await follower?.lag()) ?? null,
    tell: (seconds, isOver) => {
      if (isOver) log.info({}, 'notices have caught up');
      else log.error({ seconds }, 'notices lag behind the history');
      return submit(lagAlert(seconds, isOver, clock.now()));
    },
    onFailure: (error) => log.error({ error }, 'the lag of notices could not be looked at'),
  });
  let drain = async () => {};
  let test: NotifyPart['test'] = async () => ({ ok: false, problem: 'the hub is starting' });
  let reload: NotifyPart['reload'] = async () => {
    throw new Error('the hub is starting');
  };
  return {
    name: 'notify',
    start: async () => {
      // A hub that tells nobody loads no client.
      const { openPolicy } = await import('./open.ts');
      const marker = await hubMarker(store);
      const open = (from: PlainDocument, reach: Reach) =>
        openPolicy(documentOf(from), { ...settings, ...reach, marker }, clock);
      let current = await open(document, settings);
      // Messages that were claimed by it may still be sent.
      let before = current;
      const hub = { name: settings.instanceId, url: settings.publicUrl ?? '', marker };
      const troubles = await openTroubles(store);
      const newId = createUuids(clock.now);
      const linksAt = createLinkSigner(store, clock, settings);
      // A key that cannot be read keeps the hub from starting, rather than its messages from being sent.
      await linksAt(clock.now());
      const attempts = createAttempts({
        ...{ store, clock, newId },
        rateOf: (id) => current.policy.channels.get(id)?.rate,
        send: async (id, message, attempt) => {
          const channel = current.channelFor(id, attempt.places) ?? before.channelFor(id, attempt.places);
          return channel?.deliver(message, attempt) ?? notDelivered('blocked', true, `there is no channel ${id}`);
        },
        messageOf: async (outgoing, at) =>
          messageOf(
            {
              ...{ store, hash: sha256, heldCount: (id) => notices.heldCount(id), links: await linksAt(at) },
              keepsIncidents: (id) => current.policy.channels.get(id)?.keepsIncidents ?? false,
              hub,
            },
            outgoing,
            at,
          ),
        onEnd: () => follower?.wake(),
        onAttempt: (attempt) => {
          counters.attempt(attempt);
          onAttempt(attempt);
        },
        troubled: troubles.channels,
        onTrouble: (channel, trouble) => {
          if (trouble === null) log.info({ channel }, 'channel works again');
          else log.error({ channel, reason: trouble }, 'channel fails');
          submit(channelAlert(channel, trouble, clock.now())).catch((error: unknown) =>
            log.error({ error }, 'the alert about a channel could not be committed'),
          );
        },
      });
      drain = () => attempts.drain(drainMs);
      const noticesBy = ({ policy }: OpenedPolicy) =>
        createNotices({
          ...{ store, clock, policy, attempts, newId, hash: sha256 },
          mayTell: isLeading,
          silences: async () =>
            (await store.liveSilences(clock.now())).map((silence) => compileSilence(silence, anchoredRegex)),
          onUnrouted: ({ id, title, severity }) => {
            counters.unrouted();
            log.warn({ incident: id, title, severity }, 'no route matches an incident: nobody is told of it');
          },
        });
      let notices = noticesBy(current);
      const succession = createSuccession(notices);
      follower = createFollowerPart({
        ...{ store, clock, holder, follower: succession },
        onFailure: (error) => log.error({ error }, 'notices could not be worked on'),
        // What is under way is written down before another hub goes on.
        mayHold: () => isLeading() || !attempts.isIdle(),
        // What is under way comes back by itself.
        onRest: (nextAt, isElsewhere) => {
          if (attempts.isIdle()) onRest(nextAt, isElsewhere);
        },
      });
      test = (request) => testNotices({ ...current, hub, clock, newKey: () => sha256(newId()) }, request);
      const tellChannels = () => {
        for (const [channel, { place }] of current.channels) log.info({ channel, place }, 'people are told here');
      };
      reload = async (from, reach) => {
        const opened = await open(from, reach);
        [before, current] = [current, opened];
        notices = noticesBy(current);
        succession.replace(notices);
        follower?.wake();
        tellChannels();
      };
      tellChannels();
      await follower.start();
      lagWatch.begin(troubles.lag);
    },
    stop: async () => {
      await lagWatch.end();
      await drain();
      await follower?.stop();
    },
    wake: () => follower?.wake(),
    reload: (from, reach) => reload(from, reach),
    test: (request) => test(request),
    figures: async () => counters.read((await follower?.lag()) ?? null),
  };
}

/** What an earlier process told of its telling and did not end: this one tells of the end. */
async function openTroubles(store: Store): Promise<{ readonly channels: readonly string[]; readonly lag: boolean }> {
  const { items } = await store.listAlerts({ source: OWN_SOURCE, status: 'firing', limit: 500 });
  return {
    channels: items.flatMap(({ labels }) => labels.channel ?? []),
    lag: items.some(({ labels }) => labels.part === 'notices'),
  };
}
