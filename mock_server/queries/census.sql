-- name: count_accounts^
select count(*) as accounts, count(lapsed_at) as lapsed from account;

-- name: count_applications
select state, count(*) as count, count(scores) as results, count(certificate_number) as certificates
from application group by state;

-- name: count_moves
select event, from_state, to_state, count(*) as count from application_event
group by event, from_state, to_state order by event, from_state, to_state;

-- name: count_orders
select state, count(*) as count from payment_order group by state;

-- name: count_others^
select (select count(*) from filing) as filings,
       (select count(issued_at) from invoice) as invoices_issued,
       (select count(done_at) from support_ticket) as tickets_unbound;
