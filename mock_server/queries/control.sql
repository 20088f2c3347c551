-- name: set_control!
insert into control (name, value) values (:name, :value)
on conflict (name) do update set value = excluded.value;

-- name: get_control$
select value from control where name = :name;

-- name: announce_control!
select pg_notify('control', :name);
