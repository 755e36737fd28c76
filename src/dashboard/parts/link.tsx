import type { ComponentChildren } from 'preact';
import { useModel } from '../model/hooks.ts';
import { cutMiddle, linkOf, shown } from '../words/outside.ts';

/** A link within the dashboard: the page stays, the address changes. With a key held, the browser does what it always does. */
export function PageLink({ href, class: name, onGo, children, ...rest }: PageLinkProps) {
  const { go } = useModel();
  return (
    <a
      {...rest}
      href={href}
      class={name}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
        event.preventDefault();
        onGo?.();
        go(href);
      }}
    >
      {children}
    </a>
  );
}

interface PageLinkProps {
  readonly href: string;
  readonly class?: string;
  readonly title?: string;
  readonly tabIndex?: number;
  /** Called before the page changes. */
  readonly onGo?: () => void;
  readonly 'aria-label'?: string;
  readonly 'aria-current'?: 'page';
  readonly 'aria-hidden'?: 'true';
  readonly children?: ComponentChildren;
}

/** Text of others in which an address is a link, if it is one of http or https, and everything else is text. */
export function OutsideText({ text }: { readonly text: string }) {
  const parts = text.split(/(https?:\/\/[^\s<>"']+)/i);
  return (
    <>
      {parts.map((part, index) => {
        const href = index % 2 === 1 ? linkOf(part) : null;
        return href === null ? (
          shown(part)
        ) : (
          <a key={index} class="link out" href={href} target="_blank" rel="noopener noreferrer" title={shown(part)}>
            {cutMiddle(shown(part), 80)}
          </a>
        );
      })}
    </>
  );
}
