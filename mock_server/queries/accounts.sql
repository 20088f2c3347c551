-- name: renew_sms_code$
-- Give the phone if a code may be sent now; nothing while the last one is too young, or the day has had its codes.
insert into sms_code (phone, code, sent_at, expires_at, day_began_at, sent_in_day)
values (:phone, :code, :sent_at, :expires_at, :sent_at, 1)
on conflict (phone) do update set code = excluded.code, sent_at = excluded.sent_at,
    expires_at = excluded.expires_at, attempts = 0,
    day_began_at = case when sms_code.day_began_at > :day_before then sms_code.day_began_at else excluded.sent_at end,
    sent_in_day = case when sms_code.day_began_at > :day_before then sms_code.sent_in_day + 1 else 1 end
where sms_code.sent_at <= :resend_before
    and (sms_code.day_began_at <= :day_before or sms_code.sent_in_day < :most)
returning phone;

-- name: had_codes_of_day$
select day_began_at > :day_before and sent_in_day >= :most from sms_code where phone = :phone;

-- name: forget_sms_code!
-- One that never left does not count.
update sms_code set sent_at = 'epoch', expires_at = 'epoch', sent_in_day = sent_in_day - 1 where phone = :phone;

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
forgotten as (delete from log_in_failure where id_number = :id_number),
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
-- One row in any case: whoever guesses has to wait whether or not the number has an account.
select a.*, exists (
    select from log_in_failure
    where id_number = :id_number and failures >= :attempts and began_at > :wait_since
) as must_wait
from (select) as one left join (
    select id, password_hash,
           lapsed_at is not null or (face_checked_at is null and face_due_at <= :now) is true as lapsed
    from account
    where id_number = :id_number order by lapsed_at desc nulls first limit 1
) as a on true;

-- name: note_log_in_failure!
insert into log_in_failure (id_number, failures, began_at) values (:id_number, 1, :real_now)
on conflict (id_number) do update
set failures = case when log_in_failure.began_at > :wait_since then log_in_failure.failures + 1 else 1 end,
    began_at = case when log_in_failure.began_at > :wait_since then log_in_failure.began_at else excluded.began_at end;

-- name: forget_log_in_failures!
delete from log_in_failure where began_at <= :wait_since;

-- name: open_session$
-- Opens none, and gives nothing, where the number has to wait by now: a right guess among many at the same moment.
-- Else the wrong passwords of before are forgotten.
with forgotten as (
    delete from log_in_failure where id_number = :id_number and (failures < :attempts or began_at <= :wait_since)
)
insert into session (token_hash, account_id, queue_number, expires_at)
select :token_hash, :account_id, :queue_number, :expires_at
where not exists (
    select from log_in_failure where id_number = :id_number and failures >= :attempts and began_at > :wait_since
)
returning account_id;

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
-- Whoever asks again, not having heard the first answer, gets the ticket that is open.
insert into support_ticket (phone, reason, requested_at, due_at)
select :phone, :reason, :now, :due_at
where exists (select from account where phone = :phone and lapsed_at is null)
on conflict (phone) where done_at is null do update set reason = excluded.reason
returning id, due_at;

-- name: find_ticket^
select id, due_at, done_at from support_ticket where id = :id;
