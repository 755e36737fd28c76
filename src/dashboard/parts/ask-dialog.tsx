import { useState } from 'preact/hooks';
import { Dialog } from './dialog.tsx';

/** Asks for one line before something is done. */
export function AskDialog({ title, text, field, button, isDanger = false, onClose, onDone }: AskDialogProps) {
  const [value, setValue] = useState(field?.value ?? '');
  const isMissing = field?.isNeeded === true && value.trim() === '';
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isMissing) onDone(value.trim());
        }}
      >
        <div class="in">
          {text !== undefined && <p>{text}</p>}
          {field !== undefined && (
            <label>
              <span>{field.label}</span>
              <input
                type={field.type ?? 'text'}
                class="field"
                maxLength={200}
                placeholder={field.placeholder}
                value={value}
                onInput={(event) => setValue(event.currentTarget.value)}
              />
            </label>
          )}
        </div>
        <footer>
          <button type="button" class="btn" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class={`btn ${isDanger ? 'danger' : 'pri'}`} disabled={isMissing}>
            {button}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

interface AskDialogProps {
  readonly title: string;
  readonly text?: string;
  readonly field?: {
    readonly label: string;
    readonly placeholder: string;
    readonly value: string;
    readonly isNeeded?: boolean;
    readonly type?: 'text' | 'password';
  };
  readonly button: string;
  readonly isDanger?: boolean;
  readonly onClose: () => void;
  readonly onDone: (value: string) => void;
}
