-- name: cases_under_review
-- What the exam offices have before them, the most urgent first; or the one case of a filing number.
select p.id, p.filing_number, p.level, p.province, p.submitted_at, p.decision_at, p.after_supplement, a.name
from application p join account a on a.id = p.account_id
where p.decision_at is not null and (:filing_number::text = '' or p.filing_number = :filing_number)
order by p.decision_at limit :most;

-- name: count_under_review$
select count(*) from application where decision_at is not null;

-- name: find_case^
select p.*, a.name, a.id_number from application p join account a on a.id = p.account_id where p.id = :id;

-- name: lock_case^
-- With all that decides about it.
select p.id, p.state, p.due_at, a.phone,
    (select has_stamp from material where application_id = p.id and paper = 'work_proof') as has_stamp
from application p join account a on a.id = p.account_id
where p.id = :id for update of p;

-- name: papers_of_case
select paper, file, size_bytes, has_stamp from material where application_id = :id
union all
select 'id_' || side, file, size_bytes, null from identity_scan
where account_id = (select account_id from application where id = :id);

-- name: moves_of_case
select event, from_state, to_state, at from application_event where application_id = :id order by id;
