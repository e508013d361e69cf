-- Who asks: users with their sessions, the organizations that they belong to, staff, and anonymous shoppers who became users.
-- The first eight tables are laid out as the sign-in library wants them.

create table identity.users (
  id uuid primary key,
  name text not null,
  email text not null,
  email_verified boolean not null,
  image text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint users_email_once unique (email)
);

create table identity.sessions (
  id uuid primary key,
  user_id uuid not null references identity.users (id) on delete cascade,
  token text not null,
  expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  active_organization_id uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint sessions_token_once unique (token)
);
create index sessions_of_user on identity.sessions (user_id);
create index sessions_by_end on identity.sessions (expires_at);

create table identity.accounts (
  id uuid primary key,
  user_id uuid not null references identity.users (id) on delete cascade,
  account_id text not null,
  provider_id text not null,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  password text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint accounts_known_once unique (provider_id, account_id)
);
create index accounts_of_user on identity.accounts (user_id);

create table identity.verifications (
  id uuid primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index verifications_of on identity.verifications (identifier);
create index verifications_by_end on identity.verifications (expires_at);

create table identity.organizations (
  id uuid primary key,
  name text not null,
  slug text not null,
  logo text,
  metadata text,
  created_at timestamptz not null,
  constraint organizations_slug_once unique (slug)
);

create table identity.members (
  id uuid primary key,
  organization_id uuid not null references identity.organizations (id) on delete cascade,
  user_id uuid not null references identity.users (id) on delete cascade,
  role text not null,
  created_at timestamptz not null,
  constraint members_once unique (organization_id, user_id)
);
create index members_of_user on identity.members (user_id);

-- An organization that lives has an owner. Of two owners who lower each other at once the second waits for the first.
create function identity.keep_an_owner() returns trigger language plpgsql as $$
begin
  if old.role <> 'owner' or (tg_op = 'UPDATE' and new.role = 'owner') then
    return null;
  end if;
  perform 1 from identity.organizations where id = old.organization_id for update;
  if found and not exists (
    select 1 from identity.members where organization_id = old.organization_id and role = 'owner'
  ) then
    raise exception 'The organization % would have no owner.', old.organization_id
      using errcode = 'check_violation', constraint = 'organizations_have_an_owner';
  end if;
  return null;
end
$$;
create trigger organizations_have_an_owner after update of role or delete on identity.members
  for each row execute function identity.keep_an_owner();

create table identity.invitations (
  id uuid primary key,
  organization_id uuid not null references identity.organizations (id) on delete cascade,
  inviter_id uuid not null references identity.users (id) on delete cascade,
  email text not null,
  role text,
  status text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null
);
create index invitations_of_organization on identity.invitations (organization_id);
create index invitations_to on identity.invitations (email);

create table identity.rate_limits (
  id uuid primary key,
  key text not null,
  count int not null,
  last_request bigint not null,
  constraint rate_limits_key_once unique (key)
);

-- Tries that failed, of one address or at one account, since the window began.
create table identity.attempts (
  name text primary key,
  failures int not null,
  window_ends_at timestamptz not null,
  constraint attempts_counted check (failures >= 0)
);
create index attempts_by_end on identity.attempts (window_ends_at);

-- What can be used once: the link of the first start, and the states of sign-ins at an OIDC issuer. Kept as hashes.
create table identity.one_time_tokens (
  token_hash text primary key,
  purpose text not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  created_at timestamptz not null,
  constraint one_time_tokens_purpose_known check (purpose in ('setup_owner', 'oidc_state'))
);
create index one_time_tokens_by_end on identity.one_time_tokens (expires_at);

-- Users who work here.
create table identity.staff (
  user_id uuid primary key references identity.users (id) on delete cascade,
  role text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  disabled_at timestamptz,
  constraint staff_role_known check (role in ('owner', 'manager', 'support', 'fulfilment', 'read_only'))
);
create index staff_owners on identity.staff (user_id) where role = 'owner';

-- Anonymous shoppers who became users: what they had is the user's, and their cookie opens nothing any more.
create table identity.merged_shoppers (
  owner text primary key,
  user_id uuid not null,
  merged_at timestamptz not null,
  constraint merged_shoppers_were_anonymous check (owner like 'anonymous/%')
);
