import { ROLES, type Role } from '../model/session.ts';
import { TextField } from './form-dialog.tsx';

/** What somebody may do, and of what. */
export interface Grant {
  readonly role: Role;
  /** Matchers; '' for everything. */
  readonly confinedTo: string;
}

const MEANS: Readonly<Record<Role, string>> = {
  read: 'sees',
  write: 'sees, acknowledges, silences, resolves',
  admin: 'may do everything, also give access',
};

/** The fields by which it is chosen. */
export function GrantFields({ grant, onChange }: { readonly grant: Grant; readonly onChange: (grant: Grant) => void }) {
  return (
    <>
      <fieldset>
        <legend>Role</legend>
        <div class="seg">
          {ROLES.map((role) => (
            <button
              type="button"
              key={role}
              aria-pressed={role === grant.role}
              onClick={() => onChange({ ...grant, role })}
            >
              {role}
            </button>
          ))}
        </div>
        <p class="t3">{MEANS[grant.role]}</p>
      </fieldset>
      <TextField
        label="Confined to"
        class="mono"
        placeholder={'team="web", or nothing for all'}
        value={grant.confinedTo}
        onChange={(confinedTo) => onChange({ ...grant, confinedTo })}
      />
    </>
  );
}
