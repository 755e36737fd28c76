import type { RuleEntry } from '../../config/rules/document.ts';
import type { Settings } from '../../config/settings.ts';
import type { AccessChange, AccessResult } from '../../core/access/change.ts';
import type { Action, ActionResult } from '../../core/action/action.ts';
import type { OutboxAction } from '../../core/notice/outbox.ts';
import type { SilenceAction } from '../../core/policy/silence-change.ts';
import type { Removal, Removed } from '../../core/removal.ts';
import type { SourceReport } from '../../core/source-report.ts';
import type { StandbyResult, StandbyWish, Standing } from '../../core/standby/standing.ts';
import type { Answer, Submission } from '../../core/submission.ts';
import type { ProbeReport } from '../../endpoints/commit.ts';
import type { EndpointPlan } from '../../endpoints/plan.ts';
import type { NoticeFigures } from '../../notify/figures.ts';
import type { TestReport, TestRequest } from '../../notify/test-notices.ts';
import type { PeerView } from '../../peers/follow.ts';
import type { ActedOnAll, ActionOnAll } from '../../pipeline/act-on-all.ts';
import type { OutboxResult } from '../../pipeline/outbox.ts';
import type { SilenceResult } from '../../pipeline/silences.ts';
import type { Intake } from '../../web/webhook/intake.ts';
import { encryptionKeys } from '../links/keys.ts';
import type { LinkSettings } from '../links/signer.ts';
import type { ChannelSettings } from '../notify/channels.ts';
import type { PlainDocument } from '../notify/document.ts';
import type { PeerAnswer, PeerBatch, PeerChange, PeerSettings } from '../peers/peers.ts';
import { rulesOf } from '../rules/configured.ts';

/**
 * The half of a hub that writes, as the other half sees it: the front has the sockets, the engine the writing connection.
 * What crosses is a value that can be cloned, so either may be in a thread of its own.
 */
export interface Engine {
  /** Takes a request whose sender is known, and gives its answer once what it says is on disk; never rejects. */
  readonly take: Intake;
  /** Does what a person asks, and gives what came of it once that is on disk; rejects when it could not be committed. */
  act(action: Action): Promise<ActionResult>;
  /** Does it to all incidents that filters find, each by itself; rejects when one could not be committed. */
  actOnAll(action: ActionOnAll): Promise<ActedOnAll>;
  /**
   * From now on calls a function when the history has grown, with the highest number that this process has committed.
   * Several commits may be told as one. What other hubs write to the same store is not told.
   */
  changed(listener: (seq: number) => void): void;
  /** Takes what a probe has told, and resolves once it is on disk with all that follows from it; rejects when it could not be committed. */
  report(report: ProbeReport): Promise<void>;
  /** From now on judges endpoints as this says, and forgets nothing of them. */
  reloadEndpoints(plan: EndpointPlan): Promise<void>;
  /** Takes what was made in this process; rejects when it could not be committed. */
  submit(submission: Submission): Promise<Answer>;
  /** Creates, changes or ends a silence or window, and gives what came of it once that is on disk; rejects when it could not be committed. */
  changeSilence(action: SilenceAction): Promise<SilenceResult>;
  /** Changes who has access, and gives what came of it once that is on disk; rejects when it could not be committed. */
  changeAccess(change: AccessChange): Promise<AccessResult>;
  /** Asks for a message that failed to be sent again, or to be dropped; rejects when it could not be committed. */
  changeNotice(action: OutboxAction): Promise<OutboxResult>;
  /** What was told since the start; null for a hub that tells nobody. */
  noticeFigures(): Promise<NoticeFigures | null>;
  /** From now on tells people as this says, and loses nothing; rejects when it cannot be used, and goes on as before. */
  reloadNotify(setup: NotifySetup): Promise<void>;
  /** Tries the way to people without an incident: sends tests at once, and gives what the targets answered. */
  testNotices(request: TestRequest): Promise<TestReport>;
  /** Removes instances or alerts, and gives what that came to; rejects when it could not be committed. */
  remove(removal: Removal): Promise<Removed>;
  /** Takes what another hub tells, and gives what came of it once that is on disk; rejects when it could not be committed. */
  receivePeer(batch: PeerBatch): Promise<PeerAnswer>;
  /** How it stands with the peers that this hub tells. */
  peers(): Promise<readonly PeerView[]>;
  /** Changes what a peer is told from now on; null where there is none of that name. */
  changePeer(change: PeerChange): Promise<PeerView | null>;
  /** Who of the hubs on its store leads; rejects when that cannot be read. */
  standing(): Promise<Standing>;
  /** Hands the lead over, and gives what came of it. */
  changeStanding(wish: StandbyWish): Promise<StandbyResult>;
  /** Adds what the front has heard of the sources. */
  saveSources(reports: readonly SourceReport[]): Promise<void>;
  /** Writes and commits something small; rejects with the store's reason when it cannot. */
  checkWritable(): Promise<void>;
}

/** The settings that the engine lives by: plain values that cross into its thread. Of the secrets only those of channels. */
export type EngineSettings = Pick<
  Settings,
  'clusterEnabled' | 'drivers' | 'sources' | 'incidents' | 'resolveTimeoutMs' | 'instanceId' | 'limits' | 'stateDir'
> &
  ChannelSettings &
  LinkSettings & {
    readonly staleAfterMs: number;
    readonly standbyMode: Standing['mode'];
    readonly historyMs: number;
    /** What is kept of figures; null for none. */
    readonly samples: { readonly keepMs: number; readonly figures: number } | null;
    readonly rules: readonly RuleEntry[];
    /** null where nobody is told. */
    readonly notify: PlainDocument | null;
    readonly endpoints: EndpointPlan;
    readonly peers: PeerSettings;
  };

/** What of it is read again while the hub runs. */
export type NotifySetup = Pick<EngineSettings, 'notify' | 'allowPrivateTargets' | 'allowPrograms'>;

/** Those of all settings, with what the configuration says of telling people and of looking at endpoints. */
export function engineSettings(
  settings: Settings,
  notify: PlainDocument | null,
  endpoints: EndpointPlan,
  peers: PeerSettings,
): EngineSettings {
  const { clusterEnabled, drivers, sources, incidents, resolveTimeoutMs, instanceId, limits, stateDir } = settings;
  return {
    ...{ clusterEnabled, drivers, sources, incidents, resolveTimeoutMs, instanceId, limits, stateDir },
    standbyMode: settings.mode === 'follower' ? 'follower' : 'leader',
    staleAfterMs: settings.cluster.staleAfterMs,
    historyMs: settings.retention.historyMs,
    samples: settings.samples.enabled ? settings.samples : null,
    rules: rulesOf(settings),
    notify,
    endpoints,
    peers,
    ...{ allowPrivateTargets: settings.notify.allowPrivateTargets, allowPrograms: settings.notify.allowPrograms },
    ...{ proxy: settings.proxy, version: settings.version },
    ...{ linkTtlMs: settings.links.ttlMs, encryptionKeys: encryptionKeys(settings) },
    ...(settings.links.publicUrl !== undefined && { publicUrl: settings.links.publicUrl }),
    ...(settings.caFile !== undefined && { caFile: settings.caFile }),
  };
}
