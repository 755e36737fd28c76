import type { Person } from '../core/access/account.ts';
import type { AccessChange, AccessResult } from '../core/access/change.ts';
import { confinementText } from '../core/access/confinement.ts';
import type { NewEvent } from '../core/history.ts';
import type { AccessStore, AccessTransaction } from '../stores/contract/access.ts';

/** What it came to, and the highest number of the events that it wrote; null where the history tells nothing of it. */
export interface AccessChanged {
  readonly result: AccessResult;
  readonly seq: number | null;
}

// Devices on which one person is logged in at a time; beyond it those seen longest ago are logged out.
const MOST_SESSIONS = 50;

/** Does a change of who has access in one transaction, with the event that tells it. Throws when it could not be committed. */
export function performAccessChange(
  store: Pick<AccessStore, 'changeAccess'>,
  change: AccessChange,
  now: () => number,
): Promise<AccessChanged> {
  return store.changeAccess(async (tx) => {
    const done = await perform(tx, change);
    if ('reason' in done) return { result: { outcome: 'refused', reason: done.reason }, seq: null };
    const { told, endedSessions = 0 } = done;
    const events: NewEvent[] =
      told === null ? [] : [{ at: now(), subject: 'access', reason: 'asked', actor: change.actor, ...told }];
    return { result: { outcome: 'done', endedSessions }, seq: await tx.addEvents(events) };
  });
}

type Refusal = Extract<AccessResult, { outcome: 'refused' }>['reason'];
type Done =
  | { readonly reason: Refusal }
  | { readonly told: Pick<NewEvent, 'subjectId' | 'kind' | 'data'> | null; readonly endedSessions?: number };

async function perform(tx: AccessTransaction, change: AccessChange): Promise<Done> {
  switch (change.type) {
    case 'create_token': {
      const { token } = change;
      await tx.saveToken(token);
      const { id, name, expiresAt } = token;
      return told(`token:${id}`, 'token_created', { name, ...grantData(token), expires_at: isoOf(expiresAt) });
    }
    case 'revoke_token': {
      const token = await tx.findToken(change.id);
      if (token === undefined) return { reason: 'not_found' };
      await tx.removeToken(token.id);
      return told(`token:${token.id}`, 'token_revoked', { name: token.name });
    }
    case 'add_person': {
      const { person } = change;
      if ((await tx.findPerson(person.name)) !== undefined) return { reason: 'name_taken' };
      await tx.savePerson(person);
      return told(`person:${person.name}`, 'person_added', grantData(person));
    }
    case 'change_person': {
      const person = await tx.findPerson(change.name);
      if (person === undefined) return { reason: 'not_found' };
      const { password, ...grant } = change.changes;
      if (password !== undefined && person.subject !== null) return { reason: 'no_password' };
      const changed: Person = { ...person, ...change.changes };
      await tx.savePerson(changed);
      const isNew = password !== undefined;
      const endedSessions = isNew ? await tx.removeSessions(person.id, change.exceptSession ?? null) : 0;
      const data = Object.keys(grant).length === 0 ? {} : grantData(changed);
      return told(`person:${person.name}`, isNew ? 'password_changed' : 'person_changed', data, endedSessions);
    }
    case 'remove_person': {
      const person = await tx.findPerson(change.name);
      if (person === undefined) return { reason: 'not_found' };
      const endedSessions = await tx.removeSessions(person.id, null);
      await tx.removePerson(person.id);
      return told(`person:${person.name}`, 'person_removed', {}, endedSessions);
    }
    case 'log_in': {
      const person = await tx.findPerson(change.name);
      const { session } = change;
      if (person === undefined || person.password !== change.password || person.id !== session.personId)
        return { reason: 'changed_meanwhile' };
      return logIn(tx, person, change);
    }
    case 'sign_on': {
      const known = await tx.findSubject(change.person.subject ?? '');
      const named = await tx.findPerson(change.person.name);
      // Whoever an issuer calls by the name of somebody else does not become them.
      if (named !== undefined && named.id !== known?.id) return { reason: 'other_way' };
      const { role, confinement, name } = change.person;
      const person: Person = known === undefined ? change.person : { ...known, name, role, confinement };
      await tx.savePerson(person);
      return logIn(tx, person, { ...change, session: { ...change.session, personId: person.id } });
    }
    case 'log_out': {
      const found = await tx.findSession(change.sessionId);
      if (found === undefined) return { reason: 'not_found' };
      await tx.removeSession(change.sessionId);
      return told(`person:${found.person.name}`, 'logged_out', {}, 1);
    }
    case 'end_sessions': {
      const person = await tx.findPerson(change.name);
      if (person === undefined) return { reason: 'not_found' };
      const endedSessions = await tx.removeSessions(person.id, change.exceptSession ?? null);
      return told(`person:${person.name}`, 'sessions_ended', { count: endedSessions }, endedSessions);
    }
    case 'touch':
      await tx.touch(change.what, change.id, change.at);
      return { told: null };
  }
}

async function logIn(
  tx: AccessTransaction,
  { name }: Person,
  { session, replaces }: Pick<Extract<AccessChange, { type: 'log_in' }>, 'session' | 'replaces'>,
): Promise<Done> {
  // What the browser showed before is of no use to anybody from now on, whoever gave it to the browser.
  if (replaces !== null) await tx.removeSession(replaces);
  await tx.addSession(session, MOST_SESSIONS);
  return told(`person:${name}`, 'logged_in', { address: session.address });
}

function told(subjectId: string, kind: string, data: NewEvent['data'], endedSessions = 0): Done {
  return { told: { subjectId, kind, data }, endedSessions };
}

function grantData({ role, confinement }: Pick<Person, 'role' | 'confinement'>) {
  return { role, confined_to: confinementText(confinement) };
}

function isoOf(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
