import type { DeliveryResult } from '../../src/core/notice/delivery.ts';
import type { NoticeMessage } from '../../src/core/notice/message.ts';

/** Channels that keep what they are handed, and answer as they are told. */
export function createTestChannels(ids: readonly string[]) {
  const sent: NoticeMessage[] = [];
  const answers = new Map<string, DeliveryResult>();
  const channel = (id: string) => ({
    place: `${id}.example.com`,
    deliver: async (message: NoticeMessage): Promise<DeliveryResult> => {
      sent.push(message);
      return answers.get(id) ?? { ok: true };
    },
  });
  return { map: new Map(ids.map((id) => [id, channel(id)])), sent, answers };
}
