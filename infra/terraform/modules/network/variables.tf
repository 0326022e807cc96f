variable "name" {
  description = "Prefix of all names."
  type        = string
}

variable "cidr" {
  description = "Address block, a /16."
  type        = string

  validation {
    condition     = can(cidrhost(var.cidr, 0)) && endswith(var.cidr, "/16")
    error_message = "The subnets are cut from a /16."
  }
}

variable "nat_per_zone" {
  description = "A NAT gateway in every zone; false: one for all."
  type        = bool
}

variable "interface_endpoints" {
  description = "AWS services that get an endpoint in the VPC."
  type        = list(string)
  default     = ["ecr.api", "ecr.dkr", "kms", "logs", "secretsmanager", "sns", "sqs", "sts"]
}

variable "log_days" {
  description = "Days that refused connections are kept."
  type        = number
}

variable "key_arn" {
  description = "KMS key of the logs."
  type        = string
}
