{{- /*
One SQL statement each, as the Data API takes them; all can be run again, and a run that ended half-way is completed by
the next. $do$, because the kubelet makes $ of $$; no colon, because the Data API takes it for a parameter.

A user may log in with an IAM token only, as a member of rds_iam, and RDS refuses the password of every member of
rds_iam, direct or not (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/database-authentication.html). From
PostgreSQL 16 on, whoever creates a role is a member of it, if only to administer it
(https://www.postgresql.org/docs/16/role-attributes.html#ROLE-CREATION). So the master must not create a user itself,
or it would be locked out: a role of a moment creates the user and gives it all that it will ever need, and is dropped.
What the user works with (schema, tables) belongs to an owner role that can't log in, and that the user acts as. A user
`of` another's schema acts as the group of that schema's readers or writers, which may use the tables that are there and,
by the owner's default privileges, those that come later.

Nobody connects to a database of the master's, such as `postgres`, but whom it is granted to. Those of RDS stay as they are.

No service is called as these roles are: a name can't have two hyphens in a row.
*/ -}}
{{- define "statements" -}}
- >-
  DO $do$ DECLARE name text; BEGIN
  FOR name IN SELECT datname FROM pg_database WHERE pg_has_role(datdba, 'USAGE') LOOP
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', name);
  END LOOP;
  END $do$
{{- range .Values.users }}
{{- $user := .name }}
{{- $schema := .of | default .name }}
{{- $maker := printf "%s__maker" .name }}
{{- $role := printf "%s__%s" $schema (.access | default "owner") }}
{{- if not .of }}
{{- $owner := $role }}
{{- $read := printf "%s__read" .name }}
{{- $write := printf "%s__write" .name }}
- >-
  DO $do$ DECLARE name text; BEGIN
  FOREACH name IN ARRAY ARRAY['{{ $owner }}', '{{ $read }}', '{{ $write }}'] LOOP
  IF to_regrole(quote_ident(name)) IS NULL THEN EXECUTE format('CREATE ROLE %I NOLOGIN', name); END IF;
  END LOOP;
  END $do$
- >-
  GRANT {{ printf "%q" $owner }} TO CURRENT_USER
- >-
  CREATE SCHEMA IF NOT EXISTS {{ printf "%q" $user }} AUTHORIZATION {{ printf "%q" $owner }}
- >-
  GRANT USAGE ON SCHEMA {{ printf "%q" $user }} TO {{ printf "%q, %q" $read $write }}
- >-
  ALTER DEFAULT PRIVILEGES FOR ROLE {{ printf "%q" $owner }} IN SCHEMA {{ printf "%q" $user }}
  GRANT SELECT ON TABLES TO {{ printf "%q" $read }}
- >-
  ALTER DEFAULT PRIVILEGES FOR ROLE {{ printf "%q" $owner }} IN SCHEMA {{ printf "%q" $user }}
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {{ printf "%q" $write }}
- >-
  ALTER DEFAULT PRIVILEGES FOR ROLE {{ printf "%q" $owner }} IN SCHEMA {{ printf "%q" $user }}
  GRANT SELECT ON SEQUENCES TO {{ printf "%q" $read }}
- >-
  ALTER DEFAULT PRIVILEGES FOR ROLE {{ printf "%q" $owner }} IN SCHEMA {{ printf "%q" $user }}
  GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {{ printf "%q" $write }}
{{- end }}
- >-
  DO $do$ BEGIN
  IF to_regrole('{{ printf "%q" $user }}') IS NULL THEN
  CREATE ROLE {{ printf "%q" $maker }} NOLOGIN CREATEROLE;
  GRANT {{ printf "%q" $maker }} TO CURRENT_USER;
  SET LOCAL ROLE {{ printf "%q" $maker }};
  CREATE ROLE {{ printf "%q" $user }} LOGIN CONNECTION LIMIT {{ .connections }};
  ALTER ROLE {{ printf "%q" $user }} SET role = {{ printf "%q" $role }};
  ALTER ROLE {{ printf "%q" $user }} SET search_path = {{ printf "%q" $schema }};
  RESET ROLE;
  GRANT {{ printf "%q" $role }} TO {{ printf "%q" $user }};
  GRANT CONNECT ON DATABASE {{ printf "%q" $.Values.database }} TO {{ printf "%q" $user }};
  GRANT rds_iam TO {{ printf "%q" $user }};
  DROP ROLE {{ printf "%q" $maker }};
  END IF;
  END $do$
{{- end }}
{{- /* Logins with a password of who has none any more: pods of the version before may still use them. */}}
- >-
  DO $do$ DECLARE name text; BEGIN
  FOR name IN SELECT rolname FROM pg_roles WHERE rolvaliduntil = 'infinity' AND rolname ~ '^{{ .Values.database }}_.*__[ab]$'
  AND rolname <> ALL (ARRAY[
  {{- range .Values.logins }}{{ with .database }}{{ range .users }}'{{ . }}', {{ end }}{{ end }}{{ end }}'']) LOOP
  EXECUTE format('ALTER ROLE %I VALID UNTIL %L', name, now() + interval '7 days');
  END LOOP;
  END $do$
- >-
  DO $do$ DECLARE name text; BEGIN
  FOREACH name IN ARRAY ARRAY[
  {{- range $number, $user := .Values.users }}{{ if $number }}, {{ end }}'{{ .name }}'{{ end }}] LOOP
  IF pg_has_role(name, 'MEMBER') THEN
  RAISE EXCEPTION 'the master user is a member of %, and RDS will refuse its password', name;
  END IF;
  END LOOP;
  END $do$
- SELECT 'the master user can still log in'
{{- end }}
