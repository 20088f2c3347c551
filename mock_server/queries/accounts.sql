-- name: renew_sms_code$
-- Give the phone if a code may be sent now; nothing while the last one is too young.
insert into sms_code (phone, code, sent_at, expires_at) values (:phone, :code, :sent_at, :expires_at)
on conflict (phone) do update set code = excluded.code, sent_at = excluded.sent_at,
    expires_at = excluded.expires_at, attempts = 0
where sms_code.sent_at <= :resend_before
returning phone;

-- name: forget_sms_code!
delete from sms_code where phone = :phone;

-- name: try_sms_code^
-- Count an attempt and give what the attempt is held against.
update sms_code set attempts = attempts + 1 where phone = :phone
returning code, expires_at, attempts;

-- name: who_holds^
-- An account whose face check is overdue holds nothing, whether or not the office has written that down (rule 5).
select exists (select from account where phone = :phone and lapsed_at is null
               and (face_checked_at is null and face_due_at <= :now) is not true) as phone_bound,
       exists (select from account where id_number = :id_number and lapsed_at is null
               and (face_checked_at is null and face_due_at <= :now) is not true) as id_number_registered;

-- name: create_account$
-- Overdue accounts give ID number and phone free first: the insert reads from `lapsed`, so it comes after it.
with used as (delete from sms_code where phone = :phone),
lapsed as (
    update account set lapsed_at = :now
    where (phone = :phone or id_number = :id_number)
        and face_checked_at is null and lapsed_at is null and face_due_at <= :now
    returning id
)
insert into account (name, id_number, phone, password_hash, created_at)
select :name, :id_number, :phone, :password_hash, :now from (select count(*) from lapsed) as freed
returning id;

-- name: find_login^
select id, password_hash,
       lapsed_at is not null or (face_checked_at is null and face_due_at <= :now) is true as lapsed
from account
where id_number = :id_number order by lapsed_at desc nulls first limit 1;

-- name: open_session!
insert into session (token_hash, account_id, queue_number, expires_at)
values (:token_hash, :account_id, :queue_number, :expires_at);

-- name: close_session!
delete from session where token_hash = :token_hash;

-- name: find_session^
select a.id, a.name, a.id_number, a.phone, a.submitted_at, a.face_due_at, a.face_checked_at, a.lapsed_at,
       s.queue_number
from session s join account a on a.id = s.account_id
where s.token_hash = :token_hash and s.expires_at > :real_now;

-- name: unbind_phones!
-- Do what support has promised by now: the phones of these tickets are free again.
with done as (
    update support_ticket set done_at = :now where done_at is null and due_at <= :now returning phone
)
update account set phone = null from done where account.phone = done.phone and account.lapsed_at is null;

-- name: open_ticket^
insert into support_ticket (phone, reason, requested_at, due_at)
select :phone, :reason, :now, :due_at
where exists (select from account where phone = :phone and lapsed_at is null)
returning id, due_at;

-- name: find_ticket^
select id, due_at, done_at from support_ticket where id = :id;
