# An installation's own: in a terraform.tfvars beside this file (see terraform.tfvars.example).

variable "account_id" {
  description = "The environment's account; any other is refused."
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

variable "github_repository" {
  description = "GitHub repository, owner/name."
  type        = string
}

variable "github_owner_id" {
  description = "Number of the repository's owner; with the repository's."
  type        = string
  default     = ""
}

variable "github_repository_id" {
  description = "Number of the repository, where its tokens' subjects carry ids (made or renamed since 2026-07-15); else empty."
  type        = string
  default     = ""
}

variable "github_oidc_provider_arn" {
  description = "GitHub's OpenID provider in this account, when another environment has made it; else empty."
  type        = string
  default     = ""
}

variable "admin_role_arns" {
  description = "IAM roles of the people who administer the cluster."
  type        = list(string)
}

variable "public_access_cidrs" {
  description = "Who may reach the API server from outside the VPC; GitHub's hosted runners need a way in, or run your own inside."
  type        = list(string)
  default     = []
}

variable "puller_account_ids" {
  description = "Other accounts that run the images kept here."
  type        = list(string)
  default     = []
}

variable "alarm_emails" {
  description = "Who is told of alarms."
  type        = list(string)
}

variable "load_balancer" {
  description = "\"app/name/id\" of the load balancer, once the chart has made it."
  type        = string
  default     = ""
}

variable "restored_database" {
  description = "Identifier of the instance that is used instead of ours, while one is being restored (infra/restore.md); else empty."
  type        = string
  default     = ""
}

variable "password_generation" {
  description = "Raise it to make passwords and tokens anew, as infra/README.md says (Passwords and tokens)."
  type        = number
  default     = 1
}

variable "backup_copy_vault_arn" {
  description = "Vault of another account that gets a copy of the database each day (infra/restore.md); empty: none."
  type        = string
  default     = ""
}

variable "state_warm_writes" {
  description = "Writes a second that the state table bears at once, for an on-sale; null: DynamoDB's own 4,000. Never lowered: that replaces the table."
  type        = number
  default     = null
}
