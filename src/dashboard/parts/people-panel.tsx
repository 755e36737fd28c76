import { useState } from 'preact/hooks';
import { askChange, tryChange } from '../model/change.ts';
import { useDocument, useModel, useRole } from '../model/hooks.ts';
import { ROLES, type Role } from '../model/session.ts';
import type { PersonJson } from '../wire/access.ts';
import type { Page } from '../wire/documents.ts';
import { shown } from '../words/outside.ts';
import { AdminOnly } from './admin-only.tsx';
import { AskDialog } from './ask-dialog.tsx';
import { FormDialog, TextField } from './form-dialog.tsx';
import { type Grant, GrantFields } from './grant-fields.tsx';
import { Menu } from './menu.tsx';
import { Empty, Panel } from './panel.tsx';
import { ScrollTable } from './scroll-table.tsx';
import { Age } from './time.tsx';

type Asked = { readonly what: 'password' | 'remove' | 'role'; readonly person: PersonJson };

/** Who may log in. */
export function PeoplePanel() {
  const model = useModel();
  const people = useDocument<Page<PersonJson>>('/api/v1/people');
  const isAdmin = useRole('admin');
  const [isAdding, setAdding] = useState(false);
  const [asked, setAsked] = useState<Asked | null>(null);
  const path = (person: PersonJson) => `/api/v1/people/${encodeURIComponent(person.name)}`;
  const close = () => setAsked(null);
  const side = isAdmin && people.value !== undefined && (
    <button type="button" class="btn sm pri" onClick={() => setAdding(true)}>
      Add a person
    </button>
  );
  return (
    <Panel title="People" count={people.value?.items.length} side={side}>
      <AdminOnly of={people} what="people">
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon="people" title="Nobody can log in yet">
              <p>
                Who logs in has a name, a role and, if wanted, only a part of all labels. On the hub, the first one is
                made by:
              </p>
              <pre>monitor people add mira --role admin</pre>
            </Empty>
          ) : (
            <ScrollTable
              label="People"
              heads={
                <>
                  <th>Person</th>
                  <th>Role</th>
                  <th>Confined to</th>
                  <th class="num">Last seen</th>
                  <th class="num">Sessions</th>
                  <th class="num">
                    <span class="vh">Actions</span>
                  </th>
                </>
              }
            >
              {items.map((person) => (
                <tr key={person.name}>
                  <td class="strong">{shown(person.name)}</td>
                  <td>{person.role}</td>
                  <td class="mono t2">{person.confined_to === null ? '' : shown(person.confined_to)}</td>
                  <td class="num">{person.last_seen_at === null ? 'never' : <Age at={person.last_seen_at} />}</td>
                  <td class="num">{person.sessions}</td>
                  <td class="num">
                    <Menu
                      label={`Actions for ${shown(person.name)}`}
                      entries={[
                        { word: 'Change role…', call: () => setAsked({ what: 'role', person }) },
                        ...(person.by === 'password'
                          ? [{ word: 'New password…', call: () => setAsked({ what: 'password', person }) }]
                          : []),
                        {
                          word: 'Sign out everywhere',
                          call: () =>
                            void askChange(model, {
                              method: 'POST',
                              path: `${path(person)}/logout`,
                              done: `Signed out: ${shown(person.name)}`,
                            }),
                        },
                        { word: 'Remove…', call: () => setAsked({ what: 'remove', person }) },
                      ]}
                    />
                  </td>
                </tr>
              ))}
            </ScrollTable>
          )
        }
      </AdminOnly>
      {isAdding && <PersonDialog onClose={() => setAdding(false)} />}
      {asked?.what === 'role' && <RoleDialog person={asked.person} onClose={close} />}
      {asked?.what === 'password' && (
        <AskDialog
          title={`New password for ${shown(asked.person.name)}`}
          text="All their sessions end."
          field={{ label: 'Password', placeholder: '', value: '', isNeeded: true, type: 'password' }}
          button="Set password"
          onClose={close}
          onDone={(password) => {
            close();
            void askChange(model, {
              method: 'PATCH',
              path: path(asked.person),
              body: { password },
              done: 'Password set',
            });
          }}
        />
      )}
      {asked?.what === 'remove' && (
        <AskDialog
          title={`Remove ${shown(asked.person.name)}?`}
          text="All their sessions end at once. What they did stays in the history."
          button={`Remove ${shown(asked.person.name)}`}
          isDanger
          onClose={close}
          onDone={() => {
            close();
            void askChange(model, {
              method: 'DELETE',
              path: path(asked.person),
              done: `Removed: ${shown(asked.person.name)}`,
            });
          }}
        />
      )}
    </Panel>
  );
}

function PersonDialog({ onClose }: { readonly onClose: () => void }) {
  const model = useModel();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [grant, setGrant] = useState<Grant>({ role: 'read', confinedTo: '' });
  const save = async () => {
    const body = { name, password, role: grant.role, confined_to: grant.confinedTo.trim() || null };
    const asked = { method: 'POST', path: '/api/v1/people', body, done: `Added: ${shown(name)}` } as const;
    const changed = await tryChange(model, asked);
    if ('fault' in changed) return changed.fault;
    onClose();
    return null;
  };
  return (
    <FormDialog
      title="Add a person"
      button="Add person"
      isReady={name.trim() !== '' && password !== ''}
      onSave={save}
      onClose={onClose}
    >
      <TextField label="Name" value={name} onChange={setName} />
      <TextField
        label="Password, of 12 characters or more"
        type="password"
        autocomplete="new-password"
        value={password}
        onChange={setPassword}
      />
      <GrantFields grant={grant} onChange={setGrant} />
    </FormDialog>
  );
}

function RoleDialog({ person, onClose }: { readonly person: PersonJson; readonly onClose: () => void }) {
  const model = useModel();
  const [grant, setGrant] = useState<Grant>({
    role: ROLES.find((role) => role === person.role) ?? ('read' satisfies Role),
    confinedTo: person.confined_to ?? '',
  });
  const save = async () => {
    const body = { role: grant.role, confined_to: grant.confinedTo.trim() || null };
    const path = `/api/v1/people/${encodeURIComponent(person.name)}`;
    const asked = { method: 'PATCH', path, body, done: `${shown(person.name)} is ${grant.role} now` } as const;
    const changed = await tryChange(model, asked);
    if ('fault' in changed) return changed.fault;
    onClose();
    return null;
  };
  return (
    <FormDialog title={`What ${shown(person.name)} may do`} button="Save" isReady onSave={save} onClose={onClose}>
      <GrantFields grant={grant} onChange={setGrant} />
    </FormDialog>
  );
}
