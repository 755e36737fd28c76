import { useState } from 'preact/hooks';
import { FormDialog, TextField } from './form-dialog.tsx';

/** Asks for one line before something is done. */
export function AskDialog({ title, text, field, button, isDanger = false, onClose, onDone }: AskDialogProps) {
  const [value, setValue] = useState(field?.value ?? '');
  const isMissing = field?.isNeeded === true && value.trim() === '';
  return (
    <FormDialog
      {...{ title, button, isDanger, onClose }}
      isReady={!isMissing}
      onSave={() => {
        onDone(field?.type === 'password' ? value : value.trim());
        return null;
      }}
    >
      {text !== undefined && <p>{text}</p>}
      {field !== undefined && (
        <TextField
          label={field.label}
          type={field.type ?? 'text'}
          {...(field.type === 'password' && { autocomplete: 'new-password' })}
          maxLength={200}
          placeholder={field.placeholder}
          value={value}
          onChange={setValue}
        />
      )}
    </FormDialog>
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
