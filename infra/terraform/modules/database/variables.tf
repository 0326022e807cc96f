variable "name" {
  description = "Identifier of the instance."
  type        = string
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "subnet_ids" {
  description = "Data subnets of at least two zones."
  type        = list(string)
}

variable "client_security_group_id" {
  description = "Who may connect."
  type        = string
}

variable "engine_version" {
  description = "PostgreSQL version, major or major.minor."
  type        = string
}

variable "instance_class" {
  description = "Instance class."
  type        = string
}

variable "storage_gib" {
  description = "Storage at first, GiB; grows by itself up to four times."
  type        = number
}

variable "max_connections" {
  description = "Pods x pool + workflow sidecars x maxConns must stay below."
  type        = number
}

variable "multi_az" {
  description = "A standby in another zone."
  type        = bool
}

variable "backup_days" {
  description = "Days of point-in-time recovery."
  type        = number
}

variable "deletion_protection" {
  description = "Refuse to delete the instance; a final snapshot when it is deleted after all."
  type        = bool
}

variable "log_days" {
  description = "Days that logs are kept."
  type        = number
}

variable "key_arn" {
  description = "KMS key of storage, secret and logs."
  type        = string
}
