variable "name" {
  description = "Prefix of role names."
  type        = string
}

variable "account_id" {
  description = "The account."
  type        = string
}

variable "cluster_name" {
  description = "The cluster."
  type        = string
}

variable "oidc_issuer" {
  description = "Issuer of the cluster's service-account tokens."
  type        = string
}

variable "vpc_arn" {
  description = "The VPC."
  type        = string
}

variable "namespace" {
  description = "Namespace of the services."
  type        = string
}

variable "policies" {
  description = "App id (= service account) to policy, JSON."
  type        = map(string)
}

variable "queue_arns" {
  description = "Queues whose depth KEDA reads."
  type        = list(string)
}

variable "cluster_secret_arns" {
  description = "Secrets that become Kubernetes Secrets."
  type        = list(string)
}

variable "alert_topic_arns" {
  description = "Where Alertmanager publishes: mails, and its sign of life."
  type        = list(string)
}

variable "log_group_arns" {
  description = "Log groups that the collector writes to."
  type        = list(string)
}

variable "key_arn" {
  description = "KMS key of the secrets."
  type        = string
}
