-- A small shop: what a day's work leaves in the binary log.
SET NAMES utf8mb4;
CREATE DATABASE shop CHARACTER SET utf8mb4;
USE shop;

CREATE TABLE customers (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(80) NOT NULL,
  email VARCHAR(120),
  joined DATE NOT NULL
);

CREATE TABLE orders (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  customer_id INT UNSIGNED NOT NULL,
  status ENUM('new', 'paid', 'shipped', 'cancelled') NOT NULL DEFAULT 'new',
  amount DECIMAL(10, 2) NOT NULL,
  tags SET('gift', 'express', 'fragile') NOT NULL DEFAULT '',
  placed_at DATETIME(3) NOT NULL,
  note TEXT
);

INSERT INTO customers (name, email, joined) VALUES
  ('Ada Lovelace', 'ada@example.com', '2024-01-05'),
  ('Jürgen Klopfer', NULL, '2024-02-11'),
  ('小林 さくら', 'sakura@example.jp', '2024-03-20');

INSERT INTO orders (customer_id, status, amount, tags, placed_at, note) VALUES
  (1, 'new', 19.90, 'gift', '2024-05-01 09:15:00.120', 'Please wrap it "nicely"'),
  (2, 'paid', 250.00, 'express,fragile', '2024-05-01 09:20:30.000', NULL),
  (3, 'new', 7.05, '', '2024-05-01 10:00:00.999', 'ありがとう');

START TRANSACTION;
UPDATE orders SET status = 'paid' WHERE id = 1;
UPDATE customers SET email = 'j.klopfer@example.de' WHERE id = 2;
COMMIT;

-- A type that is not the old one in any reader, and a column in the middle.
ALTER TABLE orders MODIFY customer_id VARCHAR(36) NOT NULL, ADD COLUMN weight DOUBLE AFTER amount;

UPDATE orders SET status = 'shipped', weight = 1.25 WHERE status = 'paid';
DELETE FROM orders WHERE id = 3;
