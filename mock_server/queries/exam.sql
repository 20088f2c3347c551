-- name: lock_unmarked
-- Lock applications whose exam nobody has marked yet (rule 24).
select p.id, p.level, p.subjects, p.filing_number, a.id_number
from application p join account a on a.id = p.account_id
where p.state = 'paid' and p.scores is null
order by p.id limit :most for update of p skip locked;

-- name: enter_scores!
-- The arrays have one entry an application; an array of arrays cannot be unnested, so scores come as array literals.
update application p set scores = g.scores::smallint[], certificate_number = g.certificate_number
from unnest(:ids::bigint[], :scores::text[], :certificate_numbers::text[]) as g (id, scores, certificate_number)
where p.id = g.id and p.scores is null;

-- name: enter_passes!
insert into past_pass (id_number, subject, passed_on)
select *, :passed_on::timestamptz from unnest(:id_numbers::text[], :subjects::text[])
on conflict (id_number, subject) do update set passed_on = excluded.passed_on;
