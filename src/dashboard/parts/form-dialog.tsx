import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { shown } from '../words/outside.ts';
import { Dialog } from './dialog.tsx';

/** A dialog with fields and one button that says what it does; Enter in a field presses it. */
export function FormDialog({ title, button, isReady, isDanger = false, note, onSave, onClose, children }: FormProps) {
  const [fault, setFault] = useState<string | null>(null);
  const [isSaving, setSaving] = useState(false);
  const save = async (event: Event) => {
    event.preventDefault();
    if (!isReady || isSaving) return;
    setSaving(true);
    setFault(await onSave());
    setSaving(false);
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={(event) => void save(event)}>
        <div class="in">
          {children}
          {fault !== null && (
            <p class="fault" role="alert">
              {shown(fault)}
            </p>
          )}
        </div>
        <footer>
          {note !== undefined && <span class="ends">{note}</span>}
          <button type="button" class="btn" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class={`btn ${isDanger ? 'danger' : 'pri'}`} disabled={!isReady || isSaving}>
            {button}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

interface FormProps {
  readonly title: string;
  readonly button: ComponentChildren;
  /** Whether the button can be pressed. */
  readonly isReady: boolean;
  readonly isDanger?: boolean;
  /** Stands beside the buttons. */
  readonly note?: ComponentChildren;
  /** Saves, and says what is wrong; null once the dialog is done. */
  readonly onSave: () => string | null | Promise<string | null>;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** One line with its label. */
export function TextField({ label, value, onChange, type = 'text', autocomplete = 'off', ...rest }: TextFieldProps) {
  return (
    <label>
      <span>{label}</span>
      <input
        type={type}
        autocomplete={autocomplete}
        {...rest}
        class={`field ${rest.class ?? ''}`.trim()}
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  );
}

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: 'text' | 'password' | 'number';
  readonly autocomplete?: 'off' | 'new-password' | 'current-password';
  readonly placeholder?: string;
  readonly maxLength?: number;
  readonly min?: string;
  readonly max?: string;
  readonly spellcheck?: boolean;
  readonly class?: string;
}
