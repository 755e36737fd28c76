import { type Accounts, withAccounts } from '../app/store/accounts.ts';
import { loadSettings } from '../config/load.ts';
import { PERSON_NAME, personName } from '../core/access/account.ts';
import type { AccessChange, AccessResult } from '../core/access/change.ts';
import { ACCESS_ROLES, type AccessRole } from '../core/access/role.ts';
import { systemClock } from '../lib/clock.ts';
import { uuidv7 } from '../lib/crypto/ids.ts';
import { confinementOf, type GrantFlags, grantJson, grantOf, withGrant } from './access/grant.ts';
import { type CommandModule, Exit, subcommands, UsageError } from './contract.ts';
import { showPeople } from './people/list.ts';
import { newPasswordHash } from './people/password.ts';
import { userName } from './user-name.ts';

interface Flags extends GrantFlags {
  readonly json?: boolean;
  readonly config?: string;
}

const EXAMPLES = `
Examples:
  monitor people add mira --role admin         asks for the password, or reads it from stdin
  monitor people add jo --role write --only 'team="web"' < password.txt
  monitor people password mira                 a new one; ends all sessions of mira
  monitor people role jo read                  holds from the next request on, everywhere
  monitor people remove jo`;

type Open = (flags: Flags, work: (accounts: Accounts) => Promise<void>) => Promise<void>;
const open: Open = (flags, work) => withAccounts(loadSettings({ configFile: flags.config }), systemClock, work);
const actor = () => userName() || 'cli';

/** `monitor people`: who may log in, and what they may do. Works on the hub's own store. */
export const command: CommandModule = {
  define(program, terminal) {
    const add = subcommands(program, EXAMPLES);
    const tell = (flags: Flags, name: string, more: object, line: string) =>
      terminal.out(flags.json ? JSON.stringify({ name, ...more }) : line);
    withGrant(add('add <name>', 'let somebody log in')).action(async (given: string, flags: Flags) => {
      const name = nameOf(given);
      const grant = grantOf(flags);
      const password = await newPasswordHash(name, terminal);
      const now = systemClock.now();
      const made = { id: uuidv7(now), name, password, subject: null, createdAt: now, createdBy: userName() };
      await open(flags, async (accounts) => {
        await change(accounts, { actor: actor(), type: 'add_person', person: { ...made, ...grant } }, name);
        tell(flags, name, grantJson(grant), `${name} may log in from now on, with the role ${grant.role}.`);
      });
    });
    add('list', 'list who may log in').action((flags: Flags) =>
      open(flags, (accounts) => showPeople(accounts, flags, terminal)),
    );
    add('password <name>', 'set a new password, and end all sessions').action(async (given: string, flags: Flags) => {
      const name = nameOf(given);
      const password = await newPasswordHash(name, terminal);
      await open(flags, async (accounts) => {
        const ended = await change(
          accounts,
          { actor: actor(), type: 'change_person', name, changes: { password } },
          name,
        );
        tell(flags, name, { ended_sessions: ended }, `${name} has a new password; ${ended} sessions have ended.`);
      });
    });
    add('role <name> <role>', 'change what somebody may do')
      .option('--only <matchers>', 'confine them to alerts with these labels; "" for everything')
      .action((given: string, word: string, flags: Flags) => {
        const [name, role] = [nameOf(given), roleOf(word)];
        const changes = { role, ...(flags.only !== undefined && { confinement: confinementOf(flags.only) }) };
        return open(flags, async (accounts) => {
          await change(accounts, { actor: actor(), type: 'change_person', name, changes }, name);
          tell(flags, name, { role }, `${name} has the role ${role} from now on.`);
        });
      });
    add('remove <name>', 'remove somebody, and end all their sessions').action((given: string, flags: Flags) => {
      const name = nameOf(given);
      return open(flags, async (accounts) => {
        const ended = await change(accounts, { actor: actor(), type: 'remove_person', name }, name);
        tell(flags, name, { ended_sessions: ended }, `${name} is removed; ${ended} sessions have ended.`);
      });
    });
  },
};

function nameOf(given: string): string {
  const name = personName(given);
  if (PERSON_NAME.test(name)) return name;
  throw new UsageError('a name has 1 to 100 letters, digits or any of ._@+-, and begins with a letter or digit');
}

function roleOf(word: string): AccessRole {
  const role = ACCESS_ROLES.find((one) => one === word);
  if (role === undefined) throw new UsageError(`the role must be one of ${ACCESS_ROLES.join(', ')}`);
  return role;
}

type Refusal = Extract<AccessResult, { outcome: 'refused' }>['reason'];

async function change(accounts: Accounts, asked: AccessChange, name: string): Promise<number> {
  const result = await accounts.change(asked);
  if (result.outcome === 'done') return result.endedSessions;
  throw new Exit(1, refusalText(result.reason, name));
}

function refusalText(reason: Refusal, name: string): string {
  if (reason === 'name_taken') return `there is somebody called ${name} already: see monitor people list`;
  if (reason === 'no_password') return `${name} comes by single sign-on and has no password here`;
  return `there is nobody called ${name}: list them with monitor people list`;
}
