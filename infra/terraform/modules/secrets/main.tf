# Made here, never in the state: ephemeral values go into write-only arguments. Raise var.generation to make the passwords and
# tokens anew (then infra/database/provision.sh again). Of the keys Terraform makes the first of each and looks at none again: the
# next ones are added to it and take its place as charts/ticketing/rotate-keys.md says.
#
# Two kinds: what services ask Dapr for carries the plain name that they ask for; what the cluster needs before a service
# starts is under ticketing/ and becomes Kubernetes Secrets.

locals {
  pem    = ["ticket-signing-key", "oidc-signing-key"]
  random = [for name in var.names : name if !contains(local.pem, name)]
  roles  = concat(var.databases, ["workflow", "monitoring"])
  tokens = ["dapr-api-token", "app-api-token"]
  # A new generation is of the other role that logs in as the database's owner (infra/database/provision.sh), so that pods that run
  # keep theirs until they have changed.
  login = var.generation % 2 == 1 ? "a" : "b"
}

ephemeral "tls_private_key" "tickets" {
  algorithm   = "ECDSA"
  ecdsa_curve = "P256"
}

ephemeral "tls_private_key" "oidc" {
  algorithm = "RSA"
  rsa_bits  = 3072
}

# 32 letters and digits: 190 bits, and exactly 32 bytes for those who need a key.
ephemeral "random_password" "value" {
  for_each = toset(local.random)
  length   = 32
  special  = false
}

ephemeral "random_password" "role" {
  for_each = toset(local.roles)
  length   = 32
  special  = false
}

ephemeral "random_password" "token" {
  for_each = toset(local.tokens)
  length   = 48
  special  = false
}

resource "aws_secretsmanager_secret" "service" {
  for_each                = toset(var.names)
  name                    = each.key
  kms_key_id              = var.key_arn
  recovery_window_in_days = var.recovery_days
}

resource "aws_secretsmanager_secret_version" "tickets" {
  secret_id                = aws_secretsmanager_secret.service["ticket-signing-key"].id
  secret_string_wo         = ephemeral.tls_private_key.tickets.private_key_pem_pkcs8
  secret_string_wo_version = 1
}

resource "aws_secretsmanager_secret_version" "oidc" {
  secret_id                = aws_secretsmanager_secret.service["oidc-signing-key"].id
  secret_string_wo         = ephemeral.tls_private_key.oidc.private_key_pem_pkcs8
  secret_string_wo_version = 1
}

resource "aws_secretsmanager_secret_version" "random" {
  for_each                 = toset(local.random)
  secret_id                = aws_secretsmanager_secret.service[each.key].id
  secret_string_wo         = base64encode(ephemeral.random_password.value[each.key].result)
  secret_string_wo_version = 1
}

resource "aws_secretsmanager_secret" "database" {
  for_each                = toset(var.databases)
  name                    = "ticketing/${each.key}-database"
  kms_key_id              = var.key_arn
  recovery_window_in_days = var.recovery_days
}

# As Npgsql reads it.
resource "aws_secretsmanager_secret_version" "database" {
  for_each                 = toset(var.databases)
  secret_id                = aws_secretsmanager_secret.database[each.key].id
  secret_string_wo_version = var.generation

  secret_string_wo = join(";", [
    "Host=${var.database_host}",
    "Database=${each.key}",
    "Username=${each.key}_${local.login}",
    "Password=${ephemeral.random_password.role[each.key].result}",
    "SSL Mode=VerifyFull",
    "Root Certificate=/etc/ssl/rds/global-bundle.pem",
    "Timeout=5",
    "Keepalive=15",
    "Connection Idle Lifetime=60",
    "Connection Lifetime=600",
    "Maximum Pool Size=${var.pool_size}",
  ])
}

resource "aws_secretsmanager_secret" "workflowstore" {
  name                    = "ticketing/workflowstore"
  kms_key_id              = var.key_arn
  recovery_window_in_days = var.recovery_days
}

# As Dapr's PostgreSQL component reads it; the certificates to verify by are mounted by the chart (databaseAuthorities).
resource "aws_secretsmanager_secret_version" "workflowstore" {
  secret_id                = aws_secretsmanager_secret.workflowstore.id
  secret_string_wo_version = var.generation

  secret_string_wo = join(" ", [
    "host=${var.database_host}",
    "port=5432",
    "dbname=workflow",
    "user=workflow_${local.login}",
    "password=${ephemeral.random_password.role["workflow"].result}",
    "sslmode=verify-full",
    "sslrootcert=/etc/ssl/rds/global-bundle.pem",
    "connect_timeout=5",
  ])
}

# For postgres-exporter, as libpq reads it.
resource "aws_secretsmanager_secret" "monitoring" {
  name                    = "ticketing/monitoring-database"
  kms_key_id              = var.key_arn
  recovery_window_in_days = var.recovery_days
}

resource "aws_secretsmanager_secret_version" "monitoring" {
  secret_id                = aws_secretsmanager_secret.monitoring.id
  secret_string_wo_version = var.generation

  secret_string_wo = join(" ", [
    "host=${var.database_host}",
    "port=5432",
    "dbname=postgres",
    "user=monitoring",
    "password=${ephemeral.random_password.role["monitoring"].result}",
    "sslmode=require",
    "connect_timeout=5",
  ])
}

resource "aws_secretsmanager_secret" "token" {
  for_each                = toset(local.tokens)
  name                    = "ticketing/${each.key}"
  kms_key_id              = var.key_arn
  recovery_window_in_days = var.recovery_days
}

resource "aws_secretsmanager_secret_version" "token" {
  for_each                 = toset(local.tokens)
  secret_id                = aws_secretsmanager_secret.token[each.key].id
  secret_string_wo         = ephemeral.random_password.token[each.key].result
  secret_string_wo_version = var.generation
}
