variable "name" {
  description = "Name of vault, plan and role."
  type        = string
}

variable "account_id" {
  description = "This account."
  type        = string
}

variable "database_arn" {
  description = "The database."
  type        = string
}

variable "copy_vault_arn" {
  description = "Vault of another account, whose access policy lets this one copy into it."
  type        = string
}

variable "keep_days" {
  description = "Days that a copy is kept."
  type        = number
}

variable "alarm_topic_arn" {
  description = "Topic that is told of what failed."
  type        = string
}

variable "key_arn" {
  description = "KMS key of the vault."
  type        = string
}
