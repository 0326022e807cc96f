variable "names" {
  description = "Names in the secret store."
  type        = list(string)
}

variable "databases" {
  description = "Databases and their roles."
  type        = list(string)
}

variable "database_host" {
  description = "Host of PostgreSQL."
  type        = string
}

variable "pool_size" {
  description = "Connections of one replica."
  type        = number
}

variable "generation" {
  description = "Raise it to make passwords and tokens anew."
  type        = number
}

variable "recovery_days" {
  description = "Days in which a deleted secret can be had back; 0 deletes at once."
  type        = number
}

variable "key_arn" {
  description = "KMS key."
  type        = string
}
