variable "name" {
  description = "Name of the web ACL."
  type        = string
}

variable "requests_per_minute" {
  description = "Requests a minute from one address."
  type        = number
  default     = 12000
}

variable "logins_per_five_minutes" {
  description = "Log-ins and registrations in five minutes from one address."
  type        = number
  default     = 300
}

variable "log_days" {
  description = "Days that blocked requests are kept."
  type        = number
}

variable "key_arn" {
  description = "KMS key of the logs."
  type        = string
}
