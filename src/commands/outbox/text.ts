import type { noticeJson, readNotice } from '../../web/api/notices.ts';
import { ago, columns, fields } from '../columns.ts';

/** A notice as the API gives it. */
export type NoticeJson = ReturnType<typeof noticeJson>;

/** A page of them. */
export interface NoticePageJson {
  readonly items: readonly NoticeJson[];
  readonly next_cursor: string | null;
}

/** One notice with its attempts. */
export type OneNoticeJson = NonNullable<Awaited<ReturnType<typeof readNotice>>>;

/** Notices for people, a line each. */
export function noticeTable(notices: readonly NoticeJson[], now: number): string[] {
  const rows = notices.map((notice) => [
    notice.state,
    notice.channel,
    ago(notice.updated_at, now),
    String(notice.attempt),
    dueText(notice, now),
    // The end of an id tells incidents of one moment apart; its beginning does not.
    `${notice.incident_id.slice(-8)}:${notice.channel}`,
    [notice.title ?? '', whyText(notice)].filter((text) => text !== '').join(': '),
  ]);
  return columns(['STATE', 'CHANNEL', 'SINCE', 'TRIES', 'NEXT', 'ID', 'WHAT'], rows);
}

/** One notice with its attempts. */
export function noticePage(notice: OneNoticeJson): string[] {
  const rows = notice.attempts.map((one) => [
    one.at,
    one.phase,
    String(one.attempt),
    one.outcome,
    one.took_ms === null ? '' : `${one.took_ms} ms`,
    one.answer,
  ]);
  return [
    ...fields([
      ['incident', notice.title],
      ['channel', notice.channel],
      ['state', `${notice.state} (${notice.reason})`],
      ['until', notice.until],
      ['next attempt', notice.next_at],
      ['failure', notice.failure],
      ['dropped', notice.dropped === null ? null : `by ${notice.dropped.by || 'somebody'}: ${notice.dropped.comment}`],
      ['told', notice.told === null ? null : `${notice.told}, ${notice.told_at}`],
      ['chosen by', notice.places.join(', ')],
      ['key', notice.key],
      ['id', notice.id],
    ]),
    '',
    ...(rows.length === 0
      ? ['It has not been tried yet.']
      : columns(['AT', 'PHASE', 'TRY', 'OUTCOME', 'TOOK', 'ANSWER'], rows)),
  ];
}

function dueText({ state, next_at: next, until }: NoticeJson, now: number): string {
  const time = state === 'retry' ? next : state === 'dead' ? null : until;
  if (time === null) return '';
  const seconds = Math.round((Date.parse(time) - now) / 1000);
  return seconds <= 0 ? 'now' : `in ${ago(new Date(now).toISOString(), now + seconds * 1000)}`;
}

function whyText({ state, reason, failure }: NoticeJson): string {
  if (state === 'dead') return failure ?? '';
  return state === 'wait' || state === 'hold' ? reason : '';
}
