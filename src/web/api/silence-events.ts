import type { HistoryEvent } from '../../core/history.ts';
import { OWN_SOURCE } from '../../core/submission.ts';
import type { AlertView, ReadStore } from '../../stores/contract/reads.ts';

// Silences of one instance that are shown; they are rare.
const SHOWN = 50;
const KINDS: Readonly<Record<string, string>> = { opened: 'silent', resolved: 'heard_again' };

/**
 * What a silence of its instance means for an alert that was pushed: since then nobody knows how it stands. Those that
 * touch it, of the hub's own alert about the instance: from its beginning on, and not after its end.
 */
export async function silenceEvents(
  store: Pick<ReadStore, 'listAlerts' | 'history'>,
  alert: AlertView,
): Promise<readonly HistoryEvent[]> {
  if (alert.source !== 'cluster' || alert.origin === '') return [];
  const { items } = await store.listAlerts({
    ...{ source: OWN_SOURCE, instanceId: alert.origin, name: 'Instance silent', limit: 1 },
  });
  const [own] = items;
  if (own === undefined) return [];
  const isTouched = (at: number) => at >= alert.startedAt && (alert.endedAt === null || at <= alert.receivedAt);
  return (await store.history([own.id], SHOWN)).flatMap((event) => {
    const kind = KINDS[event.kind];
    if (kind === undefined || !isTouched(event.at)) return [];
    const { message } = event.data;
    return [{ ...event, kind, reason: kind === 'silent' ? 'instance_silent' : 'instance_heard', data: { message } }];
  });
}
