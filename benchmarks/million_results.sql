-- Numbered rows; ids are texts that begin with a letter and end with the number. Filled in by dashboards.py: the
-- numbers of offerings, students, attempts and criteria, and two report bodies.

INSERT INTO numbers SELECT * FROM (WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i <
    :offerings * :students * :attempts - 1) SELECT i FROM n) AS all_of_them;

INSERT INTO courses (id, slug, title, share, created_at)
SELECT 'c' || i, 'c' || i, 'Course ' || i, 1, :moment
FROM numbers WHERE i < :offerings;

INSERT INTO users (id, login, name, created_at)
SELECT 'u' || i, 's' || i, 'Student ' || i, :moment
FROM numbers WHERE i < :students;

INSERT INTO users (id, login, name, created_at) VALUES ('teacher', 'teacher', 'Teacher', :moment);

INSERT INTO enrollments (course_id, user_id, role, created_at)
SELECT 'c' || (i / :students), 'u' || (i % :students), 'student', :moment
FROM numbers WHERE i < :offerings * :students;

INSERT INTO enrollments (course_id, user_id, role, created_at)
SELECT 'c' || i, 'teacher', 'instructor', :moment
FROM numbers WHERE i < :offerings / 2;

INSERT INTO offerings (id, course_id, slug, rubric_slug, title, late_percent_per_day, counting, created_at)
SELECT 'o' || i, 'c' || i, 'a' || i, 'small', 'Assignment ' || i, 0, CASE WHEN i % 2 = 0 THEN 'best' ELSE 'latest'
    END, :moment
FROM numbers WHERE i < :offerings;

INSERT INTO submissions (id, offering_id, user_id, attempt, sha256, bytes, accepted_at)
SELECT 's' || i, 'o' || (i / (:students * :attempts)), 'u' || (i % :students), 1 + (i / :students) % :attempts, 'x',
    1000, :moment
FROM numbers;

INSERT INTO runs (id, submission_id, purpose, current, state, queue, device, seed, attempts, created_at, claimed_at,
    graded_at, stored_at)
SELECT 'r' || i, 's' || i, 'grade', (1 = 1), CASE WHEN i % 997 = 0 THEN 'failed' ELSE 'graded' END, 'cpu', 'cpu', i,
    1, :moment, :moment, :moment, :moment
FROM numbers;

INSERT INTO reports (run_id, body, score, max_score, pending_points, final, flagged, version, engine)
SELECT 'r' || i, CASE WHEN i < :students * :attempts THEN :long ELSE :short END, 100000 * ((i * 7919) % 101),
    10000000, 0, (i % 499 <> 0), (i % 53 = 0), 'v', 'e'
FROM numbers WHERE i % 997 <> 0;

INSERT INTO criterion_results (run_id, criterion_id, position, title, status, points, possible)
SELECT 'r' || n.i, 'criterion-' || k.i, k.i, 'Criterion ' || k.i, CASE (n.i * 31 + k.i * 17) % 5 WHEN 0 THEN
    'failed' WHEN 1 THEN 'partial' ELSE 'passed' END, 500000, 1000000
FROM numbers AS n
CROSS JOIN numbers AS k WHERE k.i < :criteria;

INSERT INTO findings (run_id, criterion_id, position, question, passed, remark, mistake, visibility, blame)
SELECT 'r' || n.i, 'criterion-' || k.i, 0, 'question', (n.i * 31 + k.i * 17) % 5 > 1, (1 = 0), CASE WHEN (n.i * 31 +
    k.i * 17) % 5 < 2 THEN 'mistake-' || ((n.i + k.i) % 7) END, 'student', 'nobody'
FROM numbers AS n
CROSS JOIN numbers AS k WHERE k.i < :criteria;
