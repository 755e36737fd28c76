import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { act } from '../model/actions.ts';
import { useModel } from '../model/hooks.ts';
import type { Incident } from '../wire/documents.ts';

/** A note, in place of the buttons. What is written stays until it is saved. */
export function NoteField({ incident, onClose }: { readonly incident: Incident; readonly onClose: () => void }) {
  const model = useModel();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState('');
  const [isSaving, setSaving] = useState(false);
  // Before the next key can come, which is a letter of the note and no shortcut.
  useLayoutEffect(() => field.current?.focus(), []);
  const save = async () => {
    if (text.trim() === '' || isSaving) return;
    setSaving(true);
    const isDone = await act(model, incident, { action: 'note', fields: { comment: text.trim() }, done: 'Note added' });
    setSaving(false);
    if (isDone) onClose();
  };
  return (
    <form
      class="note"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <textarea
        ref={field}
        class="field"
        rows={3}
        maxLength={4000}
        aria-label="Note"
        placeholder="What you know, or have done"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) void save();
          if (event.key === 'Escape') onClose();
        }}
      />
      <div>
        <button type="submit" class="btn pri" disabled={isSaving || text.trim() === ''}>
          Add note
        </button>
        <button type="button" class="btn" onClick={onClose}>
          Cancel
        </button>
      </div>
    </form>
  );
}
