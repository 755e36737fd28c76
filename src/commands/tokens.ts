import { type Accounts, withAccounts } from '../app/store/accounts.ts';
import { duration } from '../config/kinds.ts';
import { loadSettings } from '../config/load.ts';
import type { Token } from '../core/access/account.ts';
import { systemClock } from '../lib/clock.ts';
import { newToken } from '../lib/crypto/token.ts';
import { type GrantFlags, grantJson, grantOf, iso, withGrant } from './access/grant.ts';
import { columns } from './columns.ts';
import { type CommandModule, Exit, subcommands, type Terminal, UsageError } from './contract.ts';
import { writeKeyFile } from './keys/file.ts';
import { userName } from './user-name.ts';

interface Flags extends GrantFlags {
  readonly json?: boolean;
  readonly config?: string;
  readonly expires?: string;
  readonly output?: string;
}

const EXAMPLES = `
Examples:
  monitor tokens create grafana                         may read; prints the token once
  monitor tokens create deploy-bot --role write --only 'team="web"' --expires 90d
  monitor tokens create backup --output backup.token
  MONITOR_API_TOKEN_FILE=backup.token monitor alerts --hub https://hub.example.com
  monitor tokens revoke 4f0c9a1b2d3e4f50                it is refused at once, by every hub on this store`;

const TEN_YEARS_S = 3650 * 86_400;

/** `monitor tokens`: tokens for the API. Works on the hub's own store. */
export const command: CommandModule = {
  define(program, terminal) {
    const add = subcommands(program, EXAMPLES);
    withGrant(add('create <name>', 'create a token for the API; it is shown once'))
      .option('--expires <time>', 'how long it is accepted (default: until it is revoked)')
      .option('--output <file>', 'write the token into a new file (mode 0600) instead of printing it')
      .action((name: string, flags: Flags) => {
        if (name.trim() === '' || name.length > 100)
          throw new UsageError('the name of a token has 1 to 100 characters');
        const [grant, expiresAt] = [grantOf(flags), endOf(flags)];
        return open(flags, async (accounts) => {
          const { id, hash, text } = newToken();
          const made = { id, name: name.trim(), hash, createdAt: systemClock.now(), createdBy: userName() };
          const token: Token = { ...made, ...grant, expiresAt, lastUsedAt: null };
          const save = () => accounts.change({ actor: userName() || 'cli', type: 'create_token', token });
          await deliver(token, text, save, flags, terminal);
        });
      });
    add('list', 'list the tokens, without their secrets').action((flags: Flags) =>
      open(flags, async (accounts) => showAll(await accounts.listTokens(), flags, terminal)),
    );
    add('revoke <id>', 'end a token at once').action((id: string, flags: Flags) =>
      open(flags, async (accounts) => {
        const { outcome } = await accounts.change({ actor: userName() || 'cli', type: 'revoke_token', id });
        if (outcome === 'refused') throw new Exit(1, `there is no token ${id}: list them with monitor tokens list`);
        if (flags.json) terminal.out(JSON.stringify({ id, status: 'revoked' }));
        else terminal.out(`Token ${id} is refused from now on.`);
      }),
    );
  },
};

function open(flags: Flags, work: (accounts: Accounts) => Promise<void>): Promise<void> {
  return withAccounts(loadSettings({ configFile: flags.config }), systemClock, work);
}

function endOf({ expires }: Flags): number | null {
  if (expires === undefined) return null;
  const span = duration(60, TEN_YEARS_S);
  const parsed = span.schema.safeParse(span.fromText(expires));
  if (!parsed.success) throw new UsageError(`--expires ${parsed.error.issues[0]?.message}`);
  return systemClock.now() + parsed.data;
}

async function deliver(
  token: Token,
  text: string,
  save: () => Promise<unknown>,
  { json, output }: Flags,
  terminal: Terminal,
): Promise<void> {
  const { id, name } = token;
  const told = { id, name, ...grantJson(token), expires_at: iso(token.expiresAt) };
  if (output !== undefined) {
    await writeKeyFile(output, async () => {
      await save();
      return `${text}\n`;
    });
    if (json) terminal.out(JSON.stringify({ ...told, file: output }));
    else terminal.out(`${output} holds the token ${name}: give it away as MONITOR_API_TOKEN_FILE.`);
    return;
  }
  await save();
  if (json) return terminal.out(JSON.stringify({ ...told, token: text }));
  terminal.err(`The token ${name}. It is shown this once: send it as Authorization: Bearer, or as MONITOR_API_TOKEN.`);
  terminal.out(text);
}

function showAll(tokens: readonly Token[], { json }: Flags, terminal: Terminal): void {
  const now = systemClock.now();
  const items = tokens.map((token) => ({
    ...{ id: token.id, name: token.name, ...grantJson(token) },
    status: token.expiresAt !== null && token.expiresAt <= now ? 'ended' : 'active',
    ...{ created_at: iso(token.createdAt), created_by: token.createdBy },
    ...{ last_used_at: iso(token.lastUsedAt), expires_at: iso(token.expiresAt) },
  }));
  if (json || items.length === 0) {
    terminal.out(json ? JSON.stringify({ items }) : 'No tokens. Create one with: monitor tokens create NAME');
    return;
  }
  const rows = items.map((item) => [
    ...[item.id, item.name, item.role, item.confined_to ?? '', item.created_by, item.last_used_at ?? 'never'],
    item.status === 'ended' ? 'ended' : (item.expires_at ?? ''),
  ]);
  const header = ['ID', 'NAME', 'ROLE', 'CONFINED TO', 'MADE BY', 'LAST USED', 'ENDS'];
  for (const line of columns(header, rows)) terminal.out(line);
}
