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

variable "key_arn" {
  description = "KMS key of table and files."
  type        = string
}

variable "deletion_protection" {
  description = "Refuse to delete what holds data."
  type        = bool
}
