// Holds the write lock of a store: `lock.ts <file> <seconds>`. Sends `held` once it has it, exits once it is released.
import { loadDriver } from '../../src/stores/sqlite/driver.ts';

const [file = '', seconds = ''] = process.argv.slice(2);
const db = new (loadDriver())(file, { fileMustExist: true, timeout: 30_000 });
db.exec('BEGIN EXCLUSIVE');
process.send?.('stored');
await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000));
db.exec('ROLLBACK');
db.close();
process.disconnect?.();
