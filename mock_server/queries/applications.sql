-- name: create_application$
-- Not before the face check that it follows on, where the clock was put back meanwhile.
insert into application (account_id, state, due_at, level, subjects, province, basis, degree, field,
    degree_certificate, work_years, management_years, earlier_certificate, employer, job_description,
    employed_since, workplace_province, insured_months, created_at, changed_at)
values (:account_id, :state, :due_at, :level, :subjects, :province, :basis, :degree, :field,
    :degree_certificate, :work_years, :management_years, :earlier_certificate, :employer, :job_description,
    :employed_since, :workplace_province, :insured_months,
    greatest(:now, (select face_checked_at from account where id = :account_id)),
    greatest(:now, (select face_checked_at from account where id = :account_id)))
on conflict (account_id) do nothing
returning id;

-- name: change_application!
-- Another degree certificate must be checked again.
update application set level = :level, subjects = :subjects, province = :province, basis = :basis,
    degree = :degree, field = :field, degree_certificate = :degree_certificate,
    degree_known_at = case when degree_certificate = :degree_certificate then degree_known_at end,
    work_years = :work_years, management_years = :management_years,
    earlier_certificate = :earlier_certificate, employer = :employer, job_description = :job_description,
    employed_since = :employed_since, workplace_province = :workplace_province,
    insured_months = :insured_months, changed_at = greatest(:now, changed_at)
where id = :id;

-- name: find_application^
select * from application where id = :id and account_id = :account_id;

-- name: lock_application^
select * from application where id = :id and account_id = :account_id for update;

-- name: lock_application_by_id^
select * from application where id = :id for update;

-- name: my_applications
select id, state, due_at, filing_number, level, province, submitted_at, decision_at from application
where account_id = :account_id;

-- name: move_applications*!
-- Make one move each of applications that are locked, none before the last one, where the clock was put back meanwhile.
with moved as (
    update application set state = :to_state, due_at = :due_at, decision_at = :decision_at,
        reviewer_note = :note, asked_paper = :asked_paper, changed_at = greatest(:now, changed_at)
    where id = :id
    returning id, changed_at
)
insert into application_event (application_id, event, from_state, to_state, at)
select id, :event, :from_state, :to_state, changed_at from moved;

-- name: file_application!
insert into filing (province, sequence, number, application_id, filed_at)
values (:province, :sequence, :number, :id, :now);

-- name: note_filing_number!
update application set filing_number = :number where id = :id;

-- name: start_review!
update application set review_round = review_round + 1, after_supplement = :after_supplement,
    submitted_at = coalesce(submitted_at, :now)
where id = :id;

-- name: diary_entry$
-- When the reviewer of this round will decide, if the harness has said so.
select decides_at from reviewer_diary where id_number = :id_number and round = :round;

-- name: lock_filing_rows
-- Always in this order, so that nobody can wait in a circle.
select province from filing_counter where province = any(:provinces::text[]) order by province for update;

-- name: take_filing_sequence$
-- Locks the province's row until the transaction ends: what makes the numbers unique and gapless.
update filing_counter set last_number = last_number + 1 where province = :province returning last_number;

-- name: add_filing_counters!
insert into filing_counter (province) select unnest(:provinces::text[]) on conflict do nothing;

-- name: filed_in$
-- The number that this application already has in this province, if it was filed there before.
select number from filing where application_id = :id and province = :province order by sequence desc limit 1;

-- name: note_degree_known!
update application set degree_known_at = :now where id = :id and degree_certificate = :degree_certificate;

-- name: apply_deadlines!
-- Let the deadline of one state act on all applications that it has passed for.
with overdue as (
    update application set state = :to_state, due_at = null, decision_at = null,
        changed_at = greatest(:now, changed_at)
    where state = :from_state and due_at <= :now
    returning id, changed_at
)
insert into application_event (application_id, event, from_state, to_state, at)
select id, :event, :from_state, :to_state, changed_at from overdue;

-- name: lock_decisions_due
-- Lock what the exam offices have to decide by now; what a candidate moves at this moment is left alone.
select p.id, p.state, p.due_at, p.decision_at, p.after_supplement, a.id_number, a.phone,
    (select verdict from reviewer_diary where id_number = a.id_number and round = p.review_round) as verdict,
    (select has_stamp from material where application_id = p.id and paper = 'work_proof') as has_stamp
from application p join account a on a.id = p.account_id
where p.state = 'under_review' and p.decision_at <= :now
order by p.decision_at limit :most for update of p skip locked;
