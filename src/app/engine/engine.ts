import type { Driver } from '../../drivers/contract.ts';
import { createEndpoints } from '../../endpoints/endpoints.ts';
import { createFollowerPart } from '../../followers/follower.ts';
import { createSearchIndex } from '../../followers/search-index.ts';
import { createRetention } from '../../housekeeping/retention.ts';
import type { Clock } from '../../lib/clock.ts';
import { randomSecret } from '../../lib/crypto/ids.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/log/logger.ts';
import { throttledErrors } from '../../lib/log/throttled.ts';
import { createRuleWatch } from '../../rules/watch.ts';
import type { Store } from '../../stores/contract/store.ts';
import { createRouteGrouping } from '../notify/grouping.ts';
import type { NotifyParts } from '../notify/notify.ts';
import { createReloadableNotify } from '../notify/reloadable.ts';
import { createPeers } from '../peers/peers.ts';
import { createWriter } from '../writer.ts';
import { createAuditPart } from './audit.ts';
import { createChangeLog, withCommitted } from './change-log.ts';
import { createSignal } from './changed.ts';
import type { Engine, EngineSettings } from './contract.ts';
import { aloneLead, createLead } from './lead.ts';
import { withWatchedFollowers } from './watched.ts';

/** What an engine is made of. */
export interface EngineParts {
  readonly store: Store;
  readonly drivers: ReadonlyMap<string, Driver>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For a process that lives for one pass only. */
  readonly pass?: PassHooks;
}

/** What a process that lives for one pass hears of its engine, and does otherwise. */
export interface PassHooks extends Required<Pick<NotifyParts, 'onRest' | 'onAttempt' | 'drainMs'>> {
  /** Name of the process; a hub beside it on the same store keeps what it holds. */
  readonly holder: string;
}

/**
 * Name of this process among all that share the store. The embedded one is one hub's, which after a crash takes what it
 * held over at once; of a shared one nobody but the process itself can know whether it still lives.
 */
function holderOf({ engine }: Store, instanceId: string): string {
  return engine === 'sqlite' ? 'the hub' : `${instanceId} ${randomSecret(6)}`;
}

/** An engine over an open store, and its parts, which close the store in the end. */
export function createEngine(
  { store: opened, drivers, clock, logger, pass }: EngineParts,
  settings: EngineSettings,
): { readonly engine: Engine; readonly parts: readonly Part[] } {
  const store = withCommitted(opened, createChangeLog(logger, clock));
  const changes = createSignal();
  const holder = pass?.holder ?? holderOf(store, settings.instanceId);
  const lead =
    store.engine === 'postgres' && pass === undefined
      ? createLead(settings.standbyMode, {
          ...{ store, clock, holder, logger },
          onChange: () => notify.wake(),
          onFailure: (error) => logger.error({ error }, 'the store could not be asked who leads'),
        })
      : aloneLead(settings.instanceId, clock.now());
  const notify = createReloadableNotify(
    {
      ...{ store: withWatchedFollowers(store, changes.raise), clock, logger, ...pass, holder },
      isLeading: lead.isLeading,
      submit: (submission) => writer.submit(submission),
    },
    settings,
  );
  const grouping = createRouteGrouping(settings.notify);
  const onCommit = (seq: number | null) => {
    notify.wake();
    peers.wake();
    if (seq !== null) changes.raise(seq);
  };
  const writer = createWriter(
    {
      ...{ store, drivers, clock },
      onCommit,
      onFailure: throttledErrors(clock, logger),
    },
    {
      grouping: { ...settings.incidents, groupByOf: grouping.of },
      staleAfterMs: settings.staleAfterMs,
      resolveTimeoutMs: settings.resolveTimeoutMs,
      holder,
      limits: { perSecond: settings.limits.perCredentialPerSecond, burst: settings.limits.burst },
      firingAlerts: settings.limits.firingAlerts,
      newInstances: settings.limits.newInstances,
      figures: settings.samples?.figures ?? null,
    },
  );
  const search = createFollowerPart({
    ...{ store, clock, holder, follower: createSearchIndex({ store, clock }) },
    onFailure: (error) => logger.error({ error }, 'the index of words could not be kept'),
  });
  const endpoints = createEndpoints(
    {
      ...{ store, clock, holder, onCommit, plan: writer.plan },
      onFailure: (error) => logger.error({ error }, 'endpoints could not be watched'),
    },
    settings.endpoints,
  );
  const retention = createRetention({
    ...{ store, remove: writer.remove, clock, holder, keepMs: settings.historyMs },
    ...(pass !== undefined && { firstMs: 0 }),
    onRound: (removed) => logger.info({ ...removed }, 'old history removed'),
    onFailure: (error) => logger.error({ error }, 'old history could not be removed'),
  });
  const peers = createPeers(
    {
      ...{
        store: withWatchedFollowers(store, changes.raise),
        clock,
        logger,
        holder,
        plan: writer.plan,
        inside: writer.inside,
      },
      ...{ submit: writer.submit, onCommit },
    },
    settings,
  );
  const rules = createRuleWatch({
    ...{
      store,
      rules: settings.rules,
      keepMs: settings.samples?.keepMs ?? 0,
      plan: writer.plan,
      clock,
      holder,
      onCommit,
    },
    onFailure: (error) => logger.error({ error }, 'rules could not be judged'),
    onRuleFailure: (rule, reason) => logger.error({ rule, reason }, 'a rule cannot be judged; the others are'),
  });
  const audit = createAuditPart({ store, clock, logger, holder }, settings);
  return {
    engine: {
      take: writer.intake,
      submit: writer.submit,
      report: endpoints.report,
      reloadEndpoints: async (plan) => endpoints.reload(plan),
      changeSilence: writer.changeSilence,
      changeAccess: writer.changeAccess,
      changeNotice: writer.changeNotice,
      act: writer.act,
      actOnAll: writer.actOnAll,
      remove: (removal) => writer.remove(removal),
      changed: changes.listen,
      noticeFigures: notify.figures,
      reloadNotify: async (setup) => {
        await notify.reload(setup);
        grouping.use(setup.notify);
      },
      testNotices: notify.test,
      receivePeer: peers.receive,
      peers: peers.views,
      changePeer: peers.change,
      standing: lead.standing,
      changeStanding: lead.change,
      saveSources: (reports) => store.saveSources(reports),
      checkWritable: writer.checkWritable,
    },
    // 0 keeps all of the history.
    parts: [
      ...writer.parts,
      ...(settings.historyMs === 0 ? [] : [retention]),
      // A process that lives for one pass leaves it to a hub.
      ...(pass === undefined ? [search, ...endpoints.parts, peers.part, rules] : []),
      lead,
      notify.part,
      audit,
    ],
  };
}
