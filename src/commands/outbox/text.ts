import type { noticeJson, readNotice } from '../../web/api/notices.ts';
import { fields } from '../columns.ts';
import { agoText, idText, isShort, type Screen, spanText } from '../screen/screen.ts';
import { type Column, table } from '../screen/table.ts';

/** A notice as the API gives it. */
export type NoticeJson = ReturnType<typeof noticeJson>;

/** A page of them. */
export interface NoticePageJson {
  readonly items: readonly NoticeJson[];
  readonly next_cursor: string | null;
}

/** One notice with its attempts. */
export type OneNoticeJson = NonNullable<Awaited<ReturnType<typeof readNotice>>>;

const COLUMNS: readonly Column<NoticeJson>[] = [
  { header: 'STATE', cell: ({ state }) => state, tone: ({ state }) => (state === 'dead' ? 'critical' : null) },
  { header: 'CHANNEL', cell: ({ channel }) => channel, least: 12, leaves: 2 },
  { header: 'SINCE', cell: ({ updated_at: at }, screen) => agoText(at, screen), leaves: 3 },
  { header: 'TRIES', cell: ({ attempt }) => (attempt === 0 ? '' : String(attempt)), leaves: 1, align: 'right' },
  { header: 'NEXT', cell: dueText },
  // The end of an id tells incidents of one moment apart; its beginning does not.
  { header: 'ID', cell: ({ incident_id: id, channel }, screen) => `${idText(id, screen)}:${channel}` },
  { header: 'WHAT', cell: whatText, least: 20 },
];

/** Notices for people, a line each. */
export function noticeTable(notices: readonly NoticeJson[], screen: Screen): string[] {
  return table(COLUMNS, notices, screen);
}

type AttemptJson = OneNoticeJson['attempts'][number];

const ATTEMPTS: readonly Column<AttemptJson>[] = [
  { header: 'AT', cell: ({ at }, screen) => (isShort(screen) ? at.slice(0, 19).replace('T', ' ') : at) },
  { header: 'PHASE', cell: ({ phase }) => phase },
  { header: 'TRY', cell: ({ attempt }) => String(attempt), align: 'right' },
  { header: 'OUTCOME', cell: ({ outcome }) => outcome },
  { header: 'TOOK', cell: ({ took_ms: ms }) => (ms === null ? '' : `${ms} ms`), leaves: 1, align: 'right' },
  { header: 'ANSWER', cell: ({ answer }) => answer, least: 20, wraps: true },
];

/** One notice with its attempts. */
export function noticePage(notice: OneNoticeJson, screen: Screen): string[] {
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
    ...(notice.attempts.length === 0 ? ['It has not been tried yet.'] : table(ATTEMPTS, notice.attempts, screen)),
  ];
}

function dueText({ state, next_at: next, until }: NoticeJson, screen: Screen): string {
  const time = state === 'retry' ? next : state === 'dead' ? null : until;
  if (time === null || !isShort(screen)) return time ?? '';
  const ms = Date.parse(time) - screen.now;
  return ms <= 0 ? 'now' : `in ${spanText(ms)}`;
}

function whatText({ title, state, reason, failure }: NoticeJson): string {
  const why = state === 'dead' ? (failure ?? '') : state === 'wait' || state === 'hold' ? reason : '';
  return [title ?? '', why].filter((text) => text !== '').join(': ');
}
