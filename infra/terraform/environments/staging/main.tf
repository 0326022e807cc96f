terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.25, < 7.0"
    }
    random = {
      source  = "hashicorp/random"
      version = "~> 3.7"
    }
    tls = {
      source  = "hashicorp/tls"
      version = "~> 4.1"
    }
  }

  # The bucket is the one thing made by hand: versioned, encrypted, in the environment's account.
  # terraform init -backend-config=bucket=<bucket>
  backend "s3" {
    key          = "ticketing/staging.tfstate"
    region       = "sa-east-1"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region              = "sa-east-1"
  allowed_account_ids = [var.account_id]

  default_tags {
    tags = {
      system      = "ticketing"
      environment = "staging"
      managed-by  = "terraform"
    }
  }
}

module "platform" {
  source                   = "../../modules/platform"
  environment              = "staging"
  cidr                     = "10.0.0.0/16"
  public_host              = var.public_host
  zone_id                  = var.zone_id
  mail_domain              = var.mail_domain
  mail_from                = "no-reply@${var.mail_domain}"
  github_repository        = var.github_repository
  github_owner_id          = var.github_owner_id
  github_repository_id     = var.github_repository_id
  github_oidc_provider_arn = var.github_oidc_provider_arn
  restored_database        = var.restored_database
  backup_copy_vault_arn    = var.backup_copy_vault_arn
  state_warm_writes        = var.state_warm_writes
  external_users           = true
  admin_role_arns          = var.admin_role_arns
  public_access_cidrs      = var.public_access_cidrs
  puller_account_ids       = var.puller_account_ids
  alarm_emails             = var.alarm_emails
  load_balancer            = var.load_balancer
  password_generation      = var.password_generation

  # Production in small: the same shape, so that a failover here teaches something.
  nat_per_zone         = true
  multi_az             = true
  deletion_protection  = true
  node_instance_types  = ["m7g.large"]
  nodes_per_zone       = { min = 1, max = 7 }
  database_class       = "db.m7g.large"
  database_gib         = 50
  database_connections = 800
  pool_size            = 10
  backup_days          = 7
  backup_copy_days     = 30
  log_days             = 30
  requests_per_minute  = 12000
  monthly_budget_usd   = 1500
}
