-- name: keep_material$
-- Give the file that the new paper replaces, or null. Where the clock was put back since the reviewer asked for the
-- paper, it has not come before that.
with old as (select file from material where application_id = :application_id and paper = :paper),
kept as (
    insert into material (application_id, paper, file, sha256, size_bytes, has_stamp, uploaded_at)
    values (:application_id, :paper, :file, :sha256, :size_bytes, :has_stamp,
        greatest(:now, (select changed_at from application where id = :application_id)))
    on conflict (application_id, paper) do update set file = excluded.file, sha256 = excluded.sha256,
        size_bytes = excluded.size_bytes, has_stamp = excluded.has_stamp, uploaded_at = excluded.uploaded_at
)
select file from old;

-- name: uploaded_since$
select exists (
    select from material where application_id = :application_id and paper = :paper and uploaded_at >= :since
);

-- name: materials_of
select paper, size_bytes, encode(sha256, 'hex') as sha256, uploaded_at from material
where application_id = :application_id;
