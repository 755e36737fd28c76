import { createHash } from 'node:crypto';
import { escaped } from '../markup.ts';
import type { Reply } from '../reply.ts';

// The colours and sizes of the dashboard that this one page needs; it loads nothing.
const STYLE = `:root{color-scheme:light dark;--bg:#f7f8fa;--surface:#fff;--line:#cdd2db;--ctl:#868e9c;--text:#171b23;--quiet:#474e5c;--accent:#3451c7;--on:#fff;--crit:#b3231b;--crit-b:#fdf0ee;--crit-l:#f3c9c4}
@media(prefers-color-scheme:dark){:root{--bg:#0f1217;--surface:#161a21;--line:#39414e;--ctl:#6d7686;--text:#e8ebf0;--quiet:#b4bbc7;--accent:#94a9ff;--on:#0f1217;--crit:#ff8b80;--crit-b:#2b1718;--crit-l:#54272a}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;align-items:center;justify-content:center;padding:16px;background:var(--bg);color:var(--text);font:.875rem/1.45 -apple-system,"Segoe UI",Roboto,"Noto Sans",Ubuntu,"Liberation Sans","Helvetica Neue",Arial,sans-serif}
main{width:320px;max-width:100%}
h1{font-size:1.25rem;line-height:1.25;margin:0 0 16px}
form,.sso{display:flex;flex-direction:column;gap:12px}
label{display:flex;flex-direction:column;gap:4px;font-weight:500}
input,button,a.button{font:inherit;min-height:44px;border-radius:6px;padding:0 12px}
input{width:100%;border:1px solid var(--ctl);background:var(--surface);color:inherit;font-weight:400}
button,a.button{display:flex;align-items:center;justify-content:center;border:1px solid transparent;background:var(--accent);color:var(--on);font-weight:600;cursor:pointer;text-decoration:none}
a.button{background:var(--surface);color:var(--text);border-color:var(--ctl)}
.or{margin:16px 0;text-align:center;color:var(--quiet)}
.error{margin:0 0 16px;padding:8px 12px;border:1px solid var(--crit-l);border-radius:6px;background:var(--crit-b);color:var(--crit)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}`;

/** Headers of the page: it loads nothing, runs nothing, is kept and framed by nobody, and its form goes to this hub alone. */
const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
    ...["form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"],
  ].join(';'),
  // Not "no-referrer", with which a browser would not say from which page the form comes.
  'Referrer-Policy': 'same-origin',
  'Cache-Control': 'no-store',
  'X-Robots-Tag': 'noindex, nofollow',
};

/** The page for logging in, which needs no script; `next` is a path of this hub. */
export function loginPage(
  status: number,
  next: string,
  problem: string | null,
  hasSingleSignOn: boolean,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const query = next === '/' ? '' : `?next=${encodeURIComponent(next)}`;
  const page = [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>Log in · monitor</title><style>${STYLE}</style></head><body><main>`,
    '<h1>Log in</h1>',
    ...(problem === null ? [] : [`<p class="error" role="alert">${escaped(problem)}</p>`]),
    ...(hasSingleSignOn
      ? [
          `<p class="sso"><a class="button" href="/login/sso${escaped(query)}">Log in with single sign-on</a></p>`,
          '<p class="or">or with a password</p>',
        ]
      : []),
    '<form method="post" action="/login">',
    `<input type="hidden" name="next" value="${escaped(next)}">`,
    '<label>Name<input name="name" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="200" required autofocus></label>',
    '<label>Password<input name="password" type="password" autocomplete="current-password" maxlength="1024" required></label>',
    '<button type="submit">Log in</button></form></main></body></html>',
  ].join('\n');
  return { status, body: undefined, page, headers: { ...headers, ...HEADERS } };
}
