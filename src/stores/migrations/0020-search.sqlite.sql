-- The index by which alerts are searched: the words of each, under the number of its row. It is filled behind the history,
-- so that an alert is taken no slower for it. `ascii` and one word per token: the words are made by monitor.

CREATE VIRTUAL TABLE alert_words USING fts5(
  words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii', prefix = '1 2 3'
);
CREATE TRIGGER alert_words_of_removed AFTER DELETE ON alerts BEGIN
  DELETE FROM alert_words WHERE rowid = old.rid;
END;
