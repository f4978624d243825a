-- Who may do what in PostgreSQL 15 or newer. Run it as a superuser in the portal's own database,
-- before the first migration, and again where portal_reader shall see a new table: it may be run at
-- any time and changes no row.
--   portal_owner   owns the tables: migrations
--   portal         web, worker, beat: reads and writes rows, changes no table, trigger or function
--   portal_reader  reads for reports: no letters' texts, no links, sessions or passwords
-- With PORTAL_PASSWORD and PORTAL_OWNER_PASSWORD in the environment these become the passwords;
-- without them PostgreSQL knows each by the system user of that name (peer).
\set ON_ERROR_STOP on
\set QUIET on
\getenv portal_password PORTAL_PASSWORD
\getenv owner_password PORTAL_OWNER_PASSWORD
SET client_min_messages = warning;
BEGIN;

SELECT format('CREATE ROLE %I LOGIN', name) FROM unnest('{portal_owner,portal,portal_reader}'::text[]) name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
\if :{?portal_password}
ALTER ROLE portal PASSWORD :'portal_password';
\endif
\if :{?owner_password}
ALTER ROLE portal_owner PASSWORD :'owner_password';
\endif

-- 80 of PostgreSQL's 100: the owner and a person with psql always get in.
ALTER ROLE portal CONNECTION LIMIT 80;
ALTER ROLE portal_owner CONNECTION LIMIT 5;
ALTER ROLE portal_reader CONNECTION LIMIT 5;
ALTER ROLE portal_reader SET default_transaction_read_only = on;
ALTER ROLE portal_reader SET statement_timeout = '60s';

SELECT format('ALTER DATABASE %I OWNER TO portal_owner', current_database()) \gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()) \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO portal, portal_reader', current_database()) \gexec
-- Where one role did everything until now:
SELECT 'REASSIGN OWNED BY portal TO portal_owner' WHERE EXISTS (
    SELECT FROM pg_class WHERE relowner = 'portal'::regrole AND relnamespace = 'public'::regnamespace) \gexec

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO portal_owner;
GRANT USAGE ON SCHEMA public TO portal, portal_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public
    GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO portal;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO portal;
GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO portal;
SELECT format('REVOKE INSERT, UPDATE, DELETE ON %I FROM portal', tablename) FROM pg_tables
WHERE schemaname = 'public' AND tablename = 'django_migrations' \gexec
SELECT format('GRANT SELECT ON %I TO portal_reader', tablename) FROM pg_tables
WHERE schemaname = 'public' AND tablename ~ '^(applications|reviews)_'
  AND tablename NOT IN ('applications_message', 'applications_privatelink', 'applications_words') \gexec
SELECT 'GRANT SELECT (id, kind, application_id, language, status, queued_at, due_at, attempts, sent_at,
    bounced_at) ON applications_message TO portal_reader' WHERE to_regclass('applications_message') IS NOT NULL \gexec
COMMIT;
