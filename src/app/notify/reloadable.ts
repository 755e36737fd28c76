import type { Part } from '../../lib/lifecycle.ts';
import type { NoticeFigures } from '../../notify/figures.ts';
import { NO_CHANNELS, type TestReport, type TestRequest } from '../../notify/test-notices.ts';
import type { EngineSettings, NotifySetup } from '../engine/contract.ts';
import { createNotifyPart, type NotifyPart, type NotifyParts } from './notify.ts';

/** Telling people, which may begin, change and end while the hub runs. */
export interface ReloadableNotify {
  readonly part: Part;
  wake(): void;
  /** Rejects when the setup cannot be used; then it goes on as before. */
  reload(setup: NotifySetup): Promise<void>;
  test(request: TestRequest): Promise<TestReport>;
  /** null where nobody is told. */
  figures(): Promise<NoticeFigures | null>;
}

/** Begins with what the settings say, when its part is started. */
export function createReloadableNotify(parts: NotifyParts, settings: EngineSettings): ReloadableNotify {
  const make = ({ notify, allowPrivateTargets, allowPrograms }: NotifySetup) =>
    notify === null
      ? undefined
      : createNotifyPart(parts, notify, { ...settings, ...{ allowPrivateTargets, allowPrograms } });
  let own: NotifyPart | undefined = make(settings);
  // One after the other: each change begins where the one before it ended.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  };
  const change = async (setup: NotifySetup) => {
    if (setup.notify !== null && own !== undefined) return own.reload(setup.notify, setup);
    const before = own;
    const next = make(setup);
    await next?.start();
    own = next;
    await before?.stop();
  };
  return {
    part: {
      name: 'notify',
      start: () => inTurn(async () => own?.start()),
      stop: () => inTurn(async () => own?.stop()),
    },
    wake: () => own?.wake(),
    reload: (setup) => inTurn(() => change(setup)),
    test: async (request) => own?.test(request) ?? { ok: false, problem: NO_CHANNELS },
    figures: async () => own?.figures() ?? null,
  };
}
