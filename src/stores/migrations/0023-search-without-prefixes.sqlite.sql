-- Words are found by their beginning without an index of beginnings, which made each alert three times as dear to keep.
-- It is filled again behind the history.

DROP TABLE alert_words;
CREATE VIRTUAL TABLE alert_words USING fts5(
  words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);
