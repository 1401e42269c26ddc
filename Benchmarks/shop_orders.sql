-- The reference workload: 500,000 orders in one transaction, 100,000 updated, 50,000 deleted; about 141 MB of binlog.
-- Eleven columns of the types that cost most: DECIMAL, DOUBLE, DATETIME(6), TIMESTAMP(3), ENUM, SET, BIT, VARCHAR, JSON.
SET SESSION cte_max_recursion_depth = 1000000;
CREATE DATABASE shop;
CREATE TABLE shop.orders (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  customer_id INT NOT NULL,
  status ENUM('new', 'paid', 'shipped', 'cancelled') NOT NULL,
  amount DECIMAL(12, 2) NOT NULL,
  discount DOUBLE,
  created_at DATETIME(6) NOT NULL,
  updated_at TIMESTAMP(3) NOT NULL,
  note VARCHAR(200),
  payload JSON,
  flags BIT(8),
  tags SET('a', 'b', 'c'),
  KEY (customer_id)
);
INSERT INTO shop.orders (customer_id, status, amount, discount, created_at, updated_at, note, payload, flags, tags)
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 500000)
SELECT
  n * 7919 % 100003,
  1 + n % 4,
  (n * 37 % 1000000) / 100,
  IF(n % 5 = 0, NULL, n / 7),
  '2024-01-01 00:00:00.123456' + INTERVAL n SECOND,
  '2024-06-01 00:00:00.123' + INTERVAL n SECOND,
  CONCAT('order note ', n, ' ', LEFT(SHA2(n, 256), 32)),
  JSON_OBJECT('sku', LEFT(SHA2(n, 256), 32), 'qty', n % 10, 'price', n / 3.0, 'gift', n % 2 = 0),
  n % 256,
  n % 8
FROM numbers;
UPDATE shop.orders SET status = 'shipped', amount = amount + 1 WHERE id % 5 = 0;
DELETE FROM shop.orders WHERE id % 10 = 3;
