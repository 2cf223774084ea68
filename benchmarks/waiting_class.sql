-- Hand-ins of a class that wait, numbered from :begin up to :end; four courses, each with its part of the students.
CREATE TABLE IF NOT EXISTS numbers (i INTEGER PRIMARY KEY);

DELETE FROM numbers;

INSERT INTO numbers SELECT * FROM (WITH RECURSIVE n(i) AS (SELECT :begin UNION ALL SELECT i + 1 FROM n
    WHERE i < :end - 1) SELECT i FROM n) AS all_of_them;

INSERT INTO courses (id, slug, title, share, created_at)
SELECT 'c' || i, 'c' || i, 'Course ' || i, 1, '2026-11-01 12:00:00.000000' FROM numbers WHERE i < 4;

INSERT INTO offerings (id, course_id, slug, rubric_slug, title, late_percent_per_day, counting, created_at)
SELECT 'o' || i, 'c' || i, 'a' || i, 'small', 'Assignment ' || i, 0, 'latest', '2026-11-01 12:00:00.000000'
FROM numbers WHERE i < 4;

INSERT INTO users (id, login, name, created_at)
SELECT 'u' || i, 's' || i, 'Student ' || i, '2026-11-01 12:00:00.000000' FROM numbers WHERE i < :students;

INSERT INTO submissions (id, offering_id, user_id, attempt, sha256, bytes, accepted_at)
SELECT 's' || i, 'o' || (i % 4), 'u' || (i % :students), 1 + i / :students, 'x', 1000, '2026-11-01 12:00:00.000000'
FROM numbers;

INSERT INTO runs (id, submission_id, purpose, current, state, queue, device, seed, attempts, created_at)
SELECT 'r' || i, 's' || i, 'grade', (1 = 1), 'queued', 'cpu', 'cpu', i, 0, '2026-11-01 12:00:00.000000'
FROM numbers;

DROP TABLE numbers
