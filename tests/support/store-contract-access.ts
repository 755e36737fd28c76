import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Person, Session, Token } from '../../src/core/access/account.ts';
import type { AccessChange } from '../../src/core/access/change.ts';
import { isWithin, parseConfinement } from '../../src/core/access/confinement.ts';
import { matchLabels } from '../../src/core/policy/labels.ts';
import { performAccessChange } from '../../src/pipeline/access.ts';
import type { Store } from '../../src/stores/contract/store.ts';
import type { Place } from './store-contract.ts';
import { alert, save, T, write } from './stored.ts';

const token = (more: Partial<Token> = {}): Token => ({
  ...{ id: 'a1', name: 'grafana', hash: 'h', role: 'read', createdAt: T, createdBy: 'mira', expiresAt: null },
  ...{ confinement: null, lastUsedAt: null, ...more },
});
const person = (name: string, more: Partial<Person> = {}): Person => ({
  ...{ id: `id of ${name}`, name, password: 'scrypt$…', subject: null, role: 'write', confinement: null },
  ...{ createdAt: T, createdBy: 'cli', ...more },
});
const session = (id: string, name: string, more: Partial<Session> = {}): Session => ({
  ...{ id, personId: `id of ${name}`, createdAt: T, lastSeenAt: T, expiresAt: T + 1000, address: '::1', agent: 'x' },
  ...more,
});

/** What every store keeps of who has access; `make` gives an empty place. */
export function describeStoreAccess(name: string, make: () => Promise<Place>): void {
  describe(`${name}: access`, () => {
    let place: Place;
    let store: Store;
    beforeEach(async () => {
      place = await make();
      store = await place.open();
    });
    afterEach(async () => {
      await store.close();
      await place.remove();
    });
    const change = async (asked: AccessChange) => (await performAccessChange(store, asked, () => T)).result;
    const by = { actor: 'mira' } as const;
    const logIn = (id: string, of: string, more: Partial<Session> = {}, replaces: string | null = null) =>
      change({ ...by, type: 'log_in', name: of, password: 'scrypt$…', session: session(id, of, more), replaces });
    const open = async () => (await store.listSessions()).map(({ id }) => id).toSorted();
    const kinds = async (subject: string) => (await store.history([subject], 10)).map(({ kind }) => kind);

    test('keeps tokens and people to the field, also for who opens it anew', async () => {
      const confinement = [
        { name: 'team', values: ['a|"b" \\c'], isNot: false },
        { name: 'env', values: ['prod'], isNot: true },
      ];
      const [one, two] = [token(), token({ id: 'a2', confinement, expiresAt: T + 9, createdAt: T + 1, role: 'admin' })];
      const people = [person('jo', { confinement }), person('mira', { subject: 'https://idp m', password: null })];
      for (const each of [one, two]) await change({ ...by, type: 'create_token', token: each });
      for (const each of people) await change({ ...by, type: 'add_person', person: each });
      await store.close();
      store = await place.open();
      expect(await store.listTokens()).toEqual([two, one]);
      expect(await store.findToken('a2')).toEqual(two);
      expect(await store.listPeople()).toEqual(people);
      expect(await store.findPerson('jo')).toEqual(people[0]);
      expect([await store.findPerson('JO'), await store.findToken('a')]).toEqual([undefined, undefined]);
    });

    test('a revoked token is gone, and the history tells of its life without its hash', async () => {
      await change({ ...by, type: 'create_token', token: token({ hash: 'canary' }) });
      await change({ ...by, type: 'touch', what: 'token', id: 'a1', at: T + 5 });
      expect(await store.findToken('a1')).toMatchObject({ lastUsedAt: T + 5 });
      expect(await change({ ...by, type: 'revoke_token', id: 'a1' })).toEqual({ outcome: 'done', endedSessions: 0 });
      expect(await store.findToken('a1')).toBeUndefined();
      expect(await change({ ...by, type: 'revoke_token', id: 'a1' })).toMatchObject({ reason: 'not_found' });
      const events = await store.history(['token:a1'], 10);
      expect(events.map(({ kind, actor }) => `${kind} ${actor}`)).toEqual(['token_created mira', 'token_revoked mira']);
      expect(JSON.stringify(events)).not.toContain('canary');
    });

    test('a name belongs to one person', async () => {
      await change({ ...by, type: 'add_person', person: person('jo') });
      const again = person('jo', { id: 'other' });
      expect(await change({ ...by, type: 'add_person', person: again })).toMatchObject({ reason: 'name_taken' });
      const subject = { subject: 'https://idp 1', id: 'other' };
      const sign = { ...by, type: 'sign_on', session: session('s', 'x'), replaces: null } as const;
      expect(await change({ ...sign, person: person('jo', subject) })).toMatchObject({ reason: 'other_way' });
      expect(await store.findPerson('jo')).toEqual(person('jo'));
    });

    test('sessions end with the password, the person, and by themselves; others stay', async () => {
      for (const each of ['jo', 'mira']) await change({ ...by, type: 'add_person', person: person(each) });
      await logIn('m1', 'mira');
      for (const id of ['j1', 'j2', 'j3']) await logIn(id, 'jo');
      expect(await store.findSession('j1')).toEqual({ session: session('j1', 'jo'), person: person('jo') });
      await change({ ...by, type: 'log_out', sessionId: 'j1' });
      expect(await open()).toEqual(['j2', 'j3', 'm1']);
      const changes = { password: 'new' };
      await change({ ...by, type: 'change_person', name: 'jo', changes, exceptSession: 'j3' });
      expect(await open()).toEqual(['j3', 'm1']);
      expect(await change({ ...by, type: 'end_sessions', name: 'jo' })).toEqual({ outcome: 'done', endedSessions: 1 });
      expect(await open()).toEqual(['m1']);
      expect(await change({ ...by, type: 'remove_person', name: 'mira' })).toEqual({
        outcome: 'done',
        endedSessions: 1,
      });
      expect([await open(), await store.findSession('m1')]).toEqual([[], undefined]);
      expect(await kinds('person:jo')).toEqual(
        'person_added logged_in logged_in logged_in logged_out password_changed sessions_ended'.split(' '),
      );
    });

    test('nobody logs in with a password that was changed meanwhile', async () => {
      await change({ ...by, type: 'add_person', person: person('jo') });
      await change({ ...by, type: 'change_person', name: 'jo', changes: { password: 'new' } });
      expect(await logIn('s', 'jo')).toMatchObject({ reason: 'changed_meanwhile' });
      await change({ ...by, type: 'remove_person', name: 'jo' });
      expect(await logIn('s', 'jo')).toMatchObject({ reason: 'changed_meanwhile' });
      expect(await open()).toEqual([]);
    });

    test('a login ends the session that the browser had, forgets ended ones, and bounds those of a person', async () => {
      await change({ ...by, type: 'add_person', person: person('jo') });
      await logIn('old', 'jo', { createdAt: T - 2000, expiresAt: T - 1 });
      await logIn('s1', 'jo');
      await logIn('s2', 'jo', {}, 's1');
      expect(await open()).toEqual(['s2']);
      for (let n = 0; n < 50; n += 1) await logIn(`t${n}`, 'jo', { lastSeenAt: T + 1 + n });
      expect((await open()).length).toBe(50);
      expect(await store.findSession('s2')).toBeUndefined();
    });

    test('alerts within what somebody is confined to are those that matchers see so, listed, counted and by attention', async () => {
      const alerts = [
        alert(1, { labels: { team: 'web' } }),
        alert(2, { labels: { team: 'web', env: 'prod' } }),
        alert(3, { labels: { team: 'webshop', note: '"team":"web"' } }),
        alert(4, { labels: {}, annotations: { team: 'web' } }),
        alert(5, { labels: { team: '' } }),
        alert(6, { labels: { team: 'db', severity: 'info', alertname: 'cpu' }, severity: 'critical' }),
        alert(7, { labels: { 'a"b': 'x\\y' }, source: 'zabbix', origin: '', severity: 'critical' }),
        alert(8, { labels: { team: 'we%' }, name: 'other' }),
      ];
      await save(store, { alerts: alerts.map((one) => write('insert', one)) });
      const texts = [
        ...['team="web"', 'team!="web"', 'team=""', 'team=~"web|db"', 'team!~"web|db"', 'team="web",env!="prod"'],
        ...['severity="critical"', 'severity="info"', 'alertname="cpu"', 'alertname!="other"', 'source="zabbix"'],
        ...['instance_id=""', 'instance_id="web-1"', '"a\\"b"="x\\\\y"', 'team="we%"', 'toString=""'],
      ];
      for (const text of texts) {
        const confinement = parseConfinement(text) ?? [];
        const within = alerts.filter((one) => isWithin(matchLabels(one), confinement)).map(({ id }) => id);
        const sorted = { sort: 'attention' } as const;
        for (const order of [{}, sorted]) {
          const { items } = await store.listAlerts({ limit: 100, confinement, ...order });
          expect([text, items.map(({ id }) => id).toSorted()]).toEqual([text, within]);
        }
        expect([text, await store.countAlerts({ limit: 1, confinement })]).toEqual([text, within.length]);
      }
    });

    test('who signs on again has the role that they have now', async () => {
      const subject = { subject: 'https://idp 1', password: null };
      const sign = { ...by, type: 'sign_on', replaces: null } as const;
      await change({ ...sign, person: person('jo', subject), session: session('s1', 'jo') });
      const later = person('jo@example.com', { ...subject, id: 'fresh', role: 'read' });
      await change({ ...sign, person: later, session: session('s2', 'nobody') });
      expect(await store.listPeople()).toEqual([{ ...later, id: 'id of jo' }]);
      expect((await store.listSessions('id of jo')).map(({ id }) => id).toSorted()).toEqual(['s1', 's2']);
      const changes = { password: 'x' };
      const asked = { ...by, type: 'change_person', name: 'jo@example.com', changes } as const;
      expect(await change(asked)).toMatchObject({ reason: 'no_password' });
    });
  });
}
