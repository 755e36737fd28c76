import { readAtOnce } from '../files/read.ts';

/** Files and sockets that this process may have open at once; null where the system does not tell, or sets no bound. */
export function openFilesLimit(proc = '/proc'): number | null {
  const soft = /^Max open files\s+(\d+)/m.exec(readAtOnce(`${proc}/self/limits`) ?? '')?.[1];
  return soft === undefined ? null : Number(soft);
}
