import { createHash } from 'node:crypto';

// The colours and sizes of the dashboard that this one page needs; it loads nothing.
/** All that the page looks like. */
export const STYLE = `:root{color-scheme:light dark;--bg:#f7f8fa;--surface:#fff;--line:#e4e7ec;--text:#171b23;--quiet:#474e5c;--ok-t:#1c6b43;--ok:#34936a;--ok-b:#edf7f1;--ok-l:#c2e2d0;--warn-t:#855000;--warn:#c17a00;--warn-b:#fdf5e4;--warn-l:#efd9a8;--crit-t:#b3231b;--crit:#d4352b;--crit-b:#fdf0ee;--crit-l:#f3c9c4;--info-t:#1d5fae;--info-b:#eef5fc;--info-l:#c5dcf3;--unk-t:#65518f;--unk-b:#f4f1fa;--unk-l:#d9cfec;--none:#cdd2db}
@media(prefers-color-scheme:dark){:root{--bg:#0f1217;--surface:#161a21;--line:#262c36;--text:#e8ebf0;--quiet:#b4bbc7;--ok-t:#76c9a0;--ok:#3d9a72;--ok-b:#12241c;--ok-l:#22483a;--warn-t:#efb95a;--warn:#c98a1e;--warn-b:#271f10;--warn-l:#4c3b19;--crit-t:#ff8b80;--crit:#e5544a;--crit-b:#2b1718;--crit-l:#54272a;--info-t:#86b8f5;--info-b:#14202f;--info-l:#263f5e;--unk-t:#bcabe6;--unk-b:#201b2d;--unk-l:#3e3558;--none:#39414e}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:.875rem/1.45 -apple-system,"Segoe UI",Roboto,"Noto Sans",Ubuntu,"Liberation Sans","Helvetica Neue",Arial,sans-serif;overflow-wrap:anywhere}
main{max-width:760px;margin:0 auto;padding:32px 16px 48px}
h1{font-size:1.625rem;line-height:1.25;margin:0 0 16px}
h2{font-size:1rem;line-height:1.25;margin:32px 0 8px}
p,ul,h3{margin:0}
ul{list-style:none;padding:0}
.box{border:1px solid var(--line);border-radius:10px;background:var(--surface);overflow:hidden}
.box>li{padding:12px 16px}
.box>li+li{border-top:1px solid var(--line)}
.verdict{font-size:1rem;font-weight:600;padding:16px;border:1px solid;border-radius:10px}
.quiet{color:var(--quiet);font-size:.8125rem}
.row{display:flex;gap:8px 12px;align-items:baseline;flex-wrap:wrap}
.row h3{font-size:.875rem;font-weight:600;flex:1 1 auto}
.chip{flex:none;font-size:.75rem;font-weight:600;padding:1px 8px;border:1px solid;border-radius:999px}
.up,.operational{color:var(--ok-t);background:var(--ok-b);border-color:var(--ok-l)}
.down,.outage{color:var(--crit-t);background:var(--crit-b);border-color:var(--crit-l)}
.partly_down,.warning{color:var(--warn-t);background:var(--warn-b);border-color:var(--warn-l)}
.maintenance,.information{color:var(--info-t);background:var(--info-b);border-color:var(--info-l)}
.unknown,.none{color:var(--unk-t);background:var(--unk-b);border-color:var(--unk-l)}
.message{white-space:pre-line;margin:4px 0}
.days{display:block;width:100%;height:24px;margin:8px 0 4px}
.g{fill:var(--ok)}.p{fill:var(--warn)}.b{fill:var(--crit)}.n{fill:var(--none)}
.ends{display:flex;justify-content:space-between;gap:12px;flex-wrap:wrap}
footer{margin-top:32px}`;

/** Headers of the page: it loads nothing, runs nothing, is framed by nobody, and tells nobody its address. */
export const STATUS_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
    ...["form-action 'none'", "frame-ancestors 'none'", "base-uri 'none'"],
  ].join(';'),
  'Referrer-Policy': 'no-referrer',
};
