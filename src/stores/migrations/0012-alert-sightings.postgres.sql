-- Nothing: PostgreSQL writes a row anew wherever it changes, and a table more would be a statement more. The step is
-- SQLite's, which writes whole pages.

SELECT 1;
