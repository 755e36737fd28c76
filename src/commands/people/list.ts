import type { Accounts } from '../../app/store/accounts.ts';
import { systemClock } from '../../lib/clock.ts';
import { grantJson, iso } from '../access/grant.ts';
import { columns } from '../columns.ts';
import type { Terminal } from '../contract.ts';

/** Prints who may log in. */
export async function showPeople(
  accounts: Accounts,
  { json }: { readonly json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const [people, sessions] = await Promise.all([accounts.listPeople(), accounts.listSessions()]);
  const items = people.map((person) => {
    const own = sessions.filter(({ personId, expiresAt }) => personId === person.id && expiresAt > systemClock.now());
    return {
      ...{ name: person.name, ...grantJson(person), by: person.subject === null ? 'password' : 'single sign-on' },
      ...{ sessions: own.length, last_seen_at: iso(own[0]?.lastSeenAt ?? null), created_at: iso(person.createdAt) },
    };
  });
  if (json || items.length === 0) {
    terminal.out(json ? JSON.stringify({ items }) : 'Nobody. Add somebody with: monitor people add NAME --role admin');
    return;
  }
  const rows = items.map((item) => [
    ...[item.name, item.role, item.confined_to ?? '', item.last_seen_at ?? '', String(item.sessions), item.by],
  ]);
  for (const line of columns(['PERSON', 'ROLE', 'CONFINED TO', 'LAST SEEN', 'SESSIONS', 'BY'], rows))
    terminal.out(line);
}
