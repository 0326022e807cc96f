variable "name" {
  description = "Prefix of alarm names."
  type        = string
}

variable "account_id" {
  description = "The account."
  type        = string
}

variable "runbooks" {
  description = "URL of the runbooks' folder."
  type        = string
}

variable "alarm_emails" {
  description = "Who is told; each must confirm once."
  type        = list(string)
}

variable "queues" {
  description = "App id to queue name."
  type        = map(string)
}

variable "dead_queues" {
  description = "App id to name of its dead-letter queue."
  type        = map(string)
}

variable "oldest_message_seconds" {
  description = "Age at which a message is an alarm; one in hand may be as old as the visibility timeout."
  type        = number
  default     = 420
}

variable "database" {
  description = "Identifier of the RDS instance."
  type        = string
}

variable "max_connections" {
  description = "Connections that the database allows."
  type        = number
}

variable "state_table" {
  description = "DynamoDB table."
  type        = string
}

variable "load_balancer" {
  description = "\"app/name/id\" of the load balancer; empty before it is there."
  type        = string
}

variable "monthly_budget_usd" {
  description = "Budget a month."
  type        = number
}

variable "key_arn" {
  description = "KMS key of the alarm topic."
  type        = string
}
