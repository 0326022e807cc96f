variable "name" {
  description = "Name of vault, plan and role."
  type        = string
}

variable "account_id" {
  description = "This account."
  type        = string
}

variable "region" {
  description = "This region."
  type        = string
}

variable "database_arn" {
  description = "The database."
  type        = string
}

variable "copy_vault_arn" {
  description = "Vault of another account (or region), whose access policy lets this one copy into it."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:backup:[a-z0-9-]+:[0-9]{12}:backup-vault:.+$", var.copy_vault_arn))
    error_message = "The ARN of a vault of AWS Backup."
  }

  validation {
    condition     = try(split(":", var.copy_vault_arn)[3] != var.region || split(":", var.copy_vault_arn)[4] != var.account_id, false)
    error_message = "A copy in this account and region goes with them."
  }
}

variable "keep_days" {
  description = "Days that a copy is kept."
  type        = number

  validation {
    condition     = var.keep_days >= 30
    error_message = "The vault's lock (infra/restore.md) refuses a copy that would go sooner."
  }
}

variable "alarm_topic_arn" {
  description = "Topic that is told of what failed."
  type        = string
}

variable "key_arn" {
  description = "KMS key of the vault."
  type        = string
}
