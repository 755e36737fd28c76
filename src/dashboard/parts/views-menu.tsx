import { useState } from 'preact/hooks';
import { hrefOf, type Query } from '../model/address.ts';
import { useCell, useModel } from '../model/hooks.ts';
import { readViews, shownView, withoutView, withView } from '../model/views.ts';
import { shown } from '../words/outside.ts';
import { AskDialog } from './ask-dialog.tsx';
import { Menu } from './menu.tsx';

/** Views of the table that have a name, kept in this browser. */
export function ViewsMenu({ query }: { readonly query: Query }) {
  const { preferences, prefer, go, say } = useModel();
  const [isNaming, setNaming] = useState(false);
  const views = readViews(useCell(preferences).views);
  const here = shownView(views, query);
  const remove = (name: string) => {
    const before = preferences.get().views;
    prefer('views', withoutView(views, name));
    say({ text: `Removed: ${name}`, action: { word: 'Undo', call: () => prefer('views', before) } });
  };
  const entries = [
    ...views.map(({ name, search }) => ({ word: shown(name), call: () => go(`${hrefOf('alerts')}${search}`) })),
    here === undefined
      ? { word: 'Save this view…', call: () => setNaming(true) }
      : { word: `Remove ${shown(here.name)}`, call: () => remove(here.name) },
  ];
  return (
    <>
      <Menu label="Views" face={here === undefined ? 'Views' : shown(here.name)} entries={entries} />
      {isNaming && (
        <AskDialog
          title="Save this view"
          text="Filters and order as they are now, under a name, in this browser. The address is a link to it for everybody."
          field={{ label: 'Name', placeholder: 'such as: my databases', value: '', isNeeded: true }}
          button="Save view"
          onClose={() => setNaming(false)}
          onDone={(name) => {
            setNaming(false);
            prefer('views', withView(views, name, query));
            say({ text: `Saved: ${name}` });
          }}
        />
      )}
    </>
  );
}
