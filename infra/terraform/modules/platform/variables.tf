variable "environment" {
  description = "Name: dev, staging or production. Also that of the GitHub environment."
  type        = string
}

variable "cidr" {
  description = "Address block of the VPC, a /16."
  type        = string
}

variable "public_host" {
  description = "Host name of the public origin."
  type        = string
}

variable "zone_id" {
  description = "Route 53 zone of public host and mail domain."
  type        = string
}

variable "mail_domain" {
  description = "Domain that mails come from."
  type        = string
}

variable "mail_from" {
  description = "The only address that mails come from."
  type        = string
}

variable "github_repository" {
  description = "GitHub repository, owner/name."
  type        = string
}

variable "github_owner_id" {
  description = "Number of the repository's owner; with the repository's."
  type        = string
}

variable "github_repository_id" {
  description = "Number of the repository, where its tokens' subjects carry ids (made or renamed since 2026-07-15); else empty."
  type        = string
}

variable "github_oidc_provider_arn" {
  description = "GitHub's OpenID provider in this account, when another environment has made it; else empty."
  type        = string
}

variable "external_users" {
  description = "People log in with Cognito; else with the embedded provider of Users."
  type        = bool
}

variable "admin_role_arns" {
  description = "IAM roles of the people who administer the cluster."
  type        = list(string)
}

variable "public_access_cidrs" {
  description = "Who may reach the API server from outside the VPC; nobody when empty."
  type        = list(string)
}

variable "puller_account_ids" {
  description = "Other accounts that run the images kept here."
  type        = list(string)
}

variable "alarm_emails" {
  description = "Who is told of alarms."
  type        = list(string)
}

variable "nat_per_zone" {
  description = "A NAT gateway in every zone."
  type        = bool
}

variable "multi_az" {
  description = "A standby of the database in another zone."
  type        = bool
}

variable "deletion_protection" {
  description = "Refuse to delete what holds data."
  type        = bool
}

variable "kubernetes_version" {
  description = "Minor version of Kubernetes."
  type        = string
  default     = "1.35"
}

variable "node_instance_types" {
  description = "Instance types of the nodes, all of one architecture."
  type        = list(string)
}

variable "node_ami_type" {
  description = "AMI type of that architecture."
  type        = string
  default     = "AL2023_ARM_64_STANDARD"
}

variable "nodes_per_zone" {
  description = "Fewest and most nodes a zone."
  type = object({
    min = number
    max = number
  })
}

variable "postgres_version" {
  description = "PostgreSQL version."
  type        = string
  default     = "17"
}

variable "database_class" {
  description = "RDS instance class."
  type        = string
}

variable "database_gib" {
  description = "Storage of the database at first, GiB."
  type        = number
}

variable "database_connections" {
  description = "Connections that the database allows: pods x pool + workflow sidecars x maxConns must stay below."
  type        = number
}

variable "pool_size" {
  description = "Connections of one replica of a service."
  type        = number
}

variable "restored_database" {
  description = "Identifier of the instance that is used instead of ours, while one is being restored (infra/restore.md); else empty."
  type        = string
}

variable "backup_days" {
  description = "Days of point-in-time recovery."
  type        = number
}

variable "backup_copy_vault_arn" {
  description = "Vault of another account that gets a copy of the database each day; empty: none."
  type        = string
}

variable "backup_copy_days" {
  description = "Days that such a copy is kept."
  type        = number
}

variable "state_warm_writes" {
  description = "Writes a second that the state table bears at once (an on-sale); null: what DynamoDB gives unasked, 4,000. Never lowered: that replaces the table."
  type        = number

  validation {
    # What DynamoDB gives unasked would differ in every plan.
    condition     = coalesce(var.state_warm_writes, 4001) > 4000
    error_message = "More than DynamoDB's own 4,000, or null."
  }
}

variable "log_days" {
  description = "Days that logs are kept; a value that CloudWatch knows (7, 30, 90, 365 ...)."
  type        = number
}

variable "requests_per_minute" {
  description = "Requests a minute from one address before the firewall refuses."
  type        = number
}

variable "load_balancer" {
  description = "\"app/name/id\" of the load balancer, once the chart has made it."
  type        = string
  default     = ""
}

variable "monthly_budget_usd" {
  description = "Budget a month."
  type        = number
}

variable "password_generation" {
  description = "Raise it to make passwords and tokens anew, as infra/README.md says (Passwords and tokens)."
  type        = number
  default     = 1
}
