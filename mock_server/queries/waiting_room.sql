-- name: take_ticket^
insert into queue_ticket (ticket, taken_at, polled_at) values (:ticket, :now, :now)
returning number, ticket, admitted_at, pass;

-- name: find_queue_ticket^
select number, ticket, admitted_at, pass from queue_ticket where ticket = :ticket and left_at is null;

-- name: leave_queue!
update queue_ticket set left_at = :now where ticket = :ticket and left_at is null;

-- name: enter_with_pass$
-- Give the number of a pass that is good: of somebody who is inside, and not of somebody else's account.
update queue_ticket set seen_at = :now, account_id = coalesce(account_id, :account_id)
where pass = :queue_pass and left_at is null and seen_at > :idle_before and (account_id is null or account_id is not distinct from :account_id)
returning number;

-- name: note_polls!
update queue_ticket set polled_at = :now where ticket = any(:tickets::text[]);

-- name: note_seen!
update queue_ticket set seen_at = :now
where number = any(:numbers::bigint[]) and admitted_at is not null and left_at is null;

-- name: waiting_numbers
select number from queue_ticket
where admitted_at is null and left_at is null and polled_at > :gone_before order by number;

-- name: admitted_since^
select count(*) as count, min(admitted_at) as first_at from queue_ticket where admitted_at > :since;

-- name: count_inside$
select count(*) from queue_ticket where admitted_at is not null and left_at is null and seen_at > :idle_before;

-- name: admit_next$
-- First come, first served, but for those who have gone away without saying so.
with next as (
    select number from queue_ticket
    where admitted_at is null and left_at is null and polled_at > :gone_before
    order by number limit :most for update
), admitted as (
    update queue_ticket set admitted_at = :now, seen_at = :now, pass = gen_random_uuid()::text
    from next where queue_ticket.number = next.number
    returning 1
)
select count(*) from admitted;
