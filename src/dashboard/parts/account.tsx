import { useState } from 'preact/hooks';
import { playTone } from '../browser/tone.ts';
import { tryChange } from '../model/change.ts';
import { useCell, useModel } from '../model/hooks.ts';
import type { Session } from '../model/session.ts';
import { shown } from '../words/outside.ts';
import { CheckField } from './check-field.tsx';
import { Dialog } from './dialog.tsx';
import { FormDialog, TextField } from './form-dialog.tsx';
import { Icon } from './icon.tsx';
import { PageLink } from './link.tsx';

/** Who looks, as a button: behind it stands what they may do, and the way out. */
export function AccountButton() {
  const { signIn } = useModel();
  const session = useCell(signIn.session);
  const isOut = useCell(signIn.signedOut) !== null;
  const [open, setOpen] = useState<'account' | 'password' | null>(null);
  if (isOut)
    return (
      <a class="link" href={signIn.loginHref()}>
        Log in
      </a>
    );
  const name = session === null ? 'Settings' : shown(nameOf(session));
  return (
    <>
      <button
        type="button"
        class="account"
        aria-haspopup="dialog"
        title={session === null ? name : `${name} (${session.role})`}
        onClick={() => setOpen('account')}
      >
        <Icon name="person" />
        <span class="word trunc">{name}</span>
      </button>
      {open === 'account' && (
        <AccountDialog session={session} onClose={() => setOpen(null)} onPassword={() => setOpen('password')} />
      )}
      {open === 'password' && <PasswordDialog onClose={() => setOpen(null)} />}
    </>
  );
}

function nameOf({ kind, name }: Session): string {
  return name ?? (kind === 'local' ? 'Local' : 'API token');
}

const MAY: Readonly<Record<Session['role'], string>> = {
  read: 'read: look',
  write: 'write: look, and act on incidents, silences and notices',
  admin: 'admin: everything, people and tokens too',
};

const HOW: Readonly<Record<string, string>> = {
  person: 'logged in here',
  proxy: 'logged in at the proxy in front of this hub, which also logs out',
  local: 'opened on the machine of the hub, which has no MONITOR_API_TOKEN',
};

interface AccountProps {
  /** Null where the hub does not say. */
  readonly session: Session | null;
  readonly onClose: () => void;
  readonly onPassword: () => void;
}

function AccountDialog({ session, onClose, onPassword }: AccountProps) {
  const model = useModel();
  const { sound, keys } = useCell(model.preferences);
  const isPerson = session?.kind === 'person';
  const signOut = async (everywhere: boolean) => {
    const answer = await model.http.change('POST', '/api/v1/logout', { everywhere });
    // Who has no session any more is where they wanted to be.
    if (answer.kind === 'failed' && answer.failure.status !== 401)
      model.say({ text: `Still signed in. ${answer.failure.text}`, isError: true });
    else location.assign('/login');
  };
  return (
    <Dialog title={session === null ? 'Settings' : shown(nameOf(session))} onClose={onClose}>
      <div class="in">
        {session !== null && (
          <dl class="kv">
            <div>
              <dt>May</dt>
              <dd>{MAY[session.role]}</dd>
            </div>
            {session.confined_to !== null && (
              <div>
                <dt>Sees</dt>
                <dd class="mono">{shown(session.confined_to)} only</dd>
              </div>
            )}
            <div>
              <dt>How</dt>
              <dd>{HOW[session.kind] ?? 'by a token'}</dd>
            </div>
          </dl>
        )}
        <CheckField
          label="A tone for each new critical incident"
          isOn={sound === 'on'}
          onChange={(isOn) => {
            model.prefer('sound', isOn ? 'on' : 'off');
            if (isOn) playTone();
          }}
        />
        <CheckField
          label="Single keys do something: ? lists them"
          isOn={keys === 'on'}
          onChange={(isOn) => model.prefer('keys', isOn ? 'on' : 'off')}
        />
        {isPerson && (
          <div class="ways">
            <button type="button" class="btn" onClick={onPassword}>
              Change password…
            </button>
            <PageLink class="btn" href="/people?tab=sessions" onGo={onClose}>
              Where you are logged in
            </PageLink>
          </div>
        )}
      </div>
      <footer>
        {isPerson && (
          <button type="button" class="btn danger" onClick={() => void signOut(true)}>
            Sign out everywhere
          </button>
        )}
        <button type="button" class="btn" onClick={onClose}>
          Close
        </button>
        {isPerson && (
          <button type="button" class="btn pri" onClick={() => void signOut(false)}>
            Sign out
          </button>
        )}
      </footer>
    </Dialog>
  );
}

function PasswordDialog({ onClose }: { readonly onClose: () => void }) {
  const model = useModel();
  const [password, setPassword] = useState('');
  const [wanted, setWanted] = useState('');
  const save = async () => {
    const body = { password, new_password: wanted };
    const asked = { method: 'POST', path: '/api/v1/password', body, done: 'Password changed' } as const;
    const changed = await tryChange(model, asked);
    if ('fault' in changed) return changed.fault;
    onClose();
    return null;
  };
  return (
    <FormDialog
      title="Change password"
      button="Change password"
      isReady={password !== '' && wanted !== ''}
      note="Your other sessions end."
      onSave={save}
      onClose={onClose}
    >
      <TextField
        label="Present password"
        type="password"
        autocomplete="current-password"
        value={password}
        onChange={setPassword}
      />
      <TextField
        label="New password, of 12 characters or more"
        type="password"
        autocomplete="new-password"
        value={wanted}
        onChange={setWanted}
      />
    </FormDialog>
  );
}
