-- name: set_control!
insert into control (name, value) values (:name, :value)
on conflict (name) do update set value = excluded.value;

-- name: get_control$
select value from control where name = :name;

-- name: get_database_process^
select pid, backend_start as started_at, pg_postmaster_start_time() as postmaster_started_at,
       client_addr is null or client_addr <<= '127.0.0.0/8' or client_addr = '::1' as is_asked_locally
from pg_stat_activity where pid = pg_backend_pid();

-- name: announce_control!
select pg_notify('control', :name);
