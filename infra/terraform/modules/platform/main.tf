# One environment, all of it. An environment has its own account (or region): names of topics, queues and secrets are the same in
# each.

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

data "aws_region" "this" {}

locals {
  name        = "ticketing-${var.environment}"
  account_id  = data.aws_caller_identity.this.account_id
  partition   = data.aws_partition.this.partition
  region      = data.aws_region.this.region
  runbooks    = "https://github.com/${var.github_repository}/blob/main/charts/ticketing/runbooks"
  cluster_arn = "arn:${local.partition}:eks:${local.region}:${local.account_id}:cluster/${local.name}"
}

# The one in use: ours, or the one that takes its place while one is being restored (infra/restore.md).
data "aws_db_instance" "restored" {
  count                  = var.restored_database == "" ? 0 : 1
  db_instance_identifier = var.restored_database
}

locals {
  database = var.restored_database == "" ? {
    identifier       = module.database.identifier
    arn              = module.database.arn
    host             = module.database.host
    admin_secret_arn = module.database.admin_secret_arn
    } : {
    identifier       = var.restored_database
    arn              = data.aws_db_instance.restored[0].db_instance_arn
    host             = data.aws_db_instance.restored[0].address
    admin_secret_arn = data.aws_db_instance.restored[0].master_user_secret[0].secret_arn
  }
}

# For the chart's values.
locals {
  # Of the embedded provider the values file knows all.
  auth = { for name, value in {
    authority = module.identity.issuer
    roleClaim = "cognito:groups"
    clientIds = module.identity.client_ids
  } : name => value if var.external_users }
  # The load balancer's and the database's subnets.
  network_policy = {
    publicFrom    = [{ ipBlock = { cidr = var.cidr } }]
    databaseCidrs = [var.cidr]
  }
  service_values = merge(
    { for app in keys(module.catalog.policies) : app => { roleArn = module.access.role_arns[app] } },
    # The load balancer's X-Forwarded-For names the client that the rate limits count.
    { gateway = { env = { Gateway__TrustedProxies__0 = var.cidr } } },
  )
}

resource "aws_kms_key" "this" {
  description             = local.name
  enable_key_rotation     = true
  deletion_window_in_days = 30

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      {
        Sid       = "ByIam"
        Effect    = "Allow"
        Principal = { AWS = "arn:${local.partition}:iam::${local.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        # SNS into encrypted queues; alarms and budgets into an encrypted topic.
        Sid       = "Messages"
        Effect    = "Allow"
        Principal = { Service = ["sns.amazonaws.com", "cloudwatch.amazonaws.com", "budgets.amazonaws.com", "backup.amazonaws.com"] }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
      },
      {
        Sid       = "Logs"
        Effect    = "Allow"
        Principal = { Service = "logs.${local.region}.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Resource  = "*"
        Condition = { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:${local.partition}:logs:${local.region}:${local.account_id}:*" } }
      },
      ], var.backup_copy_vault_arn == "" ? [] : [
      {
        # The other account reads the snapshot that it copies.
        Sid       = "Copies"
        Effect    = "Allow"
        Principal = { AWS = "arn:${local.partition}:iam::${split(":", var.backup_copy_vault_arn)[4]}:root" }
        Action    = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Resource  = "*"
      },
    ])
  })
}

resource "aws_kms_alias" "this" {
  name          = "alias/${local.name}"
  target_key_id = aws_kms_key.this.key_id
}

module "catalog" {
  source                 = "../catalog"
  partition              = local.partition
  region                 = local.region
  account_id             = local.account_id
  files_bucket           = "ticketing-files-${var.environment}-${local.account_id}"
  state_table            = "ticketing-state"
  mail_domain            = var.mail_domain
  mail_configuration_set = "ticketing"
  mail_from              = var.mail_from
  key_arn                = aws_kms_key.this.arn
}

module "network" {
  source       = "../network"
  name         = local.name
  cidr         = var.cidr
  nat_per_zone = var.nat_per_zone
  log_days     = var.log_days
  key_arn      = aws_kms_key.this.arn
}

module "cluster" {
  source              = "../cluster"
  name                = local.name
  kubernetes_version  = var.kubernetes_version
  subnet_ids          = module.network.private_subnet_ids
  public_access_cidrs = var.public_access_cidrs
  admin_role_arns     = var.admin_role_arns
  deploy_role_arns    = { github = module.delivery.role_arns["deploy"] }
  node_instance_types = var.node_instance_types
  node_ami_type       = var.node_ami_type
  nodes_per_zone      = var.nodes_per_zone
  log_days            = var.log_days
  key_arn             = aws_kms_key.this.arn
  deletion_protection = var.deletion_protection

  pod_trust = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "pods.eks.amazonaws.com" }
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
    }]
  })
}

module "database" {
  source                   = "../database"
  name                     = local.name
  vpc_id                   = module.network.vpc_id
  subnet_ids               = module.network.data_subnet_ids
  client_security_group_id = module.cluster.security_group_id
  engine_version           = var.postgres_version
  instance_class           = var.database_class
  storage_gib              = var.database_gib
  max_connections          = var.database_connections
  multi_az                 = var.multi_az
  backup_days              = var.backup_days
  deletion_protection      = var.deletion_protection
  log_days                 = var.log_days
  key_arn                  = aws_kms_key.this.arn
}

module "backup" {
  count           = var.backup_copy_vault_arn == "" ? 0 : 1
  source          = "../backup"
  name            = local.name
  account_id      = local.account_id
  region          = local.region
  database_arn    = local.database.arn
  copy_vault_arn  = var.backup_copy_vault_arn
  keep_days       = var.backup_copy_days
  alarm_topic_arn = module.watch.alarm_topic_arn
  key_arn         = aws_kms_key.this.arn
}

module "messaging" {
  source        = "../messaging"
  topics        = module.catalog.topics
  queues        = module.catalog.queues
  dead_queues   = module.catalog.dead_queues
  dead_topics   = module.catalog.dead_topics
  subscriptions = module.catalog.subscriptions
  # As components/aws/pubsub.yaml says: messageVisibilityTimeout and messageReceiveLimit.
  visibility_seconds = 360
  max_receives       = 5
  key_arn            = aws_kms_key.this.arn
}

module "storage" {
  source              = "../storage"
  state_table         = "ticketing-state"
  files_bucket        = "ticketing-files-${var.environment}-${local.account_id}"
  logs_bucket         = "ticketing-logs-${var.environment}-${local.account_id}"
  log_days            = var.log_days
  key_arn             = aws_kms_key.this.arn
  deletion_protection = var.deletion_protection
  warm_writes         = var.state_warm_writes
}

module "mail" {
  source            = "../mail"
  domain            = var.mail_domain
  zone_id           = var.zone_id
  configuration_set = "ticketing"
}

module "identity" {
  source              = "../identity"
  name                = local.name
  domain_prefix       = "${local.name}-${local.account_id}"
  public_url          = "https://${var.public_host}"
  mail_from           = var.mail_from
  mail_identity_arn   = module.mail.identity_arn
  deletion_protection = var.deletion_protection
}

module "firewall" {
  source              = "../firewall"
  name                = local.name
  requests_per_minute = var.requests_per_minute
  log_days            = var.log_days
  key_arn             = aws_kms_key.this.arn
}

module "secrets" {
  source        = "../secrets"
  names         = module.catalog.secrets
  databases     = module.catalog.databases
  database_host = local.database.host
  pool_size     = var.pool_size
  recovery_days = var.deletion_protection ? 30 : 0
  generation    = var.password_generation
  key_arn       = aws_kms_key.this.arn
}

module "access" {
  source              = "../access"
  name                = local.name
  account_id          = local.account_id
  cluster_name        = module.cluster.name
  oidc_issuer         = module.cluster.oidc_issuer
  vpc_arn             = "arn:${local.partition}:ec2:${local.region}:${local.account_id}:vpc/${module.network.vpc_id}"
  namespace           = "ticketing"
  policies            = module.catalog.policies
  queue_arns          = values(module.messaging.queue_arns)
  cluster_secret_arns = module.secrets.cluster_secret_arns
  alert_topic_arns    = module.watch.alert_topic_arns
  log_group_arns      = values(aws_cloudwatch_log_group.telemetry)[*].arn
  key_arn             = aws_kms_key.this.arn
}

module "watch" {
  source             = "../watch"
  name               = local.name
  account_id         = local.account_id
  runbooks           = local.runbooks
  alarm_emails       = var.alarm_emails
  queues             = module.catalog.queues
  dead_queues        = module.catalog.dead_queues
  database           = local.database.identifier
  max_connections    = var.database_connections
  state_table        = module.storage.state_table
  load_balancer      = var.load_balancer
  monthly_budget_usd = var.monthly_budget_usd
  key_arn            = aws_kms_key.this.arn
}

module "delivery" {
  source             = "../delivery"
  name               = local.name
  environment        = var.environment
  repository         = var.github_repository
  owner_id           = var.github_owner_id
  repository_id      = var.github_repository_id
  oidc_provider_arn  = var.github_oidc_provider_arn
  images             = module.catalog.apps
  cluster_arn        = local.cluster_arn
  puller_account_ids = var.puller_account_ids
  key_arn            = aws_kms_key.this.arn
}

# What the collector writes (charts/collector-values.yaml): its figures and the applications' logs.
resource "aws_cloudwatch_log_group" "telemetry" {
  for_each          = toset(["metrics", "applications"])
  name              = "/ticketing/${var.environment}/${each.key}"
  retention_in_days = var.log_days
  kms_key_id        = aws_kms_key.this.arn
}

# The public name's certificate; the record itself points at the load balancer, which the chart's Ingress makes.
resource "aws_acm_certificate" "public" {
  domain_name       = var.public_host
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "certificate" {
  for_each = {
    for option in aws_acm_certificate.public.domain_validation_options : option.domain_name => {
      name   = option.resource_record_name
      type   = option.resource_record_type
      record = option.resource_record_value
    }
  }

  zone_id = var.zone_id
  name    = each.value.name
  type    = each.value.type
  ttl     = 60
  records = [each.value.record]
}

resource "aws_acm_certificate_validation" "public" {
  certificate_arn         = aws_acm_certificate.public.arn
  validation_record_fqdns = [for record in aws_route53_record.certificate : record.fqdn]
}
