import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/log/logger.ts';
import type { Thread } from '../../lib/threads/thread.ts';
import { startThread } from '../../lib/threads/thread.ts';
import { createSignal } from './changed.ts';
import type { Engine, EngineSettings } from './contract.ts';
import type { EngineOffer } from './worker.ts';

// Most of what the engine makes is garbage when its commit is done; what is collected sooner is copied first.
const YOUNG_MB = 24;

/** An engine with the embedded store, in a thread of its own. */
export interface EngineThread extends Pick<Thread<EngineOffer>, 'died'> {
  readonly engine: Engine;
  readonly part: Part;
  /** Resolves once its modules are loaded, or it has died. */
  loaded(): Promise<unknown>;
}

/** Starts the thread; its store is opened when the part is started. */
export function startEngineThread(settings: EngineSettings, logger: Logger): EngineThread {
  const entry = new URL('./engine.js', import.meta.url);
  const { raise, listen } = createSignal();
  const { call, died, part } = startThread<EngineOffer>({
    ...{ name: 'the engine', entry, data: settings, youngMb: YOUNG_MB, logger },
    onSignal: raise,
  });
  return {
    died,
    loaded: () => Promise.race([call('loaded', undefined), died]),
    engine: {
      take: ({ body, ...job }) => call('take', job, body),
      act: (action) => call('act', action),
      actOnAll: (action) => call('actOnAll', action),
      changed: listen,
      submit: (submission) => call('submit', submission),
      report: (report) => call('report', report),
      reloadEndpoints: (plan) => call('reloadEndpoints', plan),
      changeSilence: (action) => call('changeSilence', action),
      changeAccess: (change) => call('changeAccess', change),
      changeNotice: (action) => call('changeNotice', action),
      noticeFigures: () => call('noticeFigures', undefined),
      reloadNotify: (setup) => call('reloadNotify', setup),
      testNotices: (request) => call('testNotices', request),
      remove: (removal) => call('remove', removal),
      receivePeer: (batch) => call('receivePeer', batch),
      peers: () => call('peers', undefined),
      changePeer: (change) => call('changePeer', change),
      standing: () => call('standing', undefined),
      changeStanding: (wish) => call('changeStanding', wish),
      saveSources: (reports) => call('saveSources', reports),
      checkWritable: () => call('checkWritable', undefined),
    },
    part: part(
      () => call('start', undefined),
      () => call('stop', undefined),
    ),
  };
}
