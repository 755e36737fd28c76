// Completes package-lock.json after `npm install`: a registry mirror that lacks the packages of other platforms lets npm
// leave them out, and `npm ci` then refuses the lock. Their versions are pinned by the packages that name them.
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const { packages } = lock;
for (const [key, entry] of Object.entries({ ...packages })) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (key === '' || packages[`${key}/node_modules/${name}`] || packages[`node_modules/${name}`]) continue;
    const os = /(android|darwin|linux|win32|freebsd|netbsd|openbsd|sunos|aix|openharmony)/.exec(name)?.[1];
    const cpu = /(arm64|x64|ia32|ppc64|s390x|loong64|riscv64|mips64el|arm)(?=$|-)/.exec(name)?.[1];
    packages[`node_modules/${name}`] = {
      version,
      ...(cpu && { cpu: [cpu] }),
      ...(entry.dev && { dev: true }),
      optional: true,
      ...(os && { os: [os] }),
      ...(name.includes('musl') && { libc: ['musl'] }),
    };
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
