import type { Alert, Severity } from '../../core/alert/alert.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { Notice, TellPhase } from '../../core/notice/notice.ts';
import type { StoreFigures } from '../contract/figures.ts';
import type { FollowTransaction } from '../contract/followers.ts';
import {
  type AttemptQuery,
  type AttemptRow,
  type ListedNotice,
  type NoticeQuery,
  type NoticeReads,
  type NoticeState,
  type NoticeStateName,
  stateOfNotice,
} from '../contract/notices.ts';
import type { Page } from '../contract/reads.ts';
import type { SearchWrites } from '../contract/search.ts';
import { createAuditWrites } from '../tables/audit.ts';
import { type Row, readRow, valuesOf } from '../tables/columns.ts';
import { pageOf } from '../tables/lists.ts';
import { ALERT, EVENTS, INCIDENTS } from '../tables/tables.ts';
import { NOTICES } from './statements.ts';

/** Runs a statement with `?` for its values; gives its rows, each a list in the order of its columns. */
export type Execute = (text: string, values: Row) => Promise<readonly Row[]>;

/** Runs reads on one moment of the store, whatever is committed meanwhile: all that it asks before it waits for an answer. */
export type AtOneMoment = <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;

/** The reads of notices over an engine. */
export function createNoticeReads(execute: Execute, atOneMoment: AtOneMoment): NoticeReads {
  const notices = async (text: string, values: Row) => (await execute(text, values)).map(noticeOf);
  return {
    dueEvaluations: async (now, limit) =>
      (await execute(NOTICES.dueEvaluations, [now, limit])).map(([id]) => String(id)),
    nextEvaluationAt: async () => ((await execute(NOTICES.nextLook, []))[0]?.[0] ?? null) as number | null,
    // An incident that is over beside alerts of it that fire would be told as what it is not.
    noticeStates: (ids) => atOneMoment(async (read) => (await Promise.all(ids.map((id) => stateOf(read, id)))).flat()),
    alertsForMessage: async (incidentId, limit) =>
      (await execute(NOTICES.alertsForMessage, [incidentId, limit])).map(alertOf),
    alertsById: async (ids) => {
      const found = await Promise.all(ids.map((id) => execute(NOTICES.alert, [id])));
      return found.flat().map(alertOf);
    },
    firingAlerts: async (after, limit) => (await execute(NOTICES.firingAlerts, [after, limit])).map(alertOf),
    liveIncidentIds: async (after, limit) =>
      (await execute(NOTICES.liveIncidents, [after, limit])).map(([id]) => String(id)),
    noticesOf: (incidentId) => notices(NOTICES.noticesOf, [incidentId]),
    noticesUnderWay: () => notices(NOTICES.underWay, []),
    hasLiveTold: async (channel, ref) => {
      if (!/^[0-9a-f]{8,64}$/.test(ref)) return false;
      return (await execute(NOTICES.liveTold, [channel, `%"${ref}"%`])).length > 0;
    },
    waitingOn: async (channel, reasons, limit) => {
      const [one, other = one] = reasons;
      return (await execute(NOTICES.waitingOn, [channel, one, other, limit])).map(([id]) => String(id));
    },
    listNotices: (query) => listNotices(execute, query),
    listAttempts: (query) => listAttempts(execute, query),
    attemptsOf: async (incidentId, limit) =>
      (await execute(NOTICES.attemptsOf, [incidentId, limit])).map(attemptOf).reverse(),
    figures: () => readFigures(execute),
    countNotices: async () =>
      (await execute(NOTICES.countNotices, [])).map(([channel, state, count]) => ({
        channel: String(channel),
        state: state as NoticeStateName,
        count: Number(count),
      })),
  };
}

async function stateOf(read: Execute, id: string): Promise<readonly NoticeState[]> {
  const [[row], firing, notices, turns] = await Promise.all([
    read(NOTICES.incident, [id]),
    read(NOTICES.firing, [id]),
    read(NOTICES.noticesOf, [id]),
    read(NOTICES.turns, [id]),
  ]);
  if (row === undefined) return [];
  return [
    {
      incident: incidentOf(row),
      firing: firing.map(alertOf),
      notices: notices.map(noticeOf),
      turns: turns.map(([at]) => at as number),
    },
  ];
}

async function readFigures(execute: Execute): Promise<StoreFigures> {
  const [outbox, firing, live, next] = await Promise.all([
    execute(NOTICES.countOutbox, []),
    execute(NOTICES.countFiring, []),
    execute(NOTICES.countLive, []),
    execute(NOTICES.nextLook, []),
  ]);
  return {
    outbox: outbox.map(([channel, state, count]) => ({
      ...{ channel: String(channel), state: state as NoticeStateName, count: Number(count) },
    })),
    firing: firing.map(([severity, count]) => ({ severity: severity as Severity, count: Number(count) })),
    live: live.map(([status, severity, count]) => ({
      ...{ status: String(status), severity: severity as Severity, count: Number(count) },
    })),
    nextEvaluationAt: next[0]?.[0] == null ? null : Number(next[0][0]),
  };
}

/** Conditions that are given, and their values. */
function given(pairs: readonly (readonly [condition: string, values: Row | undefined])[]) {
  const found = pairs.filter((pair): pair is readonly [string, Row] => pair[1] !== undefined);
  const text = found.length === 0 ? '' : `WHERE ${found.map(([condition]) => condition).join(' AND ')}`;
  return { text, values: found.flatMap(([, values]) => values) };
}

const equals = (column: string, value: string | undefined) =>
  [`${column} = ?`, value === undefined ? undefined : [value]] as const;

async function listNotices(execute: Execute, query: NoticeQuery): Promise<Page<ListedNotice>> {
  const { state, channel, incidentId, cursor, limit } = query;
  const [after = '', behind = ''] = cursor?.split(' ') ?? [];
  const { text, values } = given([
    // A literal, so that the index of what is to be done is used.
    [state === undefined ? `state <> 'rest'` : `state = '${state}'`, []],
    [`channel <> ''`, []],
    equals('channel', channel),
    equals('incident_id', incidentId),
    [
      `(incident_id < ? OR (incident_id = ? AND channel > ?))`,
      cursor === undefined ? undefined : [after, after, behind],
    ],
  ]);
  const statement = `SELECT data, state, updated_at, (SELECT title FROM incidents WHERE id = incident_id)
    FROM notices ${text} ORDER BY incident_id DESC, channel LIMIT ?`;
  const rows = await execute(statement, [...values, limit + 1]);
  const items = rows.map((row) => ({
    notice: noticeOf(row),
    state: row[1] as NoticeStateName,
    updatedAt: Number(row[2]),
    title: row[3] as string | null,
  }));
  return pageOf(items, limit, ({ notice }) => `${notice.incidentId} ${notice.channel}`);
}

async function listAttempts(execute: Execute, query: AttemptQuery): Promise<Page<AttemptRow>> {
  const { outcome, channel, incidentId, cursor, limit } = query;
  const { text, values } = given([
    equals('outcome', outcome),
    equals('channel', channel),
    equals('incident_id', incidentId),
    ['id < ?', cursor === undefined ? undefined : [cursor]],
  ]);
  const rows = await execute(`${NOTICES.attempts} ${text} ORDER BY id DESC LIMIT ?`, [...values, limit + 1]);
  return pageOf(rows.map(attemptOf), limit, ({ id }) => id);
}

/** The writes of a follower over the transaction of an engine. */
export function createFollowTransaction(execute: Execute, search: SearchWrites): FollowTransaction {
  const each = async <T>(things: readonly T[], write: (thing: T) => Promise<unknown>) => {
    await Promise.all(things.map(write));
  };
  return {
    search,
    audit: createAuditWrites(execute),
    moveCursor: async (name, cursor, now) => void (await execute(NOTICES.moveCursor, [name, cursor, now])),
    notices: {
      scheduleEvaluations: (incidentIds, at) => each(incidentIds, (id) => execute(NOTICES.scheduleLook, [id, at])),
      setEvaluations: (looks) =>
        each(looks, ({ incidentId, at }) =>
          at === null ? execute(NOTICES.removeLook, [incidentId]) : execute(NOTICES.setLook, [incidentId, at]),
        ),
      saveNotices: (notices, now) => each(notices, (notice) => execute(NOTICES.saveNotice, noticeRow(notice, now))),
      saveOwnKeys: (keys, now) =>
        each(keys, ({ key, incidentId }) => execute(NOTICES.saveOwnKey, [key, now, incidentId])),
      addAttempts: (rows) => each(rows, (row) => execute(NOTICES.addAttempt, attemptRow(row))),
      addEvents: async (events) => {
        const rows = await Promise.all(
          events.map((event) => execute(NOTICES.addEvent, valuesOf(EVENTS.columns, event))),
        );
        return rows.length === 0 ? null : Math.max(...rows.flat().map(([seq]) => Number(seq)));
      },
    },
  };
}

function noticeRow(notice: Notice, now: number): Row {
  const { incidentId, channel, decision } = notice;
  const reason = decision.action === 'send' ? decision.phase : decision.reason;
  const until = 'until' in decision ? decision.until : null;
  return [incidentId, channel, stateOfNotice(notice), reason, until, now, JSON.stringify(notice)];
}

function noticeOf([data]: Row): Notice {
  return JSON.parse(String(data)) as Notice;
}

function attemptRow(row: AttemptRow): Row {
  const { id, incidentId, channel, phase, step, key, attempt, at, tookMs, outcome, reason, digest } = row;
  return [id, incidentId, channel, phase, step, key, attempt, at, tookMs, outcome, reason, digest];
}

function attemptOf(row: Row): AttemptRow {
  const [id, incidentId, channel, phase, step, key, attempt, at, tookMs, outcome, reason, digest] = row;
  return {
    ...{ id: String(id), incidentId: String(incidentId), channel: String(channel), phase: phase as TellPhase },
    ...{ step: Number(step), key: String(key), attempt: Number(attempt), at: Number(at) },
    ...{ tookMs: tookMs as number | null, outcome: outcome as AttemptRow['outcome'], reason: String(reason) },
    digest: digest as string | null,
  };
}

function incidentOf(row: Row): Incident {
  return readRow(INCIDENTS.columns, row);
}

function alertOf(row: Row): Alert {
  return readRow(ALERT, row);
}
