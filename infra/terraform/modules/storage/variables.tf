variable "state_table" {
  description = "Name of the DynamoDB table."
  type        = string
}

variable "files_bucket" {
  description = "Name of the bucket of the ticket PDFs."
  type        = string
}

variable "logs_bucket" {
  description = "Name of the bucket of the load balancer's access logs."
  type        = string
}

variable "log_days" {
  description = "Days that access logs are kept."
  type        = number
}

variable "warm_writes" {
  description = "Writes a second that the table bears at once; null: what DynamoDB gives unasked, 4,000. It can be raised, not lowered."
  type        = number
}

variable "key_arn" {
  description = "KMS key of table and files."
  type        = string
}

variable "deletion_protection" {
  description = "Refuse to delete what holds data."
  type        = bool
}
