import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { isObject } from '../../core/reading/read.ts';
import type { KumaState } from '../../imports/kuma/convert.ts';
import { KUMA_TABLES, kumaBackupOf, kumaStateOf } from '../../imports/kuma/database.ts';
import { StoreError } from '../../stores/contract/error.ts';
import { readForeignTables } from '../../stores/sqlite/foreign.ts';
import { UsageError } from '../contract.ts';

const LARGEST = 64 * 1024 ** 2;
const SQLITE = 'SQLite format 3\0';

/** What a backup of Uptime Kuma in JSON, or its database, holds. Throws UsageError. */
export function readKuma(path: string): KumaState {
  const refuse = (problem: string) => new UsageError('the file cannot be read', [`${path}: ${problem}`]);
  try {
    if (beginsWith(path, SQLITE)) return kumaStateOf(readForeignTables(path, KUMA_TABLES));
    if (statSync(path).size > LARGEST) throw refuse('is larger than 64 MiB');
    const backup: unknown = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
    if (!isObject(backup) || !Array.isArray(backup.monitorList))
      throw refuse('holds no monitorList: it is neither a backup of Uptime Kuma nor its database, kuma.db');
    return kumaBackupOf(backup);
  } catch (error) {
    if (error instanceof StoreError) throw new UsageError('the file cannot be read', [error.message]);
    if (error instanceof SyntaxError) throw refuse('is neither JSON nor a database of SQLite');
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw refuse(`cannot be read: ${(error as Error).message}`);
  }
}

function beginsWith(path: string, text: string): boolean {
  const head = Buffer.alloc(text.length);
  const file = openSync(path, 'r');
  try {
    return readSync(file, head, 0, head.length, 0) === head.length && head.toString('latin1') === text;
  } finally {
    closeSync(file);
  }
}
