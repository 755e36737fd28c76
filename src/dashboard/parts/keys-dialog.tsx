import { Dialog } from './dialog.tsx';

const KEYS: readonly (readonly [keys: string, means: string])[] = [
  ['j k', 'next row, row before'],
  ['enter', 'open'],
  ['o', 'open in a new tab'],
  ['x', 'select'],
  ['shift+x', 'select all from the last one'],
  ['a', 'acknowledge'],
  ['s', 'silence'],
  ['n', 'add a note'],
  ['e', 'explain: who was told, and why'],
  ['.', 'apply what is new'],
  ['[ ]', 'incident before, next incident'],
  ['/', 'filter or search'],
  ['g n', 'Now'],
  ['g i', 'Incidents'],
  ['g a', 'Alerts'],
  ['g h', 'Instances'],
  ['g e', 'Endpoints'],
  ['g s', 'Silences and windows'],
  ['g c', 'Channels'],
  ['esc', 'close, clear the selection, go back'],
  ['?', 'this list'],
];

/** What each key does. */
export function KeysDialog({ onClose }: { readonly onClose: () => void }) {
  const close = (
    <button type="button" class="btn" onClick={onClose}>
      Close
    </button>
  );
  return (
    <Dialog title="Keys" onClose={onClose} footer={close}>
      <dl class="keys">
        {KEYS.map(([keys, means]) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{means}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
