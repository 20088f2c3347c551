-- name: keep_scan$
-- Give the file that the new scan replaces, or null.
with old as (select file from identity_scan where account_id = :account_id and side = :side),
kept as (
    insert into identity_scan (account_id, side, file, sha256, size_bytes, uploaded_at)
    values (:account_id, :side, :file, :sha256, :size_bytes, :now)
    on conflict (account_id, side) do update set file = excluded.file, sha256 = excluded.sha256,
        size_bytes = excluded.size_bytes, uploaded_at = excluded.uploaded_at
)
select file from old;

-- name: keep_addresses!
insert into address (account_id, kind, province, city, detail)
values (:account_id, 'household', :household_province, :household_city, :household_detail),
       (:account_id, 'residence', :residence_province, :residence_city, :residence_detail)
on conflict (account_id, kind) do update
set province = excluded.province, city = excluded.city, detail = excluded.detail;

-- name: identity_progress^
select (select array_agg(side) from identity_scan where account_id = :account_id) as sides,
       (select count(*) from address where account_id = :account_id) as addresses;

-- name: submit_identity$
update account set submitted_at = :now, face_due_at = :face_due_at
where id = :account_id and submitted_at is null
returning id;

-- name: pass_face_check$
-- Where the clock was put back meanwhile, no later time than the one that it follows on.
update account set face_checked_at = greatest(:now, submitted_at), face_due_at = null
where id = :account_id and face_checked_at is null and lapsed_at is null and face_due_at > :now
returning id;

-- name: lock_account^
select submitted_at, face_checked_at from account where id = :account_id for update;

-- name: lapse_accounts!
-- Let accounts go whose face check is overdue: their ID number and phone are free again (rule 5).
update account set lapsed_at = :now
where face_checked_at is null and lapsed_at is null and face_due_at <= :now;

-- name: household_province$
select province from address where account_id = :account_id and kind = 'household';

-- name: past_passes
select subject, passed_on from past_pass where id_number = :id_number;

-- name: add_past_passes*!
insert into past_pass (id_number, subject, passed_on) values (:id_number, :subject, :passed_on)
on conflict (id_number, subject) do update set passed_on = excluded.passed_on;

-- name: addresses_of
select kind, province, city, detail from address where account_id = :account_id;
