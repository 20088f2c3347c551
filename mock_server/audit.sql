-- The audit: what the rules say that the books can prove. Each query gives an example for each violation, and so nothing
-- where all is well. It holds at any moment of a rehearsal, not only after the books have been filled.
-- Rule numbers refer to docs/rules.md.

-- name: phones_with_two_accounts
-- Rule 2.
select phone from account where lapsed_at is null and phone is not null group by phone having count(*) > 1;

-- name: people_with_two_accounts
-- Rule 1.
select id_number from account where lapsed_at is null group by id_number having count(*) > 1;

-- name: submitted_without_scans
-- Rule 3.
select a.id from account a
left join (select account_id, count(*) as sides from identity_scan group by account_id) s on s.account_id = a.id
where a.submitted_at is not null and s.sides is distinct from 2;

-- name: submitted_without_addresses
-- Rule 4.
select a.id from account a
left join (select account_id, count(*) as kinds from address group by account_id) d on d.account_id = a.id
where a.submitted_at is not null and d.kinds is distinct from 2;

-- name: face_checks_out_of_time
-- Rule 5: after the identity was submitted, within 48 hours, and nothing is due any more.
select id from account
where face_checked_at is not null and (lapsed_at is not null or face_due_at is not null or submitted_at is null
    or not face_checked_at between submitted_at and submitted_at + :face_check_within::interval);

-- name: lapsed_too_early
-- Rule 5.
select id from account
where lapsed_at is not null and (submitted_at is null or lapsed_at < submitted_at + :face_check_within::interval);

-- name: applied_without_face_check
-- Rule 5.
select p.id from application p join account a on a.id = p.account_id
where a.face_checked_at is null or p.created_at < a.face_checked_at;

-- name: filed_without_degree_check
-- Rule 10.
select id from application
where :degree_check_required::boolean and degree_known_at is null
    and state in ('under_review', 'supplement_requested', 'approved', 'rejected', 'paid', 'closed', 'given_up');

-- name: filed_without_papers
-- Rules 11 to 14.
select p.id from application p
join address d on d.account_id = p.account_id and d.kind = 'household'
left join (
    select application_id, bool_or(paper = 'degree_certificate') as degree, bool_or(paper = 'work_proof') as work,
        bool_or(paper = 'social_insurance') as insurance, bool_or(paper = 'residence_proof') as residence
    from material group by application_id
) m on m.application_id = p.id
where p.state in ('under_review', 'supplement_requested', 'approved', 'rejected', 'paid', 'closed', 'given_up')
    and (m.degree and m.work and (m.insurance or p.province <> all (:insurance_provinces::text[]))
        and (m.insurance or m.residence or p.province = d.province)) is not true;

-- name: approved_without_stamp
-- Rule 12.
select p.id from application p join material m on m.application_id = p.id
where p.state in ('approved', 'paid', 'given_up') and m.paper = 'work_proof' and m.has_stamp is false;

-- name: filed_with_too_little_insurance
-- Rule 13.
select id from application
where province = any (:insurance_provinces::text[]) and insured_months < :insurance_months::integer
    and state in ('under_review', 'supplement_requested', 'approved', 'rejected', 'paid', 'closed', 'given_up');

-- name: registered_elsewhere
-- Rule 14: in the province of the workplace, or of the household.
select p.id from application p join address d on d.account_id = p.account_id and d.kind = 'household'
where p.province <> case p.basis when 'household' then d.province else p.workplace_province end;

-- name: filing_numbers_with_gaps
-- Rule 15: 1, 2, 3 … by province, and the counter stands at the last one.
select c.province from filing_counter c
full join (
    select province, count(*) as filings, min(sequence) as first, max(sequence) as last from filing group by province
) f on f.province = c.province
where (coalesce(f.filings, 0), coalesce(f.last, 0), coalesce(f.first, 1))
    is distinct from (c.last_number::bigint, c.last_number, 1);

-- name: filing_numbers_twice
-- Rule 15.
select number from filing group by number having count(*) > 1;

-- name: filing_numbers_miswritten
-- Rule 15.
select number from filing where number <> format('%s-%s-%s', province, :year::integer, lpad(sequence::text, 6, '0'));

-- name: applications_without_their_number
-- Rule 15: who has filed has a number of their own, and who has not has none.
select p.id from application p left join filing f on f.number = p.filing_number and f.application_id = p.id
where (p.submitted_at is null) <> (p.filing_number is null) or (p.filing_number is not null and f.number is null);

-- name: filed_outside_the_window
-- Rule 15.
select application_id from filing where filed_at < :opening::timestamptz or filed_at >= :closing::timestamptz;

-- name: moved_outside_the_window
-- Rules 15 and 21: filing, withdrawing and changing end with the close.
select application_id from application_event
where event in ('submit', 'withdraw', 'change')
    and (at < :opening::timestamptz or at >= :closing::timestamptz);

-- name: moves_that_do_not_exist
-- mock_server/life.py: every move of the books is one of its moves.
select e.id from application_event e
left join unnest(:events::text[], :from_states::text[], :to_states::text[]) as m (event, from_state, to_state)
    on (m.event, m.from_state, m.to_state) = (e.event, e.from_state, e.to_state)
where m.event is null;

-- name: moves_that_do_not_follow
-- Every move begins where, and not before, the last one ended; the first one in a draft.
select id from (
    select id, from_state, at, lag(to_state, 1, 'draft') over own as before, lag(at) over own as earlier
    from application_event window own as (partition by application_id order by id)
) as e
where from_state <> before or at < earlier;

-- name: states_without_their_moves
-- Every application stands where its last move has brought it.
select p.id from application p
left join (
    select distinct on (application_id) application_id, to_state from application_event order by application_id, id desc
) e on e.application_id = p.id
where p.state <> coalesce(e.to_state, 'draft');

-- name: reviews_miscounted
-- Rules 15 and 17: each filing and each supplement begins a round of review.
select p.id from application p
left join (
    select application_id, count(*) filter (where event in ('submit', 'supplement')) as rounds
    from application_event group by application_id
) e on e.application_id = p.id
where p.review_round <> coalesce(e.rounds, 0);

-- name: deadlines_out_of_place
-- Rules 15, 17 and 18: exactly the states that end by themselves have a deadline.
select id from application where (due_at is not null) <> (state in ('draft', 'supplement_requested', 'approved'));

-- name: decisions_out_of_place
-- Rule 16: exactly what is under review waits for a decision.
select id from application where (decision_at is not null) <> (state = 'under_review');

-- name: supplemented_too_late
-- Rule 17.
select application_id from (
    select application_id, event, at, lag(at) over (partition by application_id order by id) as asked_at
    from application_event
) as e
where event = 'supplement' and at >= asked_at + :supplement_within::interval;

-- name: paid_too_late
-- Rule 18.
select application_id from (
    select application_id, event, at, lag(at) over (partition by application_id order by id) as approved_at
    from application_event
) as e
where event = 'pay' and at >= approved_at + :payment_within::interval;

-- name: payments_out_of_place
-- Rule 18: paid applications have one paid order, and all others none.
select p.id from application p
left join (
    select application_id, count(*) as orders from payment_order where state = 'paid' group by application_id
) o on o.application_id = p.id
where coalesce(o.orders, 0) <> case p.state when 'paid' then 1 else 0 end;

-- name: wrong_fees
-- Rule 18.
select o.order_no from payment_order o join application p on p.id = o.application_id
where o.state = 'paid' and o.amount_fen <> cardinality(p.subjects) * case p.level
    when 'junior' then :fee_junior_fen::integer
    when 'intermediate' then :fee_intermediate_fen::integer
    else :fee_senior_fen::integer end;

-- name: invoices_without_payment
-- Rule 19: money that has come, though it may be owed back by now.
select i.id from invoice i
left join payment_order o on o.order_no = i.order_no and o.application_id = i.application_id
where o.state is null or o.state not in ('paid', 'refund_owed') or o.amount_fen <> i.amount_fen;

-- name: invoices_badly_issued
-- Rule 19: issued when they are due, with their file.
select id from invoice where (issued_at is null) <> (file is null) or issued_at < due_at;

-- name: retained_subjects_taken_again
-- Rule 22.
select p.id from application p join account a on a.id = p.account_id
join past_pass b on b.id_number = a.id_number and b.subject = any (p.subjects)
where b.passed_on <= p.submitted_at and p.submitted_at - b.passed_on <= :retained::interval;

-- name: results_out_of_place
-- Rule 24: who paid has one score a subject, and a certificate if all of them pass.
select id from application
where scores is not null and (state <> 'paid' or cardinality(scores) <> cardinality(subjects))
    or (certificate_number is not null)
        <> coalesce(array_position(scores, null) is null and :pass_score::integer <= all (scores), false);
