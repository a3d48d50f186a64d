INSERT INTO courses (status, created_at) VALUES ('published', now());
