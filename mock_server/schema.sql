-- The registration portal's database. Times are timestamptz; money is in fen.
-- Rule numbers refer to docs/rules.md.

create table account (
    id                bigint generated always as identity primary key,
    name              text not null,
    id_number         text not null,
    phone             text,                      -- null once support has unbound it (rule 2)
    password_hash     text not null,
    created_at        timestamptz not null,
    submitted_at      timestamptz,               -- identity submitted (rule 5 counts from here)
    face_due_at       timestamptz,
    face_checked_at   timestamptz,
    lapsed_at         timestamptz                -- missed the face check: must be registered again (rule 5)
);
create unique index account_id_number on account (id_number) where lapsed_at is null;
create unique index account_phone on account (phone) where lapsed_at is null and phone is not null;   -- rule 2
create index account_log_in on account (id_number, lapsed_at desc nulls first);   -- lapsed ones too: they are told so
create index account_face_due on account (face_due_at) where face_checked_at is null and lapsed_at is null;

create table sms_code (
    phone         text primary key,
    code          text not null,
    sent_at       timestamptz not null,
    expires_at    timestamptz not null,
    attempts      integer not null default 0,
    day_began_at  timestamptz not null,          -- of the first code of these 24 hours; all real time
    sent_in_day   integer not null
);

create table queue_ticket (                      -- the waiting room: first come, first served; all times are real
    number       bigint generated always as identity primary key,
    ticket       text not null unique,
    taken_at     timestamptz not null,
    polled_at    timestamptz not null,           -- when its page last asked how far it is
    admitted_at  timestamptz,
    pass         text unique,                    -- given at admission: it opens the portal to one account
    account_id   bigint references account,
    seen_at      timestamptz,                    -- when who was admitted last did something
    left_at      timestamptz
);
create index queue_ticket_waiting on queue_ticket (number) where admitted_at is null and left_at is null;
create index queue_ticket_inside on queue_ticket (seen_at) where admitted_at is not null and left_at is null;
create index queue_ticket_admitted on queue_ticket (admitted_at) where admitted_at is not null;

create table log_in_failure (                    -- wrong passwords of late, whether or not the number has an account
    id_number  text primary key,
    failures   integer not null,
    began_at   timestamptz not null              -- real time of the first of them
);
create index log_in_failure_began on log_in_failure (began_at);

create table session (
    token_hash    bytea primary key,             -- SHA-256 of the token: a stolen table opens no account
    account_id    bigint not null references account,
    queue_number  bigint,                        -- with which ticket of the waiting room it was opened
    expires_at    timestamptz not null
);
create index session_account on session (account_id);

create table identity_scan (
    account_id   bigint not null references account,
    side         text not null check (side in ('front', 'back')),
    file         text not null,
    sha256       bytea not null,
    size_bytes   integer not null,
    uploaded_at  timestamptz not null,
    primary key (account_id, side)
);

create table address (
    account_id  bigint not null references account,
    kind        text not null check (kind in ('household', 'residence')),
    province    text not null,
    city        text not null,
    detail      text not null,
    primary key (account_id, kind)
);

create table past_pass (                         -- subjects passed in earlier exams (rule 22)
    id_number  text not null,
    subject    text not null,
    passed_on  timestamptz not null,
    primary key (id_number, subject)
);

create table application (
    id                   bigint generated always as identity primary key,
    account_id           bigint not null unique references account,
    state                text not null,          -- one of mock_server/life.py
    due_at               timestamptz,            -- when the deadline of this state passes, if it has one
    decision_at          timestamptz,            -- when the exam office will have decided
    level                text not null,
    subjects             text[] not null,
    province             text not null,
    basis                text not null,
    degree               text not null,
    field                text not null,
    degree_certificate   text not null,
    degree_known_at      timestamptz,
    work_years           real not null,
    management_years     real not null,
    earlier_certificate  text,
    employer             text not null,
    job_description      text not null,
    employed_since       date not null,
    workplace_province   text not null,
    insured_months       integer not null,
    filing_number        text unique,
    review_round         integer not null default 0,
    after_supplement     boolean not null default false,   -- this round looks at better papers (rule 17)
    reviewer_note        text,
    asked_paper          text,                   -- the paper that the reviewer asked for (rule 17)
    created_at           timestamptz not null,
    submitted_at         timestamptz,
    changed_at           timestamptz not null,
    scores               smallint[],             -- one a subject, null who was absent (rule 24)
    certificate_number   text unique,            -- who passed all that was left to pass (rule 24)
    check (state <> 'supplement_requested' or asked_paper is not null)
);
create index application_unmarked on application (id) where state = 'paid' and scores is null;
create index application_due on application (due_at) where due_at is not null;
create index application_decision on application (decision_at) where decision_at is not null;

create table application_event (                 -- every move of every application, in order
    id              bigint generated always as identity primary key,
    application_id  bigint not null references application,
    event           text not null,
    from_state      text not null,
    to_state        text not null,
    at              timestamptz not null
);
create index application_event_application on application_event (application_id);

create table material (
    application_id  bigint not null references application,
    paper           text not null,
    file            text not null,
    sha256          bytea not null,
    size_bytes      integer not null,
    has_stamp       boolean,
    uploaded_at     timestamptz not null,
    primary key (application_id, paper)
);

create table filing_counter (                    -- one row a province; its lock makes numbers gapless (rule 15)
    province     text primary key,
    last_number  integer not null default 0
);

create table filing (
    province        text not null,
    sequence        integer not null,
    number          text not null unique,
    application_id  bigint not null references application,
    filed_at        timestamptz not null,
    primary key (province, sequence)
);
create index filing_application on filing (application_id);

create table payment_order (
    order_no         text primary key,
    application_id   bigint not null references application,
    channel          text not null,
    amount_fen       integer not null check (amount_fen > 0),
    idempotency_key  text not null,
    state            text not null check (state in ('open', 'paid', 'cancelled', 'refund_owed')),
    pay_url          text,
    notify_id        text,
    created_at       timestamptz not null,
    queried_at       timestamptz not null,       -- real time: when the gateway was last asked
    paid_at          timestamptz,
    unique (application_id, idempotency_key)
);
create unique index payment_order_open on payment_order (application_id) where state = 'open';
create index payment_order_unanswered on payment_order (queried_at) where state = 'open';

create table payment_key (                       -- keys of second tabs: they got an order that was open already
    application_id   bigint not null references application,
    idempotency_key  text not null,
    order_no         text not null references payment_order,
    primary key (application_id, idempotency_key)
);

create table invoice (
    id              bigint generated always as identity primary key,
    application_id  bigint not null references application,
    order_no        text not null unique references payment_order,
    email           text not null,
    title           text not null,
    amount_fen      integer not null,
    requested_at    timestamptz not null,
    due_at          timestamptz not null,        -- when the finance office will have issued it (rule 19)
    issued_at       timestamptz,
    file            text
);
create index invoice_due on invoice (due_at) where issued_at is null;

create table support_ticket (                    -- a phone to be unbound (rule 2)
    id            bigint generated always as identity primary key,
    phone         text not null,
    reason        text not null,
    requested_at  timestamptz not null,
    due_at        timestamptz not null,
    done_at       timestamptz
);
create unique index support_ticket_open on support_ticket (phone) where done_at is null;   -- asked again: the same one
create index support_ticket_due on support_ticket (due_at) where done_at is null;

create table reviewer_diary (                    -- how reviewers will decide whom they will meet, where the harness says so
    id_number   text not null,
    round       integer not null,                -- the review_round that is decided
    decides_at  timestamptz not null,
    verdict     text not null check (verdict in ('approve', 'reject', 'request_supplement')),
    primary key (id_number, round)
);

create table control (                           -- what the control endpoints set: clock and profile
    name   text primary key,
    value  jsonb not null
);
