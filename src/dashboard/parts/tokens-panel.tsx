import { useState } from 'preact/hooks';
import { askChange, tryChange } from '../model/change.ts';
import { useCell, useDocument, useModel, useRole } from '../model/hooks.ts';
import type { TokenJson } from '../wire/access.ts';
import type { Page } from '../wire/documents.ts';
import { shown } from '../words/outside.ts';
import { AdminOnly } from './admin-only.tsx';
import { AskDialog } from './ask-dialog.tsx';
import { Dialog } from './dialog.tsx';
import { FormDialog, TextField } from './form-dialog.tsx';
import { type Grant, GrantFields } from './grant-fields.tsx';
import { Empty, Panel } from './panel.tsx';
import { ScrollTable } from './scroll-table.tsx';
import { Age } from './time.tsx';

const DAY = 86_400_000;

/** What programs show in place of a name and a password. */
export function TokensPanel() {
  const model = useModel();
  const zone = useCell(model.times);
  const tokens = useDocument<Page<TokenJson>>('/api/v1/tokens');
  const isAdmin = useRole('admin');
  const [isMaking, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<TokenJson | null>(null);
  const side = isAdmin && tokens.value !== undefined && (
    <button type="button" class="btn sm pri" onClick={() => setMaking(true)}>
      New token
    </button>
  );
  return (
    <Panel title="Tokens" count={tokens.value?.items.length} side={side}>
      <AdminOnly of={tokens} what="tokens">
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon="key" title="No tokens">
              <p>
                A token is what a program shows to the API, with a role of its own. It is shown once, when it is made.
              </p>
              <pre>monitor tokens create grafana --role read</pre>
            </Empty>
          ) : (
            <ScrollTable
              label="Tokens"
              heads={
                <>
                  <th>Token</th>
                  <th>Role</th>
                  <th>Confined to</th>
                  <th>Made by</th>
                  <th class="num">Last used</th>
                  <th class="num">Ends</th>
                  <th class="num">
                    <span class="vh">Revoke</span>
                  </th>
                </>
              }
            >
              {items.map((token) => (
                <tr key={token.id}>
                  <td class="strong">{shown(token.name)}</td>
                  <td>{token.role}</td>
                  <td class="mono t2">{token.confined_to === null ? '' : shown(token.confined_to)}</td>
                  <td>{shown(token.created_by)}</td>
                  <td class="num">{token.last_used_at === null ? 'never' : <Age at={token.last_used_at} />}</td>
                  <td class={`num ${token.status === 'ended' ? 's-warn' : ''}`}>
                    {token.expires_at === null ? 'never' : zone.day(Date.parse(token.expires_at))}
                  </td>
                  <td class="num">
                    {isAdmin && (
                      <button
                        type="button"
                        class="btn sm danger"
                        aria-label={`Revoke ${shown(token.name)}`}
                        onClick={() => setRevoking(token)}
                      >
                        Revoke
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </ScrollTable>
          )
        }
      </AdminOnly>
      {isMaking && <TokenDialog onClose={() => setMaking(false)} />}
      {revoking !== null && (
        <AskDialog
          title={`Revoke ${shown(revoking.name)}?`}
          text="Whatever shows it is refused from now on."
          button="Revoke token"
          isDanger
          onClose={() => setRevoking(null)}
          onDone={() => {
            setRevoking(null);
            void askChange(model, {
              method: 'DELETE',
              path: `/api/v1/tokens/${encodeURIComponent(revoking.id)}`,
              done: `Revoked: ${shown(revoking.name)}`,
            });
          }}
        />
      )}
    </Panel>
  );
}

function TokenDialog({ onClose }: { readonly onClose: () => void }) {
  const model = useModel();
  const [name, setName] = useState('');
  const [grant, setGrant] = useState<Grant>({ role: 'read', confinedTo: '' });
  const [days, setDays] = useState('');
  const [made, setMade] = useState<string | null>(null);
  const make = async () => {
    const ends = Number(days) > 0 ? new Date(model.clock.now() + Number(days) * DAY).toISOString() : null;
    const body = { name, role: grant.role, confined_to: grant.confinedTo.trim() || null, expires_at: ends };
    const asked = { method: 'POST', path: '/api/v1/tokens', body, done: `Made: ${shown(name)}` } as const;
    const changed = await tryChange(model, asked);
    if ('fault' in changed) return changed.fault;
    if (typeof changed.value.token === 'string') setMade(changed.value.token);
    return null;
  };
  if (made !== null) {
    const copy = () => void navigator.clipboard?.writeText(made).then(() => model.say({ text: 'Token copied' }));
    return (
      <Dialog title="The token, shown this once" onClose={onClose}>
        <div class="in">
          <input
            type="text"
            class="field mono"
            readOnly
            value={made}
            aria-label="Token"
            onFocus={(event) => event.currentTarget.select()}
          />
          <p class="t2">Put it where the program finds it. Nobody can look it up again.</p>
        </div>
        <footer>
          <button type="button" class="btn" onClick={onClose}>
            Close
          </button>
          <button type="button" class="btn pri" onClick={copy}>
            Copy
          </button>
        </footer>
      </Dialog>
    );
  }
  return (
    <FormDialog title="New token" button="Make token" isReady={name.trim() !== ''} onSave={make} onClose={onClose}>
      <TextField label="Name" placeholder="what uses it" value={name} onChange={setName} />
      <GrantFields grant={grant} onChange={setGrant} />
      <TextField
        label="Ends after so many days"
        type="number"
        min="1"
        max="3650"
        placeholder="never"
        value={days}
        onChange={setDays}
      />
    </FormDialog>
  );
}
