-- depends: 0010_labelled
-- Up to which intake sequence an hour's labels are counted: a correction adds no label, but what was recorded before is
-- no longer right. Hours folded before this begin at 0.
SET LOCAL ROLE cdt_owner;
ALTER TABLE predictions.profiles ADD COLUMN labelled_through bigint NOT NULL DEFAULT 0;
RESET ROLE;
