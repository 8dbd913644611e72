-- What each version of the rules changed when it was loaded. lines: JSON {zh: [...], en: [...]}, NULL where it was not recorded;
-- said: all that the version says, kept of the newest only, to tell the next one's difference from.
ALTER TABLE sys_pack ADD COLUMN lines {text};
ALTER TABLE sys_pack ADD COLUMN said {text};
