-- name: find_order_by_key^
select * from payment_order where application_id = :application_id and idempotency_key = :idempotency_key
union all
select o.* from payment_key k join payment_order o on o.order_no = k.order_no
where k.application_id = :application_id and k.idempotency_key = :idempotency_key;

-- name: keep_payment_key!
insert into payment_key (application_id, idempotency_key, order_no)
values (:application_id, :idempotency_key, :order_no);

-- name: find_open_order^
select * from payment_order where application_id = :application_id and state = 'open';

-- name: count_orders_of$
select count(*) from payment_order where application_id = :application_id;

-- name: create_order!
insert into payment_order (order_no, application_id, channel, amount_fen, idempotency_key, state, created_at, queried_at)
values (:order_no, :application_id, :channel, :amount_fen, :idempotency_key, 'open', :now, :real_now);

-- name: note_pay_url!
update payment_order set pay_url = :pay_url where order_no = :order_no;

-- name: find_order^
select o.* from payment_order o join application p on p.id = o.application_id
where o.order_no = :order_no and p.account_id = :account_id;

-- name: find_order_of_gateway^
select application_id, amount_fen from payment_order where order_no = :order_no and channel = :channel;

-- name: lock_order^
select * from payment_order where order_no = :order_no for update;

-- name: settle_order!
update payment_order set state = :state, notify_id = :notify_id, paid_at = :now where order_no = :order_no;

-- name: cancel_order!
update payment_order set state = 'cancelled' where order_no = :order_no and state = 'open';

-- name: cancel_open_orders!
update payment_order set state = 'cancelled' where application_id = :application_id and state = 'open';

-- name: owe_refund!
update payment_order set state = 'refund_owed' where application_id = :application_id and state = 'paid';

-- name: take_unanswered_orders
-- Orders whose gateway has said nothing for a while; each is taken by one asker at a time.
update payment_order set queried_at = :real_now
where order_no in (
    select order_no from payment_order where state = 'open' and queried_at <= :asked_before
    order by queried_at limit 50 for update skip locked
)
returning order_no, channel, application_id;

-- name: find_paid_order^
select * from payment_order where application_id = :application_id and state = 'paid' limit 1;

-- name: request_invoice^
insert into invoice (application_id, order_no, email, title, amount_fen, requested_at, due_at)
values (:application_id, :order_no, :email, coalesce(:title, '个人'), :amount_fen, :now, :due_at)
on conflict (order_no) do update set email = excluded.email,
    title = case when invoice.issued_at is null then coalesce(:title, invoice.title) else invoice.title end
returning id, due_at, issued_at;

-- name: find_invoice^
select i.* from invoice i join application p on p.id = i.application_id
where i.id = :id and p.account_id = :account_id;

-- name: invoices_due
select i.id, i.email, i.title, i.amount_fen, i.order_no, a.name, p.level, cardinality(p.subjects) as subjects
from invoice i join application p on p.id = i.application_id join account a on a.id = p.account_id
    join payment_order o on o.order_no = i.order_no and o.state = 'paid'
where i.issued_at is null and i.due_at <= :now
order by i.due_at limit 100;

-- name: issue_invoice!
update invoice set issued_at = :now, file = :file where id = :id and issued_at is null;

-- name: invoice_of$
-- The e-invoice of what has been paid for an application, if it was asked for.
select i.id from invoice i join payment_order o on o.order_no = i.order_no
where i.application_id = :application_id and o.state = 'paid';
