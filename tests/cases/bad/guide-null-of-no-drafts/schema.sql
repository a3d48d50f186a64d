CREATE TYPE course_status AS ENUM ('draft', 'published', 'archived');
CREATE TYPE generation_status AS ENUM ('pending', 'processing', 'completed', 'failed');
CREATE TABLE courses (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  status course_status NOT NULL,
  generation_status generation_status,
  created_at timestamptz NOT NULL
);
CREATE ROLE dashboards NOLOGIN;
GRANT SELECT ON courses TO dashboards;
