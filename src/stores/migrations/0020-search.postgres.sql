-- The index by which alerts are searched: the words of each, under the number of its row. It is filled behind the history,
-- so that an alert is taken no slower for it. The words are made by monitor; no dictionary of the server changes them.

CREATE TABLE alert_words (
  rid bigint PRIMARY KEY,
  words tsvector NOT NULL
);
CREATE INDEX alert_words_words ON alert_words USING gin (words);
-- A reference would lock the alert each time, for which ingest would wait.
CREATE FUNCTION remove_alert_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM alert_words WHERE rid IN (SELECT rid FROM removed);
  RETURN NULL;
END
$$;
CREATE TRIGGER alert_words_of_removed AFTER DELETE ON alerts
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION remove_alert_words();
