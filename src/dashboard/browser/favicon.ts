const CLEAR = "%3Ccircle cx='8' cy='8' r='6' fill='%23868e9c'/%3E";
const CRITICAL =
  "%3Cpath d='M5 1h6l4 4v6l-4 4H5l-4-4V5z' fill='%23d4352b'/%3E%3Cpath d='M8 4v5M8 11.5v.5' stroke='%23fff' stroke-width='2'/%3E";
const NOT_LIVE = "%3Ccircle cx='8' cy='8' r='5.5' fill='none' stroke='%23c17a00' stroke-width='2.5'/%3E";

/** Paints the icon of the tab: grey when all is clear, red when something is critical, a hollow ring when it is not live. */
export function paintFavicon(isLive: boolean, isCritical: boolean): void {
  const mark = !isLive ? NOT_LIVE : isCritical ? CRITICAL : CLEAR;
  const href = `data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E${mark}%3C/svg%3E`;
  const link = document.querySelector<HTMLLinkElement>('link[rel=icon]');
  if (link !== null && link.href !== href) link.href = href;
}
