variable "partition" {
  description = "AWS partition."
  type        = string
  default     = "aws"
}

variable "region" {
  description = "Region of the environment."
  type        = string
}

variable "account_id" {
  description = "Account of the environment, twelve digits."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has twelve digits."
  }
}

variable "files_bucket" {
  description = "Bucket of the ticket PDFs."
  type        = string
}

variable "state_table" {
  description = "DynamoDB table of the key-value state."
  type        = string
}

variable "mail_domain" {
  description = "Verified SES domain."
  type        = string
}

variable "mail_configuration_set" {
  description = "SES configuration set that the domain's mails go through."
  type        = string
}

variable "mail_from" {
  description = "The only address that mails come from."
  type        = string
}

variable "key_arn" {
  description = "KMS key of topics, queues, table, bucket and secrets."
  type        = string
}
