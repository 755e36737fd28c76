// The thread of the engine: the one that has the writing connection to the embedded store.
import type { AccessChange, AccessResult } from '../../core/access/change.ts';
import type { Action, ActionResult } from '../../core/action/action.ts';
import type { OutboxAction } from '../../core/notice/outbox.ts';
import type { SilenceAction } from '../../core/policy/silence-change.ts';
import type { Removal, Removed } from '../../core/removal.ts';
import type { SourceReport } from '../../core/source-report.ts';
import type { StandbyResult, StandbyWish, Standing } from '../../core/standby/standing.ts';
import type { Answer, Submission } from '../../core/submission.ts';
import { enabledDrivers } from '../../drivers/registry.ts';
import type { ProbeReport } from '../../endpoints/commit.ts';
import type { EndpointPlan } from '../../endpoints/plan.ts';
import { systemClock } from '../../lib/clock.ts';
import { startAll } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/log/logger.ts';
import { insideThread } from '../../lib/threads/inside.ts';
import type { NoticeFigures } from '../../notify/figures.ts';
import type { TestReport, TestRequest } from '../../notify/test-notices.ts';
import type { PeerView } from '../../peers/follow.ts';
import type { ActedOnAll, ActionOnAll } from '../../pipeline/act-on-all.ts';
import type { OutboxResult } from '../../pipeline/outbox.ts';
import type { SilenceResult } from '../../pipeline/silences.ts';
import { openSqliteStore } from '../../stores/sqlite/store.ts';
import type { Job } from '../../web/webhook/intake.ts';
import type { Outcome } from '../../web/webhook/outcome.ts';
import type { PeerAnswer, PeerBatch, PeerChange } from '../peers/peers.ts';
import { migrationLog } from '../store/migration-log.ts';
import { storeFile } from '../store/open.ts';
import type { Engine, EngineSettings, NotifySetup } from './contract.ts';
import { createEngine } from './engine.ts';

/** A job without its body, which crosses as bytes. */
type JobHead = Omit<Job, 'body'>;

/** What the thread offers the front. */
export type EngineOffer = {
  /** Answers once the modules of the thread are loaded. */
  loaded(argument: undefined): Promise<void>;
  start(argument: undefined): Promise<void>;
  stop(argument: undefined): Promise<void>;
  take(head: JobHead, bytes: Buffer): Promise<Outcome>;
  act(action: Action): Promise<ActionResult>;
  actOnAll(action: ActionOnAll): Promise<ActedOnAll>;
  submit(submission: Submission): Promise<Answer>;
  report(report: ProbeReport): Promise<void>;
  reloadEndpoints(plan: EndpointPlan): Promise<void>;
  changeSilence(action: SilenceAction): Promise<SilenceResult>;
  changeAccess(change: AccessChange): Promise<AccessResult>;
  changeNotice(action: OutboxAction): Promise<OutboxResult>;
  noticeFigures(argument: undefined): Promise<NoticeFigures | null>;
  reloadNotify(setup: NotifySetup): Promise<void>;
  testNotices(request: TestRequest): Promise<TestReport>;
  remove(removal: Removal): Promise<Removed>;
  receivePeer(batch: PeerBatch): Promise<PeerAnswer>;
  peers(argument: undefined): Promise<readonly PeerView[]>;
  changePeer(change: PeerChange): Promise<PeerView | null>;
  standing(argument: undefined): Promise<Standing>;
  changeStanding(wish: StandbyWish): Promise<StandbyResult>;
  saveSources(reports: readonly SourceReport[]): Promise<void>;
  checkWritable(argument: undefined): Promise<void>;
};

const { data, logger, offer, signal } = insideThread();
offer(createOffer(data as EngineSettings, logger, signal));

function createOffer(settings: EngineSettings, log: Logger, onChange: (seq: number) => void): EngineOffer {
  const { clusterEnabled, drivers: options, sources } = settings;
  const drivers = enabledDrivers({ clusterEnabled, options, sources });
  let begun: { readonly engine: Engine; readonly stop: () => Promise<void> } | null = null;
  const running = () => {
    if (begun === null) throw new Error('the engine does not run');
    return begun;
  };
  return {
    loaded: async () => {},
    start: async () => {
      const how = { isHub: true, onMigration: migrationLog(log) };
      const store = openSqliteStore(storeFile(settings), systemClock, how);
      const { engine, parts } = createEngine({ store, drivers, clock: systemClock, logger: log }, settings);
      engine.changed(onChange);
      begun = { engine, stop: await startAll(parts) };
    },
    stop: async () => {
      await begun?.stop();
    },
    take: (head, body) => running().engine.take({ ...head, body }),
    act: async (action) => running().engine.act(action),
    actOnAll: async (action) => running().engine.actOnAll(action),
    submit: async (submission) => running().engine.submit(submission),
    changeSilence: async (action) => running().engine.changeSilence(action),
    changeAccess: async (change) => running().engine.changeAccess(change),
    changeNotice: async (action) => running().engine.changeNotice(action),
    noticeFigures: async () => running().engine.noticeFigures(),
    reloadNotify: async (setup) => running().engine.reloadNotify(setup),
    testNotices: async (request) => running().engine.testNotices(request),
    report: async (report) => running().engine.report(report),
    reloadEndpoints: async (plan) => running().engine.reloadEndpoints(plan),
    remove: async (removal) => running().engine.remove(removal),
    receivePeer: async (batch) => running().engine.receivePeer(batch),
    peers: async () => running().engine.peers(),
    changePeer: async (change) => running().engine.changePeer(change),
    standing: async () => running().engine.standing(),
    changeStanding: async (wish) => running().engine.changeStanding(wish),
    saveSources: async (reports) => running().engine.saveSources(reports),
    checkWritable: async () => running().engine.checkWritable(),
  };
}
