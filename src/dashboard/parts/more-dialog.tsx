import { hrefOf, type PageName } from '../model/address.ts';
import { AccountButton } from './account.tsx';
import { Dialog } from './dialog.tsx';
import { Icon } from './icon.tsx';
import { PageLink } from './link.tsx';
import { usePages } from './navigation.tsx';
import { ThemeSwitch } from './theme-switch.tsx';

/** The pages that have no tab of their own on a phone. */
export function MoreDialog({ here, onClose }: { readonly here: PageName | null; readonly onClose: () => void }) {
  const pages = usePages();
  return (
    <Dialog title="More" onClose={onClose}>
      <nav class="more in" aria-label="More pages" onClick={onClose}>
        {pages
          .flatMap(({ entries }) => entries)
          .map(({ page, word, icon }) => (
            <PageLink key={page} href={hrefOf(page)} {...(page === here && { 'aria-current': 'page' })}>
              <Icon name={icon} />
              {word}
            </PageLink>
          ))}
      </nav>
      <footer>
        <AccountButton />
        <ThemeSwitch />
        <button type="button" class="btn" onClick={onClose}>
          Close
        </button>
      </footer>
    </Dialog>
  );
}
